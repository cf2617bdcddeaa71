//! Manifests and referrers: pull limits, the checks registries make before they take a manifest, and pages of referrers.

use std::time::Instant;

use axum::Json;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::answers::refuse;
use super::{Call, Registry, Store, forward};
use crate::sandbox::Facade;
use crate::sandbox::content::INDEX;
use crate::sandbox::world::people::Identity;

/// The largest manifest that registries take.
const MANIFEST_LIMIT: usize = 4 * 1024 * 1024;

impl Registry {
    /// All that is done with a manifest.
    pub(super) async fn manifest(&self, store: &Store, call: Call, reference: &str) -> Response {
        if call.method == Method::PUT {
            return self.put_manifest(store, call, reference).await;
        }
        if self.facade != Facade::Docker || !call.reads() {
            return forward(store, call).await;
        }
        let (identity, method, repository) = (call.identity.clone(), call.method.clone(), call.repository.clone());
        let (limit, used) = self.pulls(&identity);
        if method == Method::GET && used >= limit {
            let refused =
                refuse(StatusCode::TOO_MANY_REQUESTS, "TOOMANYREQUESTS", "You have reached your pull rate limit.");
            return self.limited(refused, limit, used, &identity);
        }
        let answer = forward(store, call).await;
        let counts = method == Method::GET && answer.status().is_success();
        if counts {
            self.count_pull(&identity, &repository);
        }
        self.limited(answer, limit, used + u32::from(counts), &identity)
    }

    async fn put_manifest(&self, store: &Store, call: Call, reference: &str) -> Response {
        if call.body.len() > MANIFEST_LIMIT {
            return refuse(StatusCode::PAYLOAD_TOO_LARGE, "MANIFEST_INVALID", "manifest exceeds 4 MiB");
        }
        let Ok(manifest) = serde_json::from_slice::<Value>(&call.body) else {
            return refuse(StatusCode::BAD_REQUEST, "MANIFEST_INVALID", "manifest is not JSON");
        };
        if let Some(missing) = missing(store, &call.repository, &manifest).await {
            return refuse(
                StatusCode::BAD_REQUEST,
                "MANIFEST_BLOB_UNKNOWN",
                &format!("{missing} is unknown to the registry"),
            );
        }
        let traits = self.world.options().destination;
        let own = self.facade == Facade::Destination;
        let is_tag = !reference.contains(':');
        if own && traits.immutable_tags && is_tag && store.manifest(&call.repository, reference).await.is_some() {
            let text = format!("tag {reference} already exists and is immutable");
            return refuse(StatusCode::PRECONDITION_FAILED, "PRECONDITION", &text);
        }
        if let Some(subject) = manifest["subject"]["digest"].as_str().filter(|_| own && traits.subject_first)
            && store.manifest(&call.repository, subject).await.is_none()
        {
            return refuse(StatusCode::BAD_REQUEST, "MANIFEST_INVALID", "subject manifest is unknown");
        }
        let (identity, repository) = (call.identity.clone(), call.repository.clone());
        let mut answer = forward(store, call).await;
        if own && !traits.referrers {
            answer.headers_mut().remove("oci-subject");
        }
        if self.facade == Facade::Docker
            && is_tag
            && answer.status().is_success()
            && let Some((namespace, name)) = repository.split_once('/')
        {
            self.world.pushed(namespace, name, reference, &identity).await;
        }
        answer
    }

    /// `GET …/referrers/<digest>`, a page at a time; ferro gives all at once.
    pub(super) async fn referrers(&self, store: &Store, call: &Call, digest: &str) -> Response {
        if self.facade == Facade::Destination && !self.world.options().destination.referrers {
            return refuse(StatusCode::NOT_FOUND, "MANIFEST_UNKNOWN", "manifest unknown");
        }
        if !call.reads() {
            return refuse(StatusCode::METHOD_NOT_ALLOWED, "UNSUPPORTED", "the operation is unsupported");
        }
        let artifact_type = call.query("artifactType");
        let all = store.referrers(&call.repository, digest, artifact_type.as_deref()).await;
        let from = call
            .query("last")
            .and_then(|last| all.iter().position(|one| one.digest.to_string() == last))
            .map_or(0, |place| place + 1);
        let page: Vec<_> = all.iter().skip(from).take(self.world.options().referrers_page).collect();
        let mut next = None;
        if let Some(last) = page.last().filter(|_| from + page.len() < all.len()) {
            let mut query = vec![("last", last.digest.to_string())];
            query.extend(artifact_type.clone().map(|value| ("artifactType", value)));
            next = Some(format!(
                "</v2/{}/referrers/{digest}?{}>; rel=\"next\"",
                call.repository,
                serde_urlencoded::to_string(query).unwrap_or_default()
            ));
        }
        let mut answer = Json(json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": page})).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(INDEX));
        if artifact_type.is_some() {
            headers.insert("oci-filters-applied", HeaderValue::from_static("artifactType"));
        }
        if let Some(value) = next.and_then(|next| HeaderValue::from_str(&next).ok()) {
            headers.insert(header::LINK, value);
        }
        answer
    }

    fn pulls(&self, identity: &Identity) -> (u32, u32) {
        let limit = if identity.name().is_some() { self.world.options().pull_limit } else { 100 };
        let window = self.world.options().pull_window;
        let pulls = self.world.state().pulls.get(account(identity)).copied();
        (limit, pulls.filter(|(since, _)| since.elapsed() < window).map_or(0, |(_, used)| used))
    }

    fn count_pull(&self, identity: &Identity, repository: &str) {
        let mut state = self.world.state();
        let pulls = state.pulls.entry(account(identity).to_owned()).or_insert((Instant::now(), 0));
        if pulls.0.elapsed() >= self.world.options().pull_window {
            *pulls = (Instant::now(), 0);
        }
        pulls.1 += 1;
        if let Some((namespace, name)) = repository.split_once('/')
            && let Some(found) = state.repository_mut(namespace, name)
        {
            found.pull_count += 1;
        }
    }

    fn limited(&self, mut answer: Response, limit: u32, used: u32, identity: &Identity) -> Response {
        let window = self.world.options().pull_window.as_secs();
        let texts = [
            ("ratelimit-limit", format!("{limit};w={window}")),
            ("ratelimit-remaining", format!("{};w={window}", limit.saturating_sub(used))),
            ("docker-ratelimit-source", account(identity).to_owned()),
        ];
        for (name, text) in texts {
            if let Ok(value) = HeaderValue::from_str(&text) {
                answer.headers_mut().insert(HeaderName::from_static(name), value);
            }
        }
        answer
    }
}

fn account(identity: &Identity) -> &str {
    identity.name().unwrap_or("127.0.0.1")
}

/// The first thing a manifest names that the repository does not hold; a subject need not be there.
async fn missing(store: &Store, repository: &str, manifest: &Value) -> Option<String> {
    let blobs = manifest["layers"].as_array().into_iter().flatten().chain([&manifest["config"]]);
    for digest in blobs.filter_map(|blob| blob["digest"].as_str()) {
        if !store.holds(repository, digest) {
            return Some(format!("blob {digest}"));
        }
    }
    for digest in manifest["manifests"].as_array().into_iter().flatten().filter_map(|child| child["digest"].as_str()) {
        // The fallback tag of referrers is an index whose entries are all there, so it passes this too.
        if store.manifest(repository, digest).await.is_none() {
            return Some(format!("manifest {digest}"));
        }
    }
    None
}
