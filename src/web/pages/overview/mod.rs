//! The overview: what failed, what waits, what is stale, what is public, and what moved.

mod attention;
mod first_steps;
mod moved;
mod public;
mod requests;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::history::get_overview;
use crate::api::mirrors::list_mirrors;
use crate::model::Overview;
use crate::web::app::use_organization;
use crate::web::components::{EmptyState, Loading, PageHeader};
use crate::web::exposed::use_exposed;
use crate::web::frame::use_waiting_requests;
use crate::web::pages::ReadError;
use attention::{Failures, Silent, Stale, Waiting};
use first_steps::FirstSteps;
use moved::Moved;
use public::Public;
use requests::WaitingRequests;

/// The page everybody begins at.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let organization = use_organization();
    let (of_overview, of_mirrors) = (organization.clone(), organization.clone());
    let overview = Resource::new_blocking(|| (), move |()| get_overview(of_overview.clone()));
    let exposed = use_exposed();
    let mirrors = Resource::new_blocking(move || exposed.version(), move |_| list_mirrors(of_mirrors.clone()));
    let waiting = use_waiting_requests();
    view! {
        <Title text="Overview" />
        <div class="stack" data-gap="xl">
            <PageHeader title="Overview" lead=format!("What needs attention in {organization}, and what moved.") />
            <Transition fallback=|| view! { <Loading rows=10 label="Loading the overview" /> }>
                {move || Suspend::new(async move {
                    let mirrors = mirrors.await;
                    let named = exposed.named().await;
                    let requests = waiting.await.unwrap_or_default();
                    match overview.await {
                        Ok(overview) => {
                            view! {
                                <Public mirrors=mirrors.clone() named />
                                <WaitingRequests number=requests />
                                <Shown overview requests has_mirror=mirrors.is_ok_and(|list| !list.mirrors.is_empty()) />
                            }
                                .into_any()
                        }
                        Err(error) => view! { <ReadError error /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn Shown(overview: Overview, requests: u32, has_mirror: bool) -> impl IntoView {
    let Overview { begun, failures, waiting, stale_rules, silent_mirrors, moved, moved_to } = overview;
    if !begun.run {
        return view! { <FirstSteps begun has_mirror /> }.into_any();
    }
    let calm = requests == 0
        && failures.is_empty()
        && waiting.is_empty()
        && stale_rules.is_empty()
        && silent_mirrors.is_empty();
    view! {
        {calm
            .then(|| {
                view! {
                    <EmptyState title="Nothing needs attention">
                        "Nothing failed in the last seven days, nothing waits, and every rule succeeded within a day."
                    </EmptyState>
                }
            })}
        {(!failures.is_empty()).then(|| view! { <Failures failures /> })}
        {(!waiting.is_empty()).then(|| view! { <Waiting waiting /> })}
        {(!stale_rules.is_empty()).then(|| view! { <Stale rules=stale_rules /> })}
        {(!silent_mirrors.is_empty()).then(|| view! { <Silent mirrors=silent_mirrors /> })}
        <Moved moved moved_to />
    }
    .into_any()
}
