//! What only the legacy paths can do: privacy and deletion.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use super::auth::SignedIn;
use super::namespaces::visible;
use super::refusals::{forbidden, invalid, not_found};
use crate::sandbox::world::World;
use crate::sandbox::world::people::Wish;

/// `POST …/privacy` with `{is_private}`.
pub async fn privacy(
    State(world): State<World>,
    Path((namespace, name)): Path<(String, String)>,
    SignedIn(identity): SignedIn,
    Json(body): Json<Value>,
) -> Response {
    let Some(private) = body["is_private"].as_bool() else { return invalid("is_private", "this field is required") };
    if visible(&world, &identity, &namespace, &name).is_none() {
        return not_found("object not found");
    }
    if !world.state().people.may(&identity, Wish::Administer, &namespace) {
        return forbidden();
    }
    match world.set_private(&namespace, &name, private) {
        Ok(()) => StatusCode::OK.into_response(),
        Err(_) => not_found("object not found"),
    }
}

/// `DELETE` of a repository.
pub async fn delete(
    State(world): State<World>,
    Path((namespace, name)): Path<(String, String)>,
    SignedIn(identity): SignedIn,
) -> Response {
    if visible(&world, &identity, &namespace, &name).is_none() {
        return not_found("object not found");
    }
    let mut state = world.state();
    if !state.people.may(&identity, Wish::Administer, &namespace) {
        return forbidden();
    }
    state.repositories.remove(&(namespace, name));
    StatusCode::ACCEPTED.into_response()
}
