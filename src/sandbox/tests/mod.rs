//! Behaviour of the sandbox, seen over HTTP.

mod auth;
mod faults;
mod graphql;
mod hub;
mod images;
mod mirrors;
mod packages;
mod registry;

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use super::{Options, Sandbox};

const OLIVIA: (&str, &str) = ("olivia", "dckr_pat_olivia_demo");
const ADAM: (&str, &str) = ("adam", "dckr_pat_adam_demo");
const MIA: (&str, &str) = ("mia", "dckr_pat_mia_demo");
const GUS: (&str, &str) = ("gus", "dckr_pat_gus_demo");
const ACME: (&str, &str) = ("acme", "dckr_oat_acme_demo");
const ACME_PULL: (&str, &str) = ("acme", "dckr_oat_acme_pull");
const ROBOT: (&str, &str) = (super::DESTINATION_USER, super::DESTINATION_PASSWORD);

/// A sandbox with a client beside it.
struct Bench {
    sandbox: Sandbox,
    http: reqwest::Client,
}

impl Bench {
    async fn start() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        let sandbox = super::start(options).await.expect("a sandbox starts on free ports");
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { sandbox, http }
    }

    async fn exchange(&self, (identifier, secret): (&str, &str)) -> Response {
        let url = format!("{}/v2/auth/token", self.sandbox.hub_url());
        self.http.post(url).json(&json!({"identifier": identifier, "secret": secret})).send().await.expect("an answer")
    }

    async fn token(&self, who: (&str, &str)) -> String {
        let answer: Value = self.exchange(who).await.json().await.expect("JSON");
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    fn hub(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.sandbox.hub_url()));
        if token.is_empty() { request } else { request.bearer_auth(token) }
    }

    async fn get(&self, path: &str, token: &str) -> (StatusCode, Value) {
        read(self.hub(Method::GET, path, token)).await
    }

    async fn ask(&self, token: &str, query: &str, variables: Value) -> Value {
        let body = json!({"query": query, "variables": variables});
        let mut request = self.http.post(self.sandbox.graphql_url()).json(&body);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "GraphQL always answers 200");
        answer.json().await.expect("JSON")
    }

    /// A registry token from the realm of the registry's own challenge.
    async fn registry_token(&self, host: &str, who: Option<(&str, &str)>, scopes: &[String]) -> (StatusCode, Value) {
        let challenged = self.http.get(format!("http://{host}/v2/")).send().await.expect("an answer");
        assert_eq!(challenged.status(), 401);
        let challenge = challenged.headers()["www-authenticate"].to_str().expect("text").to_owned();
        let part = |name: &str| {
            challenge.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned)
        };
        let mut query = vec![("service", part("service").expect("a service"))];
        query.extend(scopes.iter().map(|scope| ("scope", scope.clone())));
        let mut request = self.http.get(part("realm").expect("a realm")).query(&query);
        if let Some((user, secret)) = who {
            request = request.basic_auth(user, Some(secret));
        }
        read(request).await
    }

    async fn registry(&self, host: &str, who: Option<(&str, &str)>, repository: &str, actions: &str) -> Registry {
        let scope = format!("repository:{repository}:{actions}");
        let (_, answer) = self.registry_token(host, who, &[scope]).await;
        let token = answer["token"].as_str().or(answer["access_token"].as_str()).unwrap_or_default().to_owned();
        Registry { http: self.http.clone(), base: format!("http://{host}/v2/{repository}"), token }
    }

    /// Hub's registry as olivia sees it.
    async fn docker(&self, repository: &str) -> Registry {
        self.registry(&self.sandbox.docker_registry(), Some(OLIVIA), repository, "pull").await
    }

    /// The Scout registry as olivia sees it.
    async fn scout(&self, repository: &str) -> Registry {
        self.registry(&self.sandbox.scout_registry(), Some(OLIVIA), repository, "pull").await
    }

    /// The destination as its robot sees it.
    async fn destination(&self, repository: &str) -> Registry {
        self.registry(&self.sandbox.destination_registry(), Some(ROBOT), repository, "pull,push").await
    }
}

/// One repository with a token for it.
struct Registry {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Registry {
    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    async fn bytes(&self, path: &str) -> Vec<u8> {
        let answer = self.call(Method::GET, path).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.bytes().await.expect("a body").to_vec()
    }

    async fn json(&self, path: &str) -> Value {
        serde_json::from_slice(&self.bytes(path).await).expect("JSON")
    }

    async fn head(&self, path: &str) -> Response {
        self.call(Method::HEAD, path).send().await.expect("an answer")
    }

    /// The digest a tag points to, by `HEAD`.
    async fn digest(&self, tag: &str) -> String {
        let answer = self.head(&format!("/manifests/{tag}")).await;
        answer.headers()["docker-content-digest"].to_str().expect("text").to_owned()
    }

    /// Platform manifests of an index.
    async fn platforms(&self, tag: &str) -> Vec<String> {
        let index = self.json(&format!("/manifests/{tag}")).await;
        index["manifests"].as_array().expect("entries").iter().map(|one| text(&one["digest"])).collect()
    }

    /// All referrers of a digest, page after page.
    async fn referrers(&self, digest: &str, artifact_type: Option<&str>) -> Vec<Value> {
        let host = self.base.split("/v2/").next().expect("a host").to_owned();
        let filter = artifact_type.map_or(String::new(), |one| format!("?artifactType={}", one.replace('+', "%2B")));
        let mut url = format!("{}/referrers/{digest}{filter}", self.base);
        let mut all = Vec::new();
        loop {
            let answer = self.http.get(&url).bearer_auth(&self.token).send().await.expect("an answer");
            assert_eq!(answer.status(), 200);
            let next = answer.headers().get("link").map(|link| link.to_str().expect("text").to_owned());
            let page: Value = answer.json().await.expect("JSON");
            all.extend(page["manifests"].as_array().expect("descriptors").clone());
            let Some(next) = next else { return all };
            let path = next.split(['<', '>']).nth(1).expect("a link").to_owned();
            url = format!("{host}{path}");
        }
    }

    /// Puts a blob in one piece and says how the registry answered.
    async fn put_blob(&self, bytes: &[u8]) -> Response {
        let begun =
            self.call(Method::POST, "/blobs/uploads/").header("content-length", "0").send().await.expect("an answer");
        assert_eq!(begun.status(), 202);
        let place = begun.headers()["location"].to_str().expect("text").to_owned();
        let host = self.base.split("/v2/").next().expect("a host");
        let url = format!("{host}{place}");
        let digest = super::content::sha256(bytes);
        self.http
            .put(url)
            .query(&[("digest", digest)])
            .bearer_auth(&self.token)
            .body(bytes.to_vec())
            .send()
            .await
            .expect("an answer")
    }

    async fn put_manifest(&self, reference: &str, manifest: &Value) -> Response {
        let kind = text(&manifest["mediaType"]);
        let request = self.call(Method::PUT, &format!("/manifests/{reference}"));
        request.header("content-type", kind).body(manifest.to_string()).send().await.expect("an answer")
    }
}

async fn read(request: RequestBuilder) -> (StatusCode, Value) {
    let answer = request.send().await.expect("an answer");
    (answer.status(), answer.json().await.unwrap_or_default())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
