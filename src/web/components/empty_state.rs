//! What stands where a list has nothing to show.

use leptos::prelude::*;

/// Says why there is nothing (children) and what to do about it (`actions`).
#[component]
pub fn EmptyState(
    #[prop(into)] title: String,
    #[prop(optional, into)] actions: ViewFnOnce,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty-state">
            <p class="empty-state__title">{title}</p>
            {children.map(|children| view! { <div class="empty-state__text">{children()}</div> })}
            <div class="empty-state__actions">{actions.run()}</div>
        </div>
    }
}
