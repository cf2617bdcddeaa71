//! What a list is filtered by, each with the way to ask for it no more.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// The row; the children are `FilterChip`s.
#[component]
pub fn FilterChips(#[prop(into)] label: String, children: Children) -> impl IntoView {
    view! { <ul class="filter-chips" aria-label=label>{children()}</ul> }
}

/// One of them; `href` is the list without it.
#[component]
pub fn FilterChip(#[prop(into)] href: String, #[prop(into)] label: String) -> impl IntoView {
    let name = format!("Remove the filter {label}");
    view! {
        <li>
            <a class="filter-chips__chip" href=href aria-label=name>
                {label}
                <Icon glyph=Glyph::Cross />
            </a>
        </li>
    }
}
