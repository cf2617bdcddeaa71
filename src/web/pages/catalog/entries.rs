//! The catalog's entries, as cards or as the rows of a table.

use leptos::prelude::*;

use super::selection::{Pick, Picked};
use crate::model::{CatalogEntry, Choice, RepositoryKind};
use crate::web::components::{Badge, Cell, Column, DataTable, HeadCell, Tone};

/// Cards; `base` is the address of the catalog.
#[component]
pub fn Cards(entries: Vec<CatalogEntry>, base: String, picked: Picked) -> impl IntoView {
    let card = move |entry: CatalogEntry| {
        let href = format!("{base}/{}", entry.name);
        let pick = pick(&entry, picked);
        let marks: Vec<_> = kind_marks(&entry).into_iter().chain(own_marks(&entry)).collect();
        view! {
            <li class="catalog__entry" data-entry="">
                {pick}
                <a class="catalog__link" href=href>{entry.display_name}</a>
                <code class="catalog__name">{entry.name.to_string()}</code>
                <p class="catalog__text">{entry.short_description}</p>
                {(!marks.is_empty()).then(|| view! { <p class="catalog__marks">{marks}</p> })}
            </li>
        }
    };
    view! { <ul class="catalog" aria-label="Repositories">{entries.into_iter().map(card).collect_view()}</ul> }
}

/// Rows; `distributions` says how each is called.
#[component]
pub fn Table(entries: Vec<CatalogEntry>, distributions: Vec<Choice>, base: String, picked: Picked) -> impl IntoView {
    let columns = [
        Column::text("Repository"),
        Column::text("Type"),
        Column::text("Distributions"),
        Column::text("Platforms"),
        Column::text("Compliance"),
        Column::text("State"),
    ];
    let row = move |entry: CatalogEntry| {
        let href = format!("{base}/{}", entry.name);
        let pick = pick(&entry, picked);
        let own: Vec<_> = own_marks(&entry).collect();
        let own = if own.is_empty() { nothing("Not yet") } else { own.into_any() };
        let called = |id: &String| {
            distributions.iter().find(|known| known.id == *id).map_or_else(|| id.clone(), |known| known.name.clone())
        };
        let on: Vec<String> = entry.distributions.iter().map(called).collect();
        let compliance = [(entry.fips, "FIPS"), (entry.stig, "STIG")];
        let compliance: Vec<_> = compliance.into_iter().filter(|(so, _)| *so).map(|(_, word)| word).collect();
        view! {
            <tr data-entry="">
                <HeadCell>
                    <span class="catalog__row">
                        {pick} <a href=href>{entry.display_name}</a> <code class="catalog__name">{entry.name.to_string()}</code>
                    </span>
                </HeadCell>
                <Cell label="Type">{entry.kind.label()}</Cell>
                <Cell label="Distributions">{or(on.join(", "), "Not known")}</Cell>
                <Cell label="Platforms">{or(entry.platforms.join(", "), "Not known")}</Cell>
                <Cell label="Compliance">{or(compliance.join(", "), "None")}</Cell>
                <Cell label="State"><span class="cluster" data-gap="xs">{own}</span></Cell>
            </tr>
        }
    };
    view! {
        <DataTable caption="Repositories" columns>
            {entries.into_iter().map(row).collect_view()}
        </DataTable>
    }
}

/// Words, or what is said where there are none: on a phone their label stands beside them.
fn or(words: String, otherwise: &'static str) -> AnyView {
    if words.is_empty() { nothing(otherwise) } else { words.into_any() }
}

fn nothing(words: &'static str) -> AnyView {
    view! { <span class="muted">{words}</span> }.into_any()
}

/// True for what can be picked, to be mirrored or asked for: it is not mirrored yet.
pub fn is_open(entry: &CatalogEntry) -> bool {
    entry.mirrors.is_empty()
}

fn pick(entry: &CatalogEntry, picked: Picked) -> Option<impl IntoView + use<>> {
    let name = entry.name.clone();
    is_open(entry).then(|| view! { <Pick name picked /> })
}

fn kind_marks(entry: &CatalogEntry) -> Vec<AnyView> {
    let marks = [
        (entry.kind == RepositoryKind::HelmChart, RepositoryKind::HelmChart.label()),
        (entry.fips, "FIPS"),
        (entry.stig, "STIG"),
    ];
    let marks = marks.into_iter().filter(|(so, _)| *so);
    marks.map(|(_, word)| view! { <Badge>{word}</Badge> }.into_any()).collect()
}

/// What the organization has of it.
fn own_marks(entry: &CatalogEntry) -> impl Iterator<Item = AnyView> + use<> {
    let marks = [(!is_open(entry), "Mirrored"), (!entry.rules.is_empty(), "Forwarded")];
    let marks = marks.into_iter().filter(|(so, _)| *so);
    marks.map(|(_, word)| view! { <Badge tone=Tone::Success>{word}</Badge> }.into_any())
}
