//! Docker Hub's REST interface, as far as the contract describes it: `contracts/hub.md` sections 1 to 5.

mod auth;
mod limits;
mod namespaces;
mod organizations;
mod pages;
mod refusals;
mod repositories;
mod tags;
mod webhooks;

use axum::Router;
use axum::http::Method;
use axum::middleware;
use axum::routing::{get, post};

use self::refusals::not_found;
use super::world::World;

/// Hub's routes. Trailing slashes are gone before they are looked at.
pub fn router(world: World) -> Router {
    let namespaced = Router::new()
        .route("/{namespace}/repositories", get(namespaces::list).post(namespaces::create))
        .route("/{namespace}/repositories/{repository}", get(namespaces::read).patch(namespaces::change))
        .route("/{namespace}/repositories/{repository}/tags", get(tags::list))
        .route("/{namespace}/repositories/{repository}/tags/{tag}", get(tags::read));
    let legacy = Router::new()
        .route("/{namespace}", get(namespaces::list))
        .route("/{namespace}/{repository}", get(namespaces::read).delete(repositories::delete))
        .route("/{namespace}/{repository}/privacy", post(repositories::privacy))
        .route("/{namespace}/{repository}/tags", get(tags::list))
        .route("/{namespace}/{repository}/tags/{tag}", get(tags::read))
        .route("/{namespace}/{repository}/webhook_pipeline", get(webhooks::list).post(webhooks::create))
        .route("/{namespace}/{repository}/webhook_pipeline/{slug}", axum::routing::delete(webhooks::delete))
        .route("/{namespace}/{repository}/webhook_pipeline/{slug}/history", get(webhooks::history))
        .layer(middleware::from_fn_with_state(world.clone(), auth::no_organization_token));
    Router::new()
        .route("/v2/auth/token", post(auth::exchange))
        .route("/v2/user", get(organizations::user))
        .route("/v2/user/orgs", get(organizations::mine))
        .route("/v2/orgs/{organization}", get(organizations::read))
        .route("/v2/orgs/{organization}/members", get(organizations::members))
        .nest("/v2/namespaces", namespaced)
        .nest("/v2/repositories", legacy)
        .fallback(async |method: Method| not_found(&format!("no such path for {method}")))
        .layer(middleware::from_fn_with_state(world.clone(), limits::count))
        .with_state(world)
}
