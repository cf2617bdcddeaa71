//! What the organization's Docker plan includes (6.4).

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::hub::{HubError, Session, lenient, operations};

/// The plan of an organization and what it says of DHI.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entitlements {
    pub namespace: String,
    pub plan: Plan,
    pub is_enrolled: bool,
    /// None where Docker does not say.
    pub dhi: Option<DhiEntitlement>,
}

/// The plan by its name; Select, Enterprise and regions are not told (6.4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Plan {
    pub display_name: String,
    pub is_legacy: bool,
    pub is_free: bool,
}

/// What the plan or a trial allows of DHI.
#[expect(clippy::struct_excessive_bools, reason = "Docker's own record, field by field")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DhiEntitlement {
    /// By plan or by trial.
    pub dhi_enabled: bool,
    /// The one to rely on: the value of an unlimited `repositories_limit` is unknown.
    pub can_mirror_more_repositories: bool,
    pub can_view_catalog: bool,
    /// May be negative where there is no limit.
    pub repositories_limit: Option<i64>,
    #[serde(deserialize_with = "lenient::count")]
    pub mirrored_repositories_count: u64,
    pub free_trial: bool,
    #[serde(deserialize_with = "lenient::moment")]
    pub free_trial_end_date: Option<DateTime<Utc>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Wire {
    namespace: String,
    plan: Plan,
    is_enrolled: bool,
    feature_entitlements: Features,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Features {
    dhi: Option<DhiEntitlement>,
}

impl Session {
    /// What the organization's plan includes.
    pub async fn entitlements(&self, organization: &str) -> Result<Entitlements, HubError> {
        let wire: Wire = self.ask(&operations::entitlements(organization)).await?;
        let Wire { namespace, plan, is_enrolled, feature_entitlements } = wire;
        Ok(Entitlements { namespace, plan, is_enrolled, dhi: feature_entitlements.dhi })
    }
}
