//! Hub's error bodies, each form where it belongs (`contracts/hub.md` section 1.5).

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

/// `{errinfo, detail, message}`: most routes.
pub fn refuse(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"errinfo": {}, "detail": message, "message": message}))).into_response()
}

/// `{detail, message}`: sign-in.
pub fn unauthorized(message: &str) -> Response {
    (StatusCode::UNAUTHORIZED, Json(json!({"detail": message, "message": message}))).into_response()
}

/// `{message, errinfo}`: the wrong kind of credential.
pub fn wrong_kind(message: &str) -> Response {
    (StatusCode::FORBIDDEN, Json(json!({"message": message, "errinfo": {}}))).into_response()
}

/// `{fields, text}`: validation.
pub fn invalid(field: &str, message: &str) -> Response {
    let text = format!("{field}: {message}");
    (StatusCode::BAD_REQUEST, Json(json!({"fields": {field: [message]}, "text": text}))).into_response()
}

/// 404.
pub fn not_found(message: &str) -> Response {
    refuse(StatusCode::NOT_FOUND, message)
}

/// 403 because of a role or a scope.
pub fn forbidden() -> Response {
    refuse(StatusCode::FORBIDDEN, "access to the resource is forbidden")
}
