//! What was found: how many, how old it is, the entries, and the way through their pages.

use leptos::prelude::*;

use super::address::{Asked, Look};
use super::entries::{Cards, Table, is_open};
use super::facets::Facets;
use super::filters::chips;
use super::keys;
use super::selection::{Picked, SelectionBar};
use crate::model::{CatalogList, Facet};
use crate::web::components::{ButtonLink, EmptyState, Pagination, Section, TimeAgo, Variant};
use crate::web::format;
use crate::web::frame::{use_organization, use_role};
use crate::web::pages::HubNotice;

/// The whole below the search; `shown` is what was asked for. Nothing in it may follow the address: it is gone once that changes.
#[component]
pub fn Found(list: CatalogList, shown: Asked, base: String, picked: Picked) -> impl IntoView {
    let words = format!("{} of {} repositories", format::count(list.found.into()), format::count(list.total.into()));
    let distributions = list.choices(Facet::Distribution);
    let CatalogList { entries, found, total, page, pages, skipped, close, facets, read_at, refusal } = list;
    let q = shown.filter.q.clone();
    let below = if total == 0 {
        view! {
            <EmptyState title="The catalog is empty">
                "Docker Hub lists no Docker Hardened Images for this organization. Check its subscription on Docker Hub."
            </EmptyState>
        }
        .into_any()
    } else if found == 0 {
        view! { <Nothing shown=shown.clone() base=base.clone() /> }.into_any()
    } else {
        let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        let summary = format!("{} to {} of {}", skipped + 1, skipped + count, format::count(found.into()));
        let on = |page: u32| shown.with(|asked| asked.filter.page = page).href(&base);
        let (previous, next) = ((page > 1).then(|| on(page - 1)), (page < pages).then(|| on(page + 1)));
        let open: Vec<_> = entries.iter().filter(|entry| is_open(entry)).map(|entry| entry.name.clone()).collect();
        let entries = match shown.look {
            Look::Cards => view! { <Cards entries base=base.clone() picked /> }.into_any(),
            Look::Table => view! { <Table entries distributions base=base.clone() picked /> }.into_any(),
        };
        let to = if use_role().may_mirror() { Section::Mirrors } else { Section::Requests };
        let new = format!("{}/new", to.href(use_organization().as_str()));
        view! {
            <form id="selection" class="stack" method="get" action=new>
                {entries}
                <SelectionBar picked shown=open />
            </form>
            {(pages > 1).then(|| view! { <Pagination previous next summary /> })}
        }
        .into_any()
    };
    let chosen = chips(facets.clone(), &shown, &base);
    view! {
        <div class="stack">
            {refusal
                .map(|refusal| view! { <HubNotice title="Docker's catalog could not be read again" refusal read_at /> })}
            <div class="catalog-page">
                <Facets facets />
                <div class="stack" on:keydown=|event| keys::through_list(&event)>
                    <div class="cluster" data-align="between">
                        <p class="muted small tabular-nums" role="status">{words}</p>
                        <p class="muted small">"Docker's catalog as of " <TimeAgo at=read_at /></p>
                        <Looks shown base />
                    </div>
                    {chosen}
                    {(close && found > 0)
                        .then(|| view! { <p class="muted">{format!("Nothing is called “{q}”. These come close.")}</p> })}
                    {below}
                </div>
            </div>
        </div>
    }
}

#[component]
fn Nothing(shown: Asked, base: String) -> impl IntoView {
    let everything = shown.everything().href(&base);
    let everywhere = shown.everything().with(|asked| asked.filter.q.clone_from(&shown.filter.q)).href(&base);
    let several = !shown.filter.q.is_empty() && !shown.with(|asked| asked.filter.q.clear()).filter.takes_all();
    let actions = move || {
        view! {
            {several.then(|| view! { <ButtonLink href=everywhere>"Search in everything"</ButtonLink> })}
            <ButtonLink href=everything variant=Variant::Primary>"Clear filters"</ButtonLink>
        }
    };
    view! {
        <EmptyState title="No repository matches" actions>
            "Search for fewer words, or take a filter away."
        </EmptyState>
    }
}

/// Cards or table.
#[component]
fn Looks(shown: Asked, base: String) -> impl IntoView {
    let link = |look: Look| {
        let href = Asked { look, ..shown.clone() }.href(&base);
        let current = (look == shown.look).then_some("true");
        view! { <a class="view-switch__choice" href=href aria-current=current>{look.label()}</a> }
    };
    view! { <nav class="view-switch" aria-label="Show as">{[Look::Cards, Look::Table].map(link).collect_view()}</nav> }
}
