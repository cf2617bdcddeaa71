//! Around mirrors: how far Docker is with one, what its webhook hears, and what the Docker plan allows.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::mirror::LogState;

/// How many tags of a mirror have arrived, by the newest line of each in Docker's log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub arrived: u32,
    pub failed: u32,
    /// Asked for or under way.
    pub pending: u32,
    /// All of these, or as many as the catalog has where that is more.
    pub total: u32,
}

impl Progress {
    /// `13 tags`, `5 of 13 tags, 2 failed`.
    pub fn words(self) -> String {
        let Self { arrived, failed, total, .. } = self;
        let tags = if total == 1 { "tag" } else { "tags" };
        let arrived = if arrived == total { format!("{total} {tags}") } else { format!("{arrived} of {total} {tags}") };
        if failed == 0 { arrived } else { format!("{arrived}, {failed} failed") }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            arrived: self.arrived + other.arrived,
            failed: self.failed + other.failed,
            pending: self.pending + other.pending,
            total: self.total + other.total,
        }
    }
}

/// What Docker's log says last of one tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagProgress {
    pub state: LogState,
    pub triggered_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
}

/// What a mirror's webhook hears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HookHealth {
    /// There is none.
    #[default]
    Absent,
    /// Nothing was delivered yet.
    Unheard,
    /// The last delivery that was accepted.
    Heard(DateTime<Utc>),
    /// So many changes of the last 30 days came without a delivery.
    Missed(u32),
}

/// When a mirror was stopped, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// When it was noticed, where it was stopped outside of Ferry.
    pub at: DateTime<Utc>,
    /// None: outside of Ferry.
    pub by: Option<String>,
}

/// What the organization's Docker plan says of mirrors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entitlement {
    /// The plan's name; empty where Docker does not say.
    pub plan: String,
    pub mirrors: Allowance,
}

/// How many mirrors the plan allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Allowance {
    /// Docker does not say, or cannot be asked.
    #[default]
    Unknown,
    /// Neither the plan nor a trial includes Hardened Images.
    NotIncluded,
    Included {
        used: u32,
        /// None where there is no limit that Docker's other answers agree with.
        limit: Option<u32>,
        can_mirror_more: bool,
        /// Set where it is by a trial.
        trial: Option<Trial>,
    },
}

/// A trial of Hardened Images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// None where Docker does not say.
    pub ends_at: Option<DateTime<Utc>>,
}

impl Allowance {
    /// How many more may be started, where that is known.
    pub fn left(self) -> Option<u32> {
        match self {
            Self::Unknown => None,
            Self::NotIncluded | Self::Included { can_mirror_more: false, .. } => Some(0),
            Self::Included { used, limit, .. } => limit.map(|limit| limit.saturating_sub(used)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_said_shortly() {
        let words = |arrived, failed, total| Progress { arrived, failed, pending: 0, total }.words();
        assert_eq!(words(13, 0, 13), "13 tags");
        assert_eq!(words(1, 0, 1), "1 tag");
        assert_eq!(words(5, 2, 13), "5 of 13 tags, 2 failed");
    }

    #[test]
    fn what_is_left_is_known_only_with_a_limit() {
        let included =
            |limit, can_mirror_more| Allowance::Included { used: 12, limit, can_mirror_more, trial: None }.left();
        assert_eq!(included(Some(20), true), Some(8));
        assert_eq!(included(None, true), None);
        assert_eq!(included(None, false), Some(0));
        assert_eq!((Allowance::Unknown.left(), Allowance::NotIncluded.left()), (None, Some(0)));
    }
}
