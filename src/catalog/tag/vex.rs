//! What a VEX document or an exception says of a vulnerability, in plain words (contract 6.5). Values may grow: a new one is
//! shown as Docker spells it.

use crate::hub::{Exception, Vulnerability};
use crate::model::VexNote;

/// All that is said, each once: statements first, then the exceptions that say something else.
pub(super) fn notes(found: &Vulnerability) -> Vec<VexNote> {
    let mut notes: Vec<VexNote> = Vec::new();
    for said in found.exceptions.iter().chain(&found.vex_statements) {
        let note = note(said);
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    notes
}

fn note(said: &Exception) -> VexNote {
    let status = match said.status.as_deref() {
        Some("NOT_AFFECTED") => "Not affected".to_owned(),
        Some("AFFECTED") => "Affected".to_owned(),
        Some("FIXED") => "Fixed".to_owned(),
        Some("UNDER_INVESTIGATION") => "Under investigation".to_owned(),
        Some(other) => spelled(other),
        None => kind(said),
    };
    VexNote {
        status,
        reason: said.justification.as_deref().map(reason),
        details: Some(said.additional_details.trim().to_owned()).filter(|text| !text.is_empty()),
        author: Some(said.author.trim().to_owned()).filter(|text| !text.is_empty()),
    }
}

/// Where no status is given, the kind of exception says it.
fn kind(said: &Exception) -> String {
    match (said.kind.as_str(), said.source_type.as_str()) {
        (_, "EXTERNAL") => "The distribution does not count it as an advisory".to_owned(),
        ("FALSE_POSITIVE", _) => "Does not apply here".to_owned(),
        ("ACCEPTED_RISK", _) => "The risk was accepted".to_owned(),
        ("UNDER_INVESTIGATION", _) => "Under investigation".to_owned(),
        ("AFFECTED", _) => "Affected".to_owned(),
        ("", _) => "An exception".to_owned(),
        (other, _) => spelled(other),
    }
}

fn reason(justification: &str) -> String {
    match justification {
        "COMPONENT_NOT_PRESENT" => "The component is not in the image.".to_owned(),
        "VULNERABLE_CODE_NOT_PRESENT" => "The vulnerable code is not in the image.".to_owned(),
        "VULNERABLE_CODE_NOT_IN_EXECUTE_PATH" => "The vulnerable code is never run.".to_owned(),
        "VULNERABLE_CODE_CANNOT_BE_CONTROLLED_BY_ADVERSARY" => {
            "An attacker cannot reach the vulnerable code.".to_owned()
        }
        "INLINE_MITIGATIONS_ALREADY_EXIST" => "Something in the image already prevents its use.".to_owned(),
        other => format!("{}.", spelled(other)),
    }
}

/// `SOME_NEW_VALUE` as `Some new value`.
fn spelled(word: &str) -> String {
    let text = word.replace('_', " ").to_lowercase();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: &str, status: Option<&str>, justification: Option<&str>) -> Exception {
        Exception {
            kind: kind.into(),
            source_type: "VEX_STATEMENT".into(),
            status: status.map(str::to_owned),
            justification: justification.map(str::to_owned),
            ..Exception::default()
        }
    }

    #[test]
    fn what_is_said_reads_as_people_say_it() {
        let words = |said: Exception| {
            let note = note(&said);
            (note.status, note.reason)
        };
        let absent = Some("VULNERABLE_CODE_NOT_PRESENT");
        let expected = ("Not affected".to_owned(), Some("The vulnerable code is not in the image.".to_owned()));
        assert_eq!(words(said("FALSE_POSITIVE", Some("NOT_AFFECTED"), absent)), expected);
        assert_eq!(words(said("ACCEPTED_RISK", None, None)), ("The risk was accepted".to_owned(), None));
        let no_dsa = Exception { source_type: "EXTERNAL".into(), ..said("FALSE_POSITIVE", None, None) };
        assert_eq!(words(no_dsa).0, "The distribution does not count it as an advisory");
        let expected = ("Said in 2027".to_owned(), Some("Moon phase.".to_owned()));
        assert_eq!(words(said("X", Some("SAID_IN_2027"), Some("MOON_PHASE"))), expected);
    }

    #[test]
    fn the_same_said_twice_is_shown_once() {
        let one = said("FALSE_POSITIVE", Some("NOT_AFFECTED"), None);
        let found = Vulnerability {
            exceptions: vec![one.clone(), said("ACCEPTED_RISK", None, None)],
            vex_statements: vec![one],
            ..Vulnerability::default()
        };
        assert_eq!(notes(&found).len(), 2);
    }
}
