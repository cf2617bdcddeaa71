//! What a page shows in place of an answer it could not have.

use leptos::prelude::*;
use leptos_router::components::Redirect;

use crate::model::ApiError;
use crate::web::components::{ButtonLink, ErrorState};
use crate::web::frame::use_address;
use crate::web::platform;

/// The error's sentence with the right status and a way on; whoever is signed out goes to the sign-in page and comes back.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "a component owns what it shows")]
pub fn ReadError(
    error: ApiError,
    /// Words and address of the way on; by itself it offers to load the page again.
    #[prop(optional)]
    way_on: Option<(&'static str, String)>,
) -> impl IntoView {
    if error == ApiError::SignedOut {
        return view! { <ToSignIn /> }.into_any();
    }
    platform::set_status(error.status());
    let title = match error {
        ApiError::NotFound(_) => "There is no such thing here",
        ApiError::Forbidden(_) => "You may not see this",
        ApiError::Upstream(_) => "Docker Hub did not answer as expected",
        _ => "This could not be shown",
    };
    let again = use_address().get_untracked();
    let actions = move || {
        let way_on = way_on.map(|(words, href)| view! { <ButtonLink href>{words}</ButtonLink> });
        // By the browser itself, so that also what the script remembers is asked for anew.
        view! {
            <ButtonLink href=again attr:rel="external">"Try again"</ButtonLink>
            {way_on}
        }
    };
    view! { <ErrorState title message=error.to_string() actions /> }.into_any()
}

/// Goes to the sign-in page, which leads back to this address.
#[component]
pub fn ToSignIn() -> impl IntoView {
    let next = use_address().get_untracked();
    let query = form_urlencode(&next);
    view! { <Redirect path=format!("/sign-in?next={query}") /> }
}

fn form_urlencode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
