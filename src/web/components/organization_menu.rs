//! The switch between organizations, part of the shell.

use super::{Glyph, Icon, Menu, Section};
use leptos::prelude::*;

/// Names the organization of the page and lists the others; a choice stays in the same section.
#[component]
pub fn OrganizationMenu(
    #[prop(into)] org: Signal<String>,
    #[prop(into)] organizations: Signal<Vec<String>>,
    #[prop(into)] section: Signal<Option<Section>>,
) -> impl IntoView {
    let items = move || {
        let section = section.get().unwrap_or(Section::Overview);
        let items = organizations.get().into_iter().map(|name| {
            let current = name == org.get();
            let href = section.href(&name);
            view! {
                <a class="menu__item" href=href aria-current=current.then_some("true")>
                    <span class="menu__label">{name}</span>
                    {current.then(|| view! { <Icon glyph=Glyph::Check /> })}
                </a>
            }
        });
        items.collect_view()
    };
    view! {
        <Menu
            framed=true
            summary=move || view! {
                <span class="menu__label">
                    <span class="visually-hidden">"Organization "</span>
                    {move || org.get()}
                </span>
            }
        >
            {items}
        </Menu>
    }
}
