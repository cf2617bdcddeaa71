//! The button of `Copyable` and `CodeBlock`.

use super::{Glyph, Icon};
use crate::web::platform;
use leptos::prelude::*;

/// Copies `text`; not there until the page's script is, since it can do nothing without one.
#[component]
pub fn CopyButton(#[prop(into)] text: String) -> impl IntoView {
    let ready = RwSignal::new(false);
    let copied = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let copy = move |_| {
        platform::copy(&text);
        copied.set(true);
    };
    view! {
        <button
            class="copy-button"
            type="button"
            hidden=move || !ready.get()
            data-copied=move || copied.get()
            aria-label=move || if copied.get() { "Copied" } else { "Copy" }
            on:click=copy
            on:blur=move |_| copied.set(false)
        >
            {move || {
                let glyph = if copied.get() { Glyph::Check } else { Glyph::Copy };
                view! { <Icon glyph /> }
            }}
        </button>
    }
}
