//! Repository webhooks (`contracts/hub.md` section 5.5). Missing rights and a missing repository give the same 404.

use axum::Json;
use axum::extract::{OriginalUri, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::auth::SignedIn;
use super::pages::{Asked, page};
use super::refusals::{invalid, not_found};
use crate::sandbox::world::people::{Identity, Wish};
use crate::sandbox::world::state::{State as Truth, Webhook};
use crate::sandbox::world::{World, now};

/// `GET …/webhook_pipeline`.
pub async fn list(
    State(world): State<World>,
    Path((namespace, name)): Path<(String, String)>,
    uri: OriginalUri,
    Query(asked): Query<Asked>,
    SignedIn(identity): SignedIn,
) -> Response {
    let hooks = {
        let state = world.state();
        let found = state.repository(&namespace, &name).filter(|_| may(&state, &identity, &namespace));
        match found {
            Some(repository) => repository.webhooks.iter().map(pipeline).collect::<Vec<_>>(),
            None => return not_found("object not found"),
        }
    };
    page(&world, &uri, &asked, &hooks)
}

/// `POST …/webhook_pipeline`.
pub async fn create(
    State(world): State<World>,
    Path((namespace, name)): Path<(String, String)>,
    SignedIn(identity): SignedIn,
    Json(body): Json<Value>,
) -> Response {
    let mut state = world.state();
    if !may(&state, &identity, &namespace) {
        return not_found("object not found");
    }
    let Some(repository) = state.repository_mut(&namespace, &name) else { return not_found("object not found") };
    let Some(title) = body["name"].as_str().filter(|title| !title.is_empty()) else {
        return invalid("name", "this field is required");
    };
    let Some(hook_url) = body["webhooks"][0]["hook_url"].as_str().filter(|url| url.starts_with("http")) else {
        return invalid("webhooks", "a hook with an absolute hook_url is required");
    };
    if hook_url.len() > 255 {
        return invalid("hook_url", "must be at most 255 characters");
    }
    let slug = slug(title);
    if repository.webhooks.iter().any(|one| one.slug == slug) {
        return invalid("name", "a webhook with this name exists already");
    }
    let webhook = Webhook { name: title.to_owned(), slug, hook_url: hook_url.to_owned(), created: now() };
    let answer = pipeline(&webhook);
    repository.webhooks.push(webhook);
    (StatusCode::CREATED, Json(answer)).into_response()
}

/// `DELETE …/webhook_pipeline/{slug}`.
pub async fn delete(
    State(world): State<World>,
    Path((namespace, name, slug)): Path<(String, String, String)>,
    SignedIn(identity): SignedIn,
) -> Response {
    let mut state = world.state();
    if !may(&state, &identity, &namespace) {
        return not_found("object not found");
    }
    let Some(repository) = state.repository_mut(&namespace, &name) else { return not_found("object not found") };
    let before = repository.webhooks.len();
    repository.webhooks.retain(|one| one.slug != slug);
    if repository.webhooks.len() == before {
        not_found("object not found")
    } else {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// `GET …/webhook_pipeline/{slug}/history`: the shape of its records is unconfirmed, so there are none.
pub async fn history(
    State(world): State<World>,
    Path((namespace, name, slug)): Path<(String, String, String)>,
    uri: OriginalUri,
    Query(asked): Query<Asked>,
    SignedIn(identity): SignedIn,
) -> Response {
    let known = {
        let state = world.state();
        let found = state.repository(&namespace, &name).filter(|_| may(&state, &identity, &namespace));
        found.is_some_and(|repository| repository.webhooks.iter().any(|one| one.slug == slug))
    };
    if known { page(&world, &uri, &asked, &[]) } else { not_found("object not found") }
}

fn may(state: &Truth, identity: &Identity, namespace: &str) -> bool {
    state.people.may(identity, Wish::Administer, namespace)
}

fn pipeline(webhook: &Webhook) -> Value {
    let at = webhook.created.to_rfc3339();
    json!({
        "name": webhook.name, "slug": webhook.slug, "expect_final_callback": false, "created": at, "last_updated": at,
        "webhooks": [{"name": webhook.name, "hook_url": webhook.hook_url, "created": at, "last_updated": at}],
    })
}

fn slug(name: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let text: String = name.chars().map(plain).collect();
    text.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}
