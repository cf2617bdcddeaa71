//! Several mirrors at once, started or asked for: what is proposed, what was typed, and what came of each.

use serde::{Deserialize, Serialize};

use super::catalog::{CatalogName, RepositoryKind};
use super::error::FieldErrors;
use super::image::RepoName;
use super::request::{MirrorRequest, short_text};

/// A catalog repository that was chosen to be mirrored, or to be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorProposal {
    pub source: CatalogName,
    pub display_name: String,
    pub kind: RepositoryKind,
    /// A free name, with `dhi-` in front.
    pub name: String,
    /// Its mirrors already.
    pub mirrors: Vec<RepoName>,
    /// Those of its mirrors that are asked for and wait for an owner, newest first.
    pub requests: Vec<MirrorRequest>,
}

/// What the page of several mirrors, or of several requests, begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorProposals {
    pub proposals: Vec<MirrorProposal>,
    /// What was chosen and is not in the catalog.
    pub unknown: Vec<String>,
}

/// One line of the form that starts several mirrors or asks for them, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MirrorWish {
    pub source: String,
    pub name: String,
    /// Empty where the line is not ticked.
    pub wanted: String,
}

impl MirrorWish {
    /// What came of it: done, or refused with a sentence.
    pub fn outcome(self, done: Result<(), String>) -> MirrorOutcome {
        MirrorOutcome { source: self.source, name: self.name.trim().to_owned(), refused: done.err() }
    }
}

/// What came of one of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorOutcome {
    /// Catalog name of the source; empty where a mirror was to be stopped.
    pub source: String,
    /// The mirror's name, as it was typed.
    pub name: String,
    /// Why not; none where it was done.
    pub refused: Option<String>,
}

/// The form that asks for several mirrors, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestsForm {
    pub wishes: Vec<MirrorWish>,
    /// One for all of them.
    pub note: String,
}

impl RequestsForm {
    /// The note, which concerns all of them. What is wrong with a wish is that wish's outcome.
    pub fn check_note(&self) -> Result<String, FieldErrors> {
        let mut errors = FieldErrors::default();
        let note = short_text(&mut errors, "note", &self.note);
        if errors.is_empty() { Ok(note) } else { Err(errors) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_note_is_for_all_that_is_asked_for() {
        let form = |note: &str| RequestsForm { wishes: Vec::new(), note: note.into() };
        assert_eq!(form(" for the shop\0 ").check_note().expect("it is good"), "for the shop");
        assert!(form(&"x".repeat(1_001)).check_note().expect_err("too long").get("note").is_some());
    }
}
