//! Requests for mirrors: everybody in the organization asks and looks, owners decide.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

use crate::model::{
    ApiError, CatalogName, DecisionForm, MirrorOutcome, MirrorRequest, MirrorWish, OrgName, Page, RequestFilter,
    RequestForm, RequestId,
};

/// What an owner answers: the button's `intent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecisionIntent {
    Approve,
    Decline,
}

/// Requests that are open or decided, newest first.
#[server(prefix = "/api", endpoint = "requests/list", input = GetUrl)]
pub async fn list_requests(
    organization: OrgName,
    #[server(default)] filter: RequestFilter,
) -> Result<Page<MirrorRequest>, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::requests::list(&visitor, &filter).await?)
}

/// The last requests for mirrors of one repository of the catalog, newest first.
#[server(prefix = "/api", endpoint = "requests/of", input = GetUrl)]
pub async fn list_requests_of(organization: OrgName, source: CatalogName) -> Result<Vec<MirrorRequest>, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::requests::of_source(&visitor, &source).await?)
}

/// How many requests nobody decided yet.
#[server(prefix = "/api", endpoint = "requests/open", input = GetUrl)]
pub async fn count_open_requests(organization: OrgName) -> Result<u32, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::requests::count_open(&visitor).await?)
}

/// Asks for a mirror. Form `request`; goes to the requests.
#[server(prefix = "/api", endpoint = "requests/ask")]
pub async fn ask_for_mirror(
    organization: OrgName,
    #[server(default)] form: RequestForm,
) -> Result<RequestId, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    let answer = crate::requests::ask(&visitor, &form).await.map_err(ApiError::from);
    let id = crate::access::forms::keep("request", &form, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/requests"));
    Ok(id)
}

/// Asks for each mirror that is wanted, with one note; answers what came of each. Form `requests`, field `note`.
#[server(prefix = "/api", endpoint = "requests/ask-several")]
pub async fn ask_for_mirrors(
    organization: OrgName,
    #[server(default)] wishes: Vec<MirrorWish>,
    #[server(default)] note: String,
) -> Result<Vec<MirrorOutcome>, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    let form = crate::model::RequestsForm { wishes, note };
    let answer = crate::requests::ask_several(&visitor, form.clone()).await.map_err(ApiError::from);
    crate::access::forms::show("requests", &form, answer).await
}

/// Starts what was asked for, or declines it. Form `decide`; goes to the requests.
#[server(prefix = "/api", endpoint = "requests/decide")]
pub async fn decide_requests(
    organization: OrgName,
    #[server(default)] form: DecisionForm,
    intent: DecisionIntent,
) -> Result<(), ApiError> {
    let visitor = crate::access::owner(&organization).await?;
    let answer = match intent {
        DecisionIntent::Approve => crate::requests::approve(&visitor, &form).await,
        DecisionIntent::Decline => crate::requests::decline(&visitor, &form).await,
    };
    crate::access::forms::keep("decide", &form, answer.map_err(ApiError::from)).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/requests"));
    Ok(())
}

/// Takes back what one has asked for. Form `withdraw`; goes to the requests.
#[server(prefix = "/api", endpoint = "requests/withdraw")]
pub async fn withdraw_request(organization: OrgName, id: RequestId) -> Result<(), ApiError> {
    let visitor = crate::access::member(&organization).await?;
    let answer = crate::requests::withdraw(&visitor, id).await.map_err(ApiError::from);
    crate::access::forms::keep("withdraw", &id, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/requests"));
    Ok(())
}
