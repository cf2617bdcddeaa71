//! A message on a page: what happened and what a person can do about it.

use super::{Glyph, Icon, Tone};
use leptos::prelude::*;

/// `Danger` interrupts a screen reader, every other tone is read in its turn.
#[component]
pub fn Notice(
    #[prop(default = Tone::Accent)] tone: Tone,
    #[prop(optional, into)] title: MaybeProp<String>,
    #[prop(optional, into)] actions: ViewFnOnce,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let glyph = match tone {
        Tone::Neutral | Tone::Accent => Glyph::Info,
        Tone::Success => Glyph::Done,
        Tone::Warning => Glyph::Warning,
        Tone::Danger => Glyph::Failed,
    };
    let role = if tone == Tone::Danger { "alert" } else { "status" };
    view! {
        <div class="notice" data-tone=tone.as_str() role=role>
            <Icon glyph />
            <div class="notice__body">
                {move || title.get().map(|title| view! { <p class="notice__title">{title}</p> })}
                {children.map(|children| view! { <div>{children()}</div> })}
                <div class="notice__actions">{actions.run()}</div>
            </div>
        </div>
    }
}
