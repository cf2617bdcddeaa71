//! A registry that keeps everything in memory, writes down every request, and misbehaves when told to.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use futures::{StreamExt, stream};
use serde_json::Value;

use super::views::respond;
use crate::model::{Digest, Host};
use crate::oci::digests::sha256;

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
    /// Half of the right answer, and then nothing for ever.
    Stall,
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
    pub(super) range: Option<String>,
}

pub(super) struct World {
    pub(super) door: Door,
    pub(super) has_api: bool,
    /// Whether a part of a blob may be asked for.
    pub(super) ranges: bool,
    pub(super) page: usize,
    /// Uploads and blobs are to be had at another address.
    pub(super) storage: Option<String>,
    pub(super) mounts: bool,
    pub(super) largest_put: usize,
    pub(super) faults: Vec<Fault>,
    pub(super) ledger: Vec<Seen>,
    pub(super) blobs: HashMap<(String, String), Bytes>,
    pub(super) manifests: HashMap<(String, String), (Bytes, String)>,
    /// By repository and subject: digests of what was put and refers to it.
    pub(super) referring: HashMap<(String, String), BTreeSet<String>>,
    pub(super) uploads: HashMap<String, Vec<u8>>,
    pub(super) tokens: HashMap<String, String>,
    pub(super) next: usize,
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
        let fake = Self::at(host);
        let router = fake.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        fake
    }

    /// One that somebody else lets in by `router`.
    pub(super) fn at(host: Host) -> Self {
        let world = World {
            door: Door::Open,
            has_api: true,
            ranges: true,
            page: 1_000,
            storage: None,
            mounts: true,
            largest_put: usize::MAX,
            faults: Vec::new(),
            ledger: Vec::new(),
            blobs: HashMap::new(),
            manifests: HashMap::new(),
            referring: HashMap::new(),
            uploads: HashMap::new(),
            tokens: HashMap::new(),
            next: 0,
        };
        Self { host, world: Arc::new(Mutex::new(world)) }
    }

    pub(super) fn router(&self) -> axum::Router {
        axum::Router::new().fallback(answer).with_state(self.clone())
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
        let mut world = self.world();
        world.note_subject(repo, digest.as_str(), manifest);
        world.manifests.insert((repo.to_owned(), digest.to_string()), (bytes, media_type));
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
        range: header("range"),
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
                bytes.iter_mut().take(1).for_each(|byte| *byte ^= 1);
                Body::from(bytes)
            })
            .await
        }
        Some(Act::Stall) => {
            tamper(serve(&fake, &seen, &media_type, body), |bytes| {
                let half = bytes.slice(..bytes.len() / 2);
                Body::from_stream(stream::iter([Ok::<_, std::io::Error>(half)]).chain(stream::pending()))
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
        "/blobs/" => world.blobs(seen, &repo, &rest),
        "/referrers/" => world.referrers(seen, &repo, &rest),
        _ => world.tags(seen, &repo),
    }
}
