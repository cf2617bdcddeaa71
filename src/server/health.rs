//! For whoever watches the process: alive, and ready to serve.

use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;
use crate::store;

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// The database answers too.
pub(super) async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if store::is_alive(&app.db).await {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
    }
}
