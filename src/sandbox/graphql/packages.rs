//! Packages and vulnerabilities of one platform's image (`contracts/hub.md` section 6.5). An index digest finds nothing.

use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};

use super::catalog::{is_analysed, vulnerabilities};
use super::context::Asking;
use super::given;
use crate::sandbox::content::{Excepted, Found, Holding, Image, holdings};
use crate::sandbox::world::World;
use crate::sandbox::world::catalog::Definition;

/// The query.
#[derive(Default)]
pub struct Packages;

#[derive(InputObject)]
struct ImagePackagesForImageCoordsQuery {
    digest: String,
    host_name: String,
    repo_name: String,
    include_excepted: Option<bool>,
}

#[derive(SimpleObject)]
struct ImagePackagesForImageCoords {
    digest: String,
    host_name: String,
    repo_name: String,
    sbom_state: SbomState,
    image_packages: ImagePackages,
}

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(rename_items = "SCREAMING_SNAKE_CASE")]
enum SbomState {
    Indexed,
    Indexing,
    IndexingFailed,
    IndexingUnavailable,
    None,
}

#[derive(SimpleObject)]
struct ImagePackages {
    packages: Vec<ImagePackage>,
}

#[derive(SimpleObject)]
struct ImagePackage {
    package: Package,
}

#[derive(SimpleObject)]
struct Package {
    name: Option<String>,
    purl: String,
    #[graphql(name = "type")]
    kind: String,
    version: String,
    licenses: Vec<String>,
    vulnerabilities: Vec<VpVulnerability>,
}

#[derive(SimpleObject)]
struct VpVulnerability {
    source_id: String,
    source: String,
    cvss: Cvss,
    fixed_by: Option<String>,
    url: String,
    epss: Option<Epss>,
    cisa_exploited: bool,
    is_excepted: bool,
    vulnerability_exceptions: Vec<VulnerabilityException>,
    vex_statements: Vec<VulnerabilityException>,
}

#[derive(SimpleObject)]
struct Cvss {
    severity: Option<CvssSeverity>,
    version: Option<CvssVersion>,
    score: Option<f64>,
}

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(rename_items = "SCREAMING_SNAKE_CASE")]
enum CvssSeverity {
    Critical,
    High,
    Medium,
    Low,
    Unspecified,
}

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
enum CvssVersion {
    #[graphql(name = "CVSS_VERSION_3")]
    Three,
}

#[derive(SimpleObject)]
struct Epss {
    score: f64,
    percentile: f64,
}

#[derive(SimpleObject, Clone)]
struct VulnerabilityException {
    author: Option<String>,
    timestamp: String,
    source_type: String,
    #[graphql(name = "type")]
    kind: String,
    justification: Option<String>,
    status: Option<String>,
    additional_details: Option<String>,
}

#[Object]
impl Packages {
    async fn dhi_image_packages_for_image_coords(
        &self,
        given_context: &Context<'_>,
        context: Option<Asking>,
        query: ImagePackagesForImageCoordsQuery,
    ) -> Result<Option<ImagePackagesForImageCoords>> {
        let (world, identity) = given(given_context)?;
        if let Some(context) = context {
            context.organization(world, identity)?;
        }
        let Some((definition, image)) = find(world, &query.host_name, &query.repo_name, &query.digest).await else {
            return Ok(None);
        };
        let platform = image.platforms.iter().find(|platform| platform.manifest.digest == query.digest);
        let Some(platform) = platform else { return Ok(None) };
        let recipe = &definition.recipe;
        let analysed = is_analysed(&definition, platform);
        let packages = if analysed {
            let report = vulnerabilities(&query.digest, recipe.dev);
            holdings(recipe, &platform.architecture, (report.medium, report.low, report.unspecified))
        } else {
            Vec::new()
        };
        let excepted = query.include_excepted.unwrap_or_default();
        let packages = packages.into_iter().map(|holding| ImagePackage { package: package(holding, excepted) });
        Ok(Some(ImagePackagesForImageCoords {
            digest: query.digest,
            host_name: query.host_name,
            repo_name: query.repo_name,
            sbom_state: match (analysed, recipe.is_chart()) {
                (true, _) => SbomState::Indexed,
                (false, true) => SbomState::None,
                (false, false) => SbomState::Indexing,
            },
            image_packages: ImagePackages { packages: packages.collect() },
        }))
    }
}

/// The newest build of a catalogue repository that has a platform with this digest. With or without a namespace, as documented.
pub(super) async fn find(
    world: &World,
    host: &str,
    repository: &str,
    digest: &str,
) -> Option<(Definition, Arc<Image>)> {
    if !matches!(host, "docker.io" | "hub.docker.com") {
        return None;
    }
    let name = repository.rsplit('/').next().unwrap_or(repository);
    let definitions = world.state().catalog.get(name)?.definitions.clone();
    for definition in definitions {
        let image = world.build(&definition.recipe).await;
        if image.platforms.iter().any(|platform| platform.manifest.digest == digest) {
            return Some((definition, image));
        }
    }
    None
}

fn package(holding: Holding, excepted: bool) -> Package {
    let found = holding.found.into_iter().filter(|found| excepted || found.excepted.is_none());
    Package {
        name: Some(holding.name),
        purl: holding.purl,
        kind: holding.kind,
        version: holding.version,
        licenses: holding.licenses.into_iter().map(str::to_owned).collect(),
        vulnerabilities: found.map(vulnerability).collect(),
    }
}

fn vulnerability(found: Found) -> VpVulnerability {
    let exceptions: Vec<_> = found.excepted.into_iter().map(exception).collect();
    let is_vex = found.excepted.is_some_and(|why| why.source_type == "VEX_STATEMENT");
    VpVulnerability {
        url: format!("https://scout.docker.com/v/{}", found.id),
        source_id: found.id,
        source: "nist".into(),
        cvss: Cvss {
            severity: found.severity.map(severity),
            version: found.score.map(|_| CvssVersion::Three),
            score: found.score,
        },
        fixed_by: found.fixed_by,
        epss: found.epss.map(|(score, percentile)| Epss { score, percentile }),
        cisa_exploited: found.exploited,
        is_excepted: found.excepted.is_some(),
        vex_statements: exceptions.iter().filter(|_| is_vex).cloned().collect(),
        vulnerability_exceptions: exceptions,
    }
}

fn severity(word: &str) -> CvssSeverity {
    match word {
        "CRITICAL" => CvssSeverity::Critical,
        "HIGH" => CvssSeverity::High,
        "MEDIUM" => CvssSeverity::Medium,
        "LOW" => CvssSeverity::Low,
        _ => CvssSeverity::Unspecified,
    }
}

fn exception(why: Excepted) -> VulnerabilityException {
    VulnerabilityException {
        author: Some("Docker Hardened Images <dhi@docker.com>".into()),
        timestamp: "2026-02-01T00:00:00Z".into(),
        source_type: why.source_type.into(),
        kind: why.kind.into(),
        justification: why.justification.map(str::to_owned),
        status: why.status.map(str::to_owned),
        additional_details: Some(why.details.to_owned()).filter(|details| !details.is_empty()),
    }
}
