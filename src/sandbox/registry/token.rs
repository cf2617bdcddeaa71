//! The token service of a registry: Basic or nobody in, a bearer out, granting what was asked for and is allowed.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{Registry, parameters, proved, rights};
use crate::sandbox::Facade;
use crate::sandbox::world::now;
use crate::sandbox::world::people::Identity;
use crate::sandbox::world::tokens::Access;

/// `GET /token?service=…&scope=…`: scopes may be repeated, and several may stand in one, parted by spaces.
pub async fn issue(State(registry): State<Registry>, request: Request) -> Response {
    let identity = match basic(request.headers()) {
        None => Identity::default(),
        Some((user, secret)) => match rights::prove(&registry.world, registry.facade, &user, &secret) {
            Some(identity) => identity,
            None => {
                return (StatusCode::UNAUTHORIZED, Json(json!({"details": "incorrect username or password"})))
                    .into_response();
            }
        },
    };
    let asked = parameters(request.uri());
    let scopes = asked.iter().filter(|(name, _)| name == "scope").flat_map(|(_, scopes)| scopes.split(' '));
    let access: Vec<Access> = scopes.filter_map(|scope| registry.grant(&identity, scope)).collect();
    let life = registry.world.options().registry_token_life;
    let token = registry.world.tokens().for_registry(registry.service(), &identity, access, life);
    // Token services differ in which of the two names they use; a client reads either.
    let answer = match registry.facade {
        Facade::Scout => json!({"token": token, "expires_in": life.as_secs()}),
        Facade::Destination => json!({"access_token": token, "expires_in": life.as_secs()}),
        _ => {
            json!({"token": token, "access_token": token, "expires_in": life.as_secs(), "issued_at": now().to_rfc3339()})
        }
    };
    proved(Json(answer).into_response(), identity)
}

impl Registry {
    /// What of a scope is granted; nothing is no refusal, the registry refuses later.
    fn grant(&self, identity: &Identity, scope: &str) -> Option<Access> {
        let (name, actions) = scope.strip_prefix("repository:")?.rsplit_once(':')?;
        let held = rights::granted(&self.world, self.facade, identity, name);
        let asked: Vec<&str> = actions.split(',').collect();
        let granted: Vec<String> =
            held.into_iter().filter(|one| asked.contains(one) || asked.contains(&"*")).map(str::to_owned).collect();
        (!granted.is_empty()).then(|| Access { kind: "repository".into(), name: name.to_owned(), actions: granted })
    }
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (user, secret) = decoded.split_once(':')?;
    Some((user.to_owned(), secret.to_owned()))
}
