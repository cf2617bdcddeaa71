//! What is asked for: open, with the answer for whoever may give it, or decided.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::decide::{Decide, Deciding, use_deciding};
use super::filter;
use super::table::RequestTable;
use crate::api::requests::{WithdrawRequest, list_requests};
use crate::model::{MirrorRequest, OrgName, Page, RequestFilter, RequestId};
use crate::web::components::{ButtonLink, EmptyState, Loading, PageHeader, Pagination, Section, Tab, Tabs};
use crate::web::forms::{FormError, use_form};
use crate::web::frame::{use_organization, use_role, use_waiting_requests};
use crate::web::pages::ReadError;
use crate::web::refresh::again_after;

/// The page.
#[component]
pub fn RequestsPage() -> impl IntoView {
    let organization = use_organization();
    let base = Section::Requests.href(organization.as_str());
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(filter::of));

    let deciding = use_deciding();
    let withdraw = ServerAction::<WithdrawRequest>::new();
    let refused = use_form::<WithdrawRequest, RequestId, ()>("withdraw", withdraw);
    let changes = move || deciding.action.version().get() + withdraw.version().get();
    let asked = organization.clone();
    let requests = Resource::new_blocking(
        move || (filter.get(), changes()),
        move |(filter, _)| list_requests(asked.clone(), filter),
    );
    let waiting = use_waiting_requests();
    again_after(changes, move || waiting.refetch());

    let selections = format!("{base}/selections");
    let actions = move || view! { <ButtonLink href=selections>"Selections"</ButtonLink> };
    let is = move |decided: bool| Signal::derive(move || filter.get().decided == decided);
    view! {
        <Title text="Requests" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="Requests"
                lead="Mirrors that people and selections ask for. Owners decide; nothing starts before."
                actions
            />
            <div class="stack">
                <Tabs label="Requests by state">
                    <Tab href=filter::href(&base, false, None) label="Open" current=is(false) />
                    <Tab href=filter::href(&base, true, None) label="Decided" current=is(true) />
                </Tabs>
                <Transition fallback=|| view! { <Loading rows=6 label="Loading the requests" /> }>
                    {move || {
                        let organization = organization.clone();
                        let asked = filter.get();
                        Suspend::new(async move {
                            deciding.ready().await;
                            refused.ready().await;
                            let below = match requests.await {
                                Ok(page) => view! { <Found page organization asked deciding withdraw /> }.into_any(),
                                Err(error) => view! { <ReadError error /> }.into_any(),
                            };
                            view! { <div class="stack"><FormError error=refused.error />{below}</div> }
                        })
                    }}
                </Transition>
            </div>
        </div>
    }
}

#[component]
fn Found(
    page: Page<MirrorRequest>,
    organization: OrgName,
    asked: RequestFilter,
    deciding: Deciding,
    withdraw: ServerAction<WithdrawRequest>,
) -> impl IntoView {
    if page.rows.is_empty() {
        // What was refused may be the reason why the last one is gone.
        return view! { <FormError error=deciding.form.error /> <NoRequest organization asked /> }.into_any();
    }
    let base = Section::Requests.href(organization.as_str());
    let RequestFilter { decided, after } = asked;
    let next = page.next.map(|next| filter::href(&base, decided, Some(&next)));
    let newest = after.map(|_| filter::href(&base, decided, None));
    let several = next.is_some() || newest.is_some();
    let deciding = (!decided && use_role().may_decide()).then_some(deciding);
    view! {
        <div class="stack" data-gap="xl">
            <div class="stack">
                <RequestTable organization=organization.clone() requests=page.rows deciding withdraw />
                {several
                    .then(|| {
                        view! { <Pagination previous=newest next previous_label="Newest" next_label="Older" /> }
                    })}
            </div>
            {deciding.map(|deciding| view! { <Decide organization deciding /> })}
        </div>
    }
    .into_any()
}

#[component]
fn NoRequest(organization: OrgName, asked: RequestFilter) -> impl IntoView {
    let catalog = Section::Catalog.href(organization.as_str());
    let (title, words) = if asked.decided {
        ("Nothing was decided yet", "What owners approve or decline is listed here, with their reasons.")
    } else {
        (
            "No request is open",
            "Whoever may not mirror asks for it in the catalog: for one repository on its page, for several by selecting \
             them. A selection asks by itself for what Docker adds.",
        )
    };
    let actions = move || view! { <ButtonLink href=catalog>"Browse the catalog"</ButtonLink> };
    view! { <EmptyState title actions><p>{words}</p></EmptyState> }
}
