//! How much of each image goes along: all of it, or some platforms, some kinds of attestations, cosign's older tags.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::FieldErrors;
use super::image::Platform;
use super::text::Refused;

/// A predicate type or artifact type, or how several of them begin: `https://slsa.dev/provenance/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Kind(String);

impl FromStr for Kind {
    type Err = Refused;
    fn from_str(text: &str) -> Result<Self, Refused> {
        if text.is_empty() || text.len() > 300 || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(Refused::because(
                "A kind is a predicate type or an artifact type without spaces, for example https://spdx.dev/Document.",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Kind {
    type Error = Refused;
    fn try_from(text: String) -> Result<Self, Refused> {
        text.parse()
    }
}

impl From<Kind> for String {
    fn from(kind: Kind) -> Self {
        kind.0
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Kinds of what refers to an image; none stands for all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Kinds(pub Vec<Kind>);

impl Kinds {
    /// This predicate type or artifact type goes along.
    pub fn take(&self, kind: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|wanted| kind.starts_with(&wanted.0))
    }

    /// Some kind that begins so goes along.
    pub fn take_some(&self, beginning: &str) -> bool {
        self.take(beginning) || self.0.iter().any(|wanted| wanted.0.starts_with(beginning))
    }
}

/// How much of each image a rule forwards; the default is all of it, under its own digest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extent {
    /// Only these; none stands for all. With fewer than an image has, its index gets another digest.
    pub platforms: Vec<Platform>,
    /// Only attestations of these kinds, with their signatures.
    pub kinds: Kinds,
    /// Cosign's tags from before there was a referrers API (`sha256-….sig`, `.att`, `.sbom`), where the source has some.
    pub digest_tags: bool,
}

/// The most lines either list may hold.
const MOST: usize = 50;

impl Extent {
    /// Reads what a form holds, one entry a line or divided by commas, and names each trouble.
    pub(super) fn of_form(errors: &mut FieldErrors, platforms: &str, kinds: &str, digest_tags: bool) -> Self {
        let mut platforms: Vec<Platform> = entries(errors, "platforms", platforms);
        platforms.sort_by_key(ToString::to_string);
        platforms.dedup();
        Self { platforms, kinds: Kinds(entries(errors, "kinds", kinds)), digest_tags }
    }

    /// One platform a line.
    pub fn platform_lines(&self) -> String {
        self.platforms.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    /// One kind a line.
    pub fn kind_lines(&self) -> String {
        self.kinds.0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    /// What that means for the digests, where it means something.
    pub fn warning(&self) -> Option<String> {
        let names: Vec<_> = self.platforms.iter().map(ToString::to_string).collect();
        (!names.is_empty()).then(|| {
            format!(
                "Only {} {} along. Where an image has more, the destination gets a smaller index with another digest \
                 than Docker's; the platforms keep their digests and their attestations.",
                names.join(" and "),
                if names.len() == 1 { "goes" } else { "go" },
            )
        })
    }
}

fn entries<T: FromStr<Err = Refused>>(errors: &mut FieldErrors, field: &str, text: &str) -> Vec<T> {
    let entries: Vec<_> = text.split(['\n', ',']).map(str::trim).filter(|entry| !entry.is_empty()).collect();
    if entries.len() > MOST {
        errors.add(field, format!("At most {MOST}: write a second rule for the rest."));
    }
    entries.into_iter().take(MOST).filter_map(|entry| errors.parse(field, entry)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_takes_what_begins_so() {
        let kinds = Kinds(vec!["https://slsa.dev/provenance/".parse().expect("a kind")]);
        assert!(kinds.take("https://slsa.dev/provenance/v0.2") && !kinds.take("https://spdx.dev/Document"));
        let exact = Kinds(vec!["https://slsa.dev/provenance/v1".parse().expect("a kind")]);
        assert!(exact.take_some("https://slsa.dev/provenance/") && !exact.take_some("https://spdx.dev/Document"));
        assert!(Kinds::default().take("anything"));
    }

    #[test]
    fn a_form_names_what_it_cannot_read() {
        let mut errors = FieldErrors::default();
        let extent = Extent::of_form(&mut errors, "linux/arm64, linux/amd64\nlinux/amd64", "a/b\n\nc", true);
        assert!(errors.is_empty());
        assert_eq!(extent.platform_lines(), "linux/amd64\nlinux/arm64");
        assert_eq!(extent.kind_lines(), "a/b\nc");
        assert!(extent.warning().expect("a warning").starts_with("Only linux/amd64 and linux/arm64 go along."));
        Extent::of_form(&mut errors, "amd64", "two words", false);
        assert!(errors.get("platforms").is_some_and(|sentence| sentence.contains("linux/amd64")));
        assert!(errors.get("kinds").is_some());
    }
}
