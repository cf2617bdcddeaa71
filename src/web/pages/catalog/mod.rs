//! The catalog: every repository Docker publishes, searched and filtered by what stands in the address.

mod entries;
mod filters;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::catalog::list_catalog;
use crate::model::{CatalogFilter, CatalogList};
use crate::web::components::{ButtonLink, EmptyState, Loading, PageHeader, Section};
use crate::web::format;
use crate::web::frame::use_organization;
use crate::web::pages::ReadError;
use entries::Entries;
use filters::Filters;

/// The list with its filters.
#[component]
pub fn CatalogPage() -> impl IntoView {
    let organization = use_organization();
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        let query = query.read();
        let field = |name: &str| query.get(name).unwrap_or_default();
        CatalogFilter {
            q: field("q"),
            category: field("category"),
            kind: field("kind"),
            distribution: field("distribution"),
            compliance: field("compliance"),
            mirrored: field("mirrored"),
        }
    });
    let base = StoredValue::new(Section::Catalog.href(organization.as_str()));

    let list = Resource::new_blocking(move || filter.get(), move |filter| list_catalog(organization.clone(), filter));

    view! {
        <Title text="Catalog" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="Catalog"
                lead="Docker Hardened Images and Helm charts. Mirror a repository to have Docker keep a copy in your organization."
            />
            <Transition fallback=|| view! { <Loading rows=12 label="Loading the catalog" /> }>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(list) => view! { <Found list filter base=base.get_value() /> }.into_any(),
                        Err(error) => view! { <ReadError error /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn Found(list: CatalogList, filter: Memo<CatalogFilter>, base: String) -> impl IntoView {
    let CatalogList { entries, total, categories, distributions } = list;
    let found = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let words = format!("{} of {} repositories", format::count(found), format::count(total.into()));
    let everything = base.clone();
    let below = if entries.is_empty() && total == 0 {
        view! {
            <EmptyState title="The catalog is empty">
                "Docker Hub lists no Docker Hardened Images for this organization. Check its subscription on Docker Hub."
            </EmptyState>
        }
        .into_any()
    } else if entries.is_empty() {
        let clear = move || view! { <ButtonLink href=everything>"Clear filters"</ButtonLink> };
        view! {
            <EmptyState title="No repository matches" actions=clear>
                "Search for fewer words, or take a filter away."
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <Entries entries base=base.clone() /> }.into_any()
    };
    view! {
        <div class="stack">
            <Filters filter categories distributions base />
            <p class="muted small tabular-nums" role="status">{words}</p>
            {below}
        </div>
    }
}
