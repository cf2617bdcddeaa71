//! Which rules are listed: all, or those of one mirror, as the address says.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::model::Rule;
use crate::web::components::{FilterBar, FilterChip, FilterChips, FilterSelect, filter_options};
use crate::web::live_filter::use_live_filter;

/// The rules that forward this mirror, `acme/dhi-node`; all where none is named.
pub fn of_mirror(rules: Vec<Rule>, mirror: &str) -> Vec<Rule> {
    let uses = |rule: &Rule| mirror.is_empty() || rule.mirrors.iter().any(|name| name.as_str() == mirror);
    rules.into_iter().filter(uses).collect()
}

/// The mirrors that rules forward, one of which can be chosen.
#[component]
pub fn Filters(rules: StoredValue<Vec<Rule>>, mirror: Memo<String>, base: String) -> impl IntoView {
    let live = use_live_filter();
    let mut names: BTreeSet<String> =
        rules.with_value(|rules| rules.iter().flat_map(|rule| &rule.mirrors).map(ToString::to_string).collect());
    let now = mirror.get_untracked();
    // One that no rule forwards can be asked for as well.
    names.extend(Some(now.clone()).filter(|name| !name.is_empty()));
    let mirrors = filter_options("All", &now, names.into_iter().map(|name| (name.clone(), name)));
    let active = Signal::derive(move || mirror.with(|mirror| !mirror.is_empty()));
    view! {
        <FilterBar action=base label="Rules" active on:submit=move |event| live.submitted.run(event)>
            <FilterSelect name="mirror" label="Mirror" options=mirrors selected=mirror />
        </FilterBar>
    }
}

/// The mirror that is asked for, with the way to ask for it no more.
pub fn chip(mirror: &str, base: String) -> impl IntoView + use<> {
    (!mirror.is_empty()).then(|| {
        let label = format!("Mirror: {mirror}");
        view! { <FilterChips label="What is filtered"><FilterChip href=base label /></FilterChips> }
    })
}
