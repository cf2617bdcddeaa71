//! The vulnerabilities of an image, each once however many packages have it.

use serde::{Deserialize, Serialize};

use super::packages::Analysis;

/// How bad one is, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    Critical,
    High,
    Medium,
    Low,
    /// Nobody has said.
    Unspecified,
}

impl Severity {
    /// From the worst on.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Unspecified];

    /// The one spelling: address and attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Unspecified => "unspecified",
        }
    }

    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Critical => "Critical",
            Self::High => "High",
            Self::Medium => "Medium",
            Self::Low => "Low",
            Self::Unspecified => "Unspecified",
        }
    }
}

/// Which vulnerabilities are asked for, as it stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VulnerabilityQuery {
    /// Words that the number or a package must contain.
    pub q: String,
    /// A severity's spelling; empty for all.
    pub severity: String,
    /// From 1; 0 is the first as well.
    pub page: u32,
}

/// What is known of an image's vulnerabilities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VulnerabilityList {
    pub analysis: Analysis,
    /// Those that count by severity, without a filter.
    pub counts: Vec<(Severity, u32)>,
    /// How many of those that count were asked for.
    pub found: u32,
    /// Those that count, the worst first.
    pub rows: Vec<Finding>,
    /// From 1.
    pub page: u32,
    /// The last one.
    pub pages: u32,
    /// Suppressed ones that were asked for, the worst first; the first hundred of them.
    pub suppressed: Vec<Finding>,
    /// How many suppressed ones were asked for.
    pub suppressed_found: u32,
}

/// One vulnerability of an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// For example `CVE-2025-0395`.
    pub id: String,
    /// Only https.
    pub url: Option<String>,
    /// The worst that is said of it.
    pub severity: Severity,
    /// CVSS, from 0 to 10.
    pub score: Option<f64>,
    pub epss: Option<Likelihood>,
    /// Versions that mend it.
    pub fixed_by: Vec<String>,
    /// Known to be used in attacks, says CISA.
    pub is_exploited: bool,
    pub packages: Vec<Affected>,
    /// What the publisher says of it.
    pub notes: Vec<VexNote>,
}

/// How likely it is that a vulnerability is used within a month (EPSS).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Likelihood {
    /// From 0 to 1.
    pub probability: f64,
    /// The share of all vulnerabilities that are less likely, from 0 to 1.
    pub percentile: f64,
}

/// A package that has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Affected {
    pub name: String,
    pub version: String,
    pub purl: String,
}

/// What is said of a vulnerability in this image, in plain words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VexNote {
    /// For example `Not affected`.
    pub status: String,
    /// For example `The vulnerable code is not in the image.`
    pub reason: Option<String>,
    /// The author's own words.
    pub details: Option<String>,
    pub author: Option<String>,
}
