//! A run of a rule and its items: what happened to each tag.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::coverage::Coverage;
use super::failure::Failure;
use super::ids::{DestinationId, ItemId, RuleId, RunId};
use super::image::{Digest, RepoName, RepoRef, Tag};
use super::key::SigningKey;

/// What started a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    Webhook,
    Schedule,
    Manual,
    Reconcile,
}

impl Trigger {
    /// The one spelling: SQL, JSON and attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Schedule => "schedule",
            Self::Manual => "manual",
            Self::Reconcile => "reconcile",
        }
    }

    /// Reads that spelling.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Webhook, Self::Schedule, Self::Manual, Self::Reconcile].into_iter().find(|t| t.as_str() == text)
    }
}

/// Where an item stands, and no other states exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemState {
    Queued,
    Running,
    Waiting,
    Retrying,
    Held,
    Succeeded,
    Unchanged,
    Failed,
    Cancelled,
}

impl ItemState {
    /// In the order a list of counters shows them.
    pub const ALL: [Self; 9] = [
        Self::Failed,
        Self::Held,
        Self::Running,
        Self::Retrying,
        Self::Waiting,
        Self::Queued,
        Self::Succeeded,
        Self::Unchanged,
        Self::Cancelled,
    ];

    /// The one spelling: SQL, JSON and attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Retrying => "retrying",
            Self::Held => "held",
            Self::Succeeded => "succeeded",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads that spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// The word the interface shows.
    pub fn label(self) -> &'static str {
        match self {
            Self::Queued => "Queued",
            Self::Running => "Running",
            Self::Waiting => "Waiting",
            Self::Retrying => "Retrying",
            Self::Held => "Held",
            Self::Succeeded => "Succeeded",
            Self::Unchanged => "Unchanged",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
        }
    }

    /// A worker may still do something about it; what is held waits for a person.
    pub fn is_open(self) -> bool {
        !self.is_final() && self != Self::Held
    }

    /// The tag stands at the destination as it should.
    pub fn is_published(self) -> bool {
        matches!(self, Self::Succeeded | Self::Unchanged)
    }

    /// Nothing more will happen to it by itself.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Unchanged | Self::Failed | Self::Cancelled)
    }
}

/// How many items of a run are in each state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemCounts(pub Vec<(ItemState, u32)>);

impl ItemCounts {
    /// Items in this state.
    pub fn of(&self, state: ItemState) -> u32 {
        self.0.iter().filter(|(s, _)| *s == state).map(|(_, n)| n).sum()
    }

    /// All items.
    pub fn total(&self) -> u32 {
        self.0.iter().map(|(_, n)| n).sum()
    }

    /// Items nothing more happens to.
    pub fn finished(&self) -> u32 {
        self.0.iter().filter(|(s, _)| s.is_final()).map(|(_, n)| n).sum()
    }
}

/// What a run amounts to, worked out from its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// Not planned yet, or nothing begun.
    Queued,
    Running,
    /// Nothing runs, and a person must release something.
    Held,
    Failed,
    Cancelled,
    Succeeded,
    /// Everything was there already, or no tag matched.
    Unchanged,
}

/// How far the list of a run's items is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    Open,
    /// Complete.
    Done,
    /// It could not be made, or not for each mirror.
    Failed,
    /// The run was cancelled before.
    Cancelled,
}

impl RunState {
    /// Derives it.
    pub fn from_items(plan: Plan, counts: &ItemCounts) -> Self {
        use ItemState as S;
        let any = |states: &[S]| states.iter().any(|s| counts.of(*s) > 0);
        if plan == Plan::Failed && counts.finished() == counts.total() {
            Self::Failed
        } else if plan == Plan::Cancelled {
            Self::Cancelled
        } else if plan == Plan::Open || counts.total() > 0 && counts.of(S::Queued) == counts.total() {
            Self::Queued
        } else if any(&[S::Queued, S::Running, S::Waiting, S::Retrying]) {
            Self::Running
        } else if any(&[S::Failed]) {
            Self::Failed
        } else if any(&[S::Held]) {
            Self::Held
        } else if any(&[S::Cancelled]) {
            Self::Cancelled
        } else if any(&[S::Succeeded]) {
            Self::Succeeded
        } else {
            Self::Unchanged
        }
    }

    /// The one spelling: JSON and attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Held => "held",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Succeeded => "succeeded",
            Self::Unchanged => "unchanged",
        }
    }

    /// The word the interface shows.
    pub fn label(self) -> &'static str {
        match self {
            Self::Queued => "Queued",
            Self::Running => "Running",
            Self::Held => "Held",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
            Self::Succeeded => "Succeeded",
            Self::Unchanged => "Unchanged",
        }
    }

    /// Nothing more will happen by itself.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// One tag of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub id: ItemId,
    pub mirror: RepoName,
    pub tag: Tag,
    pub target: RepoRef,
    /// What the tag pointed at when the run was planned.
    pub digest: Digest,
    /// What its copy is called at the destination, where the rule forwards only some platforms.
    #[serde(default)]
    pub target_digest: Option<Digest>,
    pub state: ItemState,
    /// Bytes that crossed for this item; the first tag of a digest carries them.
    pub bytes: u64,
    /// How many times it was begun.
    pub attempts: u32,
    pub coverage: Option<Coverage>,
    /// Of the last try; kept while it is retried. Where a person decided about a held item: why it was held.
    pub failure: Option<Failure>,
    /// Who released or discarded it, where it was held.
    #[serde(default)]
    pub decided_by: Option<String>,
    /// When its copy was checked again.
    #[serde(default)]
    pub checked_at: Option<DateTime<Utc>>,
    /// Why that could not be done the last time.
    #[serde(default)]
    pub check_failure: Option<Failure>,
    /// While it waits or is retried: not before that moment.
    #[serde(default)]
    pub next_try_at: Option<DateTime<Utc>>,
    /// Who cancelled it before it was done.
    #[serde(default)]
    pub cancelled_by: Option<String>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
}

impl Item {
    /// The digest of its copy.
    pub fn at_destination(&self) -> &Digest {
        self.target_digest.as_ref().unwrap_or(&self.digest)
    }

    /// Its copy is at the destination with what was proven of it, so that it can be looked at again.
    pub fn can_be_checked(&self) -> bool {
        self.state.is_published() && self.coverage.is_some()
    }

    /// A check asked for at that moment has not looked at it yet.
    pub fn awaits_check(&self, asked_at: DateTime<Utc>) -> bool {
        self.can_be_checked() && self.checked_at.is_none_or(|checked| checked < asked_at)
    }

    /// From its begin to its end.
    pub fn duration(&self) -> Option<TimeDelta> {
        Some(self.finished_at? - self.started_at?)
    }
}

/// The numbers of a run whose items are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    pub state: Option<RunState>,
    pub counts: ItemCounts,
    pub bytes: u64,
    pub last_finished: Option<DateTime<Utc>>,
}

/// A run in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    pub id: RunId,
    /// None once the rule is deleted.
    pub rule: Option<RuleId>,
    /// Name of the rule when the run began.
    pub rule_name: String,
    /// `host/prefix` of the destination when the run began.
    pub destination: String,
    /// None once the destination is deleted.
    #[serde(default)]
    pub destination_id: Option<DestinationId>,
    /// The mirror, or the one tag of it, that it is limited to; none for all that the rule takes.
    #[serde(default)]
    pub scope: Option<String>,
    /// It waits for its rule's hours to begin.
    #[serde(default)]
    pub starts_at: Option<DateTime<Utc>>,
    /// Its tags are too old to be kept; the numbers stay.
    #[serde(default)]
    pub is_swept: bool,
    pub trigger: Trigger,
    /// Who started it, where a person did.
    pub started_by: Option<String>,
    /// Who cancelled it, where a person did.
    #[serde(default)]
    pub cancelled_by: Option<String>,
    pub created_at: DateTime<Utc>,
    /// When its last item ended.
    pub finished_at: Option<DateTime<Utc>>,
    pub state: RunState,
    pub counts: ItemCounts,
    /// Bytes that crossed for all items.
    pub bytes: u64,
}

/// What the page of one run shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunDetail {
    pub run: RunSummary,
    /// Why the tags could not be listed.
    pub plan_failure: Option<Failure>,
    /// When a person asked to check its copies again.
    #[serde(default)]
    pub check_asked_at: Option<DateTime<Utc>>,
    /// Keys that count today, for whoever verifies without Ferry.
    #[serde(default)]
    pub keys: Vec<SigningKey>,
    /// By mirror and tag.
    pub items: Vec<Item>,
}

impl RunDetail {
    /// Something may still happen to it by itself.
    pub fn is_open(&self) -> bool {
        !self.run.state.is_final() || self.is_checking()
    }

    /// A check that was asked for is not over.
    pub fn is_checking(&self) -> bool {
        self.check_asked_at.is_some_and(|asked| self.items.iter().any(|item| item.awaits_check(asked)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runs_state_follows_from_its_items() {
        use ItemState as S;
        let state = |items: &[S]| {
            RunState::from_items(Plan::Done, &ItemCounts(items.iter().map(|s| (*s, 1)).collect::<Vec<_>>()))
        };
        assert_eq!(RunState::from_items(Plan::Open, &ItemCounts::default()), RunState::Queued);
        assert_eq!(RunState::from_items(Plan::Failed, &ItemCounts::default()), RunState::Failed);
        assert_eq!(RunState::from_items(Plan::Cancelled, &ItemCounts::default()), RunState::Cancelled);
        assert_eq!(state(&[]), RunState::Unchanged);
        assert_eq!(state(&[S::Queued, S::Queued]), RunState::Queued);
        assert_eq!(state(&[S::Queued, S::Failed]), RunState::Running);
        assert_eq!(state(&[S::Retrying, S::Succeeded]), RunState::Running);
        assert_eq!(state(&[S::Succeeded, S::Failed]), RunState::Failed);
        assert_eq!(state(&[S::Succeeded, S::Unchanged]), RunState::Succeeded);
        assert_eq!(state(&[S::Unchanged]), RunState::Unchanged);
        assert_eq!(state(&[S::Succeeded, S::Held]), RunState::Held);
    }

    #[test]
    fn every_state_has_one_spelling() {
        for state in ItemState::ALL {
            assert_eq!(ItemState::parse(state.as_str()), Some(state));
        }
        assert_eq!(ItemState::parse("done"), None);
    }
}
