//! Signing in: Docker Hub decides whether name and token are good, and what their owner may do.

use leptos::prelude::expect_context;
use secrecy::SecretString;

use super::session::{self, SignedIn};
use crate::app::App;
use crate::hub::{Credential, CredentialKind, HubError};
use crate::model::{ApiError, FieldErrors, Viewer};

/// Checks name and token against Docker Hub and remembers who they belong to.
pub async fn sign_in(username: &str, token: String) -> Result<Viewer, ApiError> {
    let username = username.trim();
    let mut errors = FieldErrors::default();
    if username.is_empty() {
        errors.add("username", "Enter your Docker Hub username.");
    } else if username.len() > 255 || username.chars().any(char::is_control) {
        errors.add("username", "That is too long for a Docker Hub username.");
    }
    let token = token.trim().to_owned();
    if token.is_empty() {
        errors.add(
            "token",
            "Enter an access token; Docker Hub makes one under Account settings, Personal access tokens.",
        );
    } else if token.len() > 4_096 || token.chars().any(char::is_control) {
        errors.add("token", "That is too long for an access token.");
    }
    if !errors.is_empty() {
        return Err(ApiError::Invalid(errors));
    }

    let app = expect_context::<App>();
    let credential = Credential { identifier: username.to_owned(), secret: SecretString::from(token.clone()) };
    if credential.kind() == CredentialKind::Oat {
        return Err(ApiError::Invalid(FieldErrors::one(
            "token",
            "This is an organization's token, and nobody is behind it: sign in with a personal access token.",
        )));
    }
    let hub = app.hub.session(credential);
    let accepted = hub.sign_in().await.map_err(HubError::of_typed_token)?;
    let memberships = session::memberships(&hub).await.map_err(HubError::of_typed_token)?;
    let signed_in = SignedIn::new(&app, accepted.username, &token, memberships)?;
    session::write(&super::current().await?, &signed_in).await?;
    tracing::info!(user = signed_in.username(), "{} signed in", signed_in.username());
    Ok(signed_in.viewer())
}
