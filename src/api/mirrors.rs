//! Mirrors: everybody in the organization looks; whoever Docker Hub lets starts and stops them.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use crate::model::{
    ApiError, CatalogName, Entitlement, MirrorDetail, MirrorList, MirrorName, MirrorOutcome, MirrorProposals,
    MirrorWish, OrgName,
};

/// All mirrors of the organization, by name, and those that were stopped.
#[server(prefix = "/api", endpoint = "mirrors/list", input = GetUrl)]
pub async fn list_mirrors(organization: OrgName) -> Result<MirrorList, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::mirrors::list(&visitor).await?)
}

/// One mirror with its tags and Docker's log, also one that was stopped.
#[server(prefix = "/api", endpoint = "mirrors/get", input = GetUrl)]
pub async fn get_mirror(organization: OrgName, name: MirrorName) -> Result<MirrorDetail, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::mirrors::get(&visitor, &name).await?)
}

/// Asks Docker to mirror a catalog repository to `name`, and goes to the mirror's page. Form `mirror`, field `name`.
#[server(prefix = "/api", endpoint = "mirrors/start")]
pub async fn start_mirror(organization: OrgName, source: CatalogName, name: String) -> Result<(), ApiError> {
    let visitor = crate::access::mirrorer(&organization).await?;
    let answer = crate::mirrors::start(&visitor, &source, &name).await.map_err(ApiError::from);
    let kept = serde_json::json!({ "source": source, "name": name });
    let mirror = crate::access::forms::keep("mirror", &kept, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/mirrors/{mirror}"));
    Ok(())
}

/// Asks Docker to stop updating a mirror; the repository stays. Goes to the list of mirrors.
#[server(prefix = "/api", endpoint = "mirrors/stop")]
pub async fn stop_mirror(organization: OrgName, name: MirrorName) -> Result<(), ApiError> {
    let visitor = crate::access::mirrorer(&organization).await?;
    let answer = match crate::mirrors::stop(&visitor, &name).await {
        // Nothing comes any more that it could tell of.
        Ok(()) => crate::hooks::forget(&visitor, &name).await.map_err(ApiError::from),
        Err(error) => Err(error.into()),
    };
    crate::access::forms::keep("stop-mirror", &name, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/mirrors"));
    Ok(())
}

/// What the organization's Docker plan allows of mirrors.
#[server(prefix = "/api", endpoint = "mirrors/entitlement", input = GetUrl)]
pub async fn get_entitlement(organization: OrgName) -> Result<Entitlement, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::mirrors::entitlement::get(&visitor).await)
}

/// What was chosen in the catalog, each with a free name for its mirror.
#[server(prefix = "/api", endpoint = "mirrors/propose", input = GetUrl)]
pub async fn propose_mirrors(
    organization: OrgName,
    #[server(default)] sources: Vec<String>,
) -> Result<MirrorProposals, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::mirrors::propose(&visitor, &sources).await?)
}

/// Asks Docker for each mirror that is wanted; answers what came of each. Form `mirrors`.
#[server(prefix = "/api", endpoint = "mirrors/start-several")]
pub async fn start_mirrors(
    organization: OrgName,
    #[server(default)] wishes: Vec<MirrorWish>,
) -> Result<Vec<MirrorOutcome>, ApiError> {
    let visitor = crate::access::mirrorer(&organization).await?;
    let answer = crate::mirrors::start_several(&visitor, wishes.clone()).await.map_err(ApiError::from);
    crate::access::forms::show("mirrors", &wishes, answer).await
}

/// Asks Docker to stop updating several mirrors; answers what came of each, or goes to the list of mirrors where all went
/// well. Form `stop-mirrors`.
#[server(prefix = "/api", endpoint = "mirrors/stop-several")]
pub async fn stop_mirrors(
    organization: OrgName,
    #[server(default)] names: Vec<MirrorName>,
) -> Result<Vec<MirrorOutcome>, ApiError> {
    let visitor = crate::access::mirrorer(&organization).await?;
    let mut outcomes = Vec::new();
    for name in &names {
        let done = match crate::mirrors::stop(&visitor, name).await {
            Ok(()) => crate::hooks::forget(&visitor, name).await.map_err(ApiError::from),
            Err(error) => Err(error.into()),
        };
        let refused = done.err().map(|error| error.to_string());
        outcomes.push(MirrorOutcome { source: String::new(), name: name.to_string(), refused });
    }
    if outcomes.iter().all(|outcome| outcome.refused.is_none()) {
        leptos_axum::redirect(&format!("/orgs/{organization}/mirrors"));
        return Ok(outcomes);
    }
    crate::access::forms::show("stop-mirrors", &names, Ok(outcomes)).await
}
