//! An entry of the catalog.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// The whole card answers a click through its title's link; the children are badges at its foot.
#[component]
pub fn Card(
    #[prop(into)] href: String,
    #[prop(into)] title: String,
    /// The name in the registry, in monospace.
    #[prop(into)]
    name: String,
    #[prop(optional, into)] text: String,
    /// The mark at the card's corner, such as `Mirrored`.
    #[prop(optional, into)]
    mark: MaybeProp<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let mark =
        move || mark.get().map(|mark| view! { <span class="card__mark"><Icon glyph=Glyph::Done />{mark}</span> });
    view! {
        <article class="card">
            <div class="card__head">
                <h2 class="card__title">
                    <a class="card__link" href=href>{title}</a>
                </h2>
                {mark}
            </div>
            <p class="card__name">{name}</p>
            <p class="card__text">{text}</p>
            {children.map(|children| view! { <div class="card__foot">{children()}</div> })}
        </article>
    }
}
