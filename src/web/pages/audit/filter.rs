//! Which lines of the audit log are asked for: what stands in the address, and the form that makes it.

use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use crate::model::{AuditFilter, AuditId, DEEDS, deed};
use crate::web::components::{FilterBar, FilterChip, FilterChips, FilterDate, FilterSearch, FilterSelect};
use crate::web::live_filter::use_live_filter;

/// What an address asks for: the filter as it was typed, and where the list goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub filter: AuditFilter,
    /// Continues below this line.
    pub after: Option<AuditId>,
}

impl Asked {
    /// Reads the address.
    pub fn of(query: &ParamsMap) -> Self {
        let after = query.get_str("after").and_then(|text| text.parse().ok());
        Self { filter: AuditFilter::of(|name| query.get(name)), after }
    }
}

/// The address of the filtered list at `base`, continued after `after`.
pub fn href(filter: &AuditFilter, base: &str, after: Option<&str>) -> String {
    let after = after.map(|after| format!("after={after}"));
    let query: Vec<_> = [Some(filter.query()).filter(|query| !query.is_empty()), after].into_iter().flatten().collect();
    if query.is_empty() { base.to_owned() } else { format!("{base}?{}", query.join("&")) }
}

/// The form; what is typed into the search is looked for while it is typed.
#[component]
pub fn Filters(actors: Vec<String>, asked: Memo<Asked>, base: String) -> impl IntoView {
    let live = use_live_filter();
    let typed = Memo::new(move |_| asked.with(|asked| asked.filter.clone()));
    let value = move |of: fn(&AuditFilter) -> &String| Signal::derive(move || typed.with(|filter| of(filter).clone()));
    let active = Signal::derive(move || typed.with(|filter| *filter != AuditFilter::default()));
    let now = typed.get_untracked();
    let persons = options(&now.person, actors.into_iter().map(|name| (name.clone(), name)));
    let actions = options(&now.action, DEEDS.map(|(action, words)| (action.to_owned(), words.to_owned())));
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

/// All of a list, with "All" before it; what is chosen and not on the list stays to be seen.
fn options(chosen: &str, names: impl IntoIterator<Item = (String, String)>) -> Vec<(String, String)> {
    let all = std::iter::once((String::new(), "All".to_owned()));
    let mut options: Vec<_> = all.chain(names).collect();
    if !options.iter().any(|(value, _)| value == chosen) {
        options.push((chosen.to_owned(), chosen.to_owned()));
    }
    options
}

/// What is set, each with the way to ask for it no more.
pub fn chips(filter: &AuditFilter, base: &str) -> impl IntoView + use<> {
    let set = filter.fields().into_iter().filter(|(_, value)| !value.is_empty());
    let chips: Vec<_> = set
        .map(|(name, value)| {
            let said = if name == "action" { deed(value) } else { value };
            let label = format!("{}: {said}", label(name));
            view! { <FilterChip href=href(&filter.without(name), base, None) label /> }
        })
        .collect();
    (!chips.is_empty()).then(|| view! { <FilterChips label="What is filtered">{chips}</FilterChips> })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_what_it_asks_for_are_the_same() {
        let id = "01931f6e-7b0a-7000-8000-000000000001";
        let query = [("person", "olivia"), ("q", " nginx "), ("after", id), ("other", "x")];
        let query: ParamsMap = query.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        let asked = Asked::of(&query);
        assert_eq!(asked.after, id.parse().ok());
        assert_eq!(href(&asked.filter, "/a", Some("x")), "/a?q=nginx&person=olivia&after=x");
        assert_eq!(href(&AuditFilter::default(), "/a", None), "/a");
    }

    #[test]
    fn what_is_chosen_is_always_on_its_list() {
        let list = |chosen: &str| options(chosen, [("a".to_owned(), "One".to_owned())]);
        assert_eq!((list("").len(), list("a").len(), list("b").len()), (2, 2, 3));
    }
}
