//! Who is signed in, the theme and the way out; part of the shell.

use super::{Glyph, Icon, Menu, ThemeSwitch};
use crate::model::Theme;
use leptos::prelude::*;

/// Names the person and the role; opens the theme switch and the sign-out form.
#[component]
pub fn AccountMenu(
    #[prop(into)] user: String,
    #[prop(into)] role: String,
    #[prop(into)] theme: Signal<Theme>,
    #[prop(into)] theme_action: String,
    #[prop(into)] sign_out_action: String,
    #[prop(into)] path: Signal<String>,
) -> impl IntoView {
    view! {
        <Menu
            up=true
            summary=move || view! {
                <Icon glyph=Glyph::Person />
                <span class="menu__label">{user} <span class="menu__detail">{role}</span></span>
            }
        >
            <ThemeSwitch theme action=theme_action back=path />
            <hr class="menu__separator" />
            <form method="post" action=sign_out_action>
                <button class="menu__item" type="submit">
                    <Icon glyph=Glyph::SignOut />
                    "Sign out"
                </button>
            </form>
        </Menu>
    }
}
