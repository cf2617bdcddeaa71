//! The audit log: who did what, in plain words, and which of it is looked for.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::error::FieldErrors;
use super::filter::TypedFilter;
use super::history::{LONGEST_NAME, check_times, moment_field};
use super::ids::{AuditId, DestinationId, RuleId, RunId};
use super::mirror::MirrorName;

/// Every deed that is written down, with its words. Where one is missing, it is shown as it is called.
pub const DEEDS: [(&str, &str); 47] = [
    ("mirror.start", "Started a mirror"),
    ("mirror.stop", "Stopped a mirror"),
    ("mirror.request", "Asked for a mirror"),
    ("mirror.approve", "Approved a request for a mirror"),
    ("mirror.decline", "Declined a request for a mirror"),
    ("mirror.withdraw", "Withdrew a request for a mirror"),
    ("mirror.make-private", "Made a mirror private"),
    ("mirror.found-public", "Shows a mirror to everybody"),
    ("mirror.found-private", "Shows a mirror to its organization alone again"),
    ("mirror.found-gone", "Shows a mirror to nobody any more"),
    ("mirror.found-stopped", "Keeps a mirror in step no more, and Ferry did not stop it"),
    ("selection.create", "Wrote a selection"),
    ("selection.change", "Changed a selection"),
    ("selection.delete", "Deleted a selection"),
    ("hook.create", "Made a webhook"),
    ("hook.rotate", "Gave a webhook a new address"),
    ("hook.delete", "Removed a webhook"),
    ("destination.create", "Added a destination"),
    ("destination.change", "Changed a destination"),
    ("destination.delete", "Deleted a destination"),
    ("destination.pause", "Paused forwarding to a destination"),
    ("destination.resume", "Resumed forwarding to a destination"),
    ("destination.found-public", "Found that everybody can pull from a destination"),
    ("destination.accept-public", "Said that a destination is meant to be public"),
    ("destination.withdraw-public", "Took back that a destination is meant to be public"),
    ("destination.made-private", "Had a destination looked at again: it is private"),
    ("rule.create", "Wrote a rule"),
    ("rule.change", "Changed a rule"),
    ("rule.enable", "Switched a rule on"),
    ("rule.disable", "Switched a rule off"),
    ("rule.delete", "Deleted a rule"),
    ("rule.run", "Ran a rule"),
    ("rule.run-preview", "Ran a rule as its preview showed"),
    ("run.cancel", "Cancelled a run"),
    ("run.retry", "Had a run tried again"),
    ("run.check", "Had a run checked"),
    ("item.cancel", "Cancelled a tag of a run"),
    ("item.release", "Released a tag that was held"),
    ("item.discard", "Discarded a tag that was held"),
    ("forwarding.pause", "Paused all forwarding"),
    ("forwarding.resume", "Resumed all forwarding"),
    ("connection.save", "Saved the organization's token"),
    ("connection.remove", "Removed the organization's token"),
    ("key.add", "Added a key"),
    ("key.remove", "Removed a key"),
    ("session.sign-in", "Signed in"),
    ("session.sign-out", "Signed out"),
];

/// The words for a deed.
pub fn deed(action: &str) -> &str {
    DEEDS.iter().find(|(name, _)| *name == action).map_or(action, |(_, words)| words)
}

/// What a line is about, where Ferry has a page of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    Mirror(MirrorName),
    Destination(DestinationId),
    Rule(RuleId),
    Run(RunId),
    Runs,
    Keys,
    Connection,
}

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub id: AuditId,
    pub at: DateTime<Utc>,
    /// Docker Hub username, or [`DOCKER_HUB`](super::DOCKER_HUB) or [`FERRY`](super::FERRY).
    pub actor: String,
    /// For example `mirror.start`.
    pub action: String,
    pub subject: String,
    /// None where there is no page of it, or none any more.
    pub about: Option<About>,
}

/// A filter as it was typed; in an address by its field names, those that are empty left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditFilter {
    /// Part of the subject.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub q: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub person: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub action: String,
    /// The first day, or moment.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// The last day, or the moment after the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub until: String,
}

impl TypedFilter for AuditFilter {
    fn fields(&self) -> Vec<(&'static str, &str)> {
        let Self { q, person, action, from, until } = self;
        vec![("q", q), ("person", person), ("action", action), ("from", from), ("until", until)]
    }

    fn field(&mut self, name: &str) -> Option<&mut String> {
        match name {
            "q" => Some(&mut self.q),
            "person" => Some(&mut self.person),
            "action" => Some(&mut self.action),
            "from" => Some(&mut self.from),
            "until" => Some(&mut self.until),
            _ => None,
        }
    }
}

impl AuditFilter {
    /// What it means, or a sentence for each field that means nothing. An action that nobody knows is looked for as well.
    pub fn check(&self) -> Result<AuditQuery, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut name = |field: &str, text: &str| {
            let text = text.trim();
            if text.chars().count() > LONGEST_NAME || text.chars().any(char::is_control) {
                errors.add(field, format!("Write at most {LONGEST_NAME} characters on one line."));
            }
            Some(text.to_owned()).filter(|text| !text.is_empty())
        };
        let (q, person, action) = (name("q", &self.q), name("person", &self.person), name("action", &self.action));
        let from = moment_field(&mut errors, "from", &self.from, 0);
        let until = moment_field(&mut errors, "until", &self.until, 1);
        check_times(&mut errors, from, until);
        if errors.is_empty() { Ok(AuditQuery { q, person, action, from, until }) } else { Err(errors) }
    }
}

/// Which lines of the audit log are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    pub q: Option<String>,
    pub person: Option<String>,
    pub action: Option<String>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deed_has_words_of_its_own_and_an_unknown_one_is_shown_as_it_is() {
        for (place, (action, words)) in DEEDS.iter().enumerate() {
            assert_eq!(deed(action), *words);
            assert!(DEEDS[..place].iter().all(|(other, said)| other != action && said != words), "{action}");
        }
        assert_eq!(deed("mirror.paint"), "mirror.paint");
    }

    #[test]
    fn an_address_names_only_what_is_asked_for() {
        let filter = AuditFilter { q: "dhi nginx".into(), action: "mirror.start".into(), ..AuditFilter::default() };
        assert_eq!(AuditFilter::default().query(), "");
        assert_eq!(filter.query(), "q=dhi+nginx&action=mirror.start");
        assert_eq!(filter.without("q").query(), "action=mirror.start");
        assert_eq!(filter.without("nothing"), filter);
        assert_eq!(filter.check().map(|query| query.q), Ok(Some("dhi nginx".to_owned())));
    }

    #[test]
    fn what_means_nothing_is_named_at_its_field() {
        let long = "x".repeat(300);
        let bad = AuditFilter {
            q: long.clone(),
            person: long.clone(),
            action: "a\nb".into(),
            from: "soon".into(),
            until: "x".into(),
        };
        let errors = bad.check().expect_err("all are bad");
        assert!(bad.fields().iter().all(|(name, _)| errors.get(name).is_some()), "{errors:?}");
        let turned = AuditFilter { from: "2026-11-25".into(), until: "2026-11-24".into(), ..AuditFilter::default() };
        assert!(turned.check().is_err_and(|errors| errors.get("until").is_some()));
    }
}
