//! A registry facade: rights before, bookkeeping after, and `ferro-oci-server` between. What ferro lacks is answered here:
//! blobs per repository, ranges, mounts, pages of referrers, pull limits, and the refusals in which registries differ.

mod answers;
mod blobs;
mod manifests;
mod rights;
mod store;
mod token;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{Router, get};
use bytes::Bytes;
use tower::Service as _;

pub use store::Store;

use self::answers::refuse;
use super::Facade;
use super::listen::Proved;
use super::world::World;
use super::world::people::Identity;
use super::world::tokens::Access;

/// The routes of one registry.
pub fn router(world: World, facade: Facade) -> Router {
    Router::new().route("/token", get(token::issue)).fallback(receive).with_state(Registry { world, facade })
}

/// The other host that Hub's registry may send readers of blobs to.
pub fn cdn(world: World) -> Router {
    Router::new().route("/cdn/blobs/{digest}", get(blobs::from_cdn)).with_state(world)
}

/// Which registry it is, in which world.
#[derive(Clone)]
pub(super) struct Registry {
    world: World,
    facade: Facade,
}

/// A request that was let in, taken apart.
struct Call {
    identity: Identity,
    access: Vec<Access>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    repository: String,
    target: Target,
}

/// What a path below a repository means.
#[derive(Clone, Debug)]
enum Target {
    Blob(String),
    Uploads,
    Upload,
    Manifest(String),
    Referrers(String),
    Tags,
}

impl Call {
    /// A parameter of the query.
    fn query(&self, name: &str) -> Option<String> {
        parameters(&self.uri).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    fn reads(&self) -> bool {
        self.method == Method::GET || self.method == Method::HEAD
    }
}

async fn receive(State(registry): State<Registry>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return refuse(StatusCode::BAD_REQUEST, "UNKNOWN", "the request's body broke off");
    };
    let bearer = bearer(&parts.headers);
    let path = parts.uri.path();
    if path == "/v2" || path == "/v2/" {
        return match registry.known(bearer) {
            Some((identity, _)) => {
                proved((StatusCode::OK, axum::Json(serde_json::json!({}))).into_response(), identity)
            }
            None => registry.challenge(None, None),
        };
    }
    let Some((repository, target)) = take_apart(path) else {
        return refuse(StatusCode::NOT_FOUND, "NAME_UNKNOWN", "no such path");
    };
    let wanted = if parts.method == Method::GET || parts.method == Method::HEAD { "pull" } else { "push" };
    let scope = if wanted == "pull" {
        format!("repository:{repository}:pull")
    } else {
        format!("repository:{repository}:pull,push")
    };
    let (identity, access) = match (bearer, registry.known(bearer)) {
        (None, _) => return registry.challenge(Some(&scope), None),
        (Some(_), None) => return registry.challenge(Some(&scope), Some("invalid_token")),
        (Some(_), Some(known)) => known,
    };
    if !grants(&access, &repository, wanted) {
        return proved(registry.challenge(Some(&scope), Some("insufficient_scope")), identity);
    }
    let call = Call {
        identity,
        access,
        method: parts.method,
        uri: parts.uri,
        headers: parts.headers,
        body,
        repository,
        target,
    };
    let identity = call.identity.clone();
    proved(registry.answer(call).await, identity)
}

impl Registry {
    async fn answer(&self, call: Call) -> Response {
        let store = self.store();
        self.fill(&store, &call.repository).await;
        if call.reads() && !store.knows(&call.repository).await {
            return refuse(StatusCode::NOT_FOUND, "NAME_UNKNOWN", "repository name not known to registry");
        }
        match call.target.clone() {
            Target::Blob(digest) => self.blob(&store, &call, &digest).await,
            Target::Uploads => self.begin_upload(&store, call).await,
            Target::Upload => self.continue_upload(&store, call).await,
            Target::Manifest(reference) => self.manifest(&store, call, &reference).await,
            Target::Referrers(digest) => self.referrers(&store, &call, &digest).await,
            Target::Tags => forward(&store, call).await,
        }
    }

    fn store(&self) -> std::sync::Arc<Store> {
        self.world.store(self.facade)
    }

    /// Scout also holds the attestations of the catalogue itself, under `dhi/<name>`: they come when first asked for.
    async fn fill(&self, store: &Store, repository: &str) {
        let Some(name) = repository.strip_prefix("dhi/").filter(|_| self.facade == Facade::Scout) else { return };
        let mut visited = store.visited().lock().await;
        if !visited.insert(repository.to_owned()) {
            return;
        }
        let definitions =
            self.world.state().catalog.get(name).map(|found| found.definitions.clone()).unwrap_or_default();
        for definition in definitions {
            let image = self.world.build(&definition.recipe).await;
            self.world.attach(repository, &definition, &image).await;
        }
    }

    fn known(&self, bearer: Option<&str>) -> Option<(Identity, Vec<Access>)> {
        let credentials = rights::credentials(&self.world, self.facade);
        self.world.tokens().read_registry(bearer?, self.service(), &credentials)
    }

    fn service(&self) -> &'static str {
        match self.facade {
            Facade::Scout => "registry.scout.docker.com",
            Facade::Destination => "sandbox-destination",
            _ => "registry.docker.io",
        }
    }

    fn host(&self) -> &str {
        let addresses = self.world.addresses();
        match self.facade {
            Facade::Scout => &addresses.scout,
            Facade::Destination => &addresses.destination,
            _ => &addresses.docker,
        }
    }

    fn challenge(&self, scope: Option<&str>, error: Option<&str>) -> Response {
        let mut text = format!(r#"Bearer realm="http://{}/token",service="{}""#, self.host(), self.service());
        for (name, value) in [("scope", scope), ("error", error)] {
            if let Some(value) = value {
                text = format!(r#"{text},{name}="{value}""#);
            }
        }
        let mut answer = refuse(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "authentication required");
        if let Ok(value) = HeaderValue::from_str(&text) {
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
        answer.headers_mut().insert("docker-distribution-api-version", HeaderValue::from_static("registry/2.0"));
        answer
    }
}

/// Lets ferro answer.
async fn forward(store: &Store, call: Call) -> Response {
    let mut request =
        Request::builder().method(call.method).uri(call.uri).body(Body::from(call.body)).unwrap_or_default();
    *request.headers_mut() = call.headers;
    match store.app().call(request).await {
        Ok(answer) => answer,
        Err(never) => match never {},
    }
}

fn grants(access: &[Access], repository: &str, action: &str) -> bool {
    access.iter().any(|one| one.name == repository && one.actions.iter().any(|held| held == action))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn proved(mut answer: Response, identity: Identity) -> Response {
    answer.extensions_mut().insert(Proved(identity));
    answer
}

/// The pairs of a query, decoded, in order.
fn parameters(uri: &Uri) -> Vec<(String, String)> {
    serde_urlencoded::from_str(uri.query().unwrap_or_default()).unwrap_or_default()
}

fn take_apart(path: &str) -> Option<(String, Target)> {
    let path = path.strip_prefix("/v2/")?;
    if let Some(repository) = path.strip_suffix("/tags/list") {
        return Some((repository.to_owned(), Target::Tags));
    }
    if let Some((repository, rest)) = path.rsplit_once("/blobs/uploads") {
        let target = if rest.trim_matches('/').is_empty() { Target::Uploads } else { Target::Upload };
        return Some((repository.to_owned(), target));
    }
    let split = |kind: &str| path.rsplit_once(kind).map(|(repository, rest)| (repository.to_owned(), rest.to_owned()));
    if let Some((repository, digest)) = split("/blobs/") {
        return Some((repository, Target::Blob(digest)));
    }
    if let Some((repository, reference)) = split("/manifests/") {
        return Some((repository, Target::Manifest(reference)));
    }
    split("/referrers/").map(|(repository, digest)| (repository, Target::Referrers(digest)))
}
