//! Who may look and who may change: sign-in against Docker Hub, sessions, roles. Every server function comes here first.

pub mod forms;
mod session;
mod sign_in;

use std::future::{Ready, ready};

use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use tower_sessions::Session;

use crate::app::{App, Visitor};
use crate::model::{ApiError, OrgName, Theme, Viewer};

pub use session::{credential, layer};
pub use sign_in::sign_in;

/// Name of the cookie that keeps the chosen colours.
pub const THEME_COOKIE: &str = "ferry_theme";

/// Who is signed in; none for nobody.
pub async fn viewer() -> Result<Option<Viewer>, ApiError> {
    let app = expect_context::<App>();
    let session = current().await?;
    Ok(session::read(&app, &session).await?.map(|signed_in| signed_in.viewer()))
}

/// Anybody who belongs to the organization.
pub async fn member(organization: &OrgName) -> Result<Visitor, ApiError> {
    let app = expect_context::<App>();
    visitor(app, &current().await?, organization).await
}

/// Those who may configure destinations and rules.
pub async fn admin(organization: &OrgName) -> Result<Visitor, ApiError> {
    let visitor = member(organization).await?;
    if visitor.role.may_configure() {
        Ok(visitor)
    } else {
        Err(ApiError::Forbidden(format!(
            "Only owners and editors of {organization} may do this; you are a member. Ask one of them."
        )))
    }
}

/// Those who may start and stop mirrors, or may try: Docker Hub decides.
pub async fn mirrorer(organization: &OrgName) -> Result<Visitor, ApiError> {
    let visitor = member(organization).await?;
    if visitor.role.may_mirror() {
        Ok(visitor)
    } else {
        Err(ApiError::Forbidden(format!(
            "Only owners and editors of {organization} may start and stop mirrors; you are a member. Request mirrors \
             in the catalog, and an owner decides."
        )))
    }
}

/// Those who decide what others ask for.
pub async fn owner(organization: &OrgName) -> Result<Visitor, ApiError> {
    let visitor = member(organization).await?;
    if visitor.role.may_decide() {
        Ok(visitor)
    } else {
        let role = visitor.role.label().to_lowercase();
        Err(ApiError::Forbidden(format!(
            "Only owners of {organization} may do this; you are signed in as {role}. Ask an owner."
        )))
    }
}

/// The same as [`member`] for a plain axum handler.
pub async fn visitor(app: App, session: &Session, organization: &OrgName) -> Result<Visitor, ApiError> {
    let signed_in = session::read(&app, session).await?.ok_or(ApiError::SignedOut)?;
    // A stranger learns nothing, not even that the organization is known here.
    let role = signed_in
        .viewer()
        .role_in(organization)
        .ok_or_else(|| ApiError::NotFound(format!("You belong to no organization called {organization}.")))?;
    let hub = app.hub.session(signed_in.credential(&app)?);
    Ok(Visitor {
        hub,
        organization: organization.clone(),
        username: signed_in.username().to_owned(),
        role,
        session_id: session.id().map(|id| id.to_string()),
        app,
    })
}

/// Ends the session and forgets its token.
pub async fn sign_out() -> Result<(), ApiError> {
    current().await?.flush().await.map_err(session::broken)
}

/// Where somebody goes who has just signed in: on to where they wanted, or to their first organization.
pub fn landing(viewer: &Viewer, next: Option<&str>) -> String {
    match next.filter(|next| is_local_path(next)) {
        Some(next) => next.to_owned(),
        None => viewer
            .memberships
            .first()
            .map_or_else(|| "/".to_owned(), |membership| format!("/orgs/{}/overview", membership.organization)),
    }
}

/// Keeps the chosen colours for a year and returns to `back`. Nothing is waited for; server functions await all the same.
pub fn choose_theme(theme: Theme, back: &str) -> Ready<Result<(), ApiError>> {
    let cookie = format!("{THEME_COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax", theme.as_str());
    let Ok(value) = HeaderValue::from_str(&cookie) else { return ready(Err(ApiError::Internal)) };
    if let Some(response) = use_context::<ResponseOptions>() {
        response.append_header(SET_COOKIE, value);
    }
    leptos_axum::redirect(if is_local_path(back) { back } else { "/" });
    ready(Ok(()))
}

/// True for a path of Ferry itself: whoever made the link must not be able to send people elsewhere.
fn is_local_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(['\\', '\r', '\n', '\t'])
        && path.len() < 2_000
        && !path.starts_with("/sign-in")
}

/// The browser's session.
async fn current() -> Result<Session, ApiError> {
    leptos_axum::extract::<Session>().await.map_err(|error| {
        tracing::error!(%error, "the session layer is missing");
        ApiError::Internal
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for good in ["/", "/orgs/acme/catalog?q=node"] {
            assert!(is_local_path(good), "{good}");
        }
        for bad in ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "/sign-in?next=/"] {
            assert!(!is_local_path(bad), "{bad}");
        }
    }
}
