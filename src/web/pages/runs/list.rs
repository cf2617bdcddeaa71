//! The history of runs, newest first.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::filters::{Asked, Filters, chips, label};
use super::pause_all::{AllPaused, PauseAll, use_pause};
use super::table::RunTable;
use crate::api::history::{find_runs, list_filter_names};
use crate::model::{ApiError, FoundRun, OrgName, Page, TypedFilter as _};
use crate::web::app::use_organization;
use crate::web::components::{ButtonLink, EmptyState, FilterRefused, Loading, PageHeader, Pagination, Section};
use crate::web::filter::{files, href};
use crate::web::pages::ReadError;

/// The table with its filter, and the same as a file.
#[component]
pub fn RunsPage() -> impl IntoView {
    let organization = use_organization();
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(Asked::of));

    let (of_names, of_runs) = (organization.clone(), organization.clone());
    let names = Resource::new_blocking(|| (), move |()| list_filter_names(of_names.clone()));
    let runs = Resource::new_blocking(
        move || asked.get(),
        move |Asked { filter, after }| find_runs(of_runs.clone(), filter, after),
    );

    let pause = use_pause(&organization);
    let (for_button, for_notice) = (organization.clone(), organization.clone());
    let pausing = move || view! { <PauseAll state=pause organization=for_button /> };
    let base = StoredValue::new(Section::Runs.href(organization.as_str()));
    view! {
        <Title text="Runs" />
        <div class="stack" data-gap="xl">
            <PageHeader title="Runs" lead="Each time a rule was followed: what was copied, and what was proven." actions=pausing />
            <AllPaused state=pause organization=for_notice />
            <div class="stack">
                <Suspense fallback=|| view! { <Loading rows=1 label="Loading the filter" /> }>
                    {move || Suspend::new(async move {
                        // Without names there is no filter; the list below shows what is wrong.
                        names.await.ok().map(|names| view! { <Filters names asked base=base.get_value() /> })
                    })}
                </Suspense>
                <Transition fallback=|| view! { <Loading rows=10 label="Loading runs" /> }>
                    {move || {
                        let organization = organization.clone();
                        let asked = asked.get();
                        Suspend::new(async move {
                            let names = names.await.unwrap_or_default();
                            let filter = asked.filter.clone();
                            let found = match runs.await {
                                Ok(runs) => view! { <Found runs organization asked /> }.into_any(),
                                Err(ApiError::Invalid(errors)) => view! { <FilterRefused errors label /> }.into_any(),
                                Err(error) => view! { <ReadError error /> }.into_any(),
                            };
                            view! {
                                {base.with_value(|base| chips(&names, &filter, base))}
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
fn Found(runs: Page<FoundRun>, organization: OrgName, asked: Asked) -> impl IntoView {
    let base = Section::Runs.href(organization.as_str());
    let Asked { filter, after } = asked;
    if runs.rows.is_empty() {
        return view! { <NoRun organization is_filtered=!filter.is_empty() || after.is_some() /> }.into_any();
    }
    let next = runs.next.map(|next| href(&filter, &base, Some(&next)));
    let newest = after.map(|_| href(&filter, &base, None));
    let several = next.is_some() || newest.is_some();
    let rows: Vec<_> = runs.rows.iter().map(|found| found.run.clone()).collect();
    let found = runs.rows.into_iter().filter(|found| !found.found.is_empty());
    let found = found.map(|found| (found.run.id, (found.found, found.found_in_all))).collect();
    view! {
        {files(&filter, &base)}
        <RunTable runs=rows base found />
        {several
            .then(|| {
                view! { <Pagination previous=newest next previous_label="Newest" next_label="Older" /> }
            })}
    }
    .into_any()
}

#[component]
fn NoRun(organization: OrgName, is_filtered: bool) -> impl IntoView {
    let runs = Section::Runs.href(organization.as_str());
    let (title, words, link, href) = if is_filtered {
        ("No run here", "No run fits the filter, or there is nothing older.", "All runs", runs)
    } else {
        let rules = Section::Rules.href(organization.as_str());
        ("No run yet", "A run begins when somebody who may starts a rule with Run now.", "Rules", rules)
    };
    let actions = move || view! { <ButtonLink href>{link}</ButtonLink> };
    view! { <EmptyState title actions><p>{words}</p></EmptyState> }
}
