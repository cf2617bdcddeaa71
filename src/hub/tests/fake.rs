//! A pretend Docker Hub: it trades credentials for tokens, and answers the rest as the test says.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::hub::{Credential, Endpoints, Hub, Limits, Session};
use crate::model::RepoName;

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    /// Path with the query.
    pub path: String,
    pub body: Value,
    pub authorization: Option<String>,
    /// Number of the exchange its token came from, from 1; 0 without a token of ours.
    pub token: usize,
    pub query: String,
}

/// What the fake answers.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    pub delay: Duration,
}

impl Reply {
    pub fn json(status: u16, body: &Value) -> Option<Self> {
        Self::text(status, &body.to_string())
    }

    #[expect(clippy::unnecessary_wraps, reason = "a test answers Some(reply), or None for the default")]
    pub fn text(status: u16, body: &str) -> Option<Self> {
        Some(Self { status, headers: Vec::new(), body: body.to_owned(), delay: Duration::ZERO })
    }

    pub fn with(status: u16, name: &'static str, value: &(impl ToString + ?Sized), body: &str) -> Option<Self> {
        let reply = Self::text(status, body)?;
        Some(Self { headers: vec![(name, value.to_string())], ..reply })
    }

    pub fn data(data: &Value) -> Option<Self> {
        Self::json(200, &json!({ "data": data }))
    }
}

type Script = dyn Fn(&Asked) -> Option<Reply> + Send + Sync;

struct World {
    asked: Mutex<Vec<Asked>>,
    exchanges: Mutex<usize>,
    clock: Clock,
    script: Box<Script>,
}

/// The running fake and a client that talks to it.
pub struct Fake {
    pub hub: Hub,
    pub clock: Clock,
    pub address: SocketAddr,
    world: Arc<World>,
}

pub fn noon() -> DateTime<Utc> {
    "2026-10-01T12:00:00Z".parse().unwrap()
}

pub fn repo(name: &str) -> RepoName {
    name.parse().unwrap()
}

pub fn limits() -> Limits {
    Limits { patience: Duration::from_secs(2), retry_pause: Duration::from_millis(5), ..Limits::default() }
}

impl Fake {
    /// Starts it; the script may answer any request and leaves the others to the defaults by `None`.
    pub async fn start(script: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static) -> Self {
        Self::start_with(limits(), script).await
    }

    pub async fn start_with(limits: Limits, script: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let clock = Clock::standing_at(noon());
        let world = Arc::new(World {
            asked: Mutex::default(),
            exchanges: Mutex::new(0),
            clock: clock.clone(),
            script: Box::new(script),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = axum::Router::new().fallback(answer).with_state(Arc::clone(&world));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let url = |path: &str| format!("http://{address}{path}").parse().unwrap();
        let endpoints = Endpoints::new(url(""), url("/v1/graphql")).unwrap();
        let hub = Hub::with_limits(endpoints, clock.clone(), limits).unwrap();
        Self { hub, clock, address, world }
    }

    /// Signed in with a personal access token.
    pub fn session(&self) -> Session {
        self.session_with("ada", "dckr_pat_sesame")
    }

    pub fn session_with(&self, identifier: &str, secret: &str) -> Session {
        self.hub.session(Credential { identifier: identifier.to_owned(), secret: secret.into() })
    }

    /// Requests so far, exchanges left out.
    pub fn asked(&self) -> Vec<Asked> {
        let asked = self.world.asked.lock().unwrap();
        asked.iter().filter(|asked| asked.path != "/v2/auth/token").cloned().collect()
    }

    /// Paths of those.
    pub fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).collect()
    }

    /// The exchanges so far.
    pub fn exchanges(&self) -> Vec<Asked> {
        let asked = self.world.asked.lock().unwrap();
        asked.iter().filter(|asked| asked.path == "/v2/auth/token").cloned().collect()
    }
}

async fn answer(State(world): State<Arc<World>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let authorization = parts.headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let token = authorization.as_deref().and_then(|text| text.rsplit_once("signature")?.1.parse().ok());
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path_and_query().unwrap().to_string(),
        query: body["query"].as_str().unwrap_or_default().to_owned(),
        body,
        authorization,
        token: token.unwrap_or(0),
    };
    world.asked.lock().unwrap().push(asked.clone());
    let reply = (world.script)(&asked).or_else(|| exchange(&world, &asked));
    let reply = reply.or_else(|| Reply::json(404, &json!({ "detail": "Object not found" }))).unwrap();
    tokio::time::sleep(reply.delay).await;
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).unwrap()
}

fn exchange(world: &World, asked: &Asked) -> Option<Reply> {
    if asked.path != "/v2/auth/token" {
        return None;
    }
    let number = {
        let mut exchanges = world.exchanges.lock().unwrap();
        *exchanges += 1;
        *exchanges
    };
    let exp = (world.clock.now() + TimeDelta::minutes(10)).timestamp();
    let claims = json!({ "exp": exp, "https://hub.docker.com": { "username": "ada" } });
    let reply = Reply::json(200, &json!({ "access_token": jwt(&claims, number) }))?;
    Some(Reply { delay: Duration::from_millis(40), ..reply })
}

/// A token with these claims; the number stands where the signature would.
pub fn jwt(claims: &Value, number: usize) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.signature{number}", part(&json!({ "alg": "RS256" })), part(claims))
}

/// A GraphQL refusal as it comes: HTTP 200, the field null, the reason in `errors`.
pub fn refused(field: &str, status: u16, message: &str) -> Option<Reply> {
    Reply::json(
        200,
        &json!({
            "data": { field: null },
            "errors": [{ "message": message, "path": [field],
                "extensions": { "code": "DOWNSTREAM_SERVICE_ERROR", "status": status } }],
            "extensions": { "correlation_id": "c-42" },
        }),
    )
}
