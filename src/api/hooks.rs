//! Webhooks of mirrors and what Docker Hub delivered: everybody in the organization looks, admins change, and only they
//! see the address.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use crate::model::{ApiError, Delivery, DeliveryFilter, HookDetail, MirrorName, OrgName, Page, RepoName};

/// The mirrors that have a webhook, by name.
#[server(prefix = "/api", endpoint = "hooks/list", input = GetUrl)]
pub async fn list_hooks(organization: OrgName) -> Result<Vec<RepoName>, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::hooks::list(&visitor).await?)
}

/// The webhook of a mirror, with its address for admins, and its newest deliveries.
#[server(prefix = "/api", endpoint = "hooks/get", input = GetUrl)]
pub async fn get_hook(organization: OrgName, mirror: MirrorName) -> Result<HookDetail, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::hooks::get(&visitor, &mirror).await?)
}

/// Makes a webhook for a mirror, at Docker Hub too where the visitor's token may. Form `create-hook`; goes to the
/// mirror's page.
#[server(prefix = "/api", endpoint = "hooks/create")]
pub async fn create_hook(organization: OrgName, mirror: MirrorName) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::hooks::create(&visitor, &mirror).await.map_err(ApiError::from);
    crate::access::forms::keep("create-hook", &mirror, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/mirrors/{mirror}"));
    Ok(())
}

/// Gives the webhook another address; the old one is heard for another day. Form `rotate-hook`; goes to the mirror's
/// page.
#[server(prefix = "/api", endpoint = "hooks/rotate")]
pub async fn rotate_hook(organization: OrgName, mirror: MirrorName) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::hooks::rotate(&visitor, &mirror).await.map_err(ApiError::from);
    crate::access::forms::keep("rotate-hook", &mirror, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/mirrors/{mirror}"));
    Ok(())
}

/// Removes the webhook, at Docker Hub too where Ferry made it there. Form `delete-hook`; goes to the mirror's page.
#[server(prefix = "/api", endpoint = "hooks/delete")]
pub async fn delete_hook(organization: OrgName, mirror: MirrorName) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::hooks::delete(&visitor, &mirror).await.map_err(ApiError::from);
    crate::access::forms::keep("delete-hook", &mirror, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/mirrors/{mirror}"));
    Ok(())
}

/// Deliveries, newest first: all, or those of one mirror or one outcome; `after` continues a page's `next`.
#[server(prefix = "/api", endpoint = "deliveries/list", input = GetUrl)]
pub async fn list_deliveries(
    organization: OrgName,
    #[server(default)] filter: DeliveryFilter,
) -> Result<Page<Delivery>, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::hooks::deliveries(&visitor, &filter).await?)
}
