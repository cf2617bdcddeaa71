//! Pausing: everybody sees that nothing new begins, admins begin and end it.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use crate::model::{ApiError, DestinationId, OrgName, Pause};

/// Who paused all forwarding of the organization, and since when; none while it goes on.
#[server(prefix = "/api", endpoint = "pauses/get", input = GetUrl)]
pub async fn get_pause(organization: OrgName) -> Result<Option<Pause>, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::forward::paused(&visitor).await?)
}

/// Pauses (`paused` = `true`) or resumes all forwarding, or that to one destination. Form `pause`; goes to the runs, or to
/// the destination's page.
#[server(prefix = "/api", endpoint = "pauses/set")]
pub async fn set_pause(
    organization: OrgName,
    destination: Option<DestinationId>,
    paused: bool,
) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = if paused {
        crate::forward::pause(&visitor, destination).await
    } else {
        crate::forward::resume(&visitor, destination).await
    };
    crate::access::forms::keep("pause", &destination, answer.map_err(ApiError::from)).await?;
    let back = destination.map_or_else(|| "runs".to_owned(), |id| format!("destinations/{id}"));
    leptos_axum::redirect(&format!("/orgs/{organization}/{back}"));
    Ok(())
}
