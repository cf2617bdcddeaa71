//! What stands where an answer could not be had.

use leptos::prelude::*;

/// A calm sentence in place of what could not be shown; `actions` usually holds a link that tries again.
#[component]
pub fn ErrorState(
    #[prop(default = "This could not be shown".into(), into)] title: String,
    /// The error's own sentence, such as `ApiError`'s.
    #[prop(into)]
    message: String,
    #[prop(optional, into)] actions: ViewFnOnce,
) -> impl IntoView {
    view! {
        <div class="error-state" role="alert">
            <p class="error-state__title">{title}</p>
            <p class="error-state__text">{message}</p>
            <div class="error-state__actions">{actions.run()}</div>
        </div>
    }
}
