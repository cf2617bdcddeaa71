//! Counts side by side, each a link that filters what stands below.

use leptos::prelude::*;

/// The row; the children are `Counter`s.
#[component]
pub fn CounterBar(#[prop(into)] label: String, children: Children) -> impl IntoView {
    view! { <nav class="counter-bar" aria-label=label>{children()}</nav> }
}

/// A number and its word; `status` colours it where it is a state's.
#[component]
pub fn Counter(
    #[prop(into)] href: String,
    #[prop(into)] label: String,
    #[prop(into)] count: Signal<u64>,
    #[prop(default = "all")] status: &'static str,
    #[prop(optional, into)] current: Signal<bool>,
) -> impl IntoView {
    view! {
        <a
            class="counter-bar__counter"
            href=href
            data-status=status
            data-empty=move || count.get() == 0
            aria-current=move || current.get().then_some("true")
        >
            <span class="counter-bar__number">{move || count.get()}</span>
            {label}
        </a>
    }
}
