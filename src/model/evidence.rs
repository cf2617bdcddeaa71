//! The attestations of one platform's image: as the registry holds them, and as Docker lists them.

use serde::{Deserialize, Serialize};

use super::coverage::{PlatformCoverage, SignatureState};
use super::image::{Digest, RepoName};

/// All that is known of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub at_registry: AtRegistry,
    /// Docker's unsigned list; none where it has no answer for this image.
    pub listed: Option<Vec<ListedAttestation>>,
}

/// What was seen in the registry that holds attestations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AtRegistry {
    /// The organization does not mirror the repository, and the catalog's own attestations are not shown to it.
    NoMirror,
    /// It could not be read with the visitor's own token; the sentence says why.
    Unreadable { repository: RepoName, sentence: String },
    Read {
        /// A mirror's, or the catalog's own where there is no mirror.
        repository: RepoName,
        /// Every attestation with its signature, verified.
        platform: PlatformCoverage,
        /// The best signature over the index itself.
        index_signature: SignatureState,
    },
}

/// One attestation as Docker lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedAttestation {
    pub predicate_type: String,
    pub digest: Digest,
}

/// An in-toto statement to be read on the screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementText {
    /// Of the attestation's manifest.
    pub digest: Digest,
    pub predicate_type: String,
    /// Indented, and cut where it is too long to be shown.
    pub text: String,
    pub is_cut: bool,
    /// Of the whole, as it is stored, in bytes.
    pub size: u64,
}
