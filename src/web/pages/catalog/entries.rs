//! The catalog's entries. There are hundreds on one page, so each is few elements and drawn only when it is in sight.

use leptos::prelude::*;

use crate::model::{CatalogEntry, RepositoryKind};

/// The list; `base` is the address of the catalog.
#[component]
pub fn Entries(entries: Vec<CatalogEntry>, base: String) -> impl IntoView {
    let entry = move |entry: CatalogEntry| {
        let href = format!("{base}/{}", entry.name);
        let marks = marks(&entry);
        view! {
            <li class="catalog__entry">
                <a class="catalog__link" href=href>{entry.display_name}</a>
                <code class="catalog__name">{entry.name.to_string()}</code>
                <p class="catalog__text">{entry.short_description}</p>
                {(!marks.is_empty()).then(|| view! { <p class="catalog__marks">{marks}</p> })}
            </li>
        }
    };
    view! { <ul class="catalog" aria-label="Repositories">{entries.into_iter().map(entry).collect_view()}</ul> }
}

fn marks(entry: &CatalogEntry) -> Vec<AnyView> {
    let mut marks = Vec::new();
    if !entry.mirrors.is_empty() {
        marks.push(view! { <span class="badge" data-tone="success">"Mirrored"</span> }.into_any());
    }
    let plain = [
        (entry.kind == RepositoryKind::HelmChart, RepositoryKind::HelmChart.label()),
        (entry.fips, "FIPS"),
        (entry.stig, "STIG"),
    ];
    let plain = plain.into_iter().filter(|(so, _)| *so);
    marks.extend(plain.map(|(_, word)| view! { <span class="badge">{word}</span> }.into_any()));
    marks
}
