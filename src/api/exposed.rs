//! What is public and must not be: everybody sees it, admins set it right or say that it is meant so.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use crate::model::{ApiError, DestinationId, Exposed, MirrorName, OrgName};

/// Everything in the organization that is public and must not be, as Ferry last saw it.
#[server(prefix = "/api", endpoint = "exposed/get", input = GetUrl)]
pub async fn get_exposed(organization: OrgName) -> Result<Exposed, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::forward::exposed(&visitor).await?)
}

/// Asks Docker Hub to make a mirror private. Form `make-private`; goes to the mirror's page.
#[server(prefix = "/api", endpoint = "exposed/make-private")]
pub async fn make_private(organization: OrgName, mirror: MirrorName) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::mirrors::visibility::make_private(&visitor, &mirror).await.map_err(ApiError::from);
    crate::access::forms::keep("make-private", &mirror, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/mirrors/{mirror}"));
    Ok(())
}

/// A destination is meant to be public: what waits for the decision goes on. Form `accept-public`; goes to the
/// destination's page.
#[server(prefix = "/api", endpoint = "exposed/accept")]
pub async fn accept_public(organization: OrgName, id: DestinationId) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::forward::accept(&visitor, id).await.map_err(ApiError::from);
    crate::access::forms::keep("accept-public", &id, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/destinations/{id}"));
    Ok(())
}

/// Looks again, as a stranger, at what was public at a destination: what waits goes on if it is private. Form `look-again`;
/// goes to the destination's page.
#[server(prefix = "/api", endpoint = "exposed/look-again")]
pub async fn look_again(organization: OrgName, id: DestinationId) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::forward::look_again(&visitor, id).await.map_err(ApiError::from);
    crate::access::forms::keep("look-again", &id, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/destinations/{id}"));
    Ok(())
}
