//! What a list is filtered by, each with the way to ask for it no more; and what it cannot be filtered by.

use super::{Glyph, Icon, Notice, Tone};
use crate::model::FieldErrors;
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

/// What cannot be filtered by, and what to do about it; `label` says what a field is called.
#[component]
pub fn FilterRefused(errors: FieldErrors, label: fn(&str) -> &'static str) -> impl IntoView {
    let sentence =
        move |(name, sentence): (String, String)| view! { <li>{format!("{}: {sentence}", label(&name))}</li> };
    view! {
        <Notice tone=Tone::Warning title="This filter means nothing">
            <ul>{errors.0.into_iter().map(sentence).collect_view()}</ul>
        </Notice>
    }
}
