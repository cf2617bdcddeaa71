//! Pages about one thing, side by side; each tab is a link.

use leptos::prelude::*;

/// The row of tabs; the children are `Tab`s.
#[component]
pub fn Tabs(#[prop(into)] label: String, children: Children) -> impl IntoView {
    view! { <nav class="tabs" aria-label=label>{children()}</nav> }
}

/// One tab, with a count beside its word if there is one.
#[component]
pub fn Tab(
    #[prop(into)] href: Signal<String>,
    #[prop(into)] label: String,
    #[prop(optional, into)] current: Signal<bool>,
    #[prop(optional, into)] count: MaybeProp<u64>,
) -> impl IntoView {
    view! {
        <a class="tabs__tab" href=move || href.get() aria-current=move || current.get().then_some("page")>
            {label}
            {move || count.get().map(|count| view! { <span class="tabs__count">{count}</span> })}
        </a>
    }
}
