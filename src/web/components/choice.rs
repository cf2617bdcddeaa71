//! A checkbox or a radio with its words beside it.

use leptos::prelude::*;

/// A checkbox; sends `value` (by default `true`) when ticked and nothing when not.
#[component]
pub fn Checkbox(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(default = "true".into(), into)] value: String,
    #[prop(optional)] checked: bool,
    #[prop(optional)] disabled: bool,
    #[prop(optional, into)] hint: MaybeProp<String>,
) -> impl IntoView {
    choice("checkbox", Choice { name, label, value, checked, disabled, hint })
}

/// One of several with the same name; belongs in a `ChoiceGroup`.
#[component]
pub fn Radio(
    #[prop(into)] name: String,
    #[prop(into)] value: String,
    #[prop(into)] label: String,
    #[prop(optional)] checked: bool,
    #[prop(optional)] disabled: bool,
    #[prop(optional, into)] hint: MaybeProp<String>,
) -> impl IntoView {
    choice("radio", Choice { name, label, value, checked, disabled, hint })
}

struct Choice {
    name: String,
    label: String,
    value: String,
    checked: bool,
    disabled: bool,
    hint: MaybeProp<String>,
}

fn choice(kind: &'static str, this: Choice) -> impl IntoView {
    view! {
        <label class="choice">
            <input
                class="choice__control"
                type=kind
                name=this.name
                value=this.value
                checked=this.checked
                disabled=this.disabled
            />
            <span class="choice__label">{this.label}</span>
            {move || this.hint.get().map(|hint| view! { <span class="choice__hint">{hint}</span> })}
        </label>
    }
}
