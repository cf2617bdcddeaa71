//! Checkboxes or radios that answer one question.

use leptos::prelude::*;

/// A fieldset whose legend is the question.
#[component]
pub fn ChoiceGroup(
    #[prop(into)] legend: String,
    #[prop(optional, into)] hint: MaybeProp<String>,
    #[prop(optional, into)] error: MaybeProp<String>,
    /// Side by side instead of one below the other.
    #[prop(optional)]
    row: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <fieldset class="choice-group" data-flow=row.then_some("row")>
            <legend class="choice-group__legend">{legend}</legend>
            {move || hint.get().map(|hint| view! { <p class="choice-group__hint">{hint}</p> })}
            <div class="choice-group__choices">{children()}</div>
            {move || error.get().map(|error| view! { <p class="choice-group__error">{error}</p> })}
        </fieldset>
    }
}
