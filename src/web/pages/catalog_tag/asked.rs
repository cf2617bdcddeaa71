//! What the address of a tag's page asks for.

use leptos_router::params::ParamsMap;

use crate::model::{ApiError, Digest, ImageAsked, Tag};

/// A part of the page, as `?tab=` names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    #[default]
    Packages,
    Vulnerabilities,
    Attestations,
    Configuration,
    Compare,
}

impl Part {
    /// In the order of the tabs.
    pub const ALL: [Self; 5] =
        [Self::Packages, Self::Vulnerabilities, Self::Attestations, Self::Configuration, Self::Compare];

    /// The one spelling: address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Packages => "packages",
            Self::Vulnerabilities => "vulnerabilities",
            Self::Attestations => "attestations",
            Self::Configuration => "configuration",
            Self::Compare => "compare",
        }
    }

    /// The word on the tab.
    pub fn label(self) -> &'static str {
        match self {
            Self::Packages => "Packages",
            Self::Vulnerabilities => "Vulnerabilities",
            Self::Attestations => "Attestations",
            Self::Configuration => "Configuration",
            Self::Compare => "Compare",
        }
    }

    fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|part| part.as_str() == text).unwrap_or_default()
    }
}

/// The address, as it was typed; what is not there is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub name: String,
    pub tag: String,
    pub platform: String,
    pub part: Part,
    /// Words that are looked for.
    pub q: String,
    /// A kind of package.
    pub kind: String,
    pub severity: String,
    /// From 1; 0 where none is named.
    pub page: u32,
    /// The tag to compare with.
    pub compare: String,
    /// The attestation whose statement is shown.
    pub statement: String,
}

impl Asked {
    /// Reads the address.
    pub fn of(params: &ParamsMap, query: &ParamsMap) -> Self {
        let field = |name: &str| query.get_str(name).unwrap_or_default().trim().to_owned();
        Self {
            name: params.get("name").unwrap_or_default(),
            tag: params.get("tag").unwrap_or_default(),
            platform: field("platform"),
            part: Part::parse(&field("tab")),
            q: field("q"),
            kind: field("type"),
            severity: field("severity"),
            page: field("page").parse().unwrap_or_default(),
            compare: field("compare"),
            statement: field("statement"),
        }
    }

    /// The image it leads to.
    pub fn image(&self) -> Result<ImageAsked, ApiError> {
        let name = self.name.parse().map_err(|_| no_such("repository"))?;
        let tag = self.tag.parse().map_err(|_| no_such("tag"))?;
        Ok(ImageAsked { name, tag, platform: self.platform.clone() })
    }

    /// The tag to compare with, where one is chosen.
    pub fn other(&self) -> Result<Option<Tag>, ApiError> {
        if self.compare.is_empty() {
            return Ok(None);
        }
        self.compare.parse().map(Some).map_err(|_| no_such("tag to compare with"))
    }

    /// The attestation whose statement is shown, where one is.
    pub fn attestation(&self) -> Result<Option<Digest>, ApiError> {
        if self.statement.is_empty() {
            return Ok(None);
        }
        self.statement.parse().map(Some).map_err(|_| no_such("attestation"))
    }

    /// Another part of the same image.
    pub fn on(&self, part: Part) -> Self {
        Self { part, compare: self.compare.clone(), ..self.bare() }
    }

    /// The same part of another platform's image.
    pub fn of_platform(&self, platform: &str) -> Self {
        Self { platform: platform.to_owned(), ..self.on(self.part) }
    }

    /// Another page of the same list.
    pub fn at_page(&self, page: u32) -> Self {
        Self { page, ..self.clone() }
    }

    fn bare(&self) -> Self {
        let Self { name, tag, platform, .. } = self.clone();
        Self { name, tag, platform, ..Self::default() }
    }

    /// The page itself, below the address of the catalog.
    pub fn base(&self, catalog: &str) -> String {
        format!("{catalog}/{}/tags/{}", self.name, self.tag)
    }

    /// The whole address, below that of the catalog.
    pub fn href(&self, catalog: &str) -> String {
        let page = if self.page > 1 { self.page.to_string() } else { String::new() };
        let part = if self.part == Part::default() { "" } else { self.part.as_str() };
        let fields = [
            ("platform", self.platform.as_str()),
            ("tab", part),
            ("q", &self.q),
            ("type", &self.kind),
            ("severity", &self.severity),
            ("page", &page),
            ("compare", &self.compare),
            ("statement", &self.statement),
        ];
        let set: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        // Pairs of texts can always be written.
        let query = serde_urlencoded::to_string(set).unwrap_or_default();
        let base = self.base(catalog);
        if query.is_empty() { base } else { format!("{base}?{query}") }
    }
}

fn no_such(what: &str) -> ApiError {
    ApiError::NotFound(format!("There is no such {what}. Look for it in the catalog."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> ParamsMap {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_address_and_what_it_asks_for_are_the_same() {
        let path = map(&[("name", "node"), ("tag", "22")]);
        let query = [
            ("platform", "linux/arm64"),
            ("tab", "vulnerabilities"),
            ("q", " lib c "),
            ("severity", "low"),
            ("page", "2"),
        ];
        let asked = Asked::of(&path, &map(&query));
        let expected = "/c/node/tags/22?platform=linux%2Farm64&tab=vulnerabilities&q=lib+c&severity=low&page=2";
        assert_eq!(asked.href("/c"), expected);
        assert_eq!(asked.on(Part::Packages).href("/c"), "/c/node/tags/22?platform=linux%2Farm64");
        assert_eq!(
            asked.of_platform("linux/amd64").href("/c"),
            "/c/node/tags/22?platform=linux%2Famd64&tab=vulnerabilities"
        );
        assert_eq!(Asked::of(&path, &map(&[("tab", "x"), ("page", "-1")])).href("/c"), "/c/node/tags/22");
        assert!(Asked::of(&map(&[("name", "N"), ("tag", "22")]), &map(&[])).image().is_err());
    }
}
