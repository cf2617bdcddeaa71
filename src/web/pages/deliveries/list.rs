//! What Docker Hub delivered, newest first.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::filter;
use super::table::DeliveryTable;
use crate::api::hooks::{list_deliveries, list_hooks};
use crate::model::{Delivery, DeliveryFilter, DeliveryOutcome, LedTo, MirrorName, OrgName, Page, RepoName};
use crate::web::app::use_organization;
use crate::web::components::{
    ButtonLink, EmptyState, FilterBar, FilterSelect, Loading, PageHeader, Pagination, Section, filter_options,
};
use crate::web::live_filter::use_live_filter;
use crate::web::pages::ReadError;
use crate::web::refresh::Refresh;

/// The table with its filters; looks again by itself while some of it settles.
#[component]
pub fn DeliveriesPage() -> impl IntoView {
    let organization = use_organization();
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(filter::of));

    let (of_hooks, of_deliveries) = (organization.clone(), organization.clone());
    let hooks = Resource::new_blocking(|| (), move |()| list_hooks(of_hooks.clone()));
    let deliveries =
        Resource::new_blocking(move || asked.get(), move |filter| list_deliveries(of_deliveries.clone(), filter));
    let busy = Signal::derive(move || {
        let settles = |page: Page<Delivery>| page.rows.iter().any(|delivery| delivery.led_to == LedTo::Settling);
        deliveries.get().and_then(Result::ok).is_some_and(settles)
    });

    let base = StoredValue::new(Section::Deliveries.href(organization.as_str()));
    view! {
        <Title text="Deliveries" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="Deliveries"
                lead="What Docker Hub's webhooks told Ferry. Each is only a hint: the run it leads to reads the tag itself."
            />
            <div class="stack">
                <Suspense fallback=|| view! { <Loading rows=1 label="Loading the filter" /> }>
                    {move || Suspend::new(async move {
                        // Without the mirrors' names there is no filter; the list below shows what is wrong.
                        hooks.await.ok().map(|mirrors| view! { <Filters mirrors asked base=base.get_value() /> })
                    })}
                </Suspense>
                <Transition fallback=|| view! { <Loading rows=10 label="Loading deliveries" /> }>
                    {move || {
                        let organization = organization.clone();
                        let asked = asked.get();
                        Suspend::new(async move {
                            match deliveries.await {
                                Ok(page) => view! { <Found page organization asked /> }.into_any(),
                                Err(error) => view! { <ReadError error /> }.into_any(),
                            }
                        })
                    }}
                    <Refresh busy again=Callback::new(move |()| deliveries.refetch()) />
                </Transition>
            </div>
        </div>
    }
}

#[component]
fn Filters(mirrors: Vec<RepoName>, asked: Memo<DeliveryFilter>, base: String) -> impl IntoView {
    let live = use_live_filter();
    let mirror = Signal::derive(move || {
        asked.with(|asked| asked.mirror.as_ref().map(MirrorName::to_string).unwrap_or_default())
    });
    let outcome =
        Signal::derive(move || asked.with(|asked| asked.outcome.map_or("", DeliveryOutcome::as_str).to_owned()));
    let active = Signal::derive(move || asked.with(|asked| asked.mirror.is_some() || asked.outcome.is_some()));
    let name = |mirror: RepoName| (mirror.name().to_owned(), mirror.name().to_owned());
    let mirrors = filter_options("All", &mirror.get_untracked(), mirrors.into_iter().map(name));
    let word = |outcome: DeliveryOutcome| (outcome.as_str(), outcome.label().to_owned());
    let outcomes = filter_options("All", &outcome.get_untracked(), DeliveryOutcome::ALL.map(word));
    view! {
        <FilterBar action=base label="Deliveries" active on:submit=move |event| live.submitted.run(event)>
            <FilterSelect name="mirror" label="Mirror" options=mirrors selected=mirror />
            <FilterSelect name="outcome" label="Outcome" options=outcomes selected=outcome />
        </FilterBar>
    }
}

#[component]
fn Found(page: Page<Delivery>, organization: OrgName, asked: DeliveryFilter) -> impl IntoView {
    let base = Section::Deliveries.href(organization.as_str());
    if page.rows.is_empty() {
        return view! { <NoDelivery organization asked /> }.into_any();
    }
    let next = page.next.map(|next| filter::href(&asked, &base, Some(&next)));
    let newest = asked.after.map(|_| filter::href(&asked, &base, None));
    let several = next.is_some() || newest.is_some();
    view! {
        <DeliveryTable organization deliveries=page.rows />
        {several
            .then(|| {
                view! { <Pagination previous=newest next previous_label="Newest" next_label="Older" /> }
            })}
    }
    .into_any()
}

#[component]
fn NoDelivery(organization: OrgName, asked: DeliveryFilter) -> impl IntoView {
    let (title, words, link, href) = if asked == DeliveryFilter::default() {
        (
            "No delivery yet",
            "With a webhook Docker Hub tells Ferry when a tag of a mirror moves, and rules follow at once. Open a mirror \
             and set up its webhook there.",
            "Mirrors",
            Section::Mirrors.href(organization.as_str()),
        )
    } else {
        (
            "No delivery here",
            "Nothing was delivered that fits the filter, or there is nothing older.",
            "All deliveries",
            Section::Deliveries.href(organization.as_str()),
        )
    };
    let actions = move || view! { <ButtonLink href>{link}</ButtonLink> };
    view! { <EmptyState title actions><p>{words}</p></EmptyState> }
}
