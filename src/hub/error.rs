//! What can go wrong, named for what the caller does about it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::model::{ApiError, FieldErrors, HubRefusal};

/// A call that Docker Hub did not answer as asked. Cloneable, because everybody who waited for one token learns of it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HubError {
    /// The name and the secret do not fit, or the secret was revoked: ask for another one.
    #[error("Docker Hub refused the credential: {message}")]
    BadCredential { message: String },
    /// A personal or organization access token where the other kind, or a password, is asked for (1.4).
    #[error("Docker Hub wants another kind of credential: {message}")]
    WrongKindOfCredential { message: String },
    /// The token's scope or the user's role does not reach this; the message is Docker's own (trap 5).
    #[error("Docker Hub did not allow this: {message}")]
    Forbidden { message: String },
    /// Docker Hub has no such thing, or does not show it to this credential.
    #[error("Docker Hub has no such thing")]
    NotFound,
    /// Too many requests, and the wait is longer than the caller's patience: try at the time given.
    #[error("Docker Hub asks for a pause until {until}")]
    RateLimited { until: DateTime<Utc> },
    /// The plan does not include it (402).
    #[error("the Docker plan does not include this: {message}")]
    Entitlement { message: String },
    /// What was sent is not acceptable; `fields` says which of it, where Docker does.
    #[error("Docker Hub refused the request: {message}")]
    Refused { message: String, fields: BTreeMap<String, Vec<String>> },
    /// No connection, a time-out or a failure on Docker's side: try again later.
    #[error("Docker Hub cannot be reached at present: {what}")]
    Unavailable { what: String, status: Option<u16>, source: Option<Arc<reqwest::Error>> },
    /// An answer this client does not understand; the id lets Docker's support find it (6.1).
    #[error("Docker Hub gave an answer that was not understood: {what}")]
    Unexpected { what: String, correlation_id: Option<String> },
}

impl HubError {
    /// Whether the same call may succeed later, with nothing changed on our side.
    pub fn retryable(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Unavailable { .. })
    }

    /// Whether the door is closed to this credential, so that a person has to do it in Docker Hub by hand (5.5).
    pub fn is_closed_door(&self) -> bool {
        matches!(self, Self::WrongKindOfCredential { .. } | Self::Forbidden { .. } | Self::NotFound)
    }

    /// What happened and what to do, for whoever looks at the screen.
    pub fn sentence(&self) -> String {
        match self {
            Self::BadCredential { .. } => {
                "Docker Hub did not accept this name and secret. Check both, and whether the token is still active."
                    .to_owned()
            }
            Self::WrongKindOfCredential { message } => format!(
                "Docker Hub does not accept this kind of token here. Use another credential. Docker says: {}",
                ended(message)
            ),
            Self::Forbidden { message } => {
                format!("Docker Hub did not allow this with the connected credential. Docker says: {}", ended(message))
            }
            Self::NotFound => {
                "Docker Hub has no such thing, or does not show it to the connected credential.".to_owned()
            }
            Self::RateLimited { until } => {
                format!("Docker Hub asks for a pause. Try again after {} UTC.", until.format("%H:%M:%S"))
            }
            Self::Entitlement { message } => {
                format!("The organization's Docker plan does not include this. Docker says: {}", ended(message))
            }
            Self::Refused { message, fields } => {
                let details = fields.iter().map(|(name, why)| format!(" {name}: {}", ended(&why.join(" "))));
                format!("Docker Hub refused this: {}{}", ended(message), details.collect::<String>())
            }
            Self::Unavailable { .. } => {
                "Docker Hub cannot be reached at present. Nothing is lost; try again in a moment.".to_owned()
            }
            Self::Unexpected { correlation_id: Some(id), .. } => {
                format!("Docker Hub gave an answer Ferry did not understand. Docker's support can look up {id}.")
            }
            Self::Unexpected { .. } => "Docker Hub gave an answer Ferry did not understand.".to_owned(),
        }
    }

    /// The same as a page shows it above what it read before; it was asked `at`.
    pub fn refusal(&self, at: DateTime<Utc>) -> HubRefusal {
        HubRefusal { at, sentence: self.sentence() }
    }

    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self::Refused { message: message.into(), fields: BTreeMap::new() }
    }

    pub(super) fn unexpected(what: impl Into<String>) -> Self {
        Self::Unexpected { what: what.into(), correlation_id: None }
    }

    pub(super) fn unavailable(what: impl Into<String>, status: Option<u16>) -> Self {
        Self::Unavailable { what: what.into(), status, source: None }
    }
}

impl From<reqwest::Error> for HubError {
    fn from(error: reqwest::Error) -> Self {
        let what = if error.is_timeout() {
            "no answer in time"
        } else if error.is_connect() {
            "no connection"
        } else {
            "the connection broke"
        };
        Self::Unavailable { what: what.to_owned(), status: None, source: Some(Arc::new(error)) }
    }
}

fn ended(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

impl HubError {
    /// What a form with the fields `username` and `token` says, where somebody has just typed them.
    pub fn of_typed_token(self) -> ApiError {
        match self {
            Self::BadCredential { .. } => ApiError::Invalid(FieldErrors::one(
                "token",
                "Docker Hub does not accept this username and token. Check both, and that the token is not expired or revoked.",
            )),
            other => other.into(),
        }
    }
}

impl From<HubError> for ApiError {
    fn from(error: HubError) -> Self {
        match &error {
            // The token was revoked since its owner signed in.
            HubError::BadCredential { .. } => Self::SignedOut,
            HubError::WrongKindOfCredential { .. } | HubError::Forbidden { .. } | HubError::Entitlement { .. } => {
                Self::Forbidden(error.sentence())
            }
            HubError::NotFound => Self::NotFound(error.sentence()),
            HubError::Refused { .. } => Self::Conflict(error.sentence()),
            HubError::RateLimited { .. } | HubError::Unavailable { .. } | HubError::Unexpected { .. } => {
                tracing::warn!(error = &error as &dyn std::error::Error, "Docker Hub: {error}");
                Self::Upstream(error.sentence())
            }
        }
    }
}
