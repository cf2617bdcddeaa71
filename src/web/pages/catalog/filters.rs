//! The catalog's search box and filters; what they hold stands in the address.

use leptos::prelude::*;

use crate::model::{CatalogFilter, Choice, RepositoryKind};
use crate::web::components::{FilterBar, FilterSearch, FilterSelect};
use crate::web::live_filter::use_live_filter;

/// The filter bar; with a script it works while people type.
#[component]
pub fn Filters(
    filter: Memo<CatalogFilter>,
    categories: Vec<Choice>,
    distributions: Vec<Choice>,
    base: String,
) -> impl IntoView {
    let live = use_live_filter();
    let field =
        move |read: fn(&CatalogFilter) -> &String| Signal::derive(move || filter.with(|filter| read(filter).clone()));
    let fixed = |all: &str, choices: &[(&str, &str)]| options(all, choices.iter().map(|(id, name)| (*id, *name)));
    let listed = |all: &str, choices: &[Choice]| options(all, choices.iter().map(|c| (c.id.as_str(), c.name.as_str())));
    let kinds = [RepositoryKind::Image, RepositoryKind::HelmChart].map(|kind| (kind.as_str(), kind.label()));
    let active = Signal::derive(move || filter.get() != CatalogFilter::default());
    view! {
        <FilterBar
            action=base
            label="Catalog"
            active
            on:submit=move |event| live.submitted.run(event)
            on:input=move |event| live.typed.run(event)
        >
            <FilterSearch label="Search the catalog" placeholder="Search by name or description" value=field(|f| &f.q) />
            <FilterSelect
                name="category"
                label="Category"
                options=listed("All", &categories)
                selected=field(|f| &f.category)
            />
            <FilterSelect name="kind" label="Kind" options=fixed("All", &kinds) selected=field(|f| &f.kind) />
            <FilterSelect
                name="distribution"
                label="Distribution"
                options=listed("All", &distributions)
                selected=field(|f| &f.distribution)
            />
            <FilterSelect
                name="compliance"
                label="Compliance"
                options=fixed("Any", &[("fips", "FIPS"), ("stig", "STIG")])
                selected=field(|f| &f.compliance)
            />
            <FilterSelect
                name="mirrored"
                label="Mirrored"
                options=fixed("Any", &[("yes", "Yes"), ("no", "No")])
                selected=field(|f| &f.mirrored)
            />
        </FilterBar>
    }
}

fn options<'a>(all: &'a str, choices: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    let owned = |(id, name): (&str, &str)| (id.to_owned(), name.to_owned());
    std::iter::once(("", all)).chain(choices).map(owned).collect()
}
