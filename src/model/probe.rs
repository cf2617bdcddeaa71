//! What *Test connection* checked at a registry, step by step.

use serde::{Deserialize, Serialize};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    Passed,
    Failed,
    /// Not tried, because an earlier one failed.
    Skipped,
    /// Worth knowing, neither good nor bad.
    Info,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// A word or two: `Reach`, `Sign in`, `List tags`, `Pull`, `Push`, `Referrers`.
    pub name: String,
    pub state: CheckState,
    /// What was found and, after a failure, what to do.
    pub sentence: String,
}

/// All checks, in the order they were made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeReport {
    pub checks: Vec<Check>,
}

impl ProbeReport {
    /// Nothing failed.
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|c| matches!(c.state, CheckState::Passed | CheckState::Info))
    }
}
