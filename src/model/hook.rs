//! Webhooks: the address of a mirror that Docker Hub calls, what it delivered there, and what came of it.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{DeliveryId, RunId};
use super::image::{RepoName, Tag};
use super::mirror::MirrorName;

/// The address that Docker Hub calls. Its path is a secret, so `Debug` keeps it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HookAddress(pub String);

impl fmt::Debug for HookAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HookAddress(***)")
    }
}

/// The webhook of a mirror.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    /// Ferry made it at Docker Hub; otherwise somebody has to, by hand.
    pub made_by_ferry: bool,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    /// None for those who may not configure.
    pub address: Option<HookAddress>,
    /// Until when the address before it is still heard.
    pub old_until: Option<DateTime<Utc>>,
}

/// What the mirror's page shows of its webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookDetail {
    pub hook: Option<Hook>,
    /// Docker Hub cannot reach this machine under the configured address.
    pub is_unreachable: bool,
    /// The last delivery that was accepted.
    pub last_accepted: Option<DateTime<Utc>>,
    /// Changes of the last 30 days that a regular look found and no delivery had told of.
    pub missed: u32,
    /// The newest ones, accepted or not.
    pub recent: Vec<Delivery>,
}

/// What came of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryOutcome {
    Accepted,
    /// The same push was delivered before.
    Repeated,
    Refused,
}

impl DeliveryOutcome {
    /// In the order of a filter.
    pub const ALL: [Self; 3] = [Self::Accepted, Self::Repeated, Self::Refused];

    /// The one spelling: SQL, JSON, address and attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Repeated => "repeated",
            Self::Refused => "refused",
        }
    }

    /// Reads that spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }

    /// The word the interface shows.
    pub fn label(self) -> &'static str {
        match self {
            Self::Accepted => "Accepted",
            Self::Repeated => "Repeated",
            Self::Refused => "Refused",
        }
    }
}

/// A run that a delivery led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRun {
    pub id: RunId,
    /// Name of the rule when the run began.
    pub rule_name: String,
}

/// Where a delivery led.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LedTo {
    /// Nowhere: it was refused, or repeats what was dealt with already.
    Nothing,
    /// Ferry waits whether more come about the same tag.
    Settling,
    /// One run for each rule that takes the tag; none where no rule does.
    Runs(Vec<DeliveryRun>),
}

/// One call received from Docker Hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub id: DeliveryId,
    /// The mirror whose address was called.
    pub mirror: Option<RepoName>,
    pub tag: Option<Tag>,
    pub pushed_at: Option<DateTime<Utc>>,
    /// As Docker Hub says it.
    pub pusher: Option<String>,
    pub received_at: DateTime<Utc>,
    pub outcome: DeliveryOutcome,
    /// Why it was refused.
    pub refusal: Option<String>,
    /// What Docker says changed; shown, and never relied on.
    pub changes: Option<Changes>,
    pub led_to: LedTo,
}

/// Which deliveries are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeliveryFilter {
    pub mirror: Option<MirrorName>,
    pub outcome: Option<DeliveryOutcome>,
    /// Continues below this one.
    pub after: Option<DeliveryId>,
}

/// What Docker says changed in an image, over all its platforms; what several of them share counts once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Changes {
    /// Vulnerabilities fixed, by severity.
    pub critical: u32,
    pub high: u32,
    pub medium: u32,
    pub low: u32,
    /// Those of any other severity, or none.
    pub unrated: u32,
    /// Packages.
    pub updated: u32,
    pub added: u32,
    pub removed: u32,
    /// Environment variables, labels and other settings.
    pub settings: u32,
}

impl Changes {
    /// `fixes 2 high, updates 14 packages`.
    pub fn words(&self) -> String {
        let fixed = [
            (self.critical, "critical"),
            (self.high, "high"),
            (self.medium, "medium"),
            (self.low, "low"),
            (self.unrated, "unrated"),
        ];
        let fixed: Vec<_> = fixed.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
        let counted = |verb: &str, number: u32, noun: &str| {
            let ending = if number == 1 { "" } else { "s" };
            (number > 0).then(|| format!("{verb} {number} {noun}{ending}"))
        };
        let parts = [
            (!fixed.is_empty()).then(|| format!("fixes {}", enumerated(&fixed))),
            counted("updates", self.updated, "package"),
            counted("adds", self.added, "package"),
            counted("removes", self.removed, "package"),
            counted("changes", self.settings, "setting"),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        if parts.is_empty() { "no change listed".to_owned() } else { parts.join(", ") }
    }
}

/// `1 critical, 2 high and 3 low`.
fn enumerated(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_read_as_a_sentence_says_them() {
        let cases = [
            (Changes::default(), "no change listed"),
            (Changes { high: 2, updated: 14, ..Changes::default() }, "fixes 2 high, updates 14 packages"),
            (Changes { critical: 1, high: 2, low: 3, ..Changes::default() }, "fixes 1 critical, 2 high and 3 low"),
            (
                Changes { unrated: 1, updated: 1, added: 2, removed: 1, settings: 1, ..Changes::default() },
                "fixes 1 unrated, updates 1 package, adds 2 packages, removes 1 package, changes 1 setting",
            ),
        ];
        for (changes, words) in cases {
            assert_eq!(changes.words(), words);
        }
    }

    #[test]
    fn an_address_is_not_for_logs() {
        let address = HookAddress("https://ferry.example/hooks/secret".to_owned());
        assert!(!format!("{address:?}").contains("secret"));
    }

    #[test]
    fn every_outcome_has_one_spelling() {
        for outcome in DeliveryOutcome::ALL {
            assert_eq!(DeliveryOutcome::parse(outcome.as_str()), Some(outcome));
        }
        assert_eq!(DeliveryOutcome::parse("lost"), None);
    }
}
