//! What the address asks of a repository's page.

use leptos_router::params::ParamsMap;

use super::filter::VariantFilter;
use super::tool::Tool;
use crate::model::{Digest, RepositoryKind, Tag, Variant};

/// A part of the page, as `?tab=` names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    #[default]
    Variants,
    Overview,
    Guides,
}

impl Part {
    /// The word in the address; none for what is shown by itself.
    fn as_str(self) -> &'static str {
        match self {
            Self::Variants => "",
            Self::Overview => "overview",
            Self::Guides => "guides",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "overview" => Self::Overview,
            "guides" => Self::Guides,
            _ => Self::Variants,
        }
    }
}

/// All that stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub part: Part,
    /// The tag that is pulled and looked for.
    pub tag: String,
    /// The tool that pulls it.
    pub tool: String,
    pub filter: VariantFilter,
}

impl Asked {
    /// Reads the address.
    pub fn of(query: &ParamsMap) -> Self {
        let field = |name: &str| query.get_str(name).unwrap_or_default().trim().to_owned();
        Self {
            part: Part::parse(&field("tab")),
            tag: field("tag"),
            tool: field("tool"),
            filter: VariantFilter::read(field),
        }
    }

    /// The address that asks for it at `base`; what is empty is left out.
    pub fn href(&self, base: &str) -> String {
        let own = [("tab", self.part.as_str()), ("tag", self.tag.as_str()), ("tool", self.tool.as_str())];
        let filter = self.filter.fields().map(|(name, value)| (name, value.as_str()));
        let fields: Vec<_> = own.into_iter().chain(filter).filter(|(_, value)| !value.is_empty()).collect();
        // Names and values are plain text, which can always be written.
        let query = serde_urlencoded::to_string(fields).unwrap_or_default();
        if query.is_empty() { base.to_owned() } else { format!("{base}?{query}") }
    }

    /// The tool that is asked for, or the first there is for it.
    pub fn tool(&self, kind: RepositoryKind) -> Tool {
        let tools = Tool::of(kind);
        tools.iter().copied().find(|tool| tool.as_str() == self.tool).unwrap_or(tools[0])
    }
}

/// The tag that is pulled and looked for, and what it points at.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    pub tag: Tag,
    pub digest: Digest,
    pub pushed_at: Option<chrono::DateTime<chrono::Utc>>,
    /// FIPS or STIG.
    pub is_compliant: bool,
}

impl Chosen {
    /// The tag of that name, or else the first of what was pushed last; none where there is no tag at all.
    pub fn of(variants: &[Variant], name: &str) -> Option<Self> {
        let tags = || variants.iter().flat_map(|variant| variant.tags.iter().map(move |tag| (variant, tag)));
        let (variant, tag) = tags().find(|(_, tag)| tag.as_str() == name).or_else(|| tags().next())?;
        Some(Self {
            tag: tag.clone(),
            digest: variant.digest.clone(),
            pushed_at: variant.last_pushed,
            is_compliant: variant.is_compliant(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_what_it_asks_for_are_the_same() {
        let query = [("tab", "guides"), ("tool", "skopeo"), ("find", " 22 dev "), ("shell", "yes"), ("other", "x")];
        let query: ParamsMap = query.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        let asked = Asked::of(&query);
        assert_eq!(asked.href("/r"), "/r?tab=guides&tool=skopeo&find=22+dev&shell=yes");
        assert_eq!(Asked::default().href("/r"), "/r");
        assert_eq!(asked.tool(RepositoryKind::Image).as_str(), "skopeo");
        assert_eq!(Asked::default().tool(RepositoryKind::HelmChart).as_str(), "helm");
        let nonsense = Asked { tool: "helm".into(), ..Asked::default() };
        assert_eq!(nonsense.tool(RepositoryKind::Image).as_str(), "docker");
    }

    #[test]
    fn a_tag_that_is_not_there_is_the_last_pushed_one() {
        let digest = |of: &str| format!("sha256:{}", of.repeat(64)).parse::<Digest>().expect("a digest");
        let variant = |of: &str, tags: &[&str]| Variant {
            digest: digest(of),
            tags: tags.iter().map(|tag| tag.parse().expect("a tag")).collect(),
            images: Vec::new(),
            last_pushed: None,
        };
        let variants = [variant("a", &[]), variant("b", &["2", "2.1"]), variant("c", &["1"])];
        let chosen = |name| Chosen::of(&variants, name).map(|chosen| chosen.tag.to_string());
        assert_eq!(chosen("1").as_deref(), Some("1"));
        assert_eq!(chosen("nothing").as_deref(), Some("2"));
        assert_eq!(Chosen::of(&[], "1"), None);
    }
}
