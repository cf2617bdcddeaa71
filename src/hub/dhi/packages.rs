//! The packages of one platform's image, and what is known of their vulnerabilities (6.5).

use serde::Deserialize;

use super::catalog::absent;
use super::details::Coordinates;
use crate::hub::lenient::{self, open_enum};
use crate::hub::{HubError, Session, operations};

/// What Docker's analysis found in an image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImagePackages {
    /// Only [`SbomState::Indexed`] makes an empty list mean "none" (trap 16).
    pub state: SbomState,
    pub packages: Vec<Package>,
}

open_enum! {
    /// How far Docker's analysis of an image is.
    SbomState {
        Indexed = "INDEXED",
        Indexing = "INDEXING",
        IndexingFailed = "INDEXING_FAILED",
        IndexingUnavailable = "INDEXING_UNAVAILABLE",
        /// Also where the subscription is bound to a region without analysis (7.5).
        None = "NONE",
    }
}

/// One package.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Package {
    pub name: String,
    pub version: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub purl: String,
    pub licenses: Vec<String>,
    pub vulnerabilities: Vec<Vulnerability>,
}

/// One vulnerability under one package; the same one may stand under many.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Vulnerability {
    /// `CVE-2025-0395`, or the number of another source.
    pub source_id: String,
    pub source: String,
    pub url: String,
    pub fixed_by: Option<String>,
    pub cisa_exploited: bool,
    /// Suppressed: it does not count.
    pub is_excepted: bool,
    pub cvss: Cvss,
    pub epss: Option<Epss>,
    #[serde(rename = "vulnerabilityExceptions")]
    pub exceptions: Vec<Exception>,
    pub vex_statements: Vec<Exception>,
}

/// How bad it is; each part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Cvss {
    pub severity: Severity,
    pub version: Option<String>,
    pub score: Option<f64>,
}

open_enum! {
    /// The rank of a vulnerability.
    Severity { Critical = "CRITICAL", High = "HIGH", Medium = "MEDIUM", Low = "LOW", Unspecified = "UNSPECIFIED" }
}

/// How likely it is to be exploited within a month, and how many are less likely: both from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Epss {
    pub score: f64,
    pub percentile: f64,
}

/// Why a vulnerability does not count, or what is said of it in a VEX document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Exception {
    /// `FALSE_POSITIVE`, `ACCEPTED_RISK`; newer ones do not suppress.
    #[serde(rename = "type")]
    pub kind: String,
    /// `VEX_STATEMENT`, `MANUAL_EXCEPTION`, `EXTERNAL`.
    pub source_type: String,
    /// Of VEX only: `NOT_AFFECTED`, `AFFECTED`, `FIXED`, `UNDER_INVESTIGATION`.
    pub status: Option<String>,
    pub justification: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub additional_details: String,
    #[serde(deserialize_with = "lenient::text")]
    pub author: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Wire {
    sbom_state: SbomState,
    image_packages: WirePackages,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WirePackages {
    packages: Vec<WirePackage>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WirePackage {
    package: Package,
}

impl Session {
    /// What is in the image, suppressed vulnerabilities included; none where Docker has no answer for it, which means not
    /// analysed as well.
    pub async fn packages(&self, organization: &str, of: &Coordinates) -> Result<Option<ImagePackages>, HubError> {
        let wire: Option<Wire> = absent(self.ask_for(&operations::packages(organization, of)).await)?;
        Ok(wire.map(|wire| ImagePackages {
            state: wire.sbom_state,
            packages: wire.image_packages.packages.into_iter().map(|one| one.package).collect(),
        }))
    }
}
