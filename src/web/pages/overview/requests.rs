//! What others ask for and this person may decide.

use leptos::prelude::*;

use crate::web::app::use_organization;
use crate::web::components::{ButtonLink, Notice, Section, Size};

/// One line, or nothing where nothing waits.
#[component]
pub fn WaitingRequests(number: u32) -> impl IntoView {
    let href = Section::Requests.href(use_organization().as_str());
    let title = match number {
        1 => "1 request for a mirror waits for an owner".to_owned(),
        number => format!("{number} requests for mirrors wait for an owner"),
    };
    let actions = move || view! { <ButtonLink href size=Size::Small>"Decide"</ButtonLink> };
    (number > 0).then(|| view! { <Notice title actions /> })
}
