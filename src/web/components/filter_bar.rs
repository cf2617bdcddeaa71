//! Search and filters over a list: a GET form, so what was asked for stands in the address.

use std::fmt::Display;

use super::{Button, Glyph, Icon};
use leptos::{ev, prelude::*, web_sys};

/// A GET form to `action`; the children are `FilterSearch`, `FilterSelect`, `FilterDate`, `FilterToggle`, `FilterKept`, and `FilterMore`
/// around some of those. All but the search submit at once where there is a script; the button is for where there is
/// none, and for the keyboard.
#[component]
pub fn FilterBar(
    #[prop(into)] action: String,
    /// What is searched, for screen readers.
    #[prop(into)]
    label: String,
    /// Something is filtered: offers the way back to everything.
    #[prop(optional, into)]
    active: Signal<bool>,
    /// Where everything is; `action`, if not given.
    #[prop(optional, into)]
    everything: MaybeProp<String>,
    children: Children,
) -> impl IntoView {
    let bare = action.clone();
    let clear = move || {
        let href = everything.get().unwrap_or_else(|| bare.clone());
        active.get().then(|| view! { <a class="filter-bar__clear" href=href>"Clear"</a> })
    };
    view! {
        <form class="filter-bar" method="get" action=action role="search" aria-label=label>
            {children()}
            <Button>"Apply"</Button>
            {clear}
        </form>
    }
}

/// The search box; it follows `value` when the address changes under it.
#[component]
pub fn FilterSearch(
    #[prop(default = "q".into(), into)] name: String,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(into)] label: String,
    #[prop(optional, into)] placeholder: Option<String>,
) -> impl IntoView {
    view! {
        <div class="filter-bar__search">
            <Icon glyph=Glyph::Search />
            <input
                class="filter-bar__input"
                type="search"
                name=name
                value=move || value.get()
                prop:value=move || value.get()
                aria-label=label
                placeholder=placeholder
                autocomplete="off"
                spellcheck="false"
            />
        </div>
    }
}

/// One of a list, with its name before it.
#[component]
pub fn FilterSelect(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    /// Value and words of each option; the first usually has an empty value and says "all".
    options: Vec<(String, String)>,
    #[prop(optional, into)] selected: Signal<String>,
) -> impl IntoView {
    let option = move |(value, words): (String, String)| {
        let this = value.clone();
        view! { <option value=value selected=move || selected.get() == this>{words}</option> }
    };
    let changed = |event: ev::Event| submit(event_target::<web_sys::HtmlSelectElement>(&event).form());
    view! {
        <label class="filter-bar__select">
            {label}
            <select name=name prop:value=move || selected.get() on:change=changed>
                {options.into_iter().map(option).collect_view()}
            </select>
        </label>
    }
}

/// The options of a `FilterSelect`: everything first, which is called `all`; what is chosen and not on the list stays to be
/// seen.
pub fn filter_options<V: Display>(
    all: &str,
    chosen: &str,
    names: impl IntoIterator<Item = (V, String)>,
) -> Vec<(String, String)> {
    let mut options = vec![(String::new(), all.to_owned())];
    options.extend(names.into_iter().map(|(value, words)| (value.to_string(), words)));
    if !options.iter().any(|(value, _)| value == chosen) {
        options.push((chosen.to_owned(), format!("Unknown: {chosen}")));
    }
    options
}

/// What the form passes on besides its fields; not sent while it is empty.
#[component]
pub fn FilterKept(#[prop(into)] name: String, #[prop(into)] value: Signal<String>) -> impl IntoView {
    let is_empty = move || value.with(String::is_empty);
    view! { <input type="hidden" name=name value=move || value.get() disabled=is_empty /> }
}

/// On or off; sends `value` (by default `true`) when on.
#[component]
pub fn FilterToggle(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(default = "true".into(), into)] value: String,
    #[prop(optional)] checked: bool,
) -> impl IntoView {
    let changed = |event: ev::Event| submit(event_target::<web_sys::HtmlInputElement>(&event).form());
    view! {
        <label class="filter-bar__toggle">
            <input type="checkbox" name=name value=value checked=checked on:change=changed />
            {label}
        </label>
    }
}

/// A day, with its name before it; what is no day stays to be seen.
#[component]
pub fn FilterDate(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] value: Signal<String>,
) -> impl IntoView {
    let is_day =
        move || value.with(|text| text.is_empty() || chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok());
    let changed = |event: ev::Event| submit(event_target::<web_sys::HtmlInputElement>(&event).form());
    view! {
        <label class="filter-bar__select">
            {label}
            <input
                class="filter-bar__date"
                // A browser shows nothing where a date cannot be one.
                type=move || if is_day() { "date" } else { "text" }
                name=name
                value=move || value.get()
                prop:value=move || value.get()
                on:change=changed
            />
        </label>
    }
}

/// Filters that are rarely wanted, folded away while none of them is set.
#[component]
pub fn FilterMore(
    #[prop(default = "More filters".into(), into)] label: String,
    /// One of them is set.
    #[prop(optional)]
    open: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <details class="filter-bar__more" open=open>
            <summary class="filter-bar__fold">{label}</summary>
            <div class="filter-bar__rest">{children()}</div>
        </details>
    }
}

fn submit(form: Option<web_sys::HtmlFormElement>) {
    // A refusal means a value is not valid yet; the browser shows that beside the control.
    drop(form.map(|form| form.request_submit()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_always_on_its_list() {
        let list = |chosen: &str| filter_options("All", chosen, [("a", "One".to_owned())]);
        assert_eq!((list("").len(), list("a").len()), (2, 2));
        assert_eq!(list("b")[2], ("b".to_owned(), "Unknown: b".to_owned()));
    }
}
