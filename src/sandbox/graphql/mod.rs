//! The DHI GraphQL interface (`contracts/hub.md` section 6). Refusals come with HTTP 200; type names are those of the SDL.

mod attestations;
#[expect(clippy::unused_async, reason = "async-graphql takes no other resolvers")]
mod catalog;
mod context;
#[expect(clippy::unused_async, reason = "async-graphql takes no other resolvers")]
mod entitlements;
#[expect(clippy::unused_async, reason = "async-graphql takes no other resolvers")]
mod logs;
#[expect(clippy::unused_async, reason = "async-graphql takes no other resolvers")]
mod mirrors;
mod packages;
#[expect(clippy::unused_async, reason = "async-graphql takes no other resolvers")]
mod user;

use async_graphql::{EmptySubscription, MergedObject, Request as Query, Schema, Variables};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{Router, post};
use axum::{Extension, Json};
use serde_json::{Value, json};
use uuid::Uuid;

use super::listen::Proved;
use super::world::World;
use super::world::people::Identity;

#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
struct Queries(
    catalog::Catalog,
    packages::Packages,
    attestations::Attestations,
    mirrors::Mirrors,
    logs::Logs,
    entitlements::Entitlements,
    user::User,
);

#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
struct Mutations(mirrors::Changes);

type Interface = Schema<Queries, Mutations, EmptySubscription>;

/// The one route.
pub fn router(world: World) -> Router {
    let schema =
        Schema::build(Queries::default(), Mutations::default(), EmptySubscription).data(world.clone()).finish();
    Router::new().route("/v1/graphql", post(execute)).layer(Extension(schema)).with_state(world)
}

async fn execute(State(world): State<World>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let identity =
        bearer(&parts.headers).and_then(|token| world.who(token)).filter(|identity| identity.name().is_some());
    let Some(identity) = identity else {
        return envelope(json!({
            "data": null,
            "errors": [{"message": "Unauthorized", "extensions": {"code": "UNAUTHENTICATED", "status": 401}}],
        }));
    };
    let Ok(Extension(schema)) = Extension::<Interface>::from_request_parts(&mut parts, &()).await else {
        return envelope(failure("the sandbox lost its schema"));
    };
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(text) = asked["query"].as_str() else { return envelope(failure("query is required")) };
    let mut query = Query::new(text).data(identity.clone()).variables(Variables::from_json(asked["variables"].clone()));
    if let Some(name) = asked["operationName"].as_str() {
        query = query.operation_name(name);
    }
    let answer = serde_json::to_value(schema.execute(query).await).unwrap_or_else(|error| failure(&error.to_string()));
    let mut answer = envelope(answer);
    answer.extensions_mut().insert(Proved(identity));
    answer
}

fn envelope(mut body: Value) -> Response {
    body["extensions"] = json!({"correlation_id": Uuid::new_v4().to_string()});
    Json(body).into_response()
}

fn failure(message: &str) -> Value {
    json!({"data": null, "errors": [{"message": message, "extensions": {"code": "BAD_REQUEST", "status": 400}}]})
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The world and the caller, from what a resolver is given.
fn given<'a>(context: &'a async_graphql::Context<'_>) -> async_graphql::Result<(&'a World, &'a Identity)> {
    Ok((context.data::<World>()?, context.data::<Identity>()?))
}
