//! Sign-in: what the registry's challenge asks for, and tokens kept until they run out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Method, StatusCode, Url};
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::answer::Asked;
use super::challenge::{Challenge, challenges, realm_fits};
use super::error::{RegistryError, Unsafe};
use super::profile::Profile;
use super::registry::{Credential, Registry};
use super::send::{Call, Reply};

const LONGEST_TOKEN: usize = 256 * 1024;

/// The header a request is signed in with.
#[derive(Clone)]
pub(super) struct Authorization {
    pub(super) header: HeaderValue,
    pub(super) asked: Asked,
}

/// How the registry wants to be signed in to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mode {
    Anonymous,
    Basic,
    Bearer { realm: Url, service: Option<String> },
}

#[derive(Clone)]
struct Token {
    header: HeaderValue,
    good_until: DateTime<Utc>,
}

type Slot = Arc<tokio::sync::Mutex<Option<Token>>>;

/// The credential, what was learnt about sign-in, and the tokens.
pub(super) struct Tokens {
    credential: Option<Credential>,
    mode: RwLock<Option<Mode>>,
    /// One asks, the others wait for what it learns.
    discovery: tokio::sync::Mutex<()>,
    /// By scopes. The inner lock is the single flight: one fetches, the others find the token.
    slots: Mutex<HashMap<String, Slot>>,
}

/// Answer of a token service; without `Debug`, for it holds a secret. Azure names the token `access_token`.
#[derive(Deserialize)]
struct TokenAnswer {
    token: Option<String>,
    access_token: Option<String>,
    expires_in: Option<i64>,
}

impl Tokens {
    pub(super) fn new(credential: Option<Credential>) -> Self {
        Self { credential, mode: RwLock::default(), discovery: tokio::sync::Mutex::default(), slots: Mutex::default() }
    }

    pub(super) fn has_credential(&self) -> bool {
        self.credential.is_some()
    }

    fn mode(&self) -> Option<Mode> {
        self.mode.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_mode(&self, mode: Mode) {
        *self.mode.write().unwrap_or_else(PoisonError::into_inner) = Some(mode);
    }

    fn slot(&self, scopes: &[String]) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() > 2_000 {
            slots.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        Arc::clone(slots.entry(scopes.join(" ")).or_default())
    }

    fn basic(&self) -> Option<Authorization> {
        let credential = self.credential.as_ref()?;
        let pair = format!("{}:{}", credential.username, credential.secret.expose_secret());
        let header = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair))).ok()?;
        Some(Authorization { header: secret(header), asked: Asked::Basic })
    }

    /// Bearer where it is offered; Basic needs a credential to make sense.
    fn mode_for(&self, offered: &[Challenge], base: &Url) -> Result<Option<Mode>, RegistryError> {
        for challenge in offered {
            if let Challenge::Bearer { realm, service, .. } = challenge {
                let realm = base.join(realm).map_err(|_| unsafe_realm(base, base, Unsafe::NotAnAddress))?;
                return Ok(Some(Mode::Bearer { realm, service: service.clone() }));
            }
        }
        let basic = offered.iter().any(|c| matches!(c, Challenge::Basic)) && self.credential.is_some();
        Ok(basic.then_some(Mode::Basic))
    }
}

impl Registry {
    /// The header for these scopes; `None` is anonymous.
    pub(super) async fn authorization(&self, scopes: &[String]) -> Result<Option<Authorization>, RegistryError> {
        match self.sign_in_mode().await? {
            Mode::Anonymous => Ok(None),
            Mode::Basic => Ok(self.tokens.basic()),
            Mode::Bearer { realm, service } => self.token(&realm, service.as_deref(), scopes).await.map(Some),
        }
    }

    /// Learns once from `GET /v2/` how sign-in works here.
    async fn sign_in_mode(&self) -> Result<Mode, RegistryError> {
        if let Some(mode) = self.tokens.mode() {
            return Ok(mode);
        }
        let _one = self.tokens.discovery.lock().await;
        if let Some(mode) = self.tokens.mode() {
            return Ok(mode);
        }
        let reply = self.bare(Call::new(Method::GET, self.at("v2/")?, Vec::new()), None).await?;
        self.note_headers(&reply.headers);
        let mode = match reply.status {
            StatusCode::UNAUTHORIZED => self.mode_of(&reply)?.unwrap_or(Mode::Anonymous),
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                return Err(self.refusal(&Method::GET, reply).await);
            }
            // 200 without a challenge: anonymous reading is on, and whoever wants more must say who he is unasked.
            _ if self.tokens.credential.is_some() => Mode::Basic,
            _ => Mode::Anonymous,
        };
        self.tokens.set_mode(mode.clone());
        Ok(mode)
    }

    fn mode_of(&self, reply: &Reply) -> Result<Option<Mode>, RegistryError> {
        let offered = offered_by(reply);
        let mode = self.tokens.mode_for(&offered, &self.base)?;
        if let Some(Mode::Bearer { realm, service }) = &mode {
            self.learn_profile(Profile::of_challenge(realm.path(), service.as_deref()));
        }
        Ok(mode)
    }

    /// After a 401: forgets what was refused and says whether another try would be made with something else.
    pub(super) fn reject(&self, scopes: &mut Vec<String>, used: Option<&Authorization>, reply: &Reply) -> bool {
        let before = self.tokens.mode();
        let now = self.mode_of(reply).ok().flatten().or_else(|| before.clone());
        let Some(now) = now else { return false };
        let changed = Some(&now) != before.as_ref();
        let bearer = matches!(now, Mode::Bearer { .. });
        self.tokens.set_mode(now);
        if bearer && let Some(used) = used {
            // Somebody else may have fetched a new one already: that one stays.
            if let Ok(mut slot) = self.tokens.slot(scopes).try_lock()
                && slot.as_ref().is_some_and(|token| token.header == used.header)
            {
                *slot = None;
            }
        }
        for challenge in offered_by(reply) {
            // A registry may know its repositories by other names than their path: it says so here.
            if let Challenge::Bearer { scope: Some(scope), .. } = challenge {
                let new =
                    scope.split(' ').filter(|s| s.starts_with("repository:") && !scopes.iter().any(|k| covers(k, s)));
                let new: Vec<_> = new.map(str::to_owned).collect();
                scopes.extend(new);
            }
        }
        changed || bearer
    }

    async fn token(
        &self,
        realm: &Url,
        service: Option<&str>,
        scopes: &[String],
    ) -> Result<Authorization, RegistryError> {
        let slot = self.tokens.slot(scopes);
        let mut slot = slot.lock().await;
        let now = self.endpoint.clock.now();
        let token = match slot.as_ref().filter(|token| token.good_until > now) {
            Some(token) => token.clone(),
            None => self.fetch_token(realm, service, scopes).await?,
        };
        let header = token.header.clone();
        *slot = Some(token);
        Ok(Authorization { header, asked: Asked::Bearer })
    }

    async fn fetch_token(&self, realm: &Url, service: Option<&str>, scopes: &[String]) -> Result<Token, RegistryError> {
        let basic = self.tokens.basic();
        if basic.is_some() && !realm_fits(&self.base, realm, &self.endpoint.trusted_realms) {
            return Err(unsafe_realm(&self.base, realm, Unsafe::ForeignRealm));
        }
        let mut url = realm.clone();
        {
            let mut query = url.query_pairs_mut();
            if let Some(service) = service {
                query.append_pair("service", service);
            }
            for scope in scopes {
                query.append_pair("scope", scope);
            }
        }
        let mut reply = self.bare(Call::new(Method::GET, url, Vec::new()), basic.as_ref()).await?;
        reply.asked = Asked::TokenService;
        if !reply.status.is_success() {
            return Err(if reply.status.is_redirection() {
                reply.not_a_registry()
            } else {
                self.refusal(&Method::GET, reply).await
            });
        }
        let no_token = RegistryError::NoHeader { place: (&reply.url).into(), header: "token" };
        let place = (&reply.url).into();
        let Some(body) = reply.bytes(LONGEST_TOKEN).await? else { return Err(no_token) };
        let answer: TokenAnswer =
            serde_json::from_slice(&body).map_err(|source| RegistryError::Malformed { place, source })?;
        let token = [answer.token, answer.access_token].into_iter().flatten().find(|t| !t.is_empty());
        let header = token.and_then(|t| HeaderValue::from_str(&format!("Bearer {t}")).ok());
        let header = secret(header.ok_or(no_token)?);
        // 60 s unless said otherwise; given back a little early, so that none expires on its way.
        let life = answer.expires_in.filter(|s| *s > 0).unwrap_or(60).min(86_400);
        let good_until = self.endpoint.clock.now() + TimeDelta::seconds(life - (life / 4).min(30));
        Ok(Token { header, good_until })
    }
}

fn offered_by(reply: &Reply) -> Vec<Challenge> {
    let headers = reply.headers.get_all(WWW_AUTHENTICATE).iter();
    headers.filter_map(|v| v.to_str().ok()).flat_map(challenges).collect()
}

/// `repository:a:pull,push` covers `repository:a:pull`.
fn covers(known: &str, asked: &str) -> bool {
    match (known.rsplit_once(':'), asked.rsplit_once(':')) {
        (Some((a, has)), Some((b, wants))) => a == b && wants.split(',').all(|w| has.split(',').any(|h| h == w)),
        _ => known == asked,
    }
}

fn secret(mut header: HeaderValue) -> HeaderValue {
    header.set_sensitive(true);
    header
}

fn unsafe_realm(from: &Url, to: &Url, why: Unsafe) -> RegistryError {
    RegistryError::Unsafe { from: from.into(), to: to.into(), why }
}
