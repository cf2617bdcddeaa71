//! Choices behind a summary: a `<details>`, so it needs no script.

use super::{Glyph, Icon};
use leptos::{ev, html, prelude::*};

/// Opens its children; only one menu of a page is open at a time. Children: `<a class="menu__item">`,
/// `<button class="menu__item">`, `<hr class="menu__separator">`.
#[component]
pub fn Menu(
    /// What the closed menu shows: text in `<span class="menu__label">`, with an icon before it if wished.
    #[prop(into)]
    summary: ViewFnOnce,
    /// A box around the summary, for a menu that shows a chosen value.
    #[prop(optional)]
    framed: bool,
    /// Opens above the summary.
    #[prop(optional)]
    up: bool,
    /// Opens towards the start of the line, for a menu at the end of a row.
    #[prop(optional)]
    end: bool,
    children: Children,
) -> impl IntoView {
    let details = NodeRef::<html::Details>::new();
    let close = move || {
        if let Some(details) = details.get_untracked() {
            details.set_open(false);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    view! {
        <details
            class="menu"
            name="menu"
            data-framed=framed
            data-opens=up.then_some("up")
            data-align=end.then_some("end")
            node_ref=details
            on:keydown=on_key
        >
            <summary class="menu__summary">
                {summary.run()}
                <span class="menu__chevron"><Icon glyph=Glyph::Chevron /></span>
            </summary>
            <div class="menu__panel" on:click=move |_| close()>
                {children()}
            </div>
        </details>
    }
}
