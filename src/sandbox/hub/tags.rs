//! Tags, with the types they have in practice (`contracts/hub.md` section 4.3).

use axum::Json;
use axum::extract::{OriginalUri, Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::auth::Caller;
use super::namespaces::visible;
use super::pages::{Asked, page};
use super::refusals::{invalid, not_found};
use crate::sandbox::world::World;
use crate::sandbox::world::state::{HubTag, TagImage};

/// `GET` and `HEAD …/tags`.
pub async fn list(
    State(world): State<World>,
    Path((namespace, name)): Path<(String, String)>,
    uri: OriginalUri,
    Query(asked): Query<Asked>,
    Caller(identity): Caller,
) -> Response {
    let Some(repository) = visible(&world, &identity, &namespace, &name) else { return not_found("object not found") };
    let mut tags: Vec<_> = repository.lagging.as_ref().unwrap_or(&repository.tags).iter().collect();
    tags.retain(|(name, _)| asked.name.as_ref().is_none_or(|part| name.contains(part.as_str())));
    match asked.ordering.as_deref().unwrap_or("-last_updated") {
        "name" => {}
        "-name" => tags.reverse(),
        "last_updated" => tags.sort_by_key(|(_, tag)| tag.pushed_at),
        "-last_updated" => tags.sort_by_key(|(_, tag)| std::cmp::Reverse(tag.pushed_at)),
        _ => return invalid("ordering", "must be one of name, -name, last_updated, -last_updated"),
    }
    let results: Vec<_> = tags.into_iter().map(|(name, tag)| entry(name, tag)).collect();
    page(&world, &uri, &asked, &results)
}

/// `GET` and `HEAD …/tags/{tag}`.
pub async fn read(
    State(world): State<World>,
    Path((namespace, name, tag)): Path<(String, String, String)>,
    Caller(identity): Caller,
) -> Response {
    let found = visible(&world, &identity, &namespace, &name)
        .and_then(|repository| repository.tags.get(&tag).map(|found| entry(&tag, found)));
    found.map_or_else(|| not_found(&format!("tag '{tag}' not found")), |body| Json(body).into_response())
}

fn entry(name: &str, tag: &HubTag) -> Value {
    let stamp = tag.pushed_at.to_rfc3339();
    json!({
        "id": tag.id,
        "creator": 4_210_001,
        "last_updater": 4_210_001,
        "last_updater_username": tag.pusher,
        "repository": 9_000_000,
        "name": name,
        "last_updated": stamp,
        "images": tag.images.iter().map(|one| image(one, &stamp)).collect::<Vec<_>>(),
        "full_size": tag.images.first().map_or(0, |image| image.size),
        "v2": true,
        "tag_status": "active",
        "tag_last_pulled": null,
        "tag_last_pushed": stamp,
        "digest": tag.digest,
        "media_type": tag.media_type,
        "content_type": "image",
    })
}

fn image(image: &TagImage, stamp: &str) -> Value {
    json!({
        "architecture": image.architecture, "features": "", "variant": null, "digest": image.digest, "os": image.os,
        "os_features": "", "os_version": null, "size": image.size, "status": "active", "last_pulled": null, "last_pushed": stamp,
    })
}
