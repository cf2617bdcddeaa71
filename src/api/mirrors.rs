//! Mirrors: everybody in the organization looks; whoever Docker Hub lets starts and stops them.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use crate::model::{ApiError, CatalogName, MirrorDetail, MirrorList, MirrorName, OrgName};

/// All mirrors of the organization, by name.
#[server(prefix = "/api", endpoint = "mirrors/list", input = GetUrl)]
pub async fn list_mirrors(organization: OrgName) -> Result<MirrorList, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::mirrors::list(&visitor).await?)
}

/// One mirror with its tags and Docker's log.
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
