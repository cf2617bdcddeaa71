//! Hub's rate limit: calls a minute, with its headers on every answer and both of the retry headers on a refusal.

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::auth::Caller;
use super::refusals::refuse;
use crate::sandbox::listen::Proved;
use crate::sandbox::world::people::Identity;
use crate::sandbox::world::{World, now};

/// Counts a call and lets it through while there is room.
pub async fn count(State(world): State<World>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let identity = Caller::from_request_parts(&mut parts, &world).await.map(|caller| caller.0).unwrap_or_default();
    let limit =
        if identity.name().is_some() { world.options().call_limit } else { 180.min(world.options().call_limit) };
    let minute = now().timestamp() / 60;
    let used = add(&world, &identity, minute);
    let reset = (minute + 1) * 60;
    let mut answer = if used > limit {
        let mut refused = refuse(StatusCode::TOO_MANY_REQUESTS, "too many requests");
        set(&mut refused, "retry-after", (reset - now().timestamp()).max(1));
        set(&mut refused, "x-retry-after", reset);
        refused
    } else {
        next.run(Request::from_parts(parts, body)).await
    };
    set(&mut answer, "x-ratelimit-limit", limit.into());
    set(&mut answer, "x-ratelimit-remaining", limit.saturating_sub(used).into());
    set(&mut answer, "x-ratelimit-reset", reset);
    if answer.extensions().get::<Proved>().is_none() {
        answer.extensions_mut().insert(Proved(identity));
    }
    answer
}

fn add(world: &World, identity: &Identity, minute: i64) -> u32 {
    let mut state = world.state();
    let calls = state.calls.entry(identity.name().unwrap_or("127.0.0.1").to_owned()).or_default();
    if calls.0 != minute {
        *calls = (minute, 0);
    }
    calls.1 += 1;
    calls.1
}

fn set(answer: &mut Response, name: &'static str, value: i64) {
    answer.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(value));
}
