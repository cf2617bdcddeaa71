//! The filter bar of the variants.

use leptos::prelude::*;

use super::asked::Asked;
use super::filter::{NO_MANAGER, VariantFilter};
use crate::model::{Variant, VariantImage};
use crate::web::components::{FilterBar, FilterKept, FilterSearch, FilterSelect, filter_options};
use crate::web::live_filter::use_live_filter;

/// The bar; with a script it works while people type. What else stands in the address stays.
#[component]
pub fn Filters(variants: StoredValue<Vec<Variant>>, asked: Memo<Asked>, base: String) -> impl IntoView {
    let live = use_live_filter();
    let value =
        move |of: fn(&VariantFilter) -> &String| Signal::derive(move || asked.with(|asked| of(&asked.filter).clone()));
    let active = Signal::derive(move || asked.with(|asked| asked.filter != VariantFilter::default()));
    let all = base.clone();
    let everything = Signal::derive(move || Asked { filter: VariantFilter::default(), ..asked.get() }.href(&all));
    let now = asked.get_untracked().filter;
    let listed = |all: &str, chosen: &str, of: fn(&VariantImage) -> (String, String)| {
        let mut found: Vec<_> =
            variants.with_value(|variants| variants.iter().flat_map(|variant| variant.images.iter().map(of)).collect());
        found.sort();
        found.dedup();
        filter_options(all, chosen, found)
    };
    let distributions =
        listed("All", &now.distribution, |image| (image.distribution.id.clone(), image.distribution.name.clone()));
    let platforms = listed("All", &now.platform, |image| (image.platform.clone(), image.platform.clone()));
    let managers = listed("Any", &now.manager, |image| match &image.package_manager {
        Some(manager) => (manager.clone(), manager.clone()),
        None => (NO_MANAGER.to_owned(), "None".to_owned()),
    });
    let fixed = |all: &str, chosen: &str, choices: &[(&str, &str)]| {
        let owned = choices.iter().map(|(value, words)| (*value, (*words).to_owned()));
        filter_options(all, chosen, owned)
    };
    let compliance = fixed("Any", &now.compliance, &[("fips", "FIPS"), ("stig", "STIG"), ("none", "Neither")]);
    let shells = fixed("Any", &now.shell, &[("yes", "Yes"), ("no", "No")]);
    let users = fixed("Any", &now.user, &[("root", "Root"), ("nonroot", "Not root")]);
    let sorts = fixed("Last pushed", &now.sort, &[("name", "Name"), ("vulnerabilities", "Most vulnerabilities")]);
    view! {
        <FilterBar
            action=base
            label="Variants"
            active
            everything
            on:submit=move |event| live.submitted.run(event)
            on:input=move |event| live.typed.run(event)
        >
            <FilterSearch name="find" label="Search the tags" placeholder="Part of a tag" value=value(|f| &f.find) />
            <FilterSelect
                name="distribution"
                label="Distribution"
                options=distributions
                selected=value(|f| &f.distribution)
            />
            <FilterSelect name="compliance" label="Compliance" options=compliance selected=value(|f| &f.compliance) />
            <FilterSelect name="platform" label="Platform" options=platforms selected=value(|f| &f.platform) />
            <FilterSelect name="manager" label="Package manager" options=managers selected=value(|f| &f.manager) />
            <FilterSelect name="shell" label="Shell" options=shells selected=value(|f| &f.shell) />
            <FilterSelect name="user" label="User" options=users selected=value(|f| &f.user) />
            <FilterSelect name="sort" label="Sort by" options=sorts selected=value(|f| &f.sort) />
            <FilterKept name="tag" value=Signal::derive(move || asked.get().tag) />
            <FilterKept name="tool" value=Signal::derive(move || asked.get().tool) />
        </FilterBar>
    }
}
