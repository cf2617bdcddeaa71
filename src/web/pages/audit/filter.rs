//! Which lines of the audit log are asked for: the form, and what is set as chips.

use leptos::prelude::*;

use crate::model::{AuditFilter, AuditId, DEEDS, TypedFilter as _, deed};
use crate::web::components::{FilterBar, FilterDate, FilterSearch, FilterSelect, filter_options};
use crate::web::filter;
use crate::web::live_filter::use_live_filter;

/// What the address asks for.
pub type Asked = filter::Asked<AuditFilter, AuditId>;

/// The form; what is typed into the search is looked for while it is typed.
#[component]
pub fn Filters(actors: Vec<String>, asked: Memo<Asked>, base: String) -> impl IntoView {
    let live = use_live_filter();
    let typed = Memo::new(move |_| asked.with(|asked| asked.filter.clone()));
    let value = move |of: fn(&AuditFilter) -> &String| Signal::derive(move || typed.with(|filter| of(filter).clone()));
    let active = Signal::derive(move || typed.with(|filter| !filter.is_empty()));
    let now = typed.get_untracked();
    let persons = filter_options("All", &now.person, actors.into_iter().map(|name| (name.clone(), name)));
    let actions = filter_options("All", &now.action, DEEDS.map(|(action, words)| (action, words.to_owned())));
    view! {
        <FilterBar
            action=base
            label="Audit log"
            active
            on:submit=move |event| live.submitted.run(event)
            on:input=move |event| live.typed.run(event)
        >
            <FilterSearch value=value(|filter| &filter.q) label="What it was done to" placeholder="Mirror, rule, …" />
            <FilterSelect name="person" label="Person" options=persons selected=value(|filter| &filter.person) />
            <FilterSelect name="action" label="What" options=actions selected=value(|filter| &filter.action) />
            <FilterDate name="from" label="From" value=value(|filter| &filter.from) />
            <FilterDate name="until" label="Until" value=value(|filter| &filter.until) />
        </FilterBar>
    }
}

/// What is set, each with the way to ask for it no more.
pub fn chips(filter: &AuditFilter, base: &str) -> impl IntoView + use<> {
    filter::chips(filter, base, |name, value| {
        let said = if name == "action" { deed(value) } else { value };
        format!("{}: {said}", label(name))
    })
}

/// What a field of the filter is called.
pub fn label(name: &str) -> &'static str {
    match name {
        "q" => "Search",
        "person" => "Person",
        "action" => "What",
        "from" => "From",
        _ => "Until",
    }
}
