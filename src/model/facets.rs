//! How the catalog is narrowed: what is searched for, which values of which facets, and how many entries each would leave.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::catalog::{CatalogEntry, Choice, HubRefusal};

/// A way to narrow the catalog. Several values of one facet let through what any of them takes; several facets, what all
/// of them take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Facet {
    Category,
    /// Image or Helm chart.
    Kind,
    Distribution,
    Fips,
    Stig,
    Platform,
    Mirrored,
    /// By a rule.
    Forwarded,
}

impl Facet {
    /// In the order of the page.
    pub const ALL: [Self; 8] = [
        Self::Kind,
        Self::Mirrored,
        Self::Forwarded,
        Self::Fips,
        Self::Stig,
        Self::Category,
        Self::Distribution,
        Self::Platform,
    ];

    /// The one spelling: address and field.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Kind => "kind",
            Self::Distribution => "distribution",
            Self::Fips => "fips",
            Self::Stig => "stig",
            Self::Platform => "platform",
            Self::Mirrored => "mirrored",
            Self::Forwarded => "forwarded",
        }
    }

    /// The words the interface shows; FIPS and STIG stand together.
    pub fn label(self) -> &'static str {
        match self {
            Self::Category => "Category",
            Self::Kind => "Type",
            Self::Distribution => "Distribution",
            Self::Fips | Self::Stig => "Compliance",
            Self::Platform => "Platform",
            Self::Mirrored => "Mirrored",
            Self::Forwarded => "Forwarded",
        }
    }

    /// What `yes` and `no` of it are called; none where its values are others.
    pub fn yes_and_no(self) -> Option<[&'static str; 2]> {
        match self {
            Self::Fips => Some(["FIPS", "Without FIPS"]),
            Self::Stig => Some(["STIG", "Without STIG"]),
            Self::Mirrored => Some(["Mirrored", "Not mirrored"]),
            Self::Forwarded => Some(["Forwarded", "Not forwarded"]),
            _ => None,
        }
    }
}

/// In which order entries stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CatalogSort {
    /// What was searched for first by how well it fits, otherwise Docker's featured ones first.
    #[default]
    Best,
    Name,
}

impl CatalogSort {
    /// The one spelling: address and field.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Best => "",
            Self::Name => "name",
        }
    }

    /// Reads that spelling; anything else is the usual order.
    pub fn parse(text: &str) -> Self {
        if text == Self::Name.as_str() { Self::Name } else { Self::Best }
    }
}

/// What the catalog is asked for, as it stands in the address; every field empty means everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CatalogFilter {
    /// Words that name or description must contain.
    pub q: String,
    /// Ids of categories.
    pub category: Vec<String>,
    /// `image` or `helm-chart`.
    pub kind: Vec<String>,
    /// For example `debian-13`.
    pub distribution: Vec<String>,
    /// `yes` or `no`, as the next.
    pub fips: Vec<String>,
    pub stig: Vec<String>,
    /// For example `linux/amd64`.
    pub platform: Vec<String>,
    pub mirrored: Vec<String>,
    pub forwarded: Vec<String>,
    pub sort: CatalogSort,
    /// Which page of what was found; 0 is the first, as 1 is.
    pub page: u32,
}

impl CatalogFilter {
    /// The values chosen of a facet.
    pub fn chosen(&self, facet: Facet) -> &Vec<String> {
        match facet {
            Facet::Category => &self.category,
            Facet::Kind => &self.kind,
            Facet::Distribution => &self.distribution,
            Facet::Fips => &self.fips,
            Facet::Stig => &self.stig,
            Facet::Platform => &self.platform,
            Facet::Mirrored => &self.mirrored,
            Facet::Forwarded => &self.forwarded,
        }
    }

    /// The values chosen of a facet, to be changed.
    pub fn chosen_mut(&mut self, facet: Facet) -> &mut Vec<String> {
        match facet {
            Facet::Category => &mut self.category,
            Facet::Kind => &mut self.kind,
            Facet::Distribution => &mut self.distribution,
            Facet::Fips => &mut self.fips,
            Facet::Stig => &mut self.stig,
            Facet::Platform => &mut self.platform,
            Facet::Mirrored => &mut self.mirrored,
            Facet::Forwarded => &mut self.forwarded,
        }
    }

    /// True while every entry passes.
    pub fn takes_all(&self) -> bool {
        self.q.trim().is_empty() && Facet::ALL.iter().all(|facet| self.chosen(*facet).is_empty())
    }
}

/// A value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetValue {
    /// What goes into the address.
    pub id: String,
    pub name: String,
    /// Entries that have it and pass all other facets and the search.
    pub count: u32,
    pub chosen: bool,
}

/// A facet with the values that entries have, and those that were chosen all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetValues {
    pub facet: Facet,
    pub values: Vec<FacetValue>,
}

/// What the catalog page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CatalogList {
    /// One page of those that pass the filter.
    pub entries: Vec<CatalogEntry>,
    /// How many pass it.
    pub found: u32,
    /// How many there are without a filter.
    pub total: u32,
    /// The page shown, from 1.
    pub page: u32,
    pub pages: u32,
    /// Entries before this page.
    pub skipped: u32,
    /// Some word stands nowhere: what is written almost so was taken.
    pub close: bool,
    pub facets: Vec<FacetValues>,
    /// When Docker was asked.
    pub read_at: DateTime<Utc>,
    /// Why it could not be asked since.
    pub refusal: Option<HubRefusal>,
}

impl CatalogList {
    /// What a facet can be narrowed to, by name.
    pub fn choices(&self, facet: Facet) -> Vec<Choice> {
        let values = self.facets.iter().filter(|values| values.facet == facet).flat_map(|values| &values.values);
        values.map(|value| Choice { id: value.id.clone(), name: value.name.clone() }).collect()
    }
}
