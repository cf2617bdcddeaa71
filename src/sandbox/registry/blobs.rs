//! Blobs of a repository: reading with ranges, uploads, mounts.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;

use super::answers::refuse;
use super::{Call, Registry, Store, forward, grants};
use crate::sandbox::Facade;

/// `GET`, `HEAD` and `DELETE` of a blob.
pub async fn blob(store: &Store, call: &Call, digest: &str) -> Response {
    let Some(bytes) = store.blob(&call.repository, digest).await else {
        return refuse(StatusCode::NOT_FOUND, "BLOB_UNKNOWN", "blob unknown to registry");
    };
    if call.method == Method::DELETE {
        store.release(&call.repository, digest);
        return StatusCode::ACCEPTED.into_response();
    }
    if !call.reads() {
        return refuse(StatusCode::METHOD_NOT_ALLOWED, "UNSUPPORTED", "the operation is unsupported");
    }
    let (status, bytes, range) = part(&call.headers, &bytes);
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    for (name, text) in [
        (header::CONTENT_RANGE, range),
        (header::HeaderName::from_static("docker-content-digest"), Some(digest.to_owned())),
    ] {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert(name, value);
        }
    }
    let body = if call.method == Method::HEAD { Body::empty() } else { Body::from(bytes) };
    (status, headers, body).into_response()
}

/// One range `bytes=from-[to]`, else the whole.
fn part(headers: &HeaderMap, bytes: &Bytes) -> (StatusCode, Bytes, Option<String>) {
    let asked =
        headers.get(header::RANGE).and_then(|value| value.to_str().ok()?.strip_prefix("bytes=")?.split_once('-'));
    let Some((from, to)) = asked.and_then(|(from, to)| Some((from.parse::<usize>().ok()?, to.parse::<usize>().ok())))
    else {
        return (StatusCode::OK, bytes.clone(), None);
    };
    let end = to.map_or(bytes.len(), |to| to.saturating_add(1).min(bytes.len()));
    if from >= end {
        return (StatusCode::RANGE_NOT_SATISFIABLE, Bytes::new(), Some(format!("bytes */{}", bytes.len())));
    }
    (StatusCode::PARTIAL_CONTENT, bytes.slice(from..end), Some(format!("bytes {from}-{}/{}", end - 1, bytes.len())))
}

impl Registry {
    /// `POST …/uploads/`: a mount if it can be one, else a session, or a whole blob at once.
    pub(super) async fn begin_upload(&self, store: &Store, call: Call) -> Response {
        if call.method != Method::POST {
            return refuse(StatusCode::METHOD_NOT_ALLOWED, "UNSUPPORTED", "the operation is unsupported");
        }
        if let (Some(digest), Some(from)) = (call.query("mount"), call.query("from")) {
            let mounts = self.facade != Facade::Destination || self.world.options().destination.mounts;
            if mounts && grants(&call.access, &from, "pull") && store.holds(&from, &digest) {
                store.hold(&call.repository, &digest);
                return created(&call.repository, &digest);
            }
        }
        let (repository, digest) = (call.repository.clone(), call.query("digest"));
        note(store, &repository, digest, forward(store, call).await)
    }

    /// `PATCH`, `PUT`, `GET` and `DELETE` of a session.
    pub(super) async fn continue_upload(&self, store: &Store, call: Call) -> Response {
        let (repository, digest) = (call.repository.clone(), call.query("digest"));
        note(store, &repository, digest, forward(store, call).await)
    }
}

fn note(store: &Store, repository: &str, digest: Option<String>, answer: Response) -> Response {
    if let Some(digest) = digest.filter(|_| answer.status() == StatusCode::CREATED) {
        store.hold(repository, &digest);
    }
    answer
}

fn created(repository: &str, digest: &str) -> Response {
    let location = format!("/v2/{repository}/blobs/{digest}");
    let headers =
        [("location", location), ("docker-content-digest", digest.to_owned()), ("content-length", "0".to_owned())];
    (StatusCode::CREATED, headers.map(|(name, value)| (header::HeaderName::from_static(name), value))).into_response()
}
