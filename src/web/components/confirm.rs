//! A question before a change, without a script: a `<details>` whose summary is a button.

use super::{Size, Variant, menu::close_from_outside};
use leptos::prelude::*;

/// A button that opens a question; the children are the words and the form that answers it.
#[component]
pub fn Confirm(
    /// The closed button's words.
    #[prop(into)]
    label: String,
    /// The question.
    #[prop(into)]
    title: String,
    #[prop(optional)] variant: Variant,
    #[prop(optional)] size: Size,
    /// Opens in the flow of the page instead of over it.
    #[prop(optional)]
    inline: bool,
    /// Open from the start, where the form inside was refused.
    #[prop(optional)]
    open: bool,
    children: Children,
) -> impl IntoView {
    let details = NodeRef::new();
    // What opens in the flow of the page covers nothing, and a form half filled in should stay in sight.
    if !inline {
        close_from_outside(details);
    }
    view! {
        <details class="confirm" name="menu" data-flow=inline.then_some("inline") open=open node_ref=details>
            <summary class="button" data-variant=variant.as_str() data-size=size.as_str()>
                {label}
            </summary>
            <div class="confirm__panel">
                <p class="confirm__title">{title}</p>
                {children()}
            </div>
        </details>
    }
}
