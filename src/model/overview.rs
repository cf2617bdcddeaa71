//! What needs attention in an organization, and what moved.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{RuleId, RunId};
use super::image::RepoName;
use super::run::ItemState;

/// What the overview shows; what only Docker Hub knows is asked for apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    pub begun: Begun,
    /// Of the last seven days, the newest first.
    pub failures: Vec<FailureGroup>,
    /// What goes on by itself later, and what a person must decide; the next first.
    pub waiting: Vec<WaitingGroup>,
    /// Rules that are on and did not succeed for a day.
    pub stale_rules: Vec<StaleRule>,
    /// Mirrors whose webhook said nothing for a week.
    pub silent_mirrors: Vec<SilentMirror>,
    /// Bytes of each of the last 30 days, oldest first; empty where nothing moved.
    pub moved: Vec<MovedDay>,
    /// Bytes by destination, most first.
    pub moved_to: Vec<MovedTo>,
}

/// How far an organization has come to its first run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    pub destination: bool,
    pub rule: bool,
    pub run: bool,
}

/// Everything that failed for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureGroup {
    pub sentence: String,
    /// None where the runs failed before a tag was known.
    pub tags: u64,
    pub runs: u64,
    pub newest: RunId,
    pub newest_at: DateTime<Utc>,
}

/// Tags of one run that wait for the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingGroup {
    pub run: RunId,
    pub rule_name: String,
    pub state: ItemState,
    pub tags: u64,
    /// None where it waits for a person.
    pub until: Option<DateTime<Utc>>,
    pub why: Option<String>,
}

/// A rule without success for a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaleRule {
    pub id: RuleId,
    pub name: String,
    /// None where it never ran.
    pub last_run: Option<DateTime<Utc>>,
}

/// A mirror whose webhook is silent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilentMirror {
    pub mirror: RepoName,
    /// None where it never said anything.
    pub last_delivery: Option<DateTime<Utc>>,
}

/// Bytes that crossed on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedDay {
    pub day: NaiveDate,
    pub bytes: u64,
}

/// Bytes that crossed to one destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedTo {
    /// Its address when they did.
    pub destination: String,
    pub bytes: u64,
}
