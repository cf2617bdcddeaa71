//! Light, dark or as the system says: a form that works without a script.

use super::{Glyph, Icon};
use crate::model::Theme;
use leptos::prelude::*;

/// In the order of the switch.
const CHOICES: [(Theme, &str, Glyph); 3] =
    [(Theme::Light, "Light", Glyph::Sun), (Theme::Dark, "Dark", Glyph::Moon), (Theme::System, "System", Glyph::Screen)];

/// Posts `theme` (the word pressed) and `back` (the address to come back to) to `action`.
#[component]
pub fn ThemeSwitch(
    #[prop(into)] theme: Signal<Theme>,
    #[prop(into)] action: String,
    #[prop(into)] back: Signal<String>,
) -> impl IntoView {
    let choice = move |(this, label, glyph): (Theme, &'static str, Glyph)| {
        view! {
            <button
                class="theme-switch__choice"
                type="submit"
                name="theme"
                value=this.as_str()
                aria-pressed=move || if theme.get() == this { "true" } else { "false" }
            >
                <Icon glyph />
                {label}
            </button>
        }
    };
    view! {
        <form class="theme-switch" method="post" action=action aria-label="Theme">
            <input type="hidden" name="back" value=move || back.get() />
            {CHOICES.map(choice)}
        </form>
    }
}
