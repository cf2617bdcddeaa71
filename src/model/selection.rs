//! A selection of the catalog: what of it the organization wants mirrored, also of what is yet to come.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::catalog::{CatalogName, Choice, RepositoryKind};
use super::destination::Title;
use super::error::FieldErrors;
use super::ids::SelectionId;

/// How many mirrors a selection may propose and start.
const CAPS: RangeInclusive<u32> = 1..=1_000;

/// Letters one field of the filter has at most.
const LONGEST: usize = 200;

/// Which repositories of the catalog a selection takes; an empty field takes all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SelectionFilter {
    /// Each of these words stands in the name or the description.
    pub words: String,
    /// Id of a category.
    pub category: String,
    pub kind: Option<RepositoryKind>,
    /// For example `debian-13`.
    pub distribution: String,
    /// For example `linux/arm64`.
    pub platform: String,
    /// Only those with FIPS variants.
    pub fips: bool,
    /// Only those with STIG variants.
    pub stig: bool,
}

impl SelectionFilter {
    /// In a sentence: `Images, FIPS, on debian 13, in databases and storage`.
    pub fn sentence(&self) -> String {
        let mut parts = vec![
            match self.kind {
                None => "Images and Helm charts",
                Some(RepositoryKind::Image) => "Images",
                Some(RepositoryKind::HelmChart) => "Helm charts",
            }
            .to_owned(),
        ];
        parts.extend(self.fips.then(|| "FIPS".to_owned()));
        parts.extend(self.stig.then(|| "STIG".to_owned()));
        // An id of Docker's is its name with dashes.
        let (distribution, category) = (self.distribution.replace('-', " "), self.category.replace('-', " "));
        let named = [("on", &distribution), ("for", &self.platform), ("in", &category)];
        parts.extend(named.iter().filter(|(_, name)| !name.is_empty()).map(|(word, name)| format!("{word} {name}")));
        if !self.words.is_empty() {
            parts.push(format!("with “{}”", self.words));
        }
        parts.join(", ")
    }
}

/// What a look through the catalog found for a selection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// Repositories that match.
    pub matching: u32,
    /// Of those, mirrored already, by whomever.
    pub mirrored: u32,
    /// Of those, asked for by somebody and not decided.
    pub asked: u32,
    /// Of those, declined from this selection before.
    pub declined: u32,
    /// Mirrors started from it, and its open proposals: what counts towards the cap.
    pub taken: u32,
    /// Proposed by this look.
    pub proposed: u32,
    /// Match and are not proposed, because of the cap.
    pub held_back: u32,
}

/// A selection as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    pub id: SelectionId,
    pub name: Title,
    pub filter: SelectionFilter,
    /// Most mirrors that are proposed and started from it.
    pub cap: u32,
    pub saved_by: String,
    pub saved_at: DateTime<Utc>,
    /// None before the first look.
    pub looked_at: Option<DateTime<Utc>>,
    pub look: Option<Look>,
    /// What was in the way of the last look.
    pub trouble: Option<String>,
}

/// What would come of a selection now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionPreview {
    pub look: Look,
    /// What would be proposed.
    pub proposed: Vec<CatalogName>,
    /// What matches and is mirrored already.
    pub mirrored: Vec<CatalogName>,
}

impl SelectionPreview {
    /// `Matches 14 repositories: 3 mirrored, 11 would be proposed.`
    pub fn sentence(&self) -> String {
        let Look { matching, mirrored, asked, declined, proposed, held_back, .. } = self.look;
        let repositories = if matching == 1 { "repository" } else { "repositories" };
        let mut parts = vec![format!("{mirrored} mirrored"), format!("{proposed} would be proposed")];
        let more = [(asked, "asked for already"), (declined, "declined before"), (held_back, "held back by the cap")];
        parts.extend(more.iter().filter(|(number, _)| *number > 0).map(|(number, words)| format!("{number} {words}")));
        format!("Matches {matching} {repositories}: {}.", parts.join(", "))
    }
}

/// What a selection's form can choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionChoices {
    pub categories: Vec<Choice>,
    pub distributions: Vec<Choice>,
    pub platforms: Vec<String>,
}

/// The form as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SelectionForm {
    pub name: String,
    pub words: String,
    pub category: String,
    /// A kind's spelling or empty.
    pub kind: String,
    pub distribution: String,
    pub platform: String,
    /// `true` or empty.
    pub fips: String,
    /// `true` or empty.
    pub stig: String,
    pub cap: String,
}

impl SelectionForm {
    /// What the form of a new selection holds.
    pub fn fresh() -> Self {
        Self { cap: "20".to_owned(), ..Self::default() }
    }

    /// What the form of this selection holds.
    pub fn of(selection: &Selection) -> Self {
        let SelectionFilter { words, category, kind, distribution, platform, fips, stig } = selection.filter.clone();
        let check = |on: bool| if on { "true".to_owned() } else { String::new() };
        Self {
            name: selection.name.to_string(),
            words,
            category,
            kind: kind.map_or("", RepositoryKind::as_str).to_owned(),
            distribution,
            platform,
            fips: check(fips),
            stig: check(stig),
            cap: selection.cap.to_string(),
        }
    }

    /// Checks every field and names each trouble. A preview needs no name yet.
    pub fn check(&self, is_preview: bool) -> Result<SelectionDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let unnamed = if is_preview && self.name.trim().is_empty() { "Preview" } else { self.name.as_str() };
        let name = errors.parse::<Title>("name", unnamed);
        let mut text = |field: &str, text: &str| {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if text.chars().count() > LONGEST || text.contains('\0') {
                errors.add(field, format!("At most {LONGEST} letters: shorten it."));
            }
            text
        };
        let filter = SelectionFilter {
            words: text("words", &self.words),
            category: text("category", &self.category),
            kind: [RepositoryKind::Image, RepositoryKind::HelmChart].into_iter().find(|k| k.as_str() == self.kind),
            distribution: text("distribution", &self.distribution),
            platform: text("platform", &self.platform),
            fips: self.fips == "true",
            stig: self.stig == "true",
        };
        if filter.kind.is_none() && !self.kind.is_empty() {
            errors.add("kind", "Choose images, Helm charts or both.");
        }
        let cap = self.cap.trim().parse().ok().filter(|cap| CAPS.contains(cap));
        if cap.is_none() {
            errors.add("cap", format!("A whole number from {} to {}.", CAPS.start(), CAPS.end()));
        }
        match (name, cap) {
            (Some(name), Some(cap)) if errors.is_empty() => Ok(SelectionDraft { name, filter, cap }),
            _ => Err(errors),
        }
    }
}

/// A form that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectionDraft {
    pub name: Title,
    pub filter: SelectionFilter,
    pub cap: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_names_each_trouble_at_its_field() {
        let form = SelectionForm { kind: "plugin".into(), words: "x".repeat(201), ..SelectionForm::default() };
        let errors = form.check(false).expect_err("it is no selection");
        for field in ["name", "words", "kind", "cap"] {
            assert!(errors.get(field).is_some(), "{field}");
        }
        for cap in ["0", "1001", "-1", "ten", ""] {
            let form = SelectionForm { cap: cap.into(), ..SelectionForm::fresh() };
            assert!(form.check(true).expect_err("no cap").get("cap").is_some(), "{cap}");
        }
        assert!(SelectionForm::fresh().check(true).is_ok(), "a preview needs no name");
    }

    #[test]
    fn a_filter_reads_as_a_sentence() {
        assert_eq!(SelectionFilter::default().sentence(), "Images and Helm charts");
        let filter = SelectionFilter {
            words: "runtime".into(),
            category: "databases-and-storage".into(),
            kind: Some(RepositoryKind::Image),
            distribution: "debian-13".into(),
            fips: true,
            ..SelectionFilter::default()
        };
        assert_eq!(filter.sentence(), "Images, FIPS, on debian 13, in databases and storage, with “runtime”");
    }

    #[test]
    fn a_preview_counts_what_it_would_do() {
        let look = Look { matching: 14, mirrored: 3, proposed: 11, ..Look::default() };
        let preview = SelectionPreview { look, proposed: Vec::new(), mirrored: Vec::new() };
        assert_eq!(preview.sentence(), "Matches 14 repositories: 3 mirrored, 11 would be proposed.");
        let look = Look { matching: 1, held_back: 1, ..Look::default() };
        let sentence = SelectionPreview { look, ..preview }.sentence();
        assert_eq!(sentence, "Matches 1 repository: 0 mirrored, 0 would be proposed, 1 held back by the cap.");
    }
}
