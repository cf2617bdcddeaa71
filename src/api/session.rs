//! Signing in and out, who looks, and the colours they chose.

use leptos::prelude::*;
use server_fn::codec::GetUrl;

use crate::model::{ApiError, Theme, Viewer};

/// Who is signed in; none for nobody.
#[server(prefix = "/api", endpoint = "session/viewer", input = GetUrl)]
pub async fn get_viewer() -> Result<Option<Viewer>, ApiError> {
    crate::access::viewer().await
}

/// Signs in with a Docker Hub username and an access token, and goes on to `next` (a path of Ferry) or the first organization.
#[server(prefix = "/api", endpoint = "session/sign-in")]
pub async fn sign_in(username: String, token: String, next: Option<String>) -> Result<(), ApiError> {
    let answer = crate::access::sign_in(&username, token).await;
    let viewer = crate::access::forms::keep("sign-in", &serde_json::json!({ "username": username }), answer).await?;
    leptos_axum::redirect(&crate::access::landing(&viewer, next.as_deref()));
    Ok(())
}

/// Ends the session and forgets its token.
#[server(prefix = "/api", endpoint = "session/sign-out")]
pub async fn sign_out() -> Result<(), ApiError> {
    crate::access::sign_out().await?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// Keeps the chosen colours in a cookie and returns to `back`, a path of Ferry.
#[server(prefix = "/api", endpoint = "session/theme")]
pub async fn choose_theme(theme: Theme, back: String) -> Result<(), ApiError> {
    crate::access::choose_theme(theme, &back).await
}
