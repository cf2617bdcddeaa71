//! One repository of the catalog as its page shows it: its texts, its variants, and where one of its tags is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::catalog::{CatalogEntry, Choice, HubRefusal};
use super::health::HealthScore;
use super::image::{Digest, RepoName, Tag};
use super::mirror::{Mirror, MirrorList};
use super::whereabouts::Holding;

/// What the page of one catalog repository shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CatalogRepository {
    pub entry: CatalogEntry,
    /// Home page of the software, only http or https.
    pub home_url: Option<String>,
    pub category_names: Vec<String>,
    /// For example `Debian 13`.
    pub distribution_names: Vec<String>,
    pub overview: RepositoryText,
    pub guides: RepositoryText,
    /// Last pushed first.
    pub variants: Vec<Variant>,
    pub mirrors: Vec<Mirror>,
    /// Docker's entitlement still allows one more.
    pub can_mirror_more: bool,
    /// When Docker was asked for all but the mirrors.
    pub read_at: DateTime<Utc>,
    /// Why it, or the mirrors, could not be read since.
    pub refusal: Option<HubRefusal>,
}

impl CatalogRepository {
    /// With its mirrors as they were read.
    #[must_use]
    pub fn with_mirrors(mut self, list: MirrorList) -> Self {
        let MirrorList { mirrors, can_mirror_more, refusal, .. } = list;
        self.entry.mirrors = mirrors.iter().map(|mirror| mirror.repository.clone()).collect();
        self.refusal = self.refusal.or(refusal);
        Self { mirrors, can_mirror_more, ..self }
    }
}

/// A text of Docker's, made harmless.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryText {
    /// Sanitised HTML; its headings begin at `<h3>`.
    pub html: String,
    /// In their order.
    pub headings: Vec<TextHeading>,
}

/// A heading of a text, to be gone to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextHeading {
    /// The element's id in the HTML.
    pub id: String,
    pub words: String,
    /// It stands below another one.
    pub is_below: bool,
}

/// One digest of the catalog with all tags that point at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Of the index; of the manifest where there is only one.
    pub digest: Digest,
    pub tags: Vec<Tag>,
    pub images: Vec<VariantImage>,
    pub last_pushed: Option<DateTime<Utc>>,
}

/// The image of one platform of a variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VariantImage {
    /// For example `linux/amd64`.
    pub platform: String,
    pub digest: Digest,
    /// Compressed, in bytes.
    pub size: u64,
    /// For example `debian-13`, Debian 13.
    pub distribution: Choice,
    pub fips: bool,
    pub stig: bool,
    /// None where the image has none.
    pub package_manager: Option<String>,
    /// None where the image has none.
    pub shell: Option<String>,
    pub user: String,
    pub working_directory: String,
    /// None where Docker has not analysed the image, which is not the same as no finding.
    pub vulnerabilities: Option<VulnerabilityCounts>,
    /// None where Docker has not scored the image.
    pub health: Option<HealthScore>,
}

/// Known vulnerabilities by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VulnerabilityCounts {
    pub critical: u64,
    pub high: u64,
    pub medium: u64,
    pub low: u64,
    pub unspecified: u64,
    /// As Docker counts them.
    pub total: u64,
}

/// A value with the platforms that share it.
pub type Shared<T> = (Vec<String>, T);

impl Variant {
    /// Bytes of all platforms together.
    pub fn size(&self) -> u64 {
        self.images.iter().map(|image| image.size).fold(0, u64::saturating_add)
    }

    /// FIPS or STIG, which Docker offers in mirrors only.
    pub fn is_compliant(&self) -> bool {
        self.images.iter().any(|image| image.fips || image.stig)
    }

    /// Each value that some platform has, with the platforms that have it.
    pub fn shared<T: PartialEq>(&self, of: impl Fn(&VariantImage) -> T) -> Vec<Shared<T>> {
        let mut shared: Vec<Shared<T>> = Vec::new();
        for image in &self.images {
            let value = of(image);
            match shared.iter_mut().find(|(_, known)| *known == value) {
                Some((platforms, _)) => platforms.push(image.platform.clone()),
                None => shared.push((vec![image.platform.clone()], value)),
            }
        }
        shared
    }
}

impl VariantImage {
    /// It runs as root: an empty user is root, too.
    pub fn is_root(&self) -> bool {
        matches!(self.user.split(':').next().unwrap_or_default(), "" | "root" | "0")
    }
}

impl VulnerabilityCounts {
    /// Count and word of each severity, the worst first.
    pub fn by_severity(self) -> [(u64, &'static str); 5] {
        [
            (self.critical, "critical"),
            (self.high, "high"),
            (self.medium, "medium"),
            (self.low, "low"),
            (self.unspecified, "unspecified"),
        ]
    }

    /// Nothing is known, by any of Docker's numbers.
    pub fn finds_nothing(self) -> bool {
        self == Self::default()
    }
}

/// Where one tag of a catalog repository is by way of one mirror.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorPlaces {
    /// `acme/dhi-node`.
    pub mirror: RepoName,
    pub at_hub: AtHub,
    /// By their address.
    pub destinations: Vec<AtDestination>,
}

/// The tag as Docker Hub lists it in a mirror.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AtHub {
    Held {
        /// None where Hub does not say.
        digest: Option<Digest>,
        pushed_at: Option<DateTime<Utc>>,
    },
    Absent,
    /// Hub could not be asked; why.
    Unknown(String),
}

/// The tag at a repository of a destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtDestination {
    /// None once the destination is deleted.
    pub name: Option<String>,
    /// `host/repository`.
    pub address: String,
    /// What Ferry last saw there; none where it has brought nothing.
    pub seen: Option<Holding>,
    /// Rules that are on and bring the tag there.
    pub rules: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(platform: &str, user: &str) -> VariantImage {
        VariantImage {
            platform: platform.into(),
            digest: format!("sha256:{}", "a".repeat(64)).parse().expect("a digest"),
            size: 3,
            distribution: Choice { id: "debian-13".into(), name: "Debian 13".into() },
            fips: false,
            stig: false,
            package_manager: None,
            shell: None,
            user: user.into(),
            working_directory: "/".into(),
            vulnerabilities: None,
            health: None,
        }
    }

    #[test]
    fn root_has_several_names() {
        for (user, is_root) in [("", true), ("root", true), ("0:0", true), ("root:adm", true), ("nonroot", false)] {
            assert_eq!(image("linux/amd64", user).is_root(), is_root, "{user}");
        }
    }

    #[test]
    fn what_platforms_share_is_said_once() {
        let images = vec![image("linux/amd64", "root"), image("linux/arm64", "root"), image("linux/arm/v7", "node")];
        let digest = images[0].digest.clone();
        let variant = Variant { digest, tags: Vec::new(), images, last_pushed: None };
        let users = variant.shared(|image| image.user.clone());
        assert_eq!(users.len(), 2);
        assert_eq!(users[0], (vec!["linux/amd64".to_owned(), "linux/arm64".to_owned()], "root".to_owned()));
        assert_eq!(variant.size(), 9);
    }
}
