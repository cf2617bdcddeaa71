//! The page of the audit log.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::filter::{Asked, Filters, chips, label};
use super::table::AuditTable;
use crate::api::audit::{find_deeds, list_actors};
use crate::model::{ApiError, AuditEntry, OrgName, Page, TypedFilter as _};
use crate::web::app::use_organization;
use crate::web::components::{ButtonLink, EmptyState, FilterRefused, Loading, PageHeader, Pagination, Section};
use crate::web::filter::{files, href};
use crate::web::pages::ReadError;

/// The table with its filter, and the same as a file.
#[component]
pub fn AuditPage() -> impl IntoView {
    let organization = use_organization();
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(Asked::of));

    let (of_actors, of_deeds) = (organization.clone(), organization.clone());
    let actors = Resource::new_blocking(|| (), move |()| list_actors(of_actors.clone()));
    let deeds = Resource::new_blocking(
        move || asked.get(),
        move |Asked { filter, after }| find_deeds(of_deeds.clone(), filter, after),
    );

    let base = StoredValue::new(Section::Audit.href(organization.as_str()));
    view! {
        <Title text="Audit log" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="Audit log"
                lead="Who did what, and what Ferry noticed. Lines are only added: nobody can change or remove one."
            />
            <div class="stack">
                <Suspense fallback=|| view! { <Loading rows=1 label="Loading the filter" /> }>
                    {move || Suspend::new(async move {
                        // Without names there is no filter; the list below shows what is wrong.
                        actors.await.ok().map(|actors| view! { <Filters actors asked base=base.get_value() /> })
                    })}
                </Suspense>
                <Transition fallback=|| view! { <Loading rows=10 label="Loading the audit log" /> }>
                    {move || {
                        let organization = organization.clone();
                        let asked = asked.get();
                        Suspend::new(async move {
                            let filter = asked.filter.clone();
                            let found = match deeds.await {
                                Ok(page) => view! { <Found page organization asked /> }.into_any(),
                                Err(ApiError::Invalid(errors)) => view! { <FilterRefused errors label /> }.into_any(),
                                Err(error) => view! { <ReadError error /> }.into_any(),
                            };
                            view! {
                                {base.with_value(|base| chips(&filter, base))}
                                {found}
                            }
                        })
                    }}
                </Transition>
            </div>
        </div>
    }
}

#[component]
fn Found(page: Page<AuditEntry>, organization: OrgName, asked: Asked) -> impl IntoView {
    let base = Section::Audit.href(organization.as_str());
    let Asked { filter, after } = asked;
    if page.rows.is_empty() {
        let is_filtered = !filter.is_empty() || after.is_some();
        return view! { <Nothing base is_filtered /> }.into_any();
    }
    let next = page.next.map(|next| href(&filter, &base, Some(&next)));
    let newest = after.map(|_| href(&filter, &base, None));
    let several = next.is_some() || newest.is_some();
    view! {
        {files(&filter, &base)}
        <AuditTable entries=page.rows organization />
        {several
            .then(|| {
                view! { <Pagination previous=newest next previous_label="Newest" next_label="Older" /> }
            })}
    }
    .into_any()
}

#[component]
fn Nothing(base: String, is_filtered: bool) -> impl IntoView {
    if is_filtered {
        let actions = move || view! { <ButtonLink href=base>"The whole log"</ButtonLink> };
        view! {
            <EmptyState title="No line here" actions><p>"No line fits the filter, or there is nothing older."</p></EmptyState>
        }
        .into_any()
    } else {
        view! {
            <EmptyState title="Nothing was done yet">
                <p>"Whoever starts a mirror, writes a rule or changes anything else in the organization is named here."</p>
            </EmptyState>
        }
        .into_any()
    }
}
