//! Selections of the catalog: everybody in the organization looks, admins write them.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

use crate::model::{
    ApiError, Intent, OrgName, Selection, SelectionChoices, SelectionForm, SelectionId, SelectionPreview,
};

/// What came of the form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SelectionOutcome {
    Previewed(SelectionPreview),
    Saved(SelectionId),
}

/// All selections, by name.
#[server(prefix = "/api", endpoint = "selections/list", input = GetUrl)]
pub async fn list_selections(organization: OrgName) -> Result<Vec<Selection>, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::requests::selections::list(&visitor).await?)
}

/// One selection.
#[server(prefix = "/api", endpoint = "selections/get", input = GetUrl)]
pub async fn get_selection(organization: OrgName, id: SelectionId) -> Result<Selection, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::requests::selections::get(&visitor, id).await?)
}

/// What the form can choose from.
#[server(prefix = "/api", endpoint = "selections/choices", input = GetUrl)]
pub async fn get_selection_choices(organization: OrgName) -> Result<SelectionChoices, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::requests::selections::choices(&visitor).await?)
}

/// Previews or saves a new selection (`id` none) or a change of one. Form `selection`; goes to the list once saved.
#[server(prefix = "/api", endpoint = "selections/save")]
pub async fn save_selection(
    organization: OrgName,
    id: Option<SelectionId>,
    #[server(default)] form: SelectionForm,
    #[server(default)] intent: Intent,
) -> Result<SelectionOutcome, ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = match intent {
        Intent::Preview => {
            crate::requests::selections::preview(&visitor, id, &form).await.map(SelectionOutcome::Previewed)
        }
        Intent::Save => crate::requests::selections::save(&visitor, id, &form).await.map(SelectionOutcome::Saved),
    };
    let answer = answer.map_err(ApiError::from);
    let outcome = match intent {
        Intent::Preview => crate::access::forms::show("selection", &form, answer).await?,
        Intent::Save => crate::access::forms::keep("selection", &form, answer).await?,
    };
    if matches!(outcome, SelectionOutcome::Saved(_)) {
        leptos_axum::redirect(&format!("/orgs/{organization}/requests/selections"));
    }
    Ok(outcome)
}

/// Removes a selection and withdraws its open proposals. Form `delete-selection`; goes to the list.
#[server(prefix = "/api", endpoint = "selections/delete")]
pub async fn delete_selection(organization: OrgName, id: SelectionId) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::requests::selections::delete(&visitor, id).await.map_err(ApiError::from);
    crate::access::forms::keep("delete-selection", &id, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/requests/selections"));
    Ok(())
}
