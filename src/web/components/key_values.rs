//! Facts about one thing, as a list of names and values.

use leptos::prelude::*;

/// The list; the children are `KeyValue`s.
#[component]
pub fn KeyValues(children: Children) -> impl IntoView {
    view! { <dl class="key-values">{children()}</dl> }
}

/// One fact.
#[component]
pub fn KeyValue(#[prop(into)] key: String, children: Children) -> impl IntoView {
    view! {
        <div class="key-values__pair">
            <dt class="key-values__key">{key}</dt>
            <dd class="key-values__value">{children()}</dd>
        </div>
    }
}
