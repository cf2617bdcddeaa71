//! Which proofs of an image a destination holds, as they were seen there.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::image::{Digest, Platform};
use super::proof::ProofCheck;

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
    /// Digest of the manifest of the signature that counts.
    #[serde(default)]
    pub signed_by: Option<Digest>,
    /// The key that made it, as people call it.
    #[serde(default)]
    pub key: Option<String>,
    /// Its statement is about something else, or is none.
    #[serde(default)]
    pub odd: bool,
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
    /// In the order of the contract; empty in records of older releases.
    #[serde(default)]
    pub checks: Vec<ProofCheck>,
    #[serde(default)]
    pub checked_at: Option<DateTime<Utc>>,
    /// What a later check no longer found.
    #[serde(default)]
    pub gone: Option<Gone>,
}

/// What was there after the copy and is not any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    pub attestations: u32,
    /// Signatures of attestations that are still there.
    pub signatures: u32,
    /// Of so many attestations.
    pub of: u32,
    /// Manifests and layers of the image itself.
    pub parts: u32,
    /// The last time that all of it was there.
    pub since: DateTime<Utc>,
}

impl Coverage {
    /// Every attestation and index signature of the source is there.
    pub fn is_complete(&self) -> bool {
        self.index_signatures_present >= self.index_signatures_expected
            && self.platforms.iter().all(PlatformCoverage::is_complete)
    }

    /// Failed checks that keep the copy from carrying its full proof.
    pub fn broken(&self) -> impl Iterator<Item = &ProofCheck> {
        self.checks.iter().filter(|check| check.is_broken())
    }

    /// What those found, in one text.
    pub fn trouble(&self) -> String {
        self.broken().map(|check| check.finding.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The keys whose signatures counted, by name.
    pub fn keys(&self) -> Vec<&str> {
        let mut keys: Vec<_> =
            self.platforms.iter().flat_map(|p| &p.attestations).filter_map(|a| a.key.as_deref()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// `amd64 16/16, arm64 16/16`.
    pub fn summary(&self) -> String {
        let parts: Vec<_> =
            self.platforms.iter().map(|p| format!("{} {}/{}", p.platform.short(), p.present(), p.expected())).collect();
        parts.join(", ")
    }
}
