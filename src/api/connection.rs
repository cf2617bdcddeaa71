//! The organization's own sign-in at Docker Hub: everybody sees whose it is, admins change it.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use crate::model::{ApiError, Connection, ConnectionForm, OrgName};

/// Whose token it is and who saved it; none where nothing is kept.
#[server(prefix = "/api", endpoint = "connection/get", input = GetUrl)]
pub async fn get_connection(organization: OrgName) -> Result<Option<Connection>, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::connection::get(&visitor).await?)
}

/// Keeps a username and token, in place of those before. Form `connection`; goes to the page.
#[server(prefix = "/api", endpoint = "connection/save")]
pub async fn save_connection(organization: OrgName, #[server(default)] form: ConnectionForm) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::connection::save(&visitor, &form).await.map_err(ApiError::from);
    crate::access::forms::keep("connection", &form.shown(), answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/connection"));
    Ok(())
}

/// Forgets the token. Form `remove-connection`; goes to the page.
#[server(prefix = "/api", endpoint = "connection/remove")]
pub async fn remove_connection(organization: OrgName) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::connection::remove(&visitor).await.map_err(ApiError::from);
    crate::access::forms::keep("remove-connection", &(), answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/connection"));
    Ok(())
}
