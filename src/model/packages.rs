//! The packages of an image, and whether Docker has looked into it at all.

use serde::{Deserialize, Serialize};

/// Whether Docker has looked into an image. Anything but [`Analysis::Indexed`] means that nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Analysis {
    Indexed,
    Indexing,
    Failed,
    Unavailable,
    /// Docker says that there is none.
    None,
    /// Docker has no answer for this image.
    NoAnswer,
    /// A state that Docker added since.
    Unknown,
}

impl Analysis {
    /// What is in the image is known.
    pub fn is_known(self) -> bool {
        self == Self::Indexed
    }

    /// What the state means and what to do about it; empty where all is known.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Indexed => "",
            Self::Indexing => "Docker is still looking into this image. Come back in some minutes.",
            Self::Failed => "Docker tried to look into this image and failed. Ask Docker's support if it stays so.",
            Self::Unavailable => "Docker cannot look into this image, so nothing is known of its content.",
            Self::None => {
                "Docker does not analyse this image. That is so where the subscription is bound to the EU region, for example."
            }
            Self::NoAnswer => {
                "Docker has no answer for this image. It may be too new or too old, or not analysed in your region."
            }
            Self::Unknown => "Docker names a state that Ferry does not know, so nothing is said of this image.",
        }
    }
}

/// Which packages are asked for, as it stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PackageQuery {
    /// Words that name, version, licence or purl must contain.
    pub q: String,
    /// For example `deb`; empty for all.
    pub kind: String,
    /// From 1; 0 is the first as well.
    pub page: u32,
}

/// One page of an image's packages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageList {
    pub analysis: Analysis,
    /// How many there are.
    pub total: u32,
    /// How many of them were asked for.
    pub found: u32,
    /// By name.
    pub rows: Vec<PackageRow>,
    /// From 1.
    pub page: u32,
    /// The last one.
    pub pages: u32,
    /// Of all packages, with how many there are of each.
    pub kinds: Vec<(String, u32)>,
}

/// One package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageRow {
    pub name: String,
    pub version: String,
    /// For example `deb`.
    pub kind: String,
    pub purl: String,
    pub licenses: Vec<String>,
    /// Vulnerabilities that count, each once.
    pub vulnerabilities: u32,
}

/// Where a page lies in its list: `101 to 200 of 5 012`, counted from 1; none of an empty list.
pub fn page_bounds(page: u32, size: u32, found: u32) -> Option<(u32, u32)> {
    let first = page.max(1).saturating_sub(1).saturating_mul(size);
    (first < found).then(|| (first + 1, (first + size).min(found)))
}

/// Rows on one page of packages or vulnerabilities.
pub const ROWS_ON_A_PAGE: u32 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_where_it_lies() {
        assert_eq!(page_bounds(1, 100, 5_012), Some((1, 100)));
        assert_eq!(page_bounds(51, 100, 5_012), Some((5_001, 5_012)));
        assert_eq!(page_bounds(52, 100, 5_012), None);
        assert_eq!(page_bounds(0, 100, 0), None);
        assert_eq!(page_bounds(u32::MAX, 100, 5), None);
    }

    #[test]
    fn only_what_was_analysed_is_known() {
        use Analysis::{Failed, Indexed, Indexing, NoAnswer, None, Unavailable, Unknown};
        for state in [Indexing, Failed, Unavailable, None, NoAnswer, Unknown] {
            assert!(!state.is_known() && state.sentence().ends_with('.'), "{state:?}");
        }
        assert!(Indexed.is_known());
    }
}
