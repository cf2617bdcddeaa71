//! The history of runs, newest first.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::filter::RunFilter;
use super::pause_all::{AllPaused, PauseAll, use_pause};
use super::table::RunTable;
use crate::api::rules::list_rules;
use crate::api::runs::list_runs;
use crate::model::{OrgName, Page, Rule, RunSummary};
use crate::web::app::use_organization;
use crate::web::components::{
    ButtonLink, EmptyState, FilterBar, FilterSelect, Loading, PageHeader, Pagination, Section,
};
use crate::web::live_filter::use_live_filter;
use crate::web::pages::ReadError;

/// The table with its filter by rule.
#[component]
pub fn RunsPage() -> impl IntoView {
    let organization = use_organization();
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(RunFilter::of));

    let (asked, asked_too) = (organization.clone(), organization.clone());
    let rules = Resource::new_blocking(|| (), move |()| list_rules(asked.clone()));
    let runs = Resource::new_blocking(
        move || filter.get(),
        move |filter| list_runs(asked_too.clone(), filter.rule, filter.after),
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
                        // Without the rules' names there is no filter; the list below shows what is wrong.
                        rules.await.ok().map(|rules| view! { <ByRule rules filter base=base.get_value() /> })
                    })}
                </Suspense>
                <Transition fallback=|| view! { <Loading rows=10 label="Loading runs" /> }>
                    {move || {
                        let organization = organization.clone();
                        let filter = filter.get();
                        Suspend::new(async move {
                            match runs.await {
                                Ok(runs) => view! { <Found runs organization filter /> }.into_any(),
                                Err(error) => view! { <ReadError error /> }.into_any(),
                            }
                        })
                    }}
                </Transition>
            </div>
        </div>
    }
}

#[component]
fn ByRule(rules: Vec<Rule>, filter: Memo<RunFilter>, base: String) -> impl IntoView {
    let live = use_live_filter();
    let selected = Signal::derive(move || filter.get().rule.map(|rule| rule.to_string()).unwrap_or_default());
    let active = Signal::derive(move || filter.get().rule.is_some());
    let options = std::iter::once((String::new(), "All".to_owned()))
        .chain(rules.into_iter().map(|rule| (rule.id.to_string(), rule.name.to_string())))
        .collect::<Vec<_>>();
    view! {
        <FilterBar action=base label="Runs" active on:submit=move |event| live.submitted.run(event)>
            <FilterSelect name="rule" label="Rule" options selected />
        </FilterBar>
    }
}

#[component]
fn Found(runs: Page<RunSummary>, organization: OrgName, filter: RunFilter) -> impl IntoView {
    let base = Section::Runs.href(organization.as_str());
    if runs.rows.is_empty() {
        return view! { <NoRun organization filter /> }.into_any();
    }
    let next = runs.next.map(|next| filter.href(&base, Some(&next)));
    let newest = filter.after.map(|_| filter.href(&base, None));
    let several = next.is_some() || newest.is_some();
    view! {
        <RunTable runs=runs.rows base />
        {several
            .then(|| {
                view! { <Pagination previous=newest next previous_label="Newest" next_label="Older" /> }
            })}
    }
    .into_any()
}

#[component]
fn NoRun(organization: OrgName, filter: RunFilter) -> impl IntoView {
    let runs = Section::Runs.href(organization.as_str());
    let (title, words, link, href) = if filter == RunFilter::default() {
        let rules = Section::Rules.href(organization.as_str());
        ("No run yet", "A run begins when somebody who may starts a rule with Run now.", "Rules", rules)
    } else {
        ("No run here", "This rule has not run, or there is nothing older.", "All runs", runs)
    };
    let actions = move || view! { <ButtonLink href>{link}</ButtonLink> };
    view! { <EmptyState title actions><p>{words}</p></EmptyState> }
}
