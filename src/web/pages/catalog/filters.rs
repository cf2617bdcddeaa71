//! The catalog's search box and order, and what is chosen with the way to choose it no more; all of it stands in the address.

use leptos::prelude::*;

use super::address::{Asked, Look};
use super::keys;
use crate::model::{CatalogFilter, CatalogSort, Facet, FacetValue, FacetValues};
use crate::web::components::{FilterBar, FilterChip, FilterChips, FilterSearch, FilterSelect};
use crate::web::live_filter::use_live_filter;

/// Id of the form that the facets beside the list belong to as well.
pub const FORM: &str = "catalog-filter";

/// The bar; with a script it works while people type.
#[component]
pub fn Filters(asked: Memo<Asked>, base: String) -> impl IntoView {
    let live = use_live_filter();
    let active = Signal::derive(move || asked.with(|asked| !asked.filter.takes_all()));
    let action = base.clone();
    let everything = Signal::derive(move || Some(asked.with(|asked| asked.everything().href(&base))));
    let read = move |of: fn(&CatalogFilter) -> String| Signal::derive(move || asked.with(|asked| of(&asked.filter)));
    let orders = [(CatalogSort::Best, "Best match"), (CatalogSort::Name, "Name")];
    let orders = orders.map(|(order, words)| (order.as_str().to_owned(), words.to_owned())).to_vec();
    let look = move || {
        asked
            .with(|asked| asked.look == Look::Table)
            .then(|| view! { <input type="hidden" name="view" value=Look::Table.as_str() /> })
    };
    view! {
        <FilterBar
            action
            label="Catalog"
            active
            everything
            attr:id=FORM
            on:submit=move |event| live.submitted.run(event)
            on:input=move |event| live.typed.run(event)
            on:keydown=|event| keys::into_list(&event)
        >
            <FilterSearch
                label="Search the catalog"
                placeholder="Search by name or description"
                value=read(|filter| filter.q.clone())
            />
            <FilterSelect
                name="sort"
                label="Sort by"
                options=orders
                selected=read(|filter| filter.sort.as_str().to_owned())
            />
            {look}
        </FilterBar>
    }
}

/// What is chosen beside the search.
pub fn chips(facets: Vec<FacetValues>, shown: &Asked, base: &str) -> impl IntoView + use<> {
    let chosen = facets.into_iter().flat_map(|FacetValues { facet, values }| {
        values.into_iter().filter(|value| value.chosen).map(move |value| (facet, value))
    });
    let chip = |(facet, value): (Facet, FacetValue)| {
        let without = shown.with(|asked| asked.filter.chosen_mut(facet).retain(|id| *id != value.id));
        let label = match facet.yes_and_no() {
            Some(_) => value.name,
            None => format!("{}: {}", facet.label(), value.name),
        };
        view! { <FilterChip href=without.href(base) label /> }
    };
    let chips: Vec<_> = chosen.map(chip).collect();
    (!chips.is_empty()).then(|| view! { <FilterChips label="What is chosen">{chips}</FilterChips> })
}
