//! Why a run or one of its digests could not be done, and whether trying again can help.

use chrono::{DateTime, Utc};

use crate::connection::ConnectionError;
use crate::destinations::DestinationError;
use crate::hub::HubError;
use crate::mirrors::MirrorError;
use crate::model::{ApiError, Coverage, Failure, FieldErrors, Refused, RunId};
use crate::oci::{CopyError, RegistryError};
use crate::queue::QueueError;
use crate::store::StoreError;

/// A run or a digest that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum ForwardError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error(transparent)]
    Hub(#[from] HubError),
    #[error(transparent)]
    Copy(#[from] CopyError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Destination(#[from] DestinationError),
    /// How Docker Hub shows the mirrors could not be looked at.
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    /// The session could not be read.
    #[error("the session could not be read: {0}")]
    Session(ApiError),
    /// The run is not in the history (any more).
    #[error("there is no run {0}")]
    NoRun(RunId),
    /// The rule was deleted before its run was planned.
    #[error("the rule is gone")]
    RuleGone,
    /// The destination was deleted before the run was done.
    #[error("the destination is gone")]
    DestinationGone,
    /// Whoever started the run has signed out.
    #[error("the session is gone")]
    SignedOut,
    /// Nobody started the run, and the organization gave Ferry nothing to sign in with.
    #[error("the organization is not connected")]
    NotConnected,
    /// What the organization signs in with could not be read.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// A pattern that compiled when the rule was saved does not any more.
    #[error("the rule's filter cannot be read: {0:?}")]
    Filter(FieldErrors),
    /// A mirror's name gives no valid name at the destination.
    #[error("no name at the destination: {0}")]
    Target(Refused),
    /// A later run moved the tag to another image.
    #[error("a later run moved the tag")]
    Overtaken,
    /// The rule refuses what is not proven.
    #[error("refused: {}", .0.trouble())]
    Refused(Box<Coverage>),
    /// The rule holds what is not proven.
    #[error("held: {}", .0.trouble())]
    Held(Box<Coverage>),
    /// The destination does not show all that was copied there.
    #[error("the destination holds {}", .0.summary())]
    Incomplete(Box<Coverage>),
}

impl ForwardError {
    /// Doing the same again, later, can end better without anybody's help.
    pub fn retryable(&self) -> bool {
        match self {
            Self::Store(_) | Self::Queue(_) | Self::Session(_) | Self::Incomplete(_) => true,
            Self::Connection(error) => matches!(error, ConnectionError::Store(_)),
            Self::Destination(error) => matches!(error, DestinationError::Store(_)),
            Self::Hub(error) | Self::Mirror(MirrorError::Hub(error)) => error.retryable(),
            Self::Mirror(error) => matches!(error, MirrorError::Store(_)),
            Self::Copy(error) => error.retryable(),
            Self::Registry(error) => error.meaning().retryable(),
            _ => false,
        }
    }

    /// When the other side may be asked again, where it named a time.
    pub fn until(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Hub(HubError::RateLimited { until })
            | Self::Mirror(MirrorError::Hub(HubError::RateLimited { until })) => Some(*until),
            Self::Copy(error) => error.until(),
            Self::Registry(error) => error.until(),
            _ => None,
        }
    }

    /// What was seen before it failed.
    pub fn coverage(&self) -> Option<&Coverage> {
        match self {
            Self::Refused(coverage) | Self::Held(coverage) | Self::Incomplete(coverage) => Some(coverage),
            _ => None,
        }
    }

    /// The words for the history.
    pub fn failure(&self) -> Failure {
        let detail = match self {
            Self::Copy(error) => error.detail(),
            other => chain(other),
        };
        let (class, mend) = self.class();
        Failure { sentence: self.sentence(), detail, class, mend }
    }

    fn sentence(&self) -> String {
        match self {
            Self::Store(_) | Self::Queue(_) | Self::Session(_) => {
                "Ferry's own database did not answer. Ferry tries again by itself.".to_owned()
            }
            Self::Hub(error) => format!("Source, listing tags: {}", error.sentence()),
            Self::Mirror(_) => "Source: how Docker Hub shows the mirrors could not be looked at.".to_owned(),
            Self::Copy(error) => error.sentence(),
            Self::Registry(_) => {
                "Destination: its address cannot be used. Check the destination's settings.".to_owned()
            }
            Self::Destination(DestinationError::NotFound(_)) | Self::DestinationGone => {
                "Destination: it was deleted. Choose another one in the rule and run it again.".to_owned()
            }
            Self::Destination(DestinationError::Seal(_)) => {
                "Destination, sign-in: its secret was sealed with another key. Enter the secret again.".to_owned()
            }
            Self::Destination(_) => "Destination: it cannot be opened. Test its connection.".to_owned(),
            Self::NoRun(_) => "The run is gone.".to_owned(),
            Self::RuleGone => "The rule was deleted before its run began. Nothing was copied.".to_owned(),
            Self::SignedOut => {
                "Source, sign-in: whoever started this run has signed out of Ferry, and their Docker Hub \
                                token with them. Run the rule again."
                    .to_owned()
            }
            Self::NotConnected => {
                "Source, sign-in: nobody started this run, and the organization has saved no Docker Hub token. Save one \
                 under Connection, or run the rule yourself."
                    .to_owned()
            }
            Self::Connection(ConnectionError::Seal(_)) => {
                "Source, sign-in: the organization's token was sealed with another key. Save it again under Connection."
                    .to_owned()
            }
            Self::Connection(_) => "Source, sign-in: the organization's token could not be read.".to_owned(),
            Self::Filter(_) => "The rule's tag filter cannot be read. Open the rule and save it again.".to_owned(),
            Self::Target(refused) => format!("The rule's target name does not fit a mirror: {}", refused.0),
            Self::Overtaken => {
                "A run that began later has moved this tag to another image, and this one would turn it back.".to_owned()
            }
            Self::Refused(coverage) => format!(
                "Refused, since its proof is not in order and the rule refuses that: {} The tag was not moved.",
                coverage.trouble()
            ),
            Self::Held(coverage) => format!(
                "Held, since its proof is not in order: {} Everything is copied; release it to move the tag all the \
                 same, or discard it.",
                coverage.trouble()
            ),
            Self::Incomplete(coverage) => format!(
                "Destination, checking: it shows {} of the attestations, so the tag was not moved. Run it again; if it \
                 stays so, the registry may be deleting untagged manifests.",
                coverage.summary()
            ),
        }
    }
}

/// The error and all its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        // A transparent wrapper says the same as what it wraps.
        if texts.last() != Some(&text) {
            texts.push(text);
        }
        next = error.source();
    }
    texts.join(": ")
}
