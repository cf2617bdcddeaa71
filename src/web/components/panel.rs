//! A titled part of a page.

use leptos::prelude::*;

/// A section with an `<h2>`, actions beside it, and the children below.
#[component]
pub fn Panel(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: MaybeProp<String>,
    #[prop(optional, into)] actions: ViewFnOnce,
    /// A box around the panel.
    #[prop(optional)]
    framed: bool,
    children: Children,
) -> impl IntoView {
    let label = title.clone();
    view! {
        <section class="panel" data-framed=framed aria-label=label>
            <div class="panel__head">
                <div class="panel__words">
                    <h2>{title}</h2>
                    {move || lead.get().map(|lead| view! { <p class="panel__lead">{lead}</p> })}
                </div>
                <div class="panel__actions">{actions.run()}</div>
            </div>
            {children()}
        </section>
    }
}
