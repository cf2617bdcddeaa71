//! Buttons, and links that look like them.

use leptos::prelude::*;

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variant {
    /// The one thing to do here.
    Primary,
    #[default]
    Secondary,
    /// Cannot be taken back.
    Danger,
    /// Beside other things, without a box.
    Quiet,
}

impl Variant {
    /// The value of `data-variant`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Danger => "danger",
            Self::Quiet => "quiet",
        }
    }
}

/// A button's height: that of a field, or that of a table row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    #[default]
    Medium,
    Small,
}

impl Size {
    /// The value of `data-size`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Medium => "medium",
            Self::Small => "small",
        }
    }
}

/// A submit button, unless `kind="button"`; takes `on:click` and `attr:…` as any element does.
#[component]
pub fn Button(
    #[prop(optional)] variant: Variant,
    #[prop(optional)] size: Size,
    #[prop(default = "submit")] kind: &'static str,
    #[prop(optional, into)] name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// Shows that the work goes on; keeps the button's words.
    #[prop(optional, into)]
    busy: Signal<bool>,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            class="button"
            type=kind
            name=name
            value=value
            data-variant=variant.as_str()
            data-size=size.as_str()
            disabled=move || disabled.get() || busy.get()
            aria-busy=move || busy.get().then_some("true")
        >
            {move || busy.get().then(|| view! { <span class="button__spinner"></span> })}
            {children()}
        </button>
    }
}

/// A link in a button's clothes.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(optional)] variant: Variant,
    #[prop(optional)] size: Size,
    children: Children,
) -> impl IntoView {
    view! {
        <a class="button" href=href data-variant=variant.as_str() data-size=size.as_str()>
            {children()}
        </a>
    }
}
