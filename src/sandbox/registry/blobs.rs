//! Blobs of a repository: reading with ranges, uploads, mounts.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use bytes::Bytes;

use super::answers::refuse;
use super::{Call, Registry, Store, forward, grants};
use crate::sandbox::Facade;
use crate::sandbox::world::World;

/// `GET` where Hub's registry redirects to: the address is proof enough, and credentials are refused as object stores do.
pub async fn from_cdn(
    State(world): State<World>,
    Path(digest): Path<String>,
    Query(asked): Query<HashMap<String, String>>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    if headers.contains_key(header::AUTHORIZATION) {
        return refuse(StatusCode::BAD_REQUEST, "UNSUPPORTED", "only one kind of authentication is allowed");
    }
    let repository = asked.get("repository").map_or("", String::as_str);
    match world.store(Facade::Docker).blob(repository, &digest).await {
        Some(bytes) => serve(&method, &headers, &digest, &bytes),
        None => refuse(StatusCode::NOT_FOUND, "BLOB_UNKNOWN", "blob unknown to registry"),
    }
}

fn serve(method: &Method, asked: &HeaderMap, digest: &str, bytes: &Bytes) -> Response {
    let (status, bytes, range) = part(asked, bytes);
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let digest = (HeaderName::from_static("docker-content-digest"), Some(digest.to_owned()));
    for (name, text) in [(header::CONTENT_RANGE, range), digest] {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert(name, value);
        }
    }
    let body = if method == Method::HEAD { Body::empty() } else { Body::from(bytes) };
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
    /// `GET`, `HEAD` and `DELETE` of a blob.
    pub(super) async fn blob(&self, store: &Store, call: &Call, digest: &str) -> Response {
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
        if self.facade == Facade::Docker && self.world.options().redirect_blobs && call.method == Method::GET {
            let hub = &self.world.addresses().hub;
            return Redirect::temporary(&format!("{hub}/cdn/blobs/{digest}?repository={}", call.repository))
                .into_response();
        }
        serve(&call.method, &call.headers, digest, &bytes)
    }

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
    (StatusCode::CREATED, headers.map(|(name, value)| (HeaderName::from_static(name), value))).into_response()
}
