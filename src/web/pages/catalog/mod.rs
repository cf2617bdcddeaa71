//! The catalog: every repository Docker publishes, searched and narrowed by what stands in the address.

mod address;
mod entries;
mod facets;
mod filters;
mod found;
mod keys;
mod selection;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::catalog::list_catalog;
use crate::web::components::{Loading, PageHeader, Section};
use crate::web::frame::use_organization;
use crate::web::pages::ReadError;
use address::Asked;
use filters::Filters;
use found::Found;
use selection::Picked;

/// The list with its search and facets.
#[component]
pub fn CatalogPage() -> impl IntoView {
    let organization = use_organization();
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(Asked::of));
    let filter = Memo::new(move |_| asked.with(|asked| asked.filter.clone()));
    let base = StoredValue::new(Section::Catalog.href(organization.as_str()));
    let picked = Picked::none();
    keys::use_slash();

    let list = Resource::new_blocking(move || filter.get(), move |filter| list_catalog(organization.clone(), filter));

    view! {
        <Title text="Catalog" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="Catalog"
                lead="Docker Hardened Images and Helm charts. Mirror a repository to have Docker keep a copy in your organization."
            />
            <div class="stack">
                <Filters asked base=base.get_value() />
                <Transition fallback=|| view! { <Loading rows=12 label="Loading the catalog" /> }>
                    {move || {
                        let shown = asked.get();
                        Suspend::new(async move {
                            match list.await {
                                Ok(list) => view! { <Found list shown base=base.get_value() picked /> }.into_any(),
                                Err(error) => view! { <ReadError error /> }.into_any(),
                            }
                        })
                    }}
                </Transition>
            </div>
        </div>
    }
}
