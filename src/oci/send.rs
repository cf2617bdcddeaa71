//! The one way a request leaves: budget, sign-in, redirects, retries, and a refusal read into an [`Answer`].

use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream, StreamExt};
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Body, Method, Response, StatusCode, Url};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::answer::{Answer, Asked};
use super::error::{Meaning, RegistryError, Unsafe};
use super::heartbeat::Heartbeat;
use super::pace::Pace;
use super::registry::{Budget, Registry};
use super::token::Authorization;

const MOST_REDIRECTS: usize = 5;
const LONGEST_REFUSAL: usize = 64 * 1024;

/// What a request carries.
pub(super) enum Payload {
    Empty,
    Bytes(Bytes),
    /// Goes out once: neither a retry nor a second sign-in can repeat it, so its sender does.
    Stream {
        body: Option<Body>,
        length: u64,
        heartbeat: Arc<Heartbeat>,
    },
}

/// Which budget a request counts against.
#[derive(Clone, Copy)]
pub(super) enum Lane {
    Small,
    Download,
    Upload,
}

/// One request, before it is signed in.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) scopes: Vec<String>,
    pub(super) headers: HeaderMap,
    pub(super) payload: Payload,
    pub(super) lane: Lane,
    /// Whether a redirect is followed; a listing that moves is no listing (rule 6).
    pub(super) follows: bool,
    /// Requests in all; `None` is the registry's patience.
    pub(super) tries: Option<usize>,
}

impl Call {
    pub(super) fn new(method: Method, url: Url, scopes: Vec<String>) -> Self {
        let follows = matches!(method, Method::GET | Method::HEAD);
        let (headers, payload) = (HeaderMap::new(), Payload::Empty);
        Self { method, url, scopes, headers, payload, lane: Lane::Small, follows, tries: None }
    }

    pub(super) fn header(mut self, name: reqwest::header::HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    pub(super) fn carrying(mut self, payload: Payload) -> Self {
        self.payload = payload;
        self
    }

    pub(super) fn on(mut self, lane: Lane) -> Self {
        self.lane = lane;
        self
    }

    pub(super) fn staying(mut self) -> Self {
        self.follows = false;
        self
    }

    pub(super) fn once(mut self) -> Self {
        self.tries = Some(1);
        self
    }

    fn repeatable(&self) -> bool {
        !matches!(self.payload, Payload::Stream { .. })
    }
}

/// Requests of each kind at once.
pub(super) struct Lanes {
    small: Arc<Semaphore>,
    download: Arc<Semaphore>,
    upload: Arc<Semaphore>,
}

impl Lanes {
    pub(super) fn new(budget: Budget) -> Self {
        let lane = |places: usize| Arc::new(Semaphore::new(places.max(1)));
        Self { small: lane(budget.requests), download: lane(budget.downloads), upload: lane(budget.uploads) }
    }

    /// `None` only if the semaphore were closed, which nobody does.
    async fn enter(&self, lane: Lane) -> Option<OwnedSemaphorePermit> {
        let lane = match lane {
            Lane::Small => &self.small,
            Lane::Download => &self.download,
            Lane::Upload => &self.upload,
        };
        Arc::clone(lane).acquire_owned().await.ok()
    }
}

/// An answer below 300, with its place in the budget until it is read.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Where it came from in the end.
    pub(super) url: Url,
    pub(super) asked: Asked,
    response: Response,
    silence: Duration,
    pace: Arc<Pace>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Media type without parameters, in lower case; empty where none is given.
    pub(super) fn content_type(&self) -> String {
        let text = self.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The header, which a HEAD carries too.
    pub(super) fn content_length(&self) -> Option<u64> {
        self.headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
    }

    /// The error for an answer that no registry gives here.
    pub(super) fn not_a_registry(&self) -> RegistryError {
        RegistryError::NotARegistry {
            place: (&self.url).into(),
            status: self.status,
            content_type: self.content_type(),
        }
    }

    /// The whole body, or `None` when it is longer than this.
    pub(super) async fn bytes(self, at_most: usize) -> Result<Option<Bytes>, RegistryError> {
        let mut all = BytesMut::new();
        let mut stream = self.into_stream();
        while let Some(piece) = stream.next().await {
            let piece = piece?;
            if all.len() + piece.len() > at_most {
                return Ok(None);
            }
            all.extend_from_slice(&piece);
        }
        Ok(Some(all.freeze()))
    }

    /// The body piece by piece; the budget is held until it is dropped.
    pub(super) fn into_stream(self) -> BoxStream<'static, Result<Bytes, RegistryError>> {
        let Self { response, silence, pace, permit, url, .. } = self;
        let state = Some((response, pace, permit, url));
        Box::pin(stream::unfold(state, move |state| async move {
            let (mut response, pace, permit, url) = state?;
            match tokio::time::timeout(silence, response.chunk()).await {
                Ok(Ok(Some(piece))) => {
                    pace.bytes(piece.len()).await;
                    Some((Ok(piece), Some((response, pace, permit, url))))
                }
                Ok(Ok(None)) => None,
                Ok(Err(error)) => Some((Err(RegistryError::transport(&Method::GET, &url, error)), None)),
                Err(_) => Some((Err(silent(&Method::GET, &url, silence)), None)),
            }
        }))
    }
}

impl Registry {
    /// Sends, and repeats what is worth repeating (rule 13).
    pub(super) async fn send(&self, mut call: Call) -> Result<Reply, RegistryError> {
        let patience = self.endpoint.patience;
        let tries = if call.repeatable() { call.tries.unwrap_or(patience.tries) } else { 1 };
        let mut pauses = ExponentialBuilder::default()
            .with_min_delay(patience.shortest_pause)
            .with_max_delay(patience.longest_pause)
            .with_max_times(tries.saturating_sub(1))
            .with_jitter()
            .build();
        loop {
            self.pause.over().await;
            let error = match self.signed_in(&mut call).await {
                Ok(reply) => return Ok(reply),
                Err(error) if !worth_repeating(&error) => return Err(error),
                Err(error) => error,
            };
            let wished = self.wished_pause(&error);
            if let (Meaning::RateLimit { .. }, Some(wished)) = (error.meaning(), wished) {
                // All jobs of this registry slow down, not only the one that met the refusal.
                self.pause.extend(wished.min(patience.longest_pause));
            }
            match (pauses.next(), wished) {
                (None, _) => return Err(error),
                (Some(_), Some(wished)) if wished > patience.longest_pause => return Err(error),
                (Some(pause), wished) => tokio::time::sleep(wished.unwrap_or_default().max(pause)).await,
            }
            tracing::debug!(registry = %self.host(), "asking again after: {error}");
        }
    }

    fn wished_pause(&self, error: &RegistryError) -> Option<Duration> {
        let RegistryError::Refused(answer) = error else { return None };
        answer.until.map(|until| (until - self.endpoint.clock.now()).to_std().unwrap_or_default())
    }

    /// One exchange as the credential. A token may have expired in the middle of a copy: one more, once (rule 18).
    async fn signed_in(&self, call: &mut Call) -> Result<Reply, RegistryError> {
        let mut renewed = false;
        loop {
            let authorization = self.authorization(&call.scopes).await?;
            let (reply, own) = self.exchange(call, authorization.as_ref()).await?;
            if reply.status == StatusCode::UNAUTHORIZED && own {
                let better = self.reject(&mut call.scopes, authorization.as_ref(), &reply);
                if better && !renewed && call.repeatable() {
                    renewed = true;
                    continue;
                }
            }
            self.note_headers(&reply.headers);
            return match reply.status.as_u16() {
                200..=299 => Ok(reply),
                300..=399 => Err(reply.not_a_registry()),
                // A page for people says nothing about what the registry has (rule 6).
                404 if reply.content_type() == "text/html" => Err(reply.not_a_registry()),
                _ => Err(self.refusal(&call.method, reply).await),
            };
        }
    }

    /// Follows redirects by hand: the credential stays with the registry, and no redirect leads into a private network.
    async fn exchange(&self, call: &mut Call, auth: Option<&Authorization>) -> Result<(Reply, bool), RegistryError> {
        let mut permit = self.lanes.enter(call.lane).await;
        let mut url = call.url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let own = self.is_own(&url);
            if !own {
                self.guard.check(&self.base, &url).await.map_err(|why| points_to(&call.url, &url, why))?;
            }
            let mut reply = self.hop(call, &url, auth.filter(|_| own)).await?;
            let moved = matches!(reply.status.as_u16(), 301 | 302 | 303 | 307 | 308);
            if !(moved && call.follows) {
                reply.permit = permit.take();
                return Ok((reply, own));
            }
            url = reply.location()?;
        }
        Err(points_to(&call.url, &url, Unsafe::TooManyRedirects))
    }

    async fn hop(&self, call: &mut Call, url: &Url, auth: Option<&Authorization>) -> Result<Reply, RegistryError> {
        self.pace.request().await;
        let client = if self.is_own(url) { &self.own } else { &self.elsewhere };
        let mut request = client.request(call.method.clone(), url.clone()).headers(call.headers.clone());
        if let Some(auth) = auth {
            request = request.header(AUTHORIZATION, auth.header.clone());
        }
        let patience = self.endpoint.patience;
        let mut beating = None;
        match &mut call.payload {
            // Google-style front ends answer 411 to a body-less POST without it (rule 11).
            Payload::Empty if call.method != Method::GET && call.method != Method::HEAD => {
                request = request.header(CONTENT_LENGTH, HeaderValue::from_static("0"));
            }
            Payload::Empty => {}
            // An empty body has no length of its own for the HTTP client either.
            Payload::Bytes(bytes) => {
                self.pace.bytes(bytes.len()).await;
                request = request.header(CONTENT_LENGTH, HeaderValue::from(bytes.len())).body(bytes.clone());
            }
            Payload::Stream { body, length, heartbeat } => {
                request =
                    request.header(CONTENT_LENGTH, HeaderValue::from(*length)).body(body.take().unwrap_or_default());
                beating = Some(Arc::clone(heartbeat));
            }
        }
        let sent = async { request.send().await.map_err(|e| RegistryError::transport(&call.method, url, e)) };
        let response = match beating {
            None => tokio::time::timeout(patience.answer, sent)
                .await
                .map_err(|_| silent(&call.method, url, patience.answer))??,
            Some(heartbeat) => tokio::select! {
                answered = sent => answered?,
                silence = heartbeat.stops(patience.answer, patience.commit) => return Err(silent(&call.method, url, silence)),
            },
        };
        let asked = auth.map_or(Asked::Anonymously, |auth| auth.asked);
        let asked = if self.is_own(url) { asked } else { Asked::Elsewhere };
        Ok(Reply {
            status: response.status(),
            headers: response.headers().clone(),
            url: url.clone(),
            asked,
            response,
            silence: patience.answer,
            pace: Arc::clone(&self.pace),
            permit: None,
        })
    }

    /// One exchange without sign-in and without retry, for the sign-in itself.
    pub(super) async fn bare(&self, mut call: Call, auth: Option<&Authorization>) -> Result<Reply, RegistryError> {
        let url = call.url.clone();
        if !self.is_own(&url) {
            self.guard.check(&self.base, &url).await.map_err(|why| points_to(&self.base, &url, why))?;
        }
        self.hop(&mut call, &url, auth).await
    }

    /// Reads a refusal; the answer's text is cut where it is longer than any honest one.
    pub(super) async fn refusal(&self, method: &Method, reply: Reply) -> RegistryError {
        let (status, headers, asked) = (reply.status, reply.headers.clone(), reply.asked);
        let place = (&reply.url).into();
        let body = reply.bytes(LONGEST_REFUSAL).await.ok().flatten().unwrap_or_default();
        let now = self.endpoint.clock.now();
        RegistryError::Refused(Box::new(Answer::read(method, place, status, &headers, &body, asked, now)))
    }
}

impl Reply {
    /// `Location`, resolved against the address that was asked (rule 15).
    pub(super) fn location(&self) -> Result<Url, RegistryError> {
        let missing = || RegistryError::NoHeader { place: (&self.url).into(), header: "Location" };
        let text = self.headers.get(LOCATION).and_then(|v| v.to_str().ok()).ok_or_else(missing)?;
        self.url.join(text).map_err(|_| missing())
    }
}

fn worth_repeating(error: &RegistryError) -> bool {
    match error {
        RegistryError::Refused(answer) => {
            matches!(answer.status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
                || matches!(answer.meaning(), Meaning::RateLimit { .. })
        }
        RegistryError::Transport { .. } | RegistryError::Silent { .. } => {
            // An address that the guard refused arrives as a failed connection.
            error.retryable() && !is_guarded(error)
        }
        _ => false,
    }
}

fn is_guarded(error: &RegistryError) -> bool {
    super::error::find_cause::<Unsafe>(error).is_some()
}

fn silent(method: &Method, url: &Url, silence: Duration) -> RegistryError {
    RegistryError::Silent { method: method.clone(), place: url.into(), silence }
}

fn points_to(from: &Url, to: &Url, why: Unsafe) -> RegistryError {
    RegistryError::Unsafe { from: from.into(), to: to.into(), why }
}
