//! Signing in to Hub: the token exchange, and who a bearer belongs to.

use axum::Json;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::refusals::{invalid, unauthorized, wrong_kind};
use crate::sandbox::listen::Proved;
use crate::sandbox::world::World;
use crate::sandbox::world::people::Identity;

/// Who asks. Nobody is fine where the public may look; a stale bearer never is, not even there.
pub struct Caller(pub Identity);

impl FromRequestParts<World> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, world: &World) -> Result<Self, Response> {
        let Some(header) = parts.headers.get(header::AUTHORIZATION) else { return Ok(Self(Identity::default())) };
        let text = header.to_str().unwrap_or_default();
        // Old clients write `JWT`.
        let bearer = text.strip_prefix("Bearer ").or_else(|| text.strip_prefix("JWT ")).unwrap_or_default();
        let identity = world.who(bearer).ok_or_else(|| unauthorized("unauthorized: token is invalid or expired"))?;
        Ok(Self(identity))
    }
}

/// Somebody, whoever it is.
pub struct SignedIn(pub Identity);

impl FromRequestParts<World> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, world: &World) -> Result<Self, Response> {
        let Caller(identity) = Caller::from_request_parts(parts, world).await?;
        if identity.name().is_none() {
            return Err(unauthorized("authentication credentials were not provided"));
        }
        Ok(Self(identity))
    }
}

/// `POST /v2/auth/token`.
pub async fn exchange(State(world): State<World>, Json(body): Json<Value>) -> Response {
    let (Some(identifier), Some(secret)) = (body["identifier"].as_str(), body["secret"].as_str()) else {
        return invalid("identifier", "identifier and secret are required");
    };
    let Some(identity) = world.state().people.prove(identifier, secret) else {
        return unauthorized("Incorrect authentication credentials");
    };
    let Some(credential) = &identity.0 else { return unauthorized("Incorrect authentication credentials") };
    let token = world.tokens().for_hub(credential, world.options().token_life);
    let mut answer = Json(json!({"access_token": token})).into_response();
    answer.extensions_mut().insert(Proved(identity));
    answer
}

/// Legacy paths refuse organization access tokens, whatever their scopes.
pub async fn no_organization_token(State(world): State<World>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match Caller::from_request_parts(&mut parts, &world).await {
        Err(refused) => refused,
        Ok(Caller(identity)) if identity.is_oat() => {
            wrong_kind("token issued from organization access token is not allowed")
        }
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
    }
}
