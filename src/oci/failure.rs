//! A copy that failed: which side, which step, which object, and a sentence for the person who reads it.

use std::fmt;

use super::error::{Meaning, RegistryError, Unfit};

/// Which of the registries of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Where the image is read.
    Source,
    /// Where everything is written.
    Destination,
    /// Where attestations and signatures are read.
    AttestationSource,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "source",
            Self::Destination => "destination",
            Self::AttestationSource => "attestation source",
        })
    }
}

/// What was being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    ListTags,
    ReadManifest,
    ReadBlob,
    CheckBlob,
    WriteBlob,
    WriteManifest,
    ListReferrers,
    ReadReferrer,
    WriteFallbackTag,
    ReadSignature,
    MoveTag,
    Coordinate,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ListTags => "looking up tags",
            Self::ReadManifest => "reading a manifest",
            Self::ReadBlob => "reading a layer or configuration",
            Self::CheckBlob => "looking for a layer or configuration",
            Self::WriteBlob => "writing a layer or configuration",
            Self::WriteManifest => "writing a manifest",
            Self::ListReferrers => "listing attestations",
            Self::ReadReferrer => "reading an attestation",
            Self::WriteFallbackTag => "writing the tag that lists attestations",
            Self::ReadSignature => "reading a signature",
            Self::MoveTag => "moving the tag",
            Self::Coordinate => "waiting for other workers",
        })
    }
}

/// A failed copy. Nothing was tagged.
#[derive(Debug, thiserror::Error)]
#[error("{side}, {step}, {object}: {source}")]
pub struct CopyError {
    pub side: Side,
    pub step: Step,
    /// `host/repository@digest` or `host/repository:tag`.
    pub object: String,
    pub source: RegistryError,
}

impl CopyError {
    /// The failure of an exchange about this object.
    pub fn at(side: Side, step: Step, object: impl fmt::Display) -> impl FnOnce(RegistryError) -> Self {
        let object = object.to_string();
        move |source| Self { side, step, object, source }
    }

    pub(super) fn cancelled(object: impl fmt::Display) -> Self {
        Self {
            side: Side::Destination,
            step: Step::Coordinate,
            object: object.to_string(),
            source: RegistryError::Cancelled,
        }
    }

    /// What it means to whoever has to do something about it.
    pub fn meaning(&self) -> Meaning {
        self.source.meaning()
    }

    /// When the registry may be asked again, where it named a time.
    pub fn until(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        self.source.until()
    }

    /// Doing the same again, later, can end better without anybody's help.
    pub fn retryable(&self) -> bool {
        self.source.retryable()
    }

    /// What happened and what a person can do, calmly, without codes.
    pub fn sentence(&self) -> String {
        let (side, step) = (self.side, self.step);
        match self.meaning() {
            Meaning::SignIn => {
                format!("The {side} did not accept the sign-in while {step}. Check its username and password or token.")
            }
            Meaning::Permission => format!(
                "The {side} does not allow {step}, or hides that it is not there. {}",
                match self.side {
                    Side::Destination => "Give the credential the right to pull and push in this repository.",
                    _ => "Give the credential the right to pull from this repository.",
                }
            ),
            Meaning::NotFound if matches!(self.source, RegistryError::NoAttestations { .. }) => format!(
                "The {side} lists no attestations for this image, though Docker publishes some for each. Check the attestation source and whether the credential may read it."
            ),
            Meaning::NotFound => match self.side {
                Side::Destination => format!(
                    "The {side} has no such repository or content ({step}). Create the repository there if it makes none by itself."
                ),
                _ => format!("The {side} no longer has this ({step}). Look whether it was deleted or moved."),
            },
            Meaning::RateLimit { until: Some(until) } => {
                let until = until.format("%Y-%m-%d %H:%M");
                match &self.source {
                    RegistryError::PullsLow { limit, left, .. } => format!(
                        "Of the {limit} pulls that the {side} allows, {left} are left, and Ferry leaves those to others. It looks again after {until} UTC."
                    ),
                    _ => format!("The {side} asks for a pause while {step}; it may be asked again after {until} UTC."),
                }
            }
            Meaning::RateLimit { until: None } => {
                format!("The {side} was asked too often while {step}. Ferry tries again later.")
            }
            Meaning::Network => {
                format!(
                    "The connection to the {side} failed while {step}. Ferry tries again; look at the network if it stays."
                )
            }
            Meaning::Tls => {
                format!(
                    "The {side}'s certificate was not accepted while {step}. Check the host's name and its certificate; where it comes from an authority of your own, add that to the destination."
                )
            }
            Meaning::DigestMismatch => format!(
                "The bytes from the {side} are not the ones their digest promises ({step}). Nothing was published; look for a proxy that changes content."
            ),
            Meaning::SizeMismatch => {
                format!("The {side} gave another number of bytes than promised ({step}). Nothing was published.")
            }
            Meaning::ImmutableTag => format!(
                "The {side} keeps this tag immutable and it points to another digest. Choose another tag, or let tags move there."
            ),
            Meaning::Quota => format!("The {side} has no space left for this ({step}). Raise its quota or make room."),
            Meaning::Storage => {
                format!("The {side} failed while {step}. Ferry tries again; ask its operator if it stays.")
            }
            Meaning::Unsupported if matches!(self.source, RegistryError::Unfit { why: Unfit::NoSuchPlatform, .. }) => {
                "The image has none of the platforms that were chosen. Choose one that it has, or leave this tag out."
                    .to_owned()
            }
            Meaning::Unsupported => format!("The {side} does not support what was asked of it ({step})."),
            Meaning::ChildMissing => {
                format!("The {side} says that something this manifest names is missing ({step}). Ferry tries again.")
            }
            Meaning::NotARegistry => format!(
                "What answered in place of the {side} is no registry ({step}). Check its host and what stands before it."
            ),
            Meaning::Cancelled => "The copy was stopped.".to_owned(),
            Meaning::Bug => format!("Ferry failed while {step} at the {side}. Please report it."),
        }
    }

    /// Everything technical, for the log and the curious; no secrets.
    pub fn detail(&self) -> String {
        self.to_string()
    }
}
