//! Light, dark or as the system says: a form that works without a script.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// The theme a person chose; `System` leaves it to the browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
    #[default]
    System,
}

impl Theme {
    /// In the order of the switch.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];

    /// The word in the form, the cookie and `data-theme`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }

    /// The theme a cookie or a form names; anything unknown is `System`.
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word).unwrap_or_default()
    }

    /// The value of `data-theme` on the root element; none for `System`.
    pub fn attribute(self) -> Option<&'static str> {
        (self != Self::System).then(|| self.as_str())
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Light => "Light",
            Self::Dark => "Dark",
            Self::System => "System",
        }
    }

    const fn glyph(self) -> Glyph {
        match self {
            Self::Light => Glyph::Sun,
            Self::Dark => Glyph::Moon,
            Self::System => Glyph::Screen,
        }
    }
}

/// Posts `theme` (the word pressed) and `return` (the address to come back to) to `action`.
#[component]
pub fn ThemeSwitch(
    #[prop(into)] theme: Signal<Theme>,
    #[prop(into)] action: String,
    #[prop(into)] return_to: Signal<String>,
) -> impl IntoView {
    let choice = move |this: Theme| {
        view! {
            <button
                class="theme-switch__choice"
                type="submit"
                name="theme"
                value=this.as_str()
                aria-pressed=move || if theme.get() == this { "true" } else { "false" }
            >
                <Icon glyph=this.glyph() />
                {this.label()}
            </button>
        }
    };
    view! {
        <form class="theme-switch" method="post" action=action aria-label="Theme">
            <input type="hidden" name="return" value=move || return_to.get() />
            {Theme::ALL.map(choice)}
        </form>
    }
}
