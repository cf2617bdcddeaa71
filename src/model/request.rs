//! A mirror that somebody asks for, and what an owner answered.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::catalog::CatalogName;
use super::error::FieldErrors;
use super::ids::{RequestId, SelectionId};
use super::mirror::MirrorName;

/// Letters a note or a reason has at most.
const LONGEST_NOTE: usize = 1_000;

/// Requests that are decided at once at most: each is a call to Docker Hub.
const MOST_AT_ONCE: usize = 50;

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestState {
    /// Nobody decided yet.
    Open,
    /// An owner said yes, and Docker began.
    Approved,
    /// An owner said no.
    Declined,
    /// Whoever asked does not want it any more.
    Withdrawn,
}

impl RequestState {
    /// In the order of a request's life.
    pub const ALL: [Self; 4] = [Self::Open, Self::Approved, Self::Declined, Self::Withdrawn];

    /// The one spelling: SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads that spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The word the interface shows.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Approved => "Approved",
            Self::Declined => "Declined",
            Self::Withdrawn => "Withdrawn",
        }
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asker {
    /// Docker Hub username.
    Person(String),
    /// A selection; without an id it was deleted since.
    Selection { id: Option<SelectionId>, name: String },
}

impl Asker {
    /// In a sentence: `mia`, `the selection Databases`.
    pub fn words(&self) -> String {
        match self {
            Self::Person(username) => username.clone(),
            Self::Selection { name, .. } => format!("the selection {name}"),
        }
    }
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// None where Ferry withdrew what a selection no longer proposes.
    pub by: Option<String>,
    pub at: DateTime<Utc>,
    /// May be empty.
    pub reason: String,
}

/// A mirror that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorRequest {
    pub id: RequestId,
    pub source: CatalogName,
    /// What the mirror is to be called.
    pub name: MirrorName,
    /// May be empty.
    pub note: String,
    pub asker: Asker,
    pub requested_at: DateTime<Utc>,
    pub state: RequestState,
    /// None while it is open.
    pub decision: Option<Decision>,
    /// What Docker said when an approval could not be carried out.
    pub trouble: Option<String>,
}

/// Which requests are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestFilter {
    /// Those that are decided or withdrawn, instead of those that are open.
    pub decided: bool,
    /// Older than this one.
    pub after: Option<RequestId>,
}

/// The form that asks for a mirror, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestForm {
    pub source: String,
    /// Empty means `dhi-` and the source's name.
    pub name: String,
    pub note: String,
}

impl RequestForm {
    /// Checks every field and names each trouble.
    pub fn check(&self) -> Result<(CatalogName, MirrorName, String), FieldErrors> {
        let mut errors = FieldErrors::default();
        let source = errors.parse::<CatalogName>("source", &self.source);
        let name = match self.name.trim() {
            "" => format!("dhi-{}", self.source.trim()),
            name => name.to_owned(),
        };
        let name = errors.parse::<MirrorName>("name", &name);
        let note = short_text(&mut errors, "note", &self.note);
        match (source, name) {
            (Some(source), Some(name)) if errors.is_empty() => Ok((source, name, note)),
            _ => Err(errors),
        }
    }
}

/// What an owner answers to one or more requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DecisionForm {
    pub ids: Vec<RequestId>,
    /// Whoever asked reads it.
    pub reason: String,
}

impl DecisionForm {
    /// The requests, each once, and the reason; a refusal needs one.
    pub fn check(&self, is_refusal: bool) -> Result<(Vec<RequestId>, String), FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut ids = self.ids.clone();
        ids.sort();
        ids.dedup();
        if ids.is_empty() {
            errors.add("ids", "Choose at least one request.");
        } else if ids.len() > MOST_AT_ONCE {
            errors.add("ids", format!("At most {MOST_AT_ONCE} requests are decided at once: choose fewer."));
        }
        let reason = short_text(&mut errors, "reason", &self.reason);
        if is_refusal && reason.is_empty() {
            errors.add("reason", "Say why, so that whoever asked knows what to do.");
        }
        if errors.is_empty() { Ok((ids, reason)) } else { Err(errors) }
    }
}

/// A note or a reason; trouble with it is noted at its field.
pub(super) fn short_text(errors: &mut FieldErrors, field: &str, text: &str) -> String {
    let text = text.trim();
    if text.chars().count() > LONGEST_NOTE {
        errors.add(field, format!("At most {LONGEST_NOTE} letters: shorten it."));
    }
    // PostgreSQL keeps no such letter, and nobody types one.
    text.replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_a_name_of_its_own_or_the_usual_one() {
        let form = |name: &str, note: &str| RequestForm { source: "node".into(), name: name.into(), note: note.into() };
        let (source, name, note) = form(" ", "  for the shop ").check().expect("it is good");
        assert_eq!((source.as_str(), name.as_str(), note.as_str()), ("node", "dhi-node", "for the shop"));
        assert!(form("node", "").check().expect_err("no prefix").get("name").is_some());
        assert!(form("", &"x".repeat(1_001)).check().expect_err("too long").get("note").is_some());
        assert!(RequestForm::default().check().expect_err("of what?").get("source").is_some());
    }

    #[test]
    fn a_refusal_needs_a_reason_and_each_request_counts_once() {
        let id = RequestId(uuid::Uuid::nil());
        let form = DecisionForm { ids: vec![id, id], reason: " ".into() };
        assert_eq!(form.check(false).expect("it is good"), (vec![id], String::new()));
        assert!(form.check(true).expect_err("why?").get("reason").is_some());
        assert!(DecisionForm::default().check(false).expect_err("which?").get("ids").is_some());
    }

    #[test]
    fn a_state_is_read_as_it_is_written() {
        assert!(RequestState::ALL.iter().all(|state| RequestState::parse(state.as_str()) == Some(*state)));
    }
}
