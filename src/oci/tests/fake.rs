//! A registry that keeps everything in memory, writes down every request, and misbehaves when told to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use base64::Engine;
use bytes::Bytes;
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use crate::model::{Digest, Host};
use crate::oci::digests::sha256;

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// How the fake wants to be signed in to.
#[derive(Clone)]
pub(super) enum Door {
    Open,
    Basic(String, String),
    /// Tokens from this address, living so many seconds.
    Bearer {
        realm: String,
        user: String,
        secret: String,
        life: i64,
    },
}

/// What is done instead of the right thing.
#[derive(Clone)]
pub(super) enum Act {
    Status(u16, Vec<(&'static str, String)>, &'static str),
    /// The right answer, its body cut in half although its length was announced.
    Cut,
    /// The right answer with one byte changed.
    Spoil,
    /// Says 201 and forgets it.
    Swallow,
    /// Never answers.
    Hang,
}

pub(super) struct Fault {
    pub(super) method: &'static str,
    pub(super) part: String,
    pub(super) left: usize,
    pub(super) act: Act,
}

/// One request as it came.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) authorization: Option<String>,
    pub(super) length: Option<u64>,
}

pub(super) struct World {
    pub(super) door: Door,
    pub(super) has_api: bool,
    pub(super) page: usize,
    /// Uploads and blobs are to be had at another address.
    pub(super) storage: Option<String>,
    pub(super) mounts: bool,
    pub(super) largest_put: usize,
    pub(super) faults: Vec<Fault>,
    pub(super) ledger: Vec<Seen>,
    pub(super) blobs: HashMap<(String, String), Bytes>,
    pub(super) manifests: HashMap<(String, String), (Bytes, String)>,
    uploads: HashMap<String, Vec<u8>>,
    tokens: HashMap<String, String>,
    next: usize,
}

#[derive(Clone)]
pub(super) struct Fake {
    pub(super) host: Host,
    world: Arc<Mutex<World>>,
}

impl Fake {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let host = listener.local_addr().expect("an address").to_string().parse().expect("a host");
        let world = World {
            door: Door::Open,
            has_api: true,
            page: 1_000,
            storage: None,
            mounts: true,
            largest_put: usize::MAX,
            faults: Vec::new(),
            ledger: Vec::new(),
            blobs: HashMap::new(),
            manifests: HashMap::new(),
            uploads: HashMap::new(),
            tokens: HashMap::new(),
            next: 0,
        };
        let fake = Self { host, world: Arc::new(Mutex::new(world)) };
        let router = axum::Router::new().fallback(answer).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        fake
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.host)
    }

    pub(super) fn fail(&self, method: &'static str, part: impl Into<String>, times: usize, act: Act) {
        self.world().faults.push(Fault { method, part: part.into(), left: times, act });
    }

    /// Opens only to the robot, with tokens of its own.
    pub(super) fn wants_tokens(&self, life: i64) {
        let realm = format!("{}/token", self.url());
        self.world().door = Door::Bearer { realm, user: "robot$acme+ferry".into(), secret: "s3cret".into(), life };
    }

    pub(super) fn add_blob(&self, repo: &str, bytes: impl Into<Bytes>) -> Digest {
        let bytes = bytes.into();
        let digest = sha256(&bytes);
        self.world().blobs.insert((repo.to_owned(), digest.to_string()), bytes);
        digest
    }

    pub(super) fn add_manifest(&self, repo: &str, manifest: &Value) -> Digest {
        let bytes = Bytes::from(manifest.to_string());
        let digest = sha256(&bytes);
        let media_type = manifest["mediaType"].as_str().unwrap_or_default().to_owned();
        self.world().manifests.insert((repo.to_owned(), digest.to_string()), (bytes, media_type));
        digest
    }

    pub(super) fn manifest(&self, repo: &str, reference: &str) -> Option<Bytes> {
        self.world().manifests.get(&(repo.to_owned(), reference.to_owned())).map(|(bytes, _)| bytes.clone())
    }

    /// Requests whose method is this and whose path has this part.
    pub(super) fn seen(&self, method: &str, part: &str) -> Vec<Seen> {
        let fits = |seen: &&Seen| seen.method == method && seen.path.contains(part);
        self.world().ledger.iter().filter(fits).cloned().collect()
    }
}

async fn answer(State(fake): State<Fake>, request: Request) -> Response {
    let headers = request.headers().clone();
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let seen = Seen {
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        authorization: header("authorization"),
        length: header("content-length").and_then(|text| text.parse().ok()),
    };
    let media_type = header("content-type").unwrap_or_default();
    // An upload that breaks off never becomes a blob.
    let Ok(body) = to_bytes(request.into_body(), usize::MAX).await else {
        fake.world().ledger.push(seen);
        return respond(400, &[], Bytes::new());
    };
    let act = {
        let mut world = fake.world();
        world.ledger.push(seen.clone());
        let fits = |f: &&mut Fault| f.left > 0 && f.method == seen.method && seen.path.contains(&f.part);
        world.faults.iter_mut().find(fits).map(|fault| {
            fault.left -= 1;
            fault.act.clone()
        })
    };
    match act {
        Some(Act::Status(status, headers, body)) => {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.clone())).collect();
            respond(status, &headers, Bytes::from_static(body.as_bytes()))
        }
        Some(Act::Hang) => std::future::pending().await,
        Some(Act::Swallow) => respond(201, &[("location", "/nowhere".into())], Bytes::new()),
        Some(Act::Cut) => {
            tamper(serve(&fake, &seen, &media_type, body), |bytes| {
                let half = bytes.slice(..bytes.len() / 2);
                let broken = stream::iter([Ok(half), Err(std::io::Error::other("cut"))]);
                // Time for the first half to leave before the connection breaks.
                Body::from_stream(broken.then(|piece| async move {
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                    piece
                }))
            })
            .await
        }
        Some(Act::Spoil) => {
            tamper(serve(&fake, &seen, &media_type, body), |bytes| {
                let mut bytes = bytes.to_vec();
                bytes[0] ^= 1;
                Body::from(bytes)
            })
            .await
        }
        None => serve(&fake, &seen, &media_type, body),
    }
}

async fn tamper(response: Response, change: impl FnOnce(Bytes) -> Body) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert("content-length", bytes.len().into());
    Response::from_parts(parts, change(bytes))
}

fn respond(status: u16, headers: &[(&str, String)], body: Bytes) -> Response {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, value);
    }
    response.body(Body::from(body)).expect("a response")
}

fn error(status: u16, code: &str) -> Response {
    let body = json!({ "errors": [{ "code": code, "message": "no" }] }).to_string();
    respond(status, &[("content-type", "application/json".into())], Bytes::from(body))
}

/// The right thing.
fn serve(fake: &Fake, seen: &Seen, media_type: &str, body: Bytes) -> Response {
    let mut world = fake.world();
    if seen.path == "/token" {
        return world.token(seen);
    }
    let path = seen.path.trim_start_matches("/v2/").trim_start_matches("/v2").to_owned();
    let split = ["/manifests/", "/blobs/uploads/", "/blobs/", "/referrers/", "/tags/"];
    let found = split
        .iter()
        .find_map(|part| path.split_once(part).map(|(repo, rest)| (*part, repo.to_owned(), rest.to_owned())));
    let repo = found.as_ref().map(|(_, repo, _)| repo.as_str()).unwrap_or_default();
    if let Some(refusal) = world.refuses(seen, repo) {
        return refusal;
    }
    let Some((part, repo, rest)) = found else { return respond(200, &[], Bytes::from_static(b"{}")) };
    match part {
        "/manifests/" => world.manifests(seen, &repo, &rest, media_type, body),
        "/blobs/uploads/" => world.uploads(seen, &repo, &rest, &body),
        "/blobs/" => world.blobs(&repo, &rest),
        "/referrers/" => world.referrers(seen, &repo, &rest),
        _ => world.tags(seen, &repo),
    }
}

fn parameter(query: &str, name: &str) -> Option<String> {
    url::form_urlencoded::parse(query.as_bytes()).find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
}

impl World {
    fn fresh(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    fn token(&mut self, seen: &Seen) -> Response {
        let Door::Bearer { user, secret, life, .. } = self.door.clone() else { return error(404, "UNKNOWN") };
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{secret}"));
        if seen.authorization != Some(format!("Basic {pair}")) {
            return error(401, "UNAUTHORIZED");
        }
        let token = format!("token-{}", self.fresh());
        let scopes: Vec<_> = url::form_urlencoded::parse(seen.query.as_bytes())
            .filter(|(n, _)| n == "scope")
            .map(|(_, v)| v.into_owned())
            .collect();
        self.tokens.insert(token.clone(), scopes.join(" "));
        let body = json!({ "access_token": token, "expires_in": life }).to_string();
        respond(200, &[("content-type", "application/json".into())], Bytes::from(body))
    }

    fn refuses(&self, seen: &Seen, repo: &str) -> Option<Response> {
        let given = seen.authorization.as_deref();
        let (right, challenge) = match &self.door {
            Door::Open => return None,
            Door::Basic(user, secret) => {
                let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{secret}"));
                (given == Some(&format!("Basic {pair}")), "Basic realm=\"fake\"".to_owned())
            }
            Door::Bearer { realm, .. } => {
                let scopes = given.and_then(|g| g.strip_prefix("Bearer ")).and_then(|token| self.tokens.get(token));
                let right = scopes.is_some_and(|s| repo.is_empty() || s.contains(&format!("repository:{repo}:")));
                (right, format!("Bearer realm=\"{realm}\",service=\"fake\",scope=\"repository:{repo}:pull\""))
            }
        };
        (!right).then(|| respond(401, &[("www-authenticate", challenge)], Bytes::new()))
    }

    fn manifests(&mut self, seen: &Seen, repo: &str, reference: &str, media_type: &str, body: Bytes) -> Response {
        let key = (repo.to_owned(), reference.to_owned());
        if seen.method == "PUT" {
            let digest = sha256(&body).to_string();
            let parsed: Value = serde_json::from_slice(&body).unwrap_or_default();
            for child in parsed["manifests"].as_array().into_iter().flatten() {
                if !self.manifests.contains_key(&(repo.to_owned(), child["digest"].as_str().unwrap_or_default().into()))
                {
                    return error(400, "MANIFEST_BLOB_UNKNOWN");
                }
            }
            for blob in parsed["layers"].as_array().into_iter().flatten().chain(parsed.get("config")) {
                let there =
                    self.blobs.contains_key(&(repo.to_owned(), blob["digest"].as_str().unwrap_or_default().into()));
                if !there && blob.get("urls").is_none() {
                    return error(400, "MANIFEST_BLOB_UNKNOWN");
                }
            }
            self.manifests.insert((repo.to_owned(), digest.clone()), (body.clone(), media_type.to_owned()));
            self.manifests.insert(key, (body, media_type.to_owned()));
            let mut headers = vec![("docker-content-digest", digest)];
            if let (true, Some(subject)) = (self.has_api, parsed["subject"]["digest"].as_str()) {
                headers.push(("oci-subject", subject.to_owned()));
            }
            return respond(201, &headers, Bytes::new());
        }
        match self.manifests.get(&key) {
            Some((bytes, media_type)) => {
                let digest = sha256(bytes).to_string();
                respond(200, &[("content-type", media_type.clone()), ("docker-content-digest", digest)], bytes.clone())
            }
            None => error(404, "MANIFEST_UNKNOWN"),
        }
    }

    fn uploads(&mut self, seen: &Seen, repo: &str, session: &str, body: &Bytes) -> Response {
        match seen.method.as_str() {
            "POST" => {
                let (mount, from) = (parameter(&seen.query, "mount"), parameter(&seen.query, "from"));
                if let (true, Some(digest), Some(from)) = (self.mounts, mount, from)
                    && let Some(bytes) = self.blobs.get(&(from, digest.clone())).cloned()
                {
                    self.blobs.insert((repo.to_owned(), digest), bytes);
                    return respond(201, &[("location", "/done".into())], Bytes::new());
                }
                let session = format!("s{}", self.fresh());
                self.uploads.insert(session.clone(), Vec::new());
                let base = self.storage.clone().unwrap_or_default();
                respond(
                    202,
                    &[("location", format!("{base}/v2/{repo}/blobs/uploads/{session}?state=a%2Fb"))],
                    Bytes::new(),
                )
            }
            "DELETE" => {
                self.uploads.remove(session);
                respond(204, &[], Bytes::new())
            }
            _ if body.len() > self.largest_put => error(413, "SIZE_INVALID"),
            "PATCH" => {
                self.uploads.entry(session.to_owned()).or_default().extend_from_slice(body);
                respond(202, &[("location", format!("/v2/{repo}/blobs/uploads/{session}?state=more"))], Bytes::new())
            }
            _ => {
                let mut all = self.uploads.remove(session).unwrap_or_default();
                all.extend_from_slice(body);
                let digest = parameter(&seen.query, "digest").unwrap_or_default();
                // It believes what it is told: the engine must not depend on a registry that checks.
                self.blobs.insert((repo.to_owned(), digest), Bytes::from(all));
                respond(201, &[("location", "/done".into())], Bytes::new())
            }
        }
    }

    fn blobs(&self, repo: &str, digest: &str) -> Response {
        match (self.blobs.get(&(repo.to_owned(), digest.to_owned())), &self.storage) {
            (None, _) => error(404, "BLOB_UNKNOWN"),
            (Some(_), Some(storage)) => {
                respond(307, &[("location", format!("{storage}/v2/{repo}/blobs/{digest}?sig=secret"))], Bytes::new())
            }
            (Some(bytes), None) => respond(200, &[("content-type", "application/octet-stream".into())], bytes.clone()),
        }
    }

    fn referrers(&self, seen: &Seen, repo: &str, subject: &str) -> Response {
        if !self.has_api {
            return error(404, "MANIFEST_UNKNOWN");
        }
        let mut all = Vec::new();
        for ((of, reference), (bytes, media_type)) in &self.manifests {
            let read: Value = serde_json::from_slice(bytes).unwrap_or_default();
            if of == repo && reference.starts_with("sha256:") && read["subject"]["digest"] == subject {
                all.push(json!({ "mediaType": media_type, "digest": reference, "size": bytes.len() }));
            }
        }
        all.sort_by_key(|entry| entry["digest"].to_string());
        let from: usize = parameter(&seen.query, "from").and_then(|text| text.parse().ok()).unwrap_or(0);
        let page: Vec<_> = all.iter().skip(from).take(self.page).cloned().collect();
        let mut headers = vec![("content-type", INDEX.to_owned())];
        if from + self.page < all.len() {
            headers.push(("link", format!("</v2/{repo}/referrers/{subject}?from={}>; rel=\"next\"", from + self.page)));
        }
        let body = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": page }).to_string();
        respond(200, &headers, Bytes::from(body))
    }

    fn tags(&self, seen: &Seen, repo: &str) -> Response {
        let mut all: Vec<_> = self.manifests.keys().filter(|(of, _)| of == repo).map(|(_, tag)| tag.clone()).collect();
        all.sort();
        let from: usize = parameter(&seen.query, "from").and_then(|text| text.parse().ok()).unwrap_or(0);
        let page: Vec<_> = all.iter().skip(from).take(self.page).cloned().collect();
        let mut headers = vec![("content-type", "application/json".to_owned())];
        if from + self.page < all.len() {
            headers.push(("link", format!("</v2/{repo}/tags/list?from={}>; rel=\"next\"", from + self.page)));
        }
        let tags = if page.is_empty() { Value::Null } else { json!(page) };
        respond(200, &headers, Bytes::from(json!({ "name": repo, "tags": tags }).to_string()))
    }
}
