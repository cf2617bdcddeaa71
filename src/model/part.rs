//! A part of what a rule takes, for a run by hand.

use serde::{Deserialize, Serialize};

use super::error::FieldErrors;
use super::image::{RepoName, Tag};

/// The form that says which part; empty fields are everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunPart {
    /// One of the rule's mirrors, `acme/dhi-node`.
    pub mirror: String,
    /// One tag of that mirror.
    pub tag: String,
}

impl RunPart {
    /// The mirror and perhaps the tag; none for everything.
    pub fn check(&self) -> Result<Option<(RepoName, Option<Tag>)>, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mirror = Some(&self.mirror).filter(|text| !text.trim().is_empty());
        let tag = Some(&self.tag).filter(|text| !text.trim().is_empty());
        let parsed = mirror.and_then(|text| errors.parse::<RepoName>("mirror", text));
        let tag_parsed = tag.and_then(|text| errors.parse::<Tag>("tag", text));
        if tag.is_some() && mirror.is_none() {
            errors.add("mirror", "Choose the mirror that has this tag.");
        }
        if errors.is_empty() { Ok(parsed.map(|mirror| (mirror, tag_parsed))) } else { Err(errors) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_needs_its_mirror() {
        let part = |mirror: &str, tag: &str| RunPart { mirror: mirror.into(), tag: tag.into() }.check();
        assert_eq!(part("", " "), Ok(None));
        assert!(part("acme/dhi-node", "22").is_ok_and(|part| part.is_some_and(|(_, tag)| tag.is_some())));
        assert!(part("", "22").is_err_and(|errors| errors.get("mirror").is_some()));
        assert!(part("acme/dhi-node", "no tag").is_err_and(|errors| errors.get("tag").is_some()));
    }
}
