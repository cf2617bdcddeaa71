//! Hub-shaped webhook calls (`contracts/hub.md` sections 5.1 to 5.3): unsigned, without the index digest, several for one push.

use std::time::Duration;

use serde_json::{Value, json};

use super::content;
use super::world::catalog::Definition;
use super::world::state::{Delivery, Repository};
use super::world::{World, now};

/// Calls every webhook of a repository because a tag moved, in the background.
pub async fn announce(world: &World, namespace: &str, name: &str, tag: &str, definition: Option<&Definition>) {
    let Some(repository) = world.state().repository(namespace, name).cloned() else { return };
    if repository.webhooks.is_empty() {
        return;
    }
    let changes = match definition {
        Some(definition) => Some(dhi_metadata(world, definition).await),
        None => None,
    };
    let body = payload(world, &repository, tag, changes);
    for hook in repository.webhooks.clone() {
        let (sender, body, tag, full_name) = (world.clone(), body.clone(), tag.to_owned(), repository.full_name());
        world.spawn(async move {
            for _ in 0..burst(&tag) {
                let sent = sender.http().post(&hook.hook_url).json(&body).send().await;
                let status = sent.ok().map(|answer| answer.status().as_u16());
                let delivery =
                    Delivery { url: hook.hook_url.clone(), repository: full_name.clone(), tag: tag.clone(), status };
                sender.state().deliveries.push(delivery);
                tokio::time::sleep(Duration::from_millis(4)).await;
            }
        });
    }
}

/// Two or three calls for one push; which of the two, the tag decides.
fn burst(tag: &str) -> usize {
    2 + tag.len() % 2
}

fn payload(world: &World, repository: &Repository, tag: &str, changes: Option<Value>) -> Value {
    let Repository { namespace, name, .. } = repository;
    let shown = repository.tags.get(tag);
    let mut body = json!({
        "callback_url": format!("{}/u/{namespace}/{name}/hook/{}/", world.addresses().hub, repository.created.timestamp()),
        "push_data": {
            "pushed_at": shown.map_or_else(|| now().timestamp(), |tag| tag.pushed_at.timestamp()),
            "pusher": shown.map_or("", |tag| tag.pusher.as_str()),
            "tag": tag,
            "images": [],
            "media_type": shown.map_or(content::INDEX, |tag| tag.media_type.as_str()),
        },
        "repository": {
            "comment_count": 0,
            "star_count": 0,
            "date_created": repository.created.timestamp(),
            "description": repository.description,
            "full_description": repository.full_description,
            "is_official": false,
            "is_private": repository.is_private,
            "is_trusted": false,
            "name": name,
            "namespace": namespace,
            "owner": namespace,
            "repo_name": repository.full_name(),
            "repo_url": format!("{}/r/{}", world.addresses().hub, repository.full_name()),
            "status": "Active",
        },
    });
    if let Some(changes) = changes {
        body["dhi_metadata"] = changes;
    }
    body
}

/// What changed, under the digest of each platform manifest.
async fn dhi_metadata(world: &World, definition: &Definition) -> Value {
    let image = world.build(&definition.recipe).await;
    let previous = match definition.recipe.revision.checked_sub(1).filter(|revision| *revision > 0) {
        Some(revision) => Some(world.build(&content::Recipe { revision, ..definition.recipe.clone() }).await),
        None => None,
    };
    let revision = definition.recipe.revision;
    let package = definition.recipe.packages.first().cloned().unwrap_or_else(|| definition.recipe.name.clone());
    let entry = |number: usize| {
        let before = previous.as_ref().and_then(|image| image.platforms.get(number));
        let changed = before.is_some();
        let fixed = json!({"cve_id": format!("CVE-2026-{}", 20_000 + revision), "severity": "HIGH", "package": package, "fixed_in_version": format!("{}-{revision}", definition.recipe.version)});
        let updated = json!({"name": package, "type": "deb", "old_version": format!("{}-{}", definition.recipe.version, revision - 1), "new_version": format!("{}-{revision}", definition.recipe.version)});
        json!({
            "schema_version": 1,
            "change_categories": if changed { json!(["vulnerability_fix", "version_upgrade"]) } else { json!([]) },
            "previous_version": before.map(|platform| json!({"tag": definition.exact_tag(), "digest": platform.manifest.digest})),
            "changes": {
                "vulnerabilities_fixed": if changed { json!([fixed]) } else { json!([]) },
                "packages_updated": if changed { json!([updated]) } else { json!([]) },
                "packages_added": [],
                "packages_removed": [],
                "environment_variables_changed": [],
                "labels_changed": [],
                "configuration_changed": [],
            },
        })
    };
    image
        .platforms
        .iter()
        .enumerate()
        .map(|(number, platform)| (platform.manifest.digest.clone(), entry(number)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
