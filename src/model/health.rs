//! Docker Scout's judgement of an image.

use serde::{Deserialize, Serialize};

/// The letter, and what it is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthScore {
    /// A letter, `A` at best.
    pub score: String,
    pub policies: Vec<HealthPolicy>,
}

/// One of the policies a score is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthPolicy {
    pub label: String,
    pub description: String,
    pub status: PolicyStatus,
    pub violations: u64,
}

/// How an image stands to a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyStatus {
    Pass,
    Fail,
    /// Docker does not know, or says a word newer than Ferry.
    Unknown,
}
