//! The one way a request leaves: with a token, within the rate limit, again where that can help.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Semaphore;
use url::Url;

use super::endpoints::same_origin;
use super::limit::{self, Quiet};
use super::token::{AccessToken, Slot, Want, exchange_body};
use super::{Credential, HubError, Limits, Session, Shared, lenient, refusal};

/// Largest answer that is read, in bytes: the list of mirrors is unpaged (trap 17).
const LARGEST_ANSWER: usize = 32 << 20;
/// A GraphQL 403 means a stale token or a missing right (6.1); a token younger than this is not blamed again.
const BEYOND_DOUBT: chrono::TimeDelta = chrono::TimeDelta::seconds(60);
/// How often one call runs into the rate limit before it gives up, whatever its patience.
const PAUSES: usize = 4;

/// The host a request goes to, each with a budget of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Rest,
    Graphql,
}

/// Requests allowed at once to each host.
pub(super) struct Places {
    pub(super) rest: Semaphore,
    pub(super) graphql: Semaphore,
}

/// One request, before it has a token.
pub(super) struct Call {
    pub(super) place: Place,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<Value>,
    /// Whether sending it twice does no more than sending it once.
    pub(super) repeatable: bool,
    /// What a refusing answer says of the token.
    pub(super) verdict: fn(&Answer) -> Verdict,
}

/// What an answer says of the token it was asked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Fine,
    /// The token may be stale, or the right may be missing.
    Doubtful,
    /// The token is stale or unknown.
    Stale,
}

/// Whatever came back, success or not.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Bytes,
    /// When to come back after a 429.
    pub(super) until: Option<DateTime<Utc>>,
}

impl Call {
    /// A REST request without a body; only `GET` may be repeated.
    pub(super) fn rest(method: Method, url: Url) -> Self {
        let repeatable = method == Method::GET;
        Self { place: Place::Rest, method, url, body: None, repeatable, verdict: rest_verdict }
    }

    /// With this JSON body.
    pub(super) fn with_body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }
}

fn rest_verdict(answer: &Answer) -> Verdict {
    if answer.status == StatusCode::UNAUTHORIZED { Verdict::Stale } else { Verdict::Fine }
}

impl Session {
    /// Sends with a valid token, once more with a new one where the answer blames it; the answer may be a refusal.
    pub(super) async fn send(&self, call: &Call) -> Result<Answer, HubError> {
        let token = self.token(Want::Valid).await?;
        let quiet = match call.place {
            Place::Rest => &self.slot.quiet_rest,
            Place::Graphql => &self.slot.quiet_graphql,
        };
        let answer = self.hub.transmit(call, Some(&token), quiet, self.patience).await?;
        let now = self.hub.clock.now();
        let renewed_lately = token.replaced_refused_at.is_some_and(|at| now < at + BEYOND_DOUBT);
        match (call.verdict)(&answer) {
            Verdict::Stale => {}
            Verdict::Doubtful if !renewed_lately => {}
            Verdict::Fine | Verdict::Doubtful => return Ok(answer),
        }
        let token = self.token(Want::InsteadOf(&token)).await?;
        self.hub.transmit(call, Some(&token), quiet, self.patience).await
    }

    /// Sends a REST request and decodes its success.
    pub(super) async fn rest<T: DeserializeOwned>(&self, call: &Call) -> Result<T, HubError> {
        decode(&self.rest_answer(call).await?.body)
    }

    /// Sends a REST request whose success says nothing.
    pub(super) async fn rest_done(&self, call: &Call) -> Result<(), HubError> {
        self.rest_answer(call).await.map(drop)
    }

    async fn rest_answer(&self, call: &Call) -> Result<Answer, HubError> {
        let answer = self.send(call).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(answer.refusal(self.hub.clock.now())) }
    }

    /// The access token that is wanted, exchanged for where the cache has none.
    pub(super) async fn token(&self, want: Want<'_>) -> Result<AccessToken, HubError> {
        let exchange = self.hub.exchange(&self.credential, &self.slot, self.patience);
        self.slot.token(want, &self.hub.clock, exchange).await
    }
}

impl Answer {
    /// What this refusal means.
    pub(super) fn refusal(&self, now: DateTime<Utc>) -> HubError {
        refusal::error_of(self.status, &self.body, self.until.unwrap_or(now))
    }
}

/// Decodes a success leniently.
pub(super) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, HubError> {
    serde_json::from_slice(body)
        .and_then(lenient::decode)
        .map_err(|error| HubError::unexpected(format!("the answer does not decode: {error}")))
}

impl Shared {
    /// Trades the credential for an access token (1.1).
    async fn exchange(
        &self,
        credential: &Credential,
        slot: &Slot,
        patience: Duration,
    ) -> Result<AccessToken, HubError> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Granted {
            access_token: String,
        }
        let url = self.endpoints.rest(&["v2", "auth", "token"])?;
        let mut call = Call::rest(Method::POST, url).with_body(exchange_body(credential));
        call.repeatable = true;
        let answer = self.transmit(&call, None, &slot.quiet_rest, patience).await?;
        let now = self.clock.now();
        if !answer.status.is_success() {
            return Err(Answer { body: credential.scrub(&answer.body).into(), ..answer }.refusal(now));
        }
        let granted: Granted = decode(&answer.body)?;
        if granted.access_token.is_empty() {
            return Err(HubError::unexpected("the exchange gave no access token"));
        }
        AccessToken::read(&granted.access_token, now)
    }

    /// One request with its repetitions. A 429 was not carried out, so it may always be repeated.
    async fn transmit(
        &self,
        call: &Call,
        token: Option<&AccessToken>,
        quiet: &Quiet,
        patience: Duration,
    ) -> Result<Answer, HubError> {
        let mut pauses = Pauses { left: patience, times: PAUSES };
        if let Some(until) = quiet.until(self.clock.now()) {
            pauses.wait(until, self.clock.now()).await?;
        }
        let mut retries = ExponentialBuilder::new()
            .with_min_delay(self.limits.retry_pause)
            .with_max_times(self.limits.retries)
            .with_jitter()
            .build();
        loop {
            let attempt = self.attempt(call, token.map(|token| &token.bearer)).await;
            let now = self.clock.now();
            let passing = match &attempt {
                Ok(answer) if answer.status == StatusCode::TOO_MANY_REQUESTS => {
                    let until = answer.until.unwrap_or(now);
                    quiet.note(until, now);
                    pauses.wait(until, now).await?;
                    continue;
                }
                Ok(answer) => call.repeatable && matches!(answer.status.as_u16(), 500 | 502..=504),
                Err(failure) => failure.passing(call.repeatable),
            };
            match retries.next().filter(|_| passing) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return attempt.map_err(HubError::from),
            }
        }
    }

    async fn attempt(&self, call: &Call, bearer: Option<&HeaderValue>) -> Result<Answer, Failure> {
        let budget = match call.place {
            Place::Rest => &self.places.rest,
            Place::Graphql => &self.places.graphql,
        };
        let _permit = budget.acquire().await.map_err(|_| Failure::ShutDown)?;
        let mut request = self.http.request(call.method.clone(), call.url.clone());
        if let Some(bearer) = bearer {
            request = request.header(AUTHORIZATION, bearer);
        }
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        let mut response = request.send().await?;
        let (status, now) = (response.status(), self.clock.now());
        let until = (status == StatusCode::TOO_MANY_REQUESTS).then(|| limit::until(response.headers(), now));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(Failure::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body: body.into(), until })
    }
}

/// An attempt without an answer.
enum Failure {
    Transport(reqwest::Error),
    TooLarge,
    ShutDown,
}

impl Failure {
    /// Whether another attempt can help and does no harm: what never left may always be sent again, and what timed out
    /// has already cost the caller all the time there is.
    fn passing(&self, repeatable: bool) -> bool {
        match self {
            Self::Transport(error) => error.is_connect() || (repeatable && !error.is_timeout()),
            Self::TooLarge | Self::ShutDown => false,
        }
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        Self::Transport(error)
    }
}

impl From<Failure> for HubError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Transport(error) => error.into(),
            Failure::TooLarge => Self::unexpected(format!("an answer of more than {LARGEST_ANSWER} bytes")),
            Failure::ShutDown => Self::unavailable("the client is shutting down", None),
        }
    }
}

/// What is left of a call's patience with the rate limit.
struct Pauses {
    left: Duration,
    times: usize,
}

impl Pauses {
    async fn wait(&mut self, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), HubError> {
        let wait = (until - now).to_std().unwrap_or_default();
        if wait > self.left || self.times == 0 {
            return Err(HubError::RateLimited { until });
        }
        self.left -= wait;
        self.times -= 1;
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

/// The shared HTTP client. Redirects stay on their host: the exchange carries the secret in its body.
pub(super) fn http_client(limits: &Limits) -> Result<reqwest::Client, HubError> {
    // Refused only where a provider is installed already, and any will do.
    drop(rustls::crypto::ring::default_provider().install_default());
    let redirects = reqwest::redirect::Policy::custom(|attempt| {
        let stays = attempt.previous().first().is_some_and(|first| same_origin(first, attempt.url()));
        if stays && attempt.previous().len() <= 3 { attempt.follow() } else { attempt.stop() }
    });
    reqwest::Client::builder()
        .user_agent(concat!("ferry/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(limits.connect_timeout)
        .timeout(limits.timeout)
        .redirect(redirects)
        .build()
        .map_err(HubError::from)
}
