//! Destinations: everybody in the organization looks, admins change them, nobody reads a secret back.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

use crate::model::{ApiError, Destination, DestinationForm, DestinationId, OrgName, ProbeReport};

/// What the form asked for: the button's `intent`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DestinationIntent {
    /// Test the connection and keep nothing.
    Test,
    #[default]
    Save,
}

/// What came of the form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DestinationOutcome {
    Tested(ProbeReport),
    Saved(DestinationId),
}

/// All destinations, by name.
#[server(prefix = "/api", endpoint = "destinations/list", input = GetUrl)]
pub async fn list_destinations(organization: OrgName) -> Result<Vec<Destination>, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::destinations::list(&visitor).await?)
}

/// One destination, without its secret.
#[server(prefix = "/api", endpoint = "destinations/get", input = GetUrl)]
pub async fn get_destination(organization: OrgName, id: DestinationId) -> Result<Destination, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::destinations::get(&visitor, id).await?)
}

/// Tests or saves a new destination (`id` none) or a change of one. Form `destination`; goes to the list once saved.
#[server(prefix = "/api", endpoint = "destinations/save")]
pub async fn save_destination(
    organization: OrgName,
    id: Option<DestinationId>,
    form: DestinationForm,
    #[server(default)] intent: DestinationIntent,
) -> Result<DestinationOutcome, ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = match intent {
        DestinationIntent::Test => crate::destinations::test(&visitor, id, &form).await.map(DestinationOutcome::Tested),
        DestinationIntent::Save => crate::destinations::save(&visitor, id, &form).await.map(DestinationOutcome::Saved),
    };
    let shown = DestinationForm { secret: String::new(), ..form };
    let answer = answer.map_err(ApiError::from);
    let outcome = match intent {
        DestinationIntent::Test => crate::access::forms::show("destination", &shown, answer).await?,
        DestinationIntent::Save => crate::access::forms::keep("destination", &shown, answer).await?,
    };
    if intent == DestinationIntent::Save {
        leptos_axum::redirect(&format!("/orgs/{organization}/destinations"));
    }
    Ok(outcome)
}

/// Tests the connection of a destination that is kept. Form `probe`: the outcome is a `ProbeReport`.
#[server(prefix = "/api", endpoint = "destinations/probe")]
pub async fn probe_destination(organization: OrgName, id: DestinationId) -> Result<ProbeReport, ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::destinations::probe(&visitor, id).await.map_err(ApiError::from);
    crate::access::forms::show("probe", &id, answer).await
}

/// Removes a destination no rule uses. Goes to the list.
#[server(prefix = "/api", endpoint = "destinations/delete")]
pub async fn delete_destination(organization: OrgName, id: DestinationId) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::destinations::delete(&visitor, id).await.map_err(ApiError::from);
    crate::access::forms::keep("delete-destination", &id, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/destinations"));
    Ok(())
}
