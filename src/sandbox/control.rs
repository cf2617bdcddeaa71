//! The sandbox's own handles, for end-to-end tests and the demo: what a test in Rust does by calling the world.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{Router, get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults::Fault;
use super::world::{Refused, World};
use super::{Entry, content, seed};

/// The routes.
pub fn router(world: World) -> Router {
    Router::new()
        .route("/", get(addresses))
        .route("/accounts", get(accounts))
        .route("/push", post(push))
        .route("/vex", post(renew_vex))
        .route("/mirror", post(mirror))
        .route("/unsign", post(unsign))
        .route("/privacy", post(privacy))
        .route("/expose", post(expose))
        .route("/expire", post(expire))
        .route("/settle", post(settle))
        .route("/reset", post(reset))
        .route("/faults", get(left).post(fault).delete(no_faults))
        .route("/ledger", get(ledger).delete(forget))
        .route("/deliveries", get(deliveries))
        .with_state(world)
}

#[derive(Deserialize)]
struct Build {
    repository: String,
    tag: String,
}

#[derive(Deserialize)]
struct Pair {
    namespace: String,
    source: String,
    #[serde(default)]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Privacy {
    namespace: String,
    name: String,
    private: bool,
}

/// A repository of the destination.
#[derive(Deserialize)]
struct Exposure {
    repository: String,
    public: bool,
}

async fn addresses(State(world): State<World>) -> Json<Value> {
    let mut body = json!(world.addresses());
    body["public_key"] = json!(content::public_key_pem());
    Json(body)
}

async fn accounts(State(world): State<World>) -> Json<Vec<seed::Account>> {
    Json(seed::accounts(&world.state().people))
}

async fn push(State(world): State<World>, Json(build): Json<Build>) -> Response {
    done(world.push(&build.repository, &build.tag).await.map(|digest| json!({"digest": digest})))
}

async fn renew_vex(State(world): State<World>, Json(build): Json<Build>) -> Response {
    done(world.renew_vex(&build.repository, &build.tag).await.map(|digests| json!({"attestations": digests})))
}

async fn mirror(State(world): State<World>, Json(pair): Json<Pair>) -> Response {
    let name = pair.name.unwrap_or_else(|| format!("dhi-{}", pair.source));
    done(world.mirror(&pair.namespace, &pair.source, &name).map(|mirror| json!({"id": mirror.id})))
}

async fn unsign(State(world): State<World>, Json(build): Json<Build>) -> Response {
    done(world.unsign(&build.repository, &build.tag).await.map(|digest| json!({"signature": digest})))
}

async fn privacy(State(world): State<World>, Json(asked): Json<Privacy>) -> Response {
    done(world.set_private(&asked.namespace, &asked.name, asked.private).map(|()| json!({})))
}

async fn expose(State(world): State<World>, Json(asked): Json<Exposure>) -> StatusCode {
    world.expose(&asked.repository, asked.public);
    StatusCode::NO_CONTENT
}

async fn expire(State(world): State<World>) -> StatusCode {
    world.expire_tokens();
    StatusCode::NO_CONTENT
}

async fn settle(State(world): State<World>) -> StatusCode {
    world.settled().await;
    StatusCode::NO_CONTENT
}

async fn reset(State(world): State<World>) -> Response {
    match world.reset().await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({"error": error.to_string()}))).into_response(),
    }
}

async fn left(State(world): State<World>) -> Json<Vec<Fault>> {
    Json(world.faults().left())
}

async fn fault(State(world): State<World>, Json(fault): Json<Fault>) -> StatusCode {
    world.faults().add(fault);
    StatusCode::NO_CONTENT
}

async fn no_faults(State(world): State<World>) -> StatusCode {
    world.faults().clear();
    StatusCode::NO_CONTENT
}

async fn ledger(State(world): State<World>) -> Json<Vec<Entry>> {
    Json(world.ledger().entries())
}

async fn forget(State(world): State<World>) -> StatusCode {
    world.ledger().clear();
    StatusCode::NO_CONTENT
}

async fn deliveries(State(world): State<World>) -> Json<Value> {
    Json(json!(world.state().deliveries))
}

fn done(outcome: Result<Value, Refused>) -> Response {
    match outcome {
        Ok(body) => Json(body).into_response(),
        Err(refused) => (StatusCode::BAD_REQUEST, Json(json!({"error": refused.to_string()}))).into_response(),
    }
}
