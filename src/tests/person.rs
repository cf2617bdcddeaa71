//! Somebody with a browser: keeps cookies, posts forms with and without a script.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ferry::model::ApiError;
use reqwest::header::{ACCEPT, COOKIE, LOCATION, REFERER, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde::de::DeserializeOwned;
use url::Url;

/// No page takes so long: better to say which than to wait for ever.
const PATIENCE: Duration = Duration::from_mins(2);

/// One person's browser.
pub struct Person {
    http: Client,
    base: Url,
    cookies: Mutex<Vec<(String, String)>>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: String,
    pub location: Option<String>,
}

impl Answer {
    /// The error in the answer of a server function.
    pub fn error(&self) -> ApiError {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no error of ours: {self:?}"))
    }

    /// The sentence at a field.
    pub fn field(&self, name: &str) -> String {
        self.error().fields().get(name).unwrap_or_else(|| panic!("nothing at {name}: {self:?}"))
    }

    /// The last part of where the answer sends the browser, such as a new run's id.
    pub fn leads_to(&self) -> String {
        let location = self.location.as_deref().unwrap_or_else(|| panic!("it leads nowhere: {self:?}"));
        location.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

impl Person {
    /// A fresh browser on this console.
    pub fn new(base: Url) -> Self {
        // Another part of the process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().redirect(Policy::none()).timeout(PATIENCE).build().expect("a client");
        Self { http, base, cookies: Mutex::default() }
    }

    /// Opens a page.
    pub async fn page(&self, path: &str) -> Answer {
        self.send(self.http.get(self.url(path)).header(ACCEPT, "text/html")).await
    }

    /// Calls a server function as a script does.
    pub async fn post(&self, function: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.http.post(self.url(&format!("/api/{function}"))).header(ACCEPT, "application/json");
        self.send(form(request, fields)).await
    }

    /// Posts a form as a browser without JavaScript does.
    pub async fn submit(&self, page: &str, function: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.http.post(self.url(&format!("/api/{function}"))).header(ACCEPT, "text/html");
        self.send(form(request.header(REFERER, self.url(page).as_str()), fields)).await
    }

    /// Reads through a server function, whatever it answers.
    pub async fn get(&self, function: &str, fields: &[(&str, &str)]) -> Answer {
        let mut url = self.url(&format!("/api/{function}"));
        url.set_query(Some(&serde_urlencoded::to_string(fields).expect("fields")));
        self.send(self.http.get(url).header(ACCEPT, "application/json")).await
    }

    /// Reads through a server function that must answer.
    pub async fn read<T: DeserializeOwned>(&self, function: &str, fields: &[(&str, &str)]) -> T {
        let answer = self.get(function, fields).await;
        assert_eq!(answer.status, 200, "{function}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{function}: {error}: {}", answer.body))
    }

    /// The value of the session cookie.
    pub fn session(&self) -> Option<String> {
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        cookies.iter().find(|(name, _)| name == "ferry_session").map(|(_, value)| value.clone())
    }

    fn url(&self, path: &str) -> Url {
        self.base.join(path).expect("a path")
    }

    async fn send(&self, request: RequestBuilder) -> Answer {
        let cookies: Vec<String> = {
            let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
            cookies.iter().map(|(name, value)| format!("{name}={value}")).collect()
        };
        let response = request.header(COOKIE, cookies.join("; ")).send().await.expect("Ferry answers");
        for cookie in response.headers().get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            if let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) {
                let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
                cookies.retain(|(known, _)| known != name);
                cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Answer { status: response.status().as_u16(), location, body: response.text().await.expect("a body") }
    }
}

fn form(request: RequestBuilder, fields: &[(&str, &str)]) -> RequestBuilder {
    request
        .header("content-type", "application/x-www-form-urlencoded")
        .body(serde_urlencoded::to_string(fields).expect("fields"))
}
