//! The filter of the history: search and lists above, what is set as chips below.

use leptos::prelude::*;

use super::words;
use crate::model::{FilterNames, RunFilter, RunId, RunState, Trigger, TypedFilter as _};
use crate::web::components::{FilterBar, FilterDate, FilterMore, FilterSearch, FilterSelect, filter_options};
use crate::web::filter;
use crate::web::live_filter::use_live_filter;

/// What the address asks for.
pub type Asked = filter::Asked<RunFilter, RunId>;

/// The form; what is typed into the search is looked for while it is typed.
#[component]
pub fn Filters(names: FilterNames, asked: Memo<Asked>, base: String) -> impl IntoView {
    let live = use_live_filter();
    let typed = Memo::new(move |_| asked.with(|asked| asked.filter.clone()));
    let value = move |of: fn(&RunFilter) -> &String| Signal::derive(move || typed.with(|filter| of(filter).clone()));
    let active = Signal::derive(move || typed.with(|filter| !filter.is_empty()));
    let now = typed.get_untracked();
    let FilterNames { rules, destinations, mirrors, persons } = names;
    let rules = filter_options("All", &now.rule, rules);
    let destinations = filter_options("All", &now.destination, destinations);
    let mirrors = filter_options("All", &now.mirror, mirrors.into_iter().map(|name| (name.clone(), name)));
    let persons = filter_options("All", &now.person, persons.into_iter().map(|name| (name.clone(), name)));
    let states =
        filter_options("All", &now.state, RunState::ALL.map(|state| (state.as_str(), state.label().to_owned())));
    let triggers = filter_options(
        "All",
        &now.trigger,
        Trigger::ALL.map(|trigger| (trigger.as_str(), words::trigger(trigger).to_owned())),
    );
    let rest = [&now.mirror, &now.destination, &now.trigger, &now.person, &now.from, &now.until];
    let open = rest.iter().any(|value| !value.is_empty());
    view! {
        <FilterBar
            action=base
            label="Runs"
            active
            on:submit=move |event| live.submitted.run(event)
            on:input=move |event| live.typed.run(event)
        >
            <FilterSearch value=value(|filter| &filter.q) label="Tag, digest or reference" placeholder="Tag or digest" />
            <FilterSelect name="rule" label="Rule" options=rules selected=value(|filter| &filter.rule) />
            <FilterSelect name="state" label="State" options=states selected=value(|filter| &filter.state) />
            <FilterMore open>
                <FilterSelect name="mirror" label="Mirror" options=mirrors selected=value(|filter| &filter.mirror) />
                <FilterSelect
                    name="destination"
                    label="Destination"
                    options=destinations
                    selected=value(|filter| &filter.destination)
                />
                <FilterSelect name="trigger" label="Started by" options=triggers selected=value(|filter| &filter.trigger) />
                <FilterSelect name="person" label="Person" options=persons selected=value(|filter| &filter.person) />
                <FilterDate name="from" label="From" value=value(|filter| &filter.from) />
                <FilterDate name="until" label="Until" value=value(|filter| &filter.until) />
            </FilterMore>
        </FilterBar>
    }
}

/// What is set, each with the way to ask for it no more.
pub fn chips(names: &FilterNames, filter: &RunFilter, base: &str) -> impl IntoView + use<> {
    filter::chips(filter, base, |name, value| format!("{}: {}", label(name), said(names, name, value)))
}

/// What a field of the filter is called.
pub fn label(name: &str) -> &'static str {
    match name {
        "q" => "Search",
        "rule" => "Rule",
        "state" => "State",
        "mirror" => "Mirror",
        "destination" => "Destination",
        "trigger" => "Started by",
        "person" => "Person",
        "from" => "From",
        _ => "Until",
    }
}

/// The value as the lists call it.
fn said(names: &FilterNames, name: &str, value: &str) -> String {
    let known = match name {
        "rule" => names.rules.iter().find(|(id, _)| id.to_string() == value).map(|(_, name)| name.clone()),
        "destination" => {
            names.destinations.iter().find(|(id, _)| id.to_string() == value).map(|(_, name)| name.clone())
        }
        "state" => RunState::parse(value).map(|state| state.label().to_owned()),
        "trigger" => Trigger::parse(value).map(|trigger| words::trigger(trigger).to_owned()),
        _ => None,
    };
    known.unwrap_or_else(|| value.to_owned())
}
