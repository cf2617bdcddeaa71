//! Markdown of other people, already made into clean HTML by the server.

use leptos::prelude::*;

/// Shows `html` as it is: it must have been sanitised where it was made.
#[component]
pub fn Prose(#[prop(into)] html: String) -> impl IntoView {
    view! { <div class="prose" inner_html=html></div> }
}
