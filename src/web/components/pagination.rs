//! The way through a long list.

use super::{ButtonLink, Size};
use leptos::prelude::*;

/// Links to the neighbouring pages, where there are any.
#[component]
pub fn Pagination(
    #[prop(optional, into)] previous: MaybeProp<String>,
    #[prop(optional, into)] next: MaybeProp<String>,
    /// Where in the list this page stands, such as `1 to 50 of 812`.
    #[prop(optional, into)]
    summary: String,
    #[prop(default = "Previous")] previous_label: &'static str,
    #[prop(default = "Next")] next_label: &'static str,
) -> impl IntoView {
    view! {
        <nav class="pagination" aria-label="Pages">
            <span>{summary}</span>
            <span class="pagination__links">
                {move || previous.get().map(|href| view! { <ButtonLink href size=Size::Small>{previous_label}</ButtonLink> })}
                {move || next.get().map(|href| view! { <ButtonLink href size=Size::Small>{next_label}</ButtonLink> })}
            </span>
        </nav>
    }
}
