//! Scripted trouble: which request goes wrong, how, and how many times.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};

use super::Facade;

/// One piece of trouble.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fault {
    /// The facade it happens at; any, if absent.
    #[serde(default)]
    pub facade: Option<Facade>,
    /// The method; any, if absent.
    #[serde(default)]
    pub method: Option<String>,
    /// A piece of path and query; empty fits all.
    #[serde(default)]
    pub path: String,
    /// How many fitting requests pass before it begins.
    #[serde(default)]
    pub after: u32,
    /// How many times it happens.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens.
    pub trouble: Trouble,
}

/// What can happen to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Trouble {
    /// An answer of one's own, without the facade ever seeing the request.
    Status {
        /// The status.
        code: u16,
        /// `Retry-After` in seconds.
        #[serde(default)]
        retry_after: Option<u64>,
        /// The body; JSON if it begins with a brace.
        #[serde(default)]
        body: Option<String>,
    },
    /// 401, as if the token had just ended.
    Unauthorized,
    /// The right answer, but its body ends half way and the connection breaks.
    CutBody,
    /// The right answer, but one byte of its body is another.
    WrongBytes,
    /// The right answer, in small pieces with pauses.
    SlowBody {
        /// Milliseconds between two of eight pieces.
        millis: u64,
    },
    /// The right answer, late.
    Delay {
        /// Milliseconds before it.
        millis: u64,
    },
    /// No answer: the connection is reset.
    Reset,
    /// 429, with `Retry-After` as a point in time instead of seconds.
    TooSoon {
        /// Seconds from now to that point.
        seconds: i64,
    },
    /// The right answer, half of it, and ended as if that were all.
    ShortBody,
    /// 307 to the same path at another host.
    Redirect {
        /// Where to, as `http://127.0.0.1:5001`.
        to: String,
    },
    /// A mount is not done: 202 and an upload instead. Any other request only loses its query.
    NotMounted,
    /// The right answer, by a clock that is wrong.
    WrongClock {
        /// Seconds the clock is ahead.
        seconds: i64,
    },
}

fn once() -> u32 {
    1
}

impl Fault {
    /// Trouble that happens once, at any facade, to requests whose path contains `path`.
    pub fn on(path: &str, trouble: Trouble) -> Self {
        Self { facade: None, method: None, path: path.to_owned(), after: 0, times: 1, trouble }
    }

    /// Only at this facade.
    #[must_use]
    pub fn at(mut self, facade: Facade) -> Self {
        self.facade = Some(facade);
        self
    }

    /// Only for this method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// That many times.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Only after that many fitting requests went well.
    #[must_use]
    pub fn after(mut self, passed: u32) -> Self {
        self.after = passed;
        self
    }

    fn fits(&self, facade: Facade, method: &str, path: &str) -> bool {
        self.times > 0
            && self.facade.is_none_or(|one| one == facade)
            && self.method.as_deref().is_none_or(|one| one.eq_ignore_ascii_case(method))
            && path.contains(&self.path)
    }
}

/// The trouble that is still to come.
#[derive(Debug, Default)]
pub struct Faults {
    scripted: Mutex<Vec<Fault>>,
}

impl Faults {
    /// Adds trouble.
    pub fn add(&self, fault: Fault) {
        self.lock().push(fault);
    }

    /// Forgets all trouble.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// What has not happened yet; a story that ends with some left has not told what it meant to.
    pub fn left(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// The trouble for this request, if any: the first that fits, counted down.
    pub(super) fn take(&self, facade: Facade, method: &str, path: &str) -> Option<Trouble> {
        let mut scripted = self.lock();
        let place = scripted.iter().position(|fault| fault.fits(facade, method, path))?;
        let fault = &mut scripted[place];
        if fault.after > 0 {
            fault.after -= 1;
            return None;
        }
        fault.times -= 1;
        let trouble = fault.trouble.clone();
        if fault.times == 0 {
            scripted.remove(place);
        }
        Some(trouble)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.scripted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answer that takes the facade's place.
pub(super) fn answer(code: u16, retry_after: Option<u64>, body: Option<String>) -> Response {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = body.unwrap_or_default();
    let kind = if body.starts_with(['{', '[']) { "application/json" } else { "text/plain" };
    let mut answer = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
    if let Some(seconds) = retry_after {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// The answer to trouble that leaves the facade alone; `None` where the facade is asked.
pub(super) fn instead(trouble: &Trouble, path: &str) -> Option<Response> {
    match trouble {
        Trouble::Status { code, retry_after, body } => Some(answer(*code, *retry_after, body.clone())),
        Trouble::TooSoon { seconds } => Some(with(answer(429, None, None), header::RETRY_AFTER, &http_date(*seconds))),
        Trouble::Redirect { to } => Some(with(answer(307, None, None), header::LOCATION, &format!("{to}{path}"))),
        _ => None,
    }
}

fn with(mut answer: Response, name: header::HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
    answer
}

fn http_date(seconds: i64) -> String {
    (super::world::now() + chrono::TimeDelta::seconds(seconds)).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The facade's own answer, late, or with its body or its date spoilt. `Content-Length` stays what it was, unless the body
/// is to look whole.
pub(super) async fn spoil(answer: Response, trouble: &Trouble) -> Response {
    match trouble {
        Trouble::Delay { millis } => {
            tokio::time::sleep(Duration::from_millis(*millis)).await;
            answer
        }
        Trouble::WrongClock { seconds } => with(answer, header::DATE, &http_date(*seconds)),
        Trouble::CutBody | Trouble::WrongBytes | Trouble::SlowBody { .. } | Trouble::ShortBody => {
            spoil_body(answer, trouble).await
        }
        _ => answer,
    }
}

async fn spoil_body(answer: Response, trouble: &Trouble) -> Response {
    let (mut parts, body) = answer.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    if !bytes.is_empty() {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    }
    let body = match trouble {
        Trouble::CutBody => cut(&bytes),
        Trouble::ShortBody => {
            let half = bytes.slice(..bytes.len() / 2);
            parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(half.len()));
            Body::from(half)
        }
        Trouble::WrongBytes => Body::from(changed(&bytes)),
        Trouble::SlowBody { millis } => slow(&bytes, Duration::from_millis(*millis)),
        _ => Body::from(bytes),
    };
    Response::from_parts(parts, body)
}

fn cut(bytes: &Bytes) -> Body {
    let half = bytes.slice(..bytes.len() / 2);
    let broken = std::io::Error::new(std::io::ErrorKind::ConnectionReset, "scripted: the body ends here");
    // The pause lets the first half leave before the connection breaks.
    let end = stream::once(async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(broken)
    });
    Body::from_stream(stream::once(async move { Ok(half) }).chain(end))
}

fn changed(bytes: &Bytes) -> Bytes {
    let mut bytes = bytes.to_vec();
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    bytes.into()
}

fn slow(bytes: &Bytes, pause: Duration) -> Body {
    let pieces: Vec<Bytes> = bytes.chunks(bytes.len().div_ceil(8).max(1)).map(Bytes::copy_from_slice).collect();
    Body::from_stream(stream::iter(pieces).then(move |piece| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, std::io::Error>(piece)
    }))
}
