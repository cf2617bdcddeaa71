//! What can go wrong at a registry, and what it means to whoever has to do something about it.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::{Method, StatusCode, Url};

use super::answer::Answer;
use super::coordination::CoordinationError;
use crate::model::{Digest, Host, Tag};

/// The one meaning of many answers (`contracts/registries.md` section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The username, password or token was not accepted, or there is none.
    SignIn,
    /// Signed in, and not allowed; registries say the same where a thing is hidden.
    Permission,
    /// The repository, manifest or blob is not there.
    NotFound,
    /// Asked too often; `until` where the registry named a time.
    RateLimit { until: Option<DateTime<Utc>> },
    /// No connection, or one that broke or fell silent.
    Network,
    /// The certificate was not accepted.
    Tls,
    /// The bytes are not the ones the digest promises.
    DigestMismatch,
    /// More or fewer bytes than promised.
    SizeMismatch,
    /// The tag exists with another digest and must not move.
    ImmutableTag,
    /// The project's or account's space is used up.
    Quota,
    /// The registry itself failed (5xx).
    Storage,
    /// The registry does not take this kind of content or request.
    Unsupported,
    /// The registry says that something the manifest names is not there.
    ChildMissing,
    /// What answered is no registry, or points to a place that may not be asked.
    NotARegistry,
    /// Somebody stopped the copy.
    Cancelled,
    /// Ferry's own doing.
    Bug,
}

impl Meaning {
    /// Doing the same again, later, can end better without anybody's help.
    pub fn retryable(self) -> bool {
        matches!(self, Self::RateLimit { .. } | Self::Network | Self::Storage | Self::ChildMissing)
    }
}

/// An address without what must not be written to a log: no query, no credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(String);

impl From<&Url> for Place {
    fn from(url: &Url) -> Self {
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Self(format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path()))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why an address named by a registry is not asked (rules 15 and 16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsafe {
    #[error("a private or link-local address")]
    PrivateAddress,
    #[error("a step from https to http")]
    Downgrade,
    #[error("neither http nor https")]
    Scheme,
    #[error("a sign-in service of another organization")]
    ForeignRealm,
    #[error("a chain of too many redirects")]
    TooManyRedirects,
    #[error("not an address")]
    NotAnAddress,
}

/// Why a manifest cannot be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("its media type is not one that can be copied without changing it")]
    MediaType,
    #[error("it names no media type")]
    NoMediaType,
    #[error("it names more parts than any honest manifest")]
    TooManyParts,
    #[error("it nests too deep")]
    TooDeep,
    #[error("it is larger than 4 MiB")]
    TooLarge,
    #[error("the list of its referrers is longer than any honest one")]
    TooManyReferrers,
    #[error("one digest is named with two sizes")]
    TwoSizes,
    #[error("it has none of the selected platforms")]
    NoSuchPlatform,
}

/// A failed exchange with one registry.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The registry, or its sign-in service, said no.
    #[error("{0}")]
    Refused(Box<Answer>),
    /// The connection failed.
    #[error("{method} {place}: {}", chain(.source))]
    Transport { method: Method, place: Place, source: reqwest::Error },
    /// The connection stayed open and nothing came.
    #[error("{method} {place}: silent for {} s", .silence.as_secs())]
    Silent { method: Method, place: Place, silence: Duration },
    /// What came is no registry's answer.
    #[error("{place} answered {status} with {content_type:?}, which no registry does here")]
    NotARegistry { place: Place, status: StatusCode, content_type: String },
    /// What came could not be read.
    #[error("{place}: unreadable answer: {source}")]
    Malformed { place: Place, source: serde_json::Error },
    /// An answer lacks a header it must have.
    #[error("{place}: the answer has no {header}")]
    NoHeader { place: Place, header: &'static str },
    /// The registry pointed to a place that is not asked.
    #[error("{from} points to {to}: {why}")]
    Unsafe { from: Place, to: Place, why: Unsafe },
    #[error("expected {expected}, the bytes are {found}")]
    Digest { expected: Digest, found: Digest },
    #[error("expected {expected} bytes, found {found}")]
    Size { expected: u64, found: u64 },
    /// The manifest cannot be followed.
    #[error("{digest}: {why}")]
    Unfit { digest: Digest, why: Unfit },
    /// The JSON of a manifest cannot be read.
    #[error("{digest}: not a manifest: {source}")]
    BadManifest { digest: Digest, source: serde_json::Error },
    /// The tag points elsewhere and the registry will not move it.
    #[error("tag {tag} stays at {current}: {answer}")]
    TagIsImmutable { tag: Tag, current: Digest, answer: Box<Answer> },
    /// What is needed is not there.
    #[error("{digest} is not there")]
    Missing { digest: Digest },
    /// Docker signs every image of its hardened catalog; a list without one attestation is the wrong list.
    #[error("no attestations listed for {digest}, a Docker Hardened Image")]
    NoAttestations { digest: Digest },
    /// What was written is not there when read back.
    #[error("{digest} was accepted and is not there")]
    NotThere { digest: Digest },
    /// Locks or memory shared with other workers failed.
    #[error(transparent)]
    Coordination(#[from] CoordinationError),
    /// No address can be made of the host's name.
    #[error("{host} makes no address")]
    NoAddress { host: Host },
    /// No HTTP client could be made.
    #[error("no HTTP client: {}", chain(.0))]
    Client(reqwest::Error),
    /// What is left of the pull limit is left to others.
    #[error("{host} has {left} of {limit} pulls left")]
    PullsLow { host: Host, limit: u32, left: u32, until: DateTime<Utc> },
    #[error("stopped on request")]
    Cancelled,
}

impl RegistryError {
    pub(super) fn transport(method: &Method, url: &Url, source: reqwest::Error) -> Self {
        Self::Transport { method: method.clone(), place: url.into(), source: source.without_url() }
    }

    /// What it means to whoever has to do something about it.
    pub fn meaning(&self) -> Meaning {
        match self {
            Self::Refused(answer) => answer.meaning(),
            Self::Transport { source, .. } if is_tls(source) => Meaning::Tls,
            Self::Transport { .. } | Self::Silent { .. } => Meaning::Network,
            Self::NotARegistry { .. } | Self::Malformed { .. } | Self::NoHeader { .. } | Self::Unsafe { .. } => {
                Meaning::NotARegistry
            }
            Self::Digest { .. } => Meaning::DigestMismatch,
            Self::Size { .. } => Meaning::SizeMismatch,
            Self::Unfit { .. } | Self::BadManifest { .. } => Meaning::Unsupported,
            Self::TagIsImmutable { .. } => Meaning::ImmutableTag,
            Self::Missing { .. } | Self::NoAttestations { .. } => Meaning::NotFound,
            Self::NotThere { .. } | Self::Coordination(_) => Meaning::Storage,
            Self::Client(_) | Self::NoAddress { .. } => Meaning::Bug,
            Self::PullsLow { until, .. } => Meaning::RateLimit { until: Some(*until) },
            Self::Cancelled => Meaning::Cancelled,
        }
    }

    /// When it may be asked again, where it named a time.
    pub fn until(&self) -> Option<DateTime<Utc>> {
        match self.meaning() {
            Meaning::RateLimit { until } => until,
            _ => None,
        }
    }

    /// Doing the same again, later, can end better without anybody's help.
    pub fn retryable(&self) -> bool {
        self.meaning().retryable()
    }

    /// HTTP status, where the registry refused.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused(answer) | Self::TagIsImmutable { answer, .. } => Some(answer.status.as_u16()),
            Self::NotARegistry { status, .. } => Some(status.as_u16()),
            _ => None,
        }
    }

    /// The registry's own code, as `NAME_UNKNOWN`, where it refused with one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(answer) => answer.code.as_deref(),
            _ => None,
        }
    }

    /// The registry, or a proxy before it, does not take this method.
    pub(super) fn refuses_the_method(&self) -> bool {
        matches!(self.status(), Some(405 | 501))
    }

    /// The registry refused with a plain 404.
    pub(super) fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(answer) if answer.status == StatusCode::NOT_FOUND)
    }
}

/// The error and what is under it, in one line; reqwest alone says only "error sending request".
fn chain(error: &dyn StdError) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(inner) = next {
        let text = inner.to_string();
        if !line.contains(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        next = inner.source();
    }
    line
}

/// An error of this type lies under it; `io::Error` hides its content from `source`.
pub(super) fn find_cause<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(inner) = next {
        if let Some(found) = inner.downcast_ref::<T>() {
            return Some(found);
        }
        next = match inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(hidden) => Some(hidden as &(dyn StdError + 'static)),
            None => inner.source(),
        };
    }
    None
}

fn is_tls(error: &reqwest::Error) -> bool {
    find_cause::<rustls::Error>(error).is_some()
}
