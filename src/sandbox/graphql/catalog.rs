//! The catalogue queries (`contracts/hub.md` section 6.2). Catalogue names throughout, never a mirror's.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use chrono::{SecondsFormat, TimeDelta};

use super::context::Asking;
use super::given;
use crate::sandbox::content::{Image, PlatformImage, sha256};
use crate::sandbox::world::catalog::{CatalogRepository, Definition, category_name};
use crate::sandbox::world::{World, now};

/// The queries.
#[derive(Default)]
pub struct Catalog;

#[derive(InputObject)]
struct DhiRepositoriesQuery {
    filter: Option<DhiRepositoriesQueryFilter>,
}

#[derive(InputObject)]
struct DhiRepositoriesQueryFilter {
    category_id: Option<String>,
}

#[derive(InputObject)]
struct DhiRepositoryDetailsQuery {
    repo_name: String,
}

#[derive(InputObject)]
struct DhiTagDetailsQuery {
    repo_name: String,
    tag: String,
}

#[derive(SimpleObject)]
struct DhiRepositoriesResult {
    items: Vec<DhiRepositorySummary>,
    categories: Vec<DhiRepositoryCategory>,
}

#[derive(SimpleObject)]
struct DhiRepositoryCategory {
    id: String,
    name: String,
}

#[derive(SimpleObject)]
struct DhiRepositorySummary {
    name: String,
    namespace: String,
    display_name: String,
    short_description: String,
    featured: bool,
    fips_compliant: bool,
    stig_certified: bool,
    home_url: Option<String>,
    categories: Vec<DhiRepositoryCategory>,
    distributions: Vec<String>,
    platforms: Vec<String>,
}

#[derive(SimpleObject)]
struct DhiRepositoryDetailsResult {
    #[graphql(flatten)]
    summary: DhiRepositorySummary,
    overview: String,
    guides: String,
    images: Vec<DhiIndexImage>,
}

#[derive(SimpleObject)]
struct DhiIndexImage {
    index_digest: String,
    tags: Vec<DhiImageTag>,
    image_manifests: Vec<DhiImageManifest>,
}

#[derive(SimpleObject, Clone)]
struct DhiImageTag {
    name: String,
    last_updated: String,
}

#[derive(SimpleObject)]
struct DhiTagDetailsResult {
    index_digest: String,
    repo: String,
    tag: DhiImageTag,
    all_tags: Vec<DhiImageTag>,
    image_manifests: Vec<DhiImageManifest>,
}

#[derive(SimpleObject)]
struct DhiImageManifest {
    manifest_digest: String,
    platform: String,
    distribution: String,
    compressed_size: f64,
    package_manager: Option<String>,
    shell: Option<String>,
    user: String,
    working_directory: String,
    fips_compliant: bool,
    stig_certified: bool,
    last_pushed: String,
    vulnerabilities: Option<VulnerabilityReport>,
    scout_health_score: Option<ScoutHealthScore>,
}

#[derive(SimpleObject)]
pub(super) struct VulnerabilityReport {
    critical: i32,
    high: i32,
    pub(super) medium: i32,
    pub(super) low: i32,
    pub(super) unspecified: i32,
    total: i32,
}

#[derive(SimpleObject)]
struct ScoutHealthScore {
    score: String,
    policies: Vec<ScoutHealthScorePolicy>,
}

#[derive(SimpleObject)]
struct ScoutHealthScorePolicy {
    name: String,
    label: String,
    status: ScoutHealthScorePolicyStatus,
    description: String,
    violation_count: i32,
}

#[derive(async_graphql::Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(rename_items = "SCREAMING_SNAKE_CASE")]
enum ScoutHealthScorePolicyStatus {
    Pass,
    Fail,
    Unknown,
}

#[Object]
impl Catalog {
    async fn dhi_repositories(
        &self,
        given_context: &Context<'_>,
        context: Option<Asking>,
        query: Option<DhiRepositoriesQuery>,
    ) -> Result<DhiRepositoriesResult> {
        let (world, identity) = given(given_context)?;
        if let Some(context) = context {
            context.organization(world, identity)?;
        }
        let wanted = query.and_then(|query| query.filter).and_then(|filter| filter.category_id);
        let state = world.state();
        let fits = |one: &&CatalogRepository| wanted.as_ref().is_none_or(|id| one.categories.contains(id));
        let mut ids: Vec<_> = state.catalog.values().flat_map(|one| one.categories.clone()).collect();
        ids.sort();
        ids.dedup();
        Ok(DhiRepositoriesResult {
            items: state.catalog.values().filter(fits).map(summary).collect(),
            categories: ids.into_iter().map(category).collect(),
        })
    }

    async fn dhi_repository_details(
        &self,
        given_context: &Context<'_>,
        context: Option<Asking>,
        query: DhiRepositoryDetailsQuery,
    ) -> Result<Option<DhiRepositoryDetailsResult>> {
        let (world, identity) = given(given_context)?;
        if let Some(context) = context {
            context.organization(world, identity)?;
        }
        let Some(repository) = world.state().catalog.get(&query.repo_name).cloned() else { return Ok(None) };
        let mut images = Vec::new();
        for definition in &repository.definitions {
            let image = world.build(&definition.recipe).await;
            images.push(DhiIndexImage {
                index_digest: image.root.digest.clone(),
                tags: definition.tags.iter().map(|name| tag(definition, name)).collect(),
                image_manifests: manifests(definition, &image),
            });
        }
        Ok(Some(DhiRepositoryDetailsResult {
            summary: summary(&repository),
            overview: repository.overview,
            guides: repository.guides,
            images,
        }))
    }

    async fn dhi_tag_details(
        &self,
        given_context: &Context<'_>,
        context: Option<Asking>,
        query: DhiTagDetailsQuery,
    ) -> Result<Option<DhiTagDetailsResult>> {
        let (world, identity) = given(given_context)?;
        if let Some(context) = context {
            context.organization(world, identity)?;
        }
        let Some((definition, image)) = find(world, &query.repo_name, &query.tag).await else { return Ok(None) };
        Ok(Some(DhiTagDetailsResult {
            index_digest: image.root.digest.clone(),
            repo: query.repo_name,
            tag: tag(&definition, &query.tag),
            all_tags: definition.tags.iter().map(|name| tag(&definition, name)).collect(),
            image_manifests: manifests(&definition, &image),
        }))
    }
}

async fn find(world: &World, repository: &str, tag: &str) -> Option<(Definition, Arc<Image>)> {
    let definition = world.state().catalog.get(repository)?.definition_of(tag)?.clone();
    let image = world.build(&definition.recipe).await;
    Some((definition, image))
}

fn summary(repository: &CatalogRepository) -> DhiRepositorySummary {
    DhiRepositorySummary {
        name: repository.name.clone(),
        namespace: "dhi".into(),
        display_name: repository.display_name.clone(),
        short_description: repository.short_description.clone(),
        featured: repository.featured,
        fips_compliant: repository.fips,
        stig_certified: repository.stig,
        home_url: repository.home_url.clone(),
        categories: repository.categories.iter().cloned().map(category).collect(),
        distributions: repository.distributions(),
        platforms: repository.platforms(),
    }
}

fn category(id: String) -> DhiRepositoryCategory {
    DhiRepositoryCategory { name: category_name(&id), id }
}

fn tag(definition: &Definition, name: &str) -> DhiImageTag {
    DhiImageTag { name: name.to_owned(), last_updated: stamp(definition) }
}

fn stamp(definition: &Definition) -> String {
    definition.built_at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn manifests(definition: &Definition, image: &Image) -> Vec<DhiImageManifest> {
    image.platforms.iter().map(|platform| manifest(definition, platform)).collect()
}

fn manifest(definition: &Definition, platform: &PlatformImage) -> DhiImageManifest {
    let recipe = &definition.recipe;
    let manager = if recipe.distribution.starts_with("alpine") { "apk" } else { "apt" };
    DhiImageManifest {
        manifest_digest: platform.manifest.digest.clone(),
        platform: if recipe.is_chart() { "linux/amd64".into() } else { format!("linux/{}", platform.architecture) },
        distribution: recipe.distribution.clone(),
        compressed_size: f64::from(u32::try_from(platform.size()).unwrap_or(u32::MAX)),
        package_manager: recipe.dev.then(|| manager.to_owned()),
        shell: recipe.dev.then(|| "bash".to_owned()),
        user: recipe.user.clone(),
        working_directory: "/".into(),
        fips_compliant: recipe.fips,
        stig_certified: recipe.stig,
        last_pushed: stamp(definition),
        vulnerabilities: is_analysed(definition, platform)
            .then(|| vulnerabilities(&platform.manifest.digest, recipe.dev)),
        scout_health_score: is_analysed(definition, platform).then(|| health(recipe.dev)),
    }
}

/// Charts never are, a build is some minutes after its push, and for one platform of the seed it takes longer. When Docker
/// answers null is unconfirmed; that it may is not.
pub(super) fn is_analysed(definition: &Definition, platform: &PlatformImage) -> bool {
    let recipe = &definition.recipe;
    let late = recipe.name == "rabbitmq" && platform.architecture == "arm64";
    !recipe.is_chart() && !late && now() - definition.built_at > TimeDelta::minutes(10)
}

/// Hardly any, and always the same for the same digest.
pub(super) fn vulnerabilities(digest: &str, dev: bool) -> VulnerabilityReport {
    let chance = sha256(digest.as_bytes()).as_bytes().get(12).copied().map_or(0, i32::from);
    let (medium, low) = if dev { (1 + chance % 3, 2 + chance % 5) } else { (0, chance % 3) };
    let unspecified = i32::from(dev);
    VulnerabilityReport { critical: 0, high: 0, medium, low, unspecified, total: medium + low + unspecified }
}

fn health(dev: bool) -> ScoutHealthScore {
    let policy = |name: &str, label: &str, passes: bool| ScoutHealthScorePolicy {
        name: name.into(),
        label: label.into(),
        status: if passes { ScoutHealthScorePolicyStatus::Pass } else { ScoutHealthScorePolicyStatus::Fail },
        description: format!("{label}."),
        violation_count: i32::from(!passes),
    };
    ScoutHealthScore {
        score: if dev { "B".into() } else { "A".into() },
        policies: vec![
            policy("no-fixable-critical-cves", "No fixable critical or high vulnerabilities", true),
            policy("default-non-root", "Default non-root user", !dev),
            policy("attestations", "Supply chain attestations", true),
            policy("up-to-date-base-images", "Up-to-date base images", true),
        ],
    }
}
