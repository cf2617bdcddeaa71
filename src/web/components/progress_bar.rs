//! How far something has come.

use super::Tone;
use leptos::prelude::*;

/// A bar with its words above it; `value` of `max` is done.
#[component]
pub fn ProgressBar(
    #[prop(into)] label: String,
    #[prop(into)] value: Signal<u64>,
    #[prop(into)] max: Signal<u64>,
    /// Figures at the end of the line, such as `412 MB of 1.2 GB`.
    #[prop(optional, into)]
    detail: Signal<String>,
    #[prop(default = Tone::Accent)] tone: Tone,
) -> impl IntoView {
    view! {
        <div class="progress-bar">
            <div class="progress-bar__words">
                <span>{label.clone()}</span>
                <span class="progress-bar__detail">{move || detail.get()}</span>
            </div>
            <progress
                class="progress-bar__track"
                data-tone=tone.as_str()
                aria-label=label
                value=move || value.get().to_string()
                max=move || max.get().max(1).to_string()
            ></progress>
        </div>
    }
}
