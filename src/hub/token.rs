//! Access tokens: one exchange for all callers of a credential, kept until shortly before it ends (1.1, trap 1).

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::HeaderValue;
use serde::Deserialize;

use super::limit::Quiet;
use super::{Credential, HubError, lenient};
use crate::clock::Clock;

/// How long before its end a token is replaced.
const EARLY: TimeDelta = TimeDelta::seconds(60);
/// Life of a token that does not say its own; Docker's is ten minutes.
const UNSAID_LIFE: TimeDelta = TimeDelta::minutes(5);
/// Shortest time a token is used, so that a clock that is wrong does not cost an exchange a call; a 401 renews anyway.
const SHORTEST_USE: TimeDelta = TimeDelta::seconds(30);
/// Credentials with a place in the cache.
const CAPACITY: usize = 256;

/// What Docker Hub gives for a credential.
#[derive(Clone, Debug)]
pub(super) struct AccessToken {
    /// The whole `Authorization` value, marked sensitive so that it is never printed.
    pub(super) bearer: HeaderValue,
    /// From the claim; an organization access token may have none.
    pub(super) username: Option<String>,
    /// When it was asked for because its predecessor was refused.
    pub(super) replaced_refused_at: Option<DateTime<Utc>>,
    renew_at: DateTime<Utc>,
    serial: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Claims {
    #[serde(deserialize_with = "lenient::optional_count")]
    exp: Option<u64>,
    #[serde(rename = "https://hub.docker.com")]
    hub: HubClaim,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct HubClaim {
    username: Option<String>,
}

impl AccessToken {
    /// Reads the token's own end and name. Its signature is not ours to check: it came from Docker Hub over TLS.
    pub(super) fn read(jwt: &str, now: DateTime<Utc>) -> Result<Self, HubError> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {jwt}"))
            .map_err(|_| HubError::unexpected("the access token is no text for a header"))?;
        bearer.set_sensitive(true);
        let claims = claims(jwt).unwrap_or_default();
        let end = claims.exp.and_then(|exp| DateTime::from_timestamp(i64::try_from(exp).ok()?, 0));
        let renew_at = end.map_or(now + UNSAID_LIFE, |end| end - EARLY).max(now + SHORTEST_USE);
        let username = claims.hub.username.filter(|name| !name.is_empty());
        Ok(Self { bearer, username, replaced_refused_at: None, renew_at, serial: 0 })
    }
}

fn claims(jwt: &str) -> Option<Claims> {
    let payload = jwt.split('.').nth(1)?.trim_end_matches('=');
    let json = URL_SAFE_NO_PAD.decode(payload).ok()?;
    lenient::decode(serde_json::from_slice(&json).ok()?).ok()
}

/// What a caller needs of the token.
#[derive(Clone, Copy)]
pub(super) enum Want<'a> {
    /// Any that has not ended.
    Valid,
    /// Another than this one, which was refused.
    InsteadOf(&'a AccessToken),
    /// One whose exchange proves that the credential is good now.
    Proof,
}

/// The place of one credential: its token and its pauses. Whoever holds the lock does the exchange for all who wait.
#[derive(Default)]
pub(super) struct Slot {
    state: tokio::sync::Mutex<State>,
    exchanges: AtomicU64,
    pub(super) quiet_rest: Quiet,
    pub(super) quiet_graphql: Quiet,
}

#[derive(Default)]
struct State {
    token: Option<AccessToken>,
    failure: Option<HubError>,
}

impl Slot {
    /// The token that is wanted: from the cache, from an exchange that ended while this caller waited, or from `exchange`.
    pub(super) async fn token(
        &self,
        want: Want<'_>,
        clock: &Clock,
        exchange: impl Future<Output = Result<AccessToken, HubError>>,
    ) -> Result<AccessToken, HubError> {
        let seen = self.exchanges.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        let shared = self.exchanges.load(Ordering::Acquire) != seen;
        if shared && let Some(failure) = &state.failure {
            // Twenty callers with a wrong password are one refusal, not a locked account.
            return Err(failure.clone());
        }
        if let Some(token) = &state.token {
            let good = match want {
                Want::Valid => clock.now() < token.renew_at,
                Want::InsteadOf(refused) => refused.serial != token.serial,
                Want::Proof => shared,
            };
            if good {
                return Ok(token.clone());
            }
        }
        let outcome = exchange.await;
        let serial = self.exchanges.fetch_add(1, Ordering::AcqRel) + 1;
        match outcome {
            Ok(mut token) => {
                token.serial = serial;
                token.replaced_refused_at = matches!(want, Want::InsteadOf(_)).then(|| clock.now());
                *state = State { token: Some(token.clone()), failure: None };
                Ok(token)
            }
            Err(failure) => {
                if matches!(failure, HubError::BadCredential { .. }) {
                    state.token = None;
                }
                state.failure = Some(failure.clone());
                Err(failure)
            }
        }
    }
}

/// The places of all credentials in use; the one unused for longest makes room.
#[derive(Default)]
pub(super) struct Tokens(Mutex<Places>);

#[derive(Default)]
struct Places {
    slots: HashMap<[u8; 32], (Arc<Slot>, u64)>,
    uses: u64,
}

impl Tokens {
    pub(super) fn slot(&self, key: &[u8; 32]) -> Arc<Slot> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.uses += 1;
        let now = places.uses;
        if let Some((slot, used)) = places.slots.get_mut(key) {
            *used = now;
            return Arc::clone(slot);
        }
        if places.slots.len() >= CAPACITY
            && let Some(oldest) = places.slots.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| *key)
        {
            places.slots.remove(&oldest);
        }
        let slot = Arc::<Slot>::default();
        places.slots.insert(*key, (Arc::clone(&slot), now));
        slot
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).slots.len()
    }
}

/// The body of `POST /v2/auth/token` (1.1).
pub(super) fn exchange_body(credential: &Credential) -> serde_json::Value {
    use secrecy::ExposeSecret as _;
    serde_json::json!({ "identifier": credential.identifier, "secret": credential.secret.expose_secret() })
}
