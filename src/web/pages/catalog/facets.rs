//! The facets beside the list: each value says how many entries choosing it would leave. Without room they fold.

use leptos::{ev, prelude::*, web_sys};

use super::filters::FORM;
use crate::model::{Facet, FacetValue, FacetValues};
use crate::web::components::Button;

/// All of them; they belong to the form of the search box.
#[component]
pub fn Facets(facets: Vec<FacetValues>) -> impl IntoView {
    let chosen = facets.iter().flat_map(|facet| &facet.values).filter(|value| value.chosen).count();
    let fold = if chosen == 0 { "Filters".to_owned() } else { format!("Filters ({chosen})") };
    let groups: Vec<_> = groups(facets).into_iter().map(|(legend, values)| view! { <Group legend values /> }).collect();
    view! {
        <details class="facets">
            <summary class="facets__fold">{fold}</summary>
            <div class="facets__body">{groups} <Button attr:form=FORM>"Show results"</Button></div>
        </details>
    }
}

/// Values under their legends; facets that follow each other under the same one stand together.
fn groups(facets: Vec<FacetValues>) -> Vec<(&'static str, Vec<(Facet, FacetValue)>)> {
    let mut groups: Vec<(&'static str, Vec<(Facet, FacetValue)>)> = Vec::new();
    for FacetValues { facet, values } in facets {
        let values = values.into_iter().map(|value| (facet, value));
        match groups.last_mut().filter(|(legend, _)| *legend == facet.label()) {
            Some((_, group)) => group.extend(values),
            None => groups.push((facet.label(), values.collect())),
        }
    }
    groups.retain(|(_, values)| !values.is_empty());
    groups
}

#[component]
fn Group(legend: &'static str, values: Vec<(Facet, FacetValue)>) -> impl IntoView {
    let choice = |(facet, value): (Facet, FacetValue)| view! { <One facet value /> };
    view! {
        <fieldset>
            <legend class="facets__legend">{legend}</legend>
            {values.into_iter().map(choice).collect_view()}
        </fieldset>
    }
}

#[component]
fn One(facet: Facet, value: FacetValue) -> impl IntoView {
    let FacetValue { id, name, count, chosen } = value;
    let changed = |event: ev::Event| {
        let form = event_target::<web_sys::HtmlInputElement>(&event).form();
        // A refusal means a value is not valid; a checkbox always is.
        drop(form.map(|form| form.request_submit()));
    };
    view! {
        <label class="facets__choice" data-empty=count == 0>
            <input
                class="facets__box"
                type="checkbox"
                name=facet.as_str()
                value=id
                form=FORM
                checked=chosen
                prop:checked=chosen
                on:change=changed
            />
            <span class="facets__name">{name}</span>
            " "
            <span class="facets__count">{count}</span>
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fips_and_stig_stand_together_and_nothing_stands_empty() {
        let value = |id: &str| FacetValue { id: id.into(), name: id.into(), count: 1, chosen: false };
        let facets = Facet::ALL.map(|facet| {
            let values = if facet == Facet::Platform { Vec::new() } else { vec![value("yes")] };
            FacetValues { facet, values }
        });
        let groups = groups(facets.to_vec());
        let sizes: Vec<_> = groups.iter().map(|(legend, values)| (*legend, values.len())).collect();
        assert!(sizes.contains(&("Compliance", 2)), "{sizes:?}");
        assert!(sizes.iter().all(|(legend, _)| *legend != "Platform"), "{sizes:?}");
    }
}
