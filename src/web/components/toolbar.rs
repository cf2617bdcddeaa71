//! Things to do with what stands below, in one row.

use leptos::prelude::*;

/// The children stand at the start, `end` at the end.
#[component]
pub fn Toolbar(#[prop(optional, into)] end: ViewFnOnce, children: Children) -> impl IntoView {
    view! {
        <div class="toolbar">
            {children()}
            <div class="toolbar__end">{end.run()}</div>
        </div>
    }
}
