//! Entitlements (`contracts/hub.md` section 6.4): what an organization's plan includes, and which repositories are mirrors.

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::SecondsFormat;

use super::context::{Asking, refusal};
use super::given;
use super::mirrors::{DhiSourceRepository, HOSTNAME, of, room, source};
use crate::sandbox::world::World;

/// The queries.
#[derive(Default)]
pub struct Entitlements;

#[derive(SimpleObject)]
struct NamespaceEntitlements {
    namespace: String,
    plan: NamespaceEntitlementPlan,
    is_enrolled: bool,
    scout_enrollment: Option<ScoutEnrollmentEntitlement>,
    feature_entitlements: Option<FeatureEntitlements>,
}

#[derive(SimpleObject)]
struct NamespaceEntitlementPlan {
    display_name: String,
    is_legacy: bool,
    is_free: bool,
}

#[derive(SimpleObject)]
struct ScoutEnrollmentEntitlement {
    features: Vec<String>,
}

#[derive(SimpleObject)]
struct FeatureEntitlements {
    dhi: DhiEntitlement,
    enable_on_push: bool,
}

#[derive(SimpleObject)]
#[expect(clippy::struct_excessive_bools, reason = "the SDL has them")]
struct DhiEntitlement {
    dhi_enabled: bool,
    can_mirror_more_repositories: bool,
    can_view_catalog: bool,
    repositories_limit: i32,
    mirrored_repositories_count: i32,
    free_trial: bool,
    free_trial_end_date: Option<String>,
}

#[derive(SimpleObject)]
struct RepositoryFeatures {
    vulnerability_reporting: Option<VulnerabilityReportingRepoFeature>,
    dhi: DhiRepoFeature,
}

#[derive(SimpleObject)]
struct VulnerabilityReportingRepoFeature {
    enabled: bool,
}

#[derive(SimpleObject)]
struct DhiRepoFeature {
    is_dhi_repo: bool,
    dhi_mirrored_repository: Option<DhiRepoFeatureMirror>,
}

#[derive(SimpleObject)]
struct DhiRepoFeatureMirror {
    id: String,
    dhi_source_repository: DhiSourceRepository,
}

#[derive(SimpleObject)]
struct RepositoryFeatureResult {
    namespace: String,
    repo_name: String,
    host_name: String,
    features: Option<RepositoryFeatures>,
}

#[Object]
impl Entitlements {
    async fn namespace_entitlements(
        &self,
        given_context: &Context<'_>,
        context: Asking,
    ) -> Result<NamespaceEntitlements> {
        let (world, identity) = given(given_context)?;
        let name = context.organization(world, identity)?;
        let organization = world.state().people.organization(&name).cloned();
        let organization = organization.ok_or_else(|| refusal("NOT_FOUND", 404, "organization not found"))?;
        let dhi = DhiEntitlement {
            dhi_enabled: organization.entitled,
            can_mirror_more_repositories: room(world, &name) > 0,
            can_view_catalog: true,
            repositories_limit: organization.mirror_limit,
            mirrored_repositories_count: i32::try_from(of(world, &name).len()).unwrap_or(i32::MAX),
            free_trial: organization.trial.is_some(),
            free_trial_end_date: organization.trial.map(|end| end.to_rfc3339_opts(SecondsFormat::Millis, true)),
        };
        Ok(NamespaceEntitlements {
            namespace: name,
            plan: NamespaceEntitlementPlan {
                display_name: organization.plan,
                is_legacy: false,
                is_free: !organization.entitled,
            },
            is_enrolled: organization.entitled,
            scout_enrollment: organization
                .entitled
                .then(|| ScoutEnrollmentEntitlement { features: vec!["repository".into()] }),
            feature_entitlements: organization.told.then_some(FeatureEntitlements { dhi, enable_on_push: false }),
        })
    }

    async fn repo_features(
        &self,
        given_context: &Context<'_>,
        context: Asking,
        repo_name: String,
        host_name: Option<String>,
    ) -> Result<RepositoryFeatures> {
        let (world, identity) = given(given_context)?;
        let organization = context.organization(world, identity)?;
        let found = if is_hub(host_name.as_deref()) { features(world, &organization, &repo_name) } else { None };
        found.ok_or_else(|| refusal("NOT_FOUND", 404, "repository not found"))
    }

    async fn repos_features(
        &self,
        given_context: &Context<'_>,
        context: Asking,
        repo_names: Vec<String>,
        host_name: Option<String>,
    ) -> Result<Vec<RepositoryFeatureResult>> {
        let (world, identity) = given(given_context)?;
        let organization = context.organization(world, identity)?;
        let host = host_name.unwrap_or_else(|| HOSTNAME.into());
        let one = |repo_name: String| RepositoryFeatureResult {
            features: if is_hub(Some(&host)) { features(world, &organization, &repo_name) } else { None },
            namespace: organization.clone(),
            repo_name,
            host_name: host.clone(),
        };
        Ok(repo_names.into_iter().map(one).collect())
    }
}

fn is_hub(host: Option<&str>) -> bool {
    matches!(host, None | Some("docker.io" | "hub.docker.com"))
}

/// The name may carry the namespace or not.
fn features(world: &World, organization: &str, repo_name: &str) -> Option<RepositoryFeatures> {
    let name = repo_name.strip_prefix(organization).and_then(|rest| rest.strip_prefix('/')).unwrap_or(repo_name);
    world.state().repository(organization, name)?;
    let mirror = of(world, organization).into_iter().find(|mirror| mirror.name == name);
    Some(RepositoryFeatures {
        vulnerability_reporting: Some(VulnerabilityReportingRepoFeature { enabled: mirror.is_some() }),
        dhi: DhiRepoFeature {
            is_dhi_repo: mirror.is_some(),
            dhi_mirrored_repository: mirror.map(|mirror| DhiRepoFeatureMirror {
                dhi_source_repository: source(world, &mirror.source),
                id: mirror.id,
            }),
        },
    })
}
