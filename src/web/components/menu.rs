//! Choices behind a summary: a `<details>`, so it needs no script.

use super::{Glyph, Icon};
use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast, web_sys};

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
    let details = NodeRef::new();
    close_from_outside(details);
    view! {
        <details
            class="menu"
            name="menu"
            data-framed=framed
            data-opens=up.then_some("up")
            data-align=end.then_some("end")
            node_ref=details
        >
            <summary class="menu__summary">
                {summary.run()}
                <span class="menu__chevron">
                    <Icon glyph=Glyph::Chevron />
                </span>
            </summary>
            <div class="menu__panel" on:click=move |_| close(details)>
                {children()}
            </div>
        </details>
    }
}

/// Where there is a script, lets Escape and a press anywhere else close these details, as people expect of a menu.
pub(super) fn close_from_outside(details: NodeRef<html::Details>) {
    Effect::new(move |_| {
        let pressed = window_event_listener(ev::pointerdown, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            let inside = details.get_untracked().is_some_and(|details| details.contains(target.as_ref()));
            if !inside {
                close(details);
            }
        });
        let escaped = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" {
                close(details);
            }
        });
        on_cleanup(move || {
            pressed.remove();
            escaped.remove();
        });
    });
}

fn close(details: NodeRef<html::Details>) {
    if let Some(details) = details.get_untracked() {
        details.set_open(false);
    }
}
