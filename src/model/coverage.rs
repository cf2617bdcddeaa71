//! Which proofs of an image a destination holds, as they were seen there.

use serde::{Deserialize, Serialize};

use super::image::{Digest, Platform};

/// How the referrers were found at the destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiscoveredBy {
    /// `GET /v2/<name>/referrers/<digest>`.
    ReferrersApi,
    /// The tag `sha256-<hex>` that stands in for it.
    FallbackTag,
}

/// The best of an attestation's signatures at the destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureState {
    /// One verifies with a pinned key and names this attestation.
    Valid,
    /// There are some, and none verifies.
    Invalid,
    /// There is none.
    Missing,
}

/// One attestation of a platform manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttestationSeen {
    /// Annotation `in-toto.io/predicate-type`; empty where the source gives none.
    pub predicate_type: String,
    /// Digest of the attestation's manifest: its identity.
    pub digest: Digest,
    /// The destination lists it and its bytes are right.
    pub present: bool,
    pub signature: SignatureState,
}

/// The attestations of one platform manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformCoverage {
    pub platform: Platform,
    /// Digest of the platform manifest.
    pub digest: Digest,
    /// As the source lists them.
    pub attestations: Vec<AttestationSeen>,
}

impl PlatformCoverage {
    /// How many the source has.
    pub fn expected(&self) -> u32 {
        u32::try_from(self.attestations.len()).unwrap_or(u32::MAX)
    }

    /// How many of those the destination has.
    pub fn present(&self) -> u32 {
        self.count(|a| a.present)
    }

    /// How many of those carry a signature that verifies there.
    pub fn signed(&self) -> u32 {
        self.count(|a| a.present && a.signature == SignatureState::Valid)
    }

    /// Everything the source has is there.
    pub fn is_complete(&self) -> bool {
        self.attestations.iter().all(|a| a.present)
    }

    fn count(&self, which: impl Fn(&AttestationSeen) -> bool) -> u32 {
        u32::try_from(self.attestations.iter().filter(|a| which(a)).count()).unwrap_or(u32::MAX)
    }
}

/// What the destination was seen to hold for one image digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    pub platforms: Vec<PlatformCoverage>,
    /// Signatures of the index itself at the source.
    pub index_signatures_expected: u32,
    /// Those of them the destination has.
    pub index_signatures_present: u32,
    pub discovered_by: DiscoveredBy,
}

impl Coverage {
    /// Every attestation and index signature of the source is there.
    pub fn is_complete(&self) -> bool {
        self.index_signatures_present >= self.index_signatures_expected
            && self.platforms.iter().all(PlatformCoverage::is_complete)
    }

    /// `amd64 16/16, arm64 16/16`.
    pub fn summary(&self) -> String {
        let parts: Vec<_> =
            self.platforms.iter().map(|p| format!("{} {}/{}", p.platform.short(), p.present(), p.expected())).collect();
        parts.join(", ")
    }
}
