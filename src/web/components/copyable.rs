//! A value on one line that people copy: an address, a digest, a reference.

use super::CopyButton;
use leptos::prelude::*;

/// The text and a button that copies it.
#[component]
pub fn Copyable(#[prop(into)] text: String) -> impl IntoView {
    view! {
        <span class="copyable">
            <span class="copyable__text">{text.clone()}</span>
            <CopyButton text />
        </span>
    }
}
