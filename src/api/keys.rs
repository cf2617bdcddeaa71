//! Keys whose signatures count: everybody in the organization looks, admins add and remove.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use crate::model::{ApiError, KeyForm, KeyId, OrgName, SigningKey};

/// All keys that count for the organization: Docker's first, then the environment's, then its own by name.
#[server(prefix = "/api", endpoint = "keys/list", input = GetUrl)]
pub async fn list_keys(organization: OrgName) -> Result<Vec<SigningKey>, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::keys::list(&visitor).await?)
}

/// Trusts one more key. Form `key`; goes to the list.
#[server(prefix = "/api", endpoint = "keys/add")]
pub async fn add_key(organization: OrgName, #[server(default)] form: KeyForm) -> Result<KeyId, ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::keys::add(&visitor, &form).await.map_err(ApiError::from);
    let id = crate::access::forms::keep("key", &form.shown(), answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/keys"));
    Ok(id)
}

/// Trusts a key no more. Form `remove-key`; goes to the list.
#[server(prefix = "/api", endpoint = "keys/remove")]
pub async fn remove_key(organization: OrgName, id: KeyId) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::keys::remove(&visitor, id).await.map_err(ApiError::from);
    crate::access::forms::keep("remove-key", &id, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/keys"));
    Ok(())
}
