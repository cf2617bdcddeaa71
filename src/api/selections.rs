//! Selections of the catalog: everybody in the organization looks, admins write them.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

use crate::model::{ApiError, OrgName, Selection, SelectionChoices, SelectionForm, SelectionId, SelectionPreview};

/// What the form asked for: the button's `intent`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SelectionIntent {
    /// Count what matches and keep nothing.
    Preview,
    #[default]
    Save,
}

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
    #[server(default)] intent: SelectionIntent,
) -> Result<SelectionOutcome, ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = match intent {
        SelectionIntent::Preview => {
            crate::requests::selections::preview(&visitor, id, &form).await.map(SelectionOutcome::Previewed)
        }
        SelectionIntent::Save => {
            crate::requests::selections::save(&visitor, id, &form).await.map(SelectionOutcome::Saved)
        }
    };
    let answer = answer.map_err(ApiError::from);
    let outcome = match intent {
        SelectionIntent::Preview => crate::access::forms::show("selection", &form, answer).await?,
        SelectionIntent::Save => crate::access::forms::keep("selection", &form, answer).await?,
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
