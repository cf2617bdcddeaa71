//! The frame of pages that stand alone: sign-in, the choice of an organization, an address that leads nowhere.

use super::Logo;
use leptos::prelude::*;

/// The logo, a title with an optional lead, the children, and a quiet foot.
#[component]
pub fn PlainShell(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: MaybeProp<String>,
    /// A quiet line at the bottom of the window.
    #[prop(optional, into)]
    foot: ViewFnOnce,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="plain-shell">
            <main class="plain-shell__main" id="main">
                <div class="plain-shell__head">
                    <Logo />
                    <h1 class="plain-shell__title">{title}</h1>
                    {move || lead.get().map(|lead| view! { <p class="plain-shell__lead">{lead}</p> })}
                </div>
                {children()}
            </main>
            <footer class="plain-shell__foot">{foot.run()}</footer>
        </div>
    }
}
