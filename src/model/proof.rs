//! What has to be proven of a copy: the policy of a rule, and the checks of `contracts/attestations.md` section 8.

use serde::{Deserialize, Serialize};

/// What a missing or invalid proof does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofPolicy {
    /// Verified at the attestation source first; nothing is written.
    Refuse,
    /// Everything is copied and the tag waits for a person.
    #[default]
    Hold,
    /// The tag moves, and its coverage shows what is wrong.
    Mark,
}

impl ProofPolicy {
    /// From the strictest on.
    pub const ALL: [Self; 3] = [Self::Refuse, Self::Hold, Self::Mark];

    /// The one spelling: SQL, JSON and form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Hold => "hold",
            Self::Mark => "mark",
        }
    }

    /// Reads that spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == text)
    }

    /// The word the interface shows.
    pub fn label(self) -> &'static str {
        match self {
            Self::Refuse => "Refuse",
            Self::Hold => "Hold",
            Self::Mark => "Mark",
        }
    }

    /// What it does, in one line.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Refuse => "Proofs are verified at Docker first. Where one is missing or invalid, nothing is copied.",
            Self::Hold => "Everything is copied, but the tag does not move until a person releases it.",
            Self::Mark => "The tag moves, and the run shows what is missing or invalid.",
        }
    }
}

/// How much a check matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckLevel {
    /// Failed, the copy does not carry its full proof.
    Error,
    /// Worth a look.
    Warning,
    /// Shown.
    Info,
}

/// One check of a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofCheck {
    /// Its number in the contract.
    pub number: u8,
    pub level: CheckLevel,
    pub passed: bool,
    /// What was found, in one sentence; where it failed, with names.
    pub finding: String,
}

impl ProofCheck {
    /// The copy does not carry its full proof.
    pub fn is_broken(&self) -> bool {
        !self.passed && self.level == CheckLevel::Error
    }

    /// What it looks at.
    pub fn title(&self) -> &'static str {
        match self.number {
            1 => "The tag",
            2 => "The image",
            3 => "All proofs of the source are there",
            4 => "Their bytes are right",
            5 => "Each refers to its platform",
            6 => "Each is signed with a trusted key",
            7 => "Each statement is about this image",
            8 => "SBOM and provenance",
            9 => "The signature of the image itself",
            10 => "How proofs are found",
            12 => "Unsigned at the source",
            13 => "More than the source has",
            16 => "The source has attestations",
            17 => "Other referrers",
            _ => "Another check",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_has_one_spelling() {
        for policy in ProofPolicy::ALL {
            assert_eq!(ProofPolicy::parse(policy.as_str()), Some(policy));
        }
        assert_eq!(ProofPolicy::parse("ignore"), None);
        assert_eq!(ProofPolicy::default(), ProofPolicy::Hold);
    }
}
