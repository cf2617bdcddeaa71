//! How many things wait for a decision, behind a word of the navigation.

use leptos::prelude::*;

/// The number; a screen reader says what it counts.
#[component]
pub fn WaitingCount(number: u32) -> impl IntoView {
    view! {
        <span class="waiting-count">
            {number} <span class="visually-hidden">" open"</span>
        </span>
    }
}
