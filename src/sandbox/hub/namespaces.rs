//! Repositories of a namespace: list, read, create, change. The same handlers serve the legacy paths.

use axum::Json;
use axum::extract::{OriginalUri, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::auth::{Caller, SignedIn};
use super::pages::{Asked, page};
use super::refusals::{forbidden, invalid, not_found, refuse};
use crate::sandbox::world::people::{Identity, People, Wish};
use crate::sandbox::world::state::Repository;
use crate::sandbox::world::{World, now};

/// `GET /v2/namespaces/{namespace}/repositories`: what somebody may not see is silently left out.
pub async fn list(
    State(world): State<World>,
    Path(namespace): Path<String>,
    uri: OriginalUri,
    Query(asked): Query<Asked>,
    Caller(identity): Caller,
) -> Response {
    let (people, mut found) = {
        let state = world.state();
        let own = state.repositories.values().filter(|one| one.namespace == namespace).cloned();
        (state.people.clone(), own.collect::<Vec<_>>())
    };
    if !people.has_namespace(&namespace) {
        return not_found("namespace not found");
    }
    let private = people.may(&identity, Wish::List, &namespace);
    let fits = |one: &Repository| asked.name.as_ref().is_none_or(|part| one.name.contains(part.as_str()));
    found.retain(|one| (private || !one.is_private) && fits(one));
    let ordering = asked.ordering.as_deref().unwrap_or("-last_updated");
    match ordering.trim_start_matches('-') {
        "name" => found.sort_by(|one, other| one.name.cmp(&other.name)),
        "last_updated" => found.sort_by_key(|one| one.last_updated),
        "pull_count" => found.sort_by_key(|one| one.pull_count),
        _ => {
            return invalid(
                "ordering",
                "must be one of name, -name, last_updated, -last_updated, pull_count, -pull_count",
            );
        }
    }
    if ordering.starts_with('-') {
        found.reverse();
    }
    let results: Vec<_> = found.iter().map(entry).collect();
    page(&world, &uri, &asked, &results)
}

/// `GET` and `HEAD` of one repository.
pub async fn read(
    State(world): State<World>,
    Path((namespace, name)): Path<(String, String)>,
    Caller(identity): Caller,
) -> Response {
    match visible(&world, &identity, &namespace, &name) {
        Some(repository) => Json(detail(&world.state().people, &identity, &repository)).into_response(),
        None => not_found("object not found"),
    }
}

/// `POST /v2/namespaces/{namespace}/repositories`.
pub async fn create(
    State(world): State<World>,
    Path(namespace): Path<String>,
    SignedIn(identity): SignedIn,
    Json(body): Json<Value>,
) -> Response {
    let name = body["name"].as_str().unwrap_or_default();
    if !is_name(name) {
        return invalid("name", "must be 2 to 255 characters of a-z, 0-9, and single . _ - between");
    }
    if body["namespace"].as_str() != Some(namespace.as_str()) {
        return invalid("namespace", "this field is required and must be the namespace of the path");
    }
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    if let Some(refused) = too_long(&body) {
        return refused;
    }
    let mut state = world.state();
    if !state.people.may(&identity, Wish::Create, &namespace) {
        return forbidden();
    }
    if state.repository(&namespace, name).is_some() {
        return refuse(StatusCode::BAD_REQUEST, "repository already exists");
    }
    let private = body["is_private"].as_bool().unwrap_or(false);
    let mut repository = Repository::new(&namespace, name, &text("description"), private, now());
    repository.full_description = text("full_description");
    let answer = detail(&state.people, &identity, &repository);
    state.repositories.insert((namespace, name.to_owned()), repository);
    (StatusCode::CREATED, Json(answer)).into_response()
}

/// `PATCH` of one repository: descriptions and status, never privacy.
pub async fn change(
    State(world): State<World>,
    Path((namespace, name)): Path<(String, String)>,
    SignedIn(identity): SignedIn,
    Json(body): Json<Value>,
) -> Response {
    if visible(&world, &identity, &namespace, &name).is_none() {
        return not_found("object not found");
    }
    if let Some(refused) = too_long(&body) {
        return refused;
    }
    let mut state = world.state();
    if !state.people.may(&identity, Wish::Administer, &namespace) {
        return forbidden();
    }
    let people = state.people.clone();
    let Some(repository) = state.repository_mut(&namespace, &name) else { return not_found("object not found") };
    if let Some(text) = body["description"].as_str() {
        text.clone_into(&mut repository.description);
    }
    if let Some(text) = body["full_description"].as_str() {
        text.clone_into(&mut repository.full_description);
    }
    if let Some(status) = body["status"].as_i64() {
        repository.status = status;
    }
    Json(detail(&people, &identity, repository)).into_response()
}

/// The repository, if there is one and this somebody may see it; the two look alike from outside.
pub fn visible(world: &World, identity: &Identity, namespace: &str, name: &str) -> Option<Repository> {
    let state = world.state();
    let repository = state.repository(namespace, name)?;
    let seen = !repository.is_private || state.people.may(identity, Wish::Read, namespace);
    seen.then(|| repository.clone())
}

fn entry(repository: &Repository) -> Value {
    let stamp = repository.last_updated.map(|at| at.to_rfc3339());
    let held = !repository.tags.is_empty();
    let size: u64 = repository.tags.values().flat_map(|tag| &tag.images).map(|image| image.size).sum();
    json!({
        "name": repository.name,
        "namespace": repository.namespace,
        "repository_type": if held { json!("image") } else { Value::Null },
        "status": repository.status,
        "status_description": if repository.status == 1 { "active" } else { "inactive" },
        "description": repository.description,
        "is_private": repository.is_private,
        "star_count": 0,
        "pull_count": repository.pull_count,
        "last_updated": stamp,
        "last_modified": stamp,
        "date_registered": repository.created.to_rfc3339(),
        "affiliation": "",
        // An item may be null, the reference does not say so.
        "media_types": if held { json!(["application/vnd.oci.image.index.v1+json", null]) } else { json!([]) },
        "content_types": if held { json!(["image"]) } else { json!([]) },
        "categories": [],
        "storage_size": if held { json!(size) } else { Value::Null },
    })
}

fn detail(people: &People, identity: &Identity, repository: &Repository) -> Value {
    let namespace = &repository.namespace;
    let mut body = entry(repository);
    body["user"] = json!(namespace);
    body["is_automated"] = json!(false);
    body["collaborator_count"] = json!(0);
    body["hub_user"] = Value::Null;
    body["has_starred"] = json!(false);
    body["full_description"] = json!(repository.full_description);
    body["permissions"] = json!({
        "read": !repository.is_private || people.may(identity, Wish::Read, namespace),
        "write": people.may(identity, Wish::Push, namespace),
        "admin": people.may(identity, Wish::Administer, namespace),
    });
    body["immutable_tags_settings"] = json!({"enabled": false, "rules": [".*"]});
    body["source"] = Value::Null;
    body
}

fn too_long(body: &Value) -> Option<Response> {
    let long = |name: &str, limit: usize| body[name].as_str().is_some_and(|text| text.len() > limit);
    if long("description", 100) {
        return Some(invalid("description", "must be at most 100 bytes"));
    }
    long("full_description", 25_000).then(|| invalid("full_description", "must be at most 25000 bytes"))
}

fn is_name(name: &str) -> bool {
    let plain = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let bytes = name.as_bytes();
    let parted = bytes.windows(2).all(|pair| plain(pair[0]) || plain(pair[1]));
    let ends = bytes.first().copied().is_some_and(plain) && bytes.last().copied().is_some_and(plain);
    (2..=255).contains(&name.len()) && ends && parted && bytes.iter().all(|one| plain(*one) || b"._-".contains(one))
}
