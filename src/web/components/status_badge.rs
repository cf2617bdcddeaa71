//! A state as an icon and a word.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// Shows a state by its `as_str()`; the word on the screen is the same with a capital unless `label` is given.
#[component]
pub fn StatusBadge(status: &'static str, #[prop(optional, into)] label: MaybeProp<String>) -> impl IntoView {
    view! {
        <span class="status-badge" data-status=status>
            <Icon glyph=Glyph::of_status(status) />
            {move || label.get().unwrap_or_else(|| capitalised(status))}
        </span>
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
