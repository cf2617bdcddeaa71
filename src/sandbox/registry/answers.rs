//! Registry errors on the wire.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

/// The error list of the distribution specification, with one entry.
pub fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"errors": [{"code": code, "message": message, "detail": null}]}))).into_response()
}
