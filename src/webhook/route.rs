//! `POST /hooks/{secret}`: the door for Docker Hub. It knows no session, and its path is never logged.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::RETRY_AFTER;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures::StreamExt as _;

use super::accept::{Answer, Inbox};
use super::payload::Payload;
use super::refusal::Refusal;
use crate::app::App;
use crate::clock::Clock;
use crate::hooks::secret;

/// No honest delivery is larger.
const MOST_BODY: usize = 1024 * 1024;

/// What a handler needs.
#[derive(Clone)]
struct Door {
    inbox: Inbox,
    clock: Clock,
}

/// The route, and the task that keeps what comes in. Everything below the path is taken, so that no address with a
/// secret in it gets to where requests are logged.
pub fn router(app: &App) -> Router {
    let door = Door { inbox: Inbox::open(app.clone()), clock: app.clock.clone() };
    Router::new().route(&format!("{}{{*secret}}", secret::PATH), post(receive)).with_state(door)
}

async fn receive(State(door): State<Door>, uri: Uri, body: Body) -> Answer {
    let received_at = door.clock.now();
    let content = whole(body).await.and_then(|bytes| Payload::read(&bytes).ok_or(Refusal::NotJson));
    let secret = uri.path().strip_prefix(secret::PATH).unwrap_or_default();
    door.inbox.deliver(secret, content, received_at).await
}

async fn whole(body: Body) -> Result<Vec<u8>, Refusal> {
    let (mut bytes, mut rest) = (Vec::new(), body.into_data_stream());
    while let Some(part) = rest.next().await {
        let part = part.map_err(|_| Refusal::Broken)?;
        if bytes.len() + part.len() > MOST_BODY {
            return Err(Refusal::TooLarge);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Accepted => (StatusCode::ACCEPTED, "Accepted.\n").into_response(),
            Self::Refused(refusal) => {
                let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
                (status, refusal.sentence() + "\n").into_response()
            }
            Self::Unknown => (StatusCode::NOT_FOUND, "There is no such address.\n").into_response(),
            Self::Busy => {
                let words = "Ferry cannot keep this at the moment. Send it again.\n";
                (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "5")], words).into_response()
            }
        }
    }
}
