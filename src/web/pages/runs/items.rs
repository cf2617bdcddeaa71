//! The tags of a run: counters that filter, and a table whose rows follow what happens.

use std::collections::{HashMap, HashSet};

use leptos::prelude::*;

use super::item_row::ItemRow;
use super::live::LiveRun;
use crate::model::{ItemId, ItemState, RunState, Tag};
use crate::web::components::{ButtonLink, Column, Counter, CounterBar, DataTable, EmptyState, Panel};

/// The counters and the table; `here` is the address of the run.
#[component]
pub fn Items(live: LiveRun, state: Memo<Option<ItemState>>, here: String) -> impl IntoView {
    let over = Memo::new(move |_| live.run.read().state.is_final());
    let any = Memo::new(move |_| live.run.read().counts.total() > 0);
    let failed = Memo::new(move |_| live.plan_failure.read().is_some());
    move || {
        let here = here.clone();
        if live.run.read().is_swept {
            let title = "The tags of this run are no longer kept";
            return Some(
                view! { <EmptyState title><p>"They were too old. The numbers above stay."</p></EmptyState> }.into_any(),
            );
        }
        if any.get() {
            return Some(view! { <Tags live state here /> }.into_any());
        }
        if live.run.read().state == RunState::Cancelled {
            let title = "Cancelled before its tags were known";
            return Some(view! { <EmptyState title><p>"Nothing was forwarded."</p></EmptyState> }.into_any());
        }
        (over.get() && !failed.get()).then(|| {
            view! {
                <EmptyState title="No tag matched">
                    <p>"The rule's patterns match no tag of its mirrors at present, so there was nothing to forward."</p>
                </EmptyState>
            }
            .into_any()
        })
    }
}

#[component]
fn Tags(live: LiveRun, state: Memo<Option<ItemState>>, here: String) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let (items, state) = (live.items(), state.get());
        let shown = items.iter().filter(|item| state.is_none_or(|state| item.state == state));
        shown.map(|item| item.id).collect::<Vec<_>>()
    });
    let several =
        Memo::new(move |_| live.items().iter().map(|item| item.mirror.clone()).collect::<HashSet<_>>().len() > 1);
    let none = Memo::new(move |_| shown.read().is_empty());
    let everything = here.clone();
    view! {
        <Panel title="Tags">
            <Counters live state here />
            {move || {
                let everything = everything.clone();
                if none.get() {
                    view! { <NoneInState everything /> }.into_any()
                } else {
                    view! { <Table live shown several=several.get() /> }.into_any()
                }
            }}
        </Panel>
    }
}

#[component]
fn Counters(live: LiveRun, state: Memo<Option<ItemState>>, here: String) -> impl IntoView {
    let all = Signal::derive(move || u64::from(live.run.read().counts.total()));
    let none = Signal::derive(move || state.get().is_none());
    let counter = {
        let here = here.clone();
        move |this: ItemState| {
            let href = format!("{here}?state={}", this.as_str());
            let count = Signal::derive(move || u64::from(live.run.read().counts.of(this)));
            let current = Signal::derive(move || state.get() == Some(this));
            view! { <Counter href label=this.label() count status=this.as_str() current /> }
        }
    };
    view! {
        <CounterBar label="Tags by state">
            <Counter href=here label="All" count=all current=none />
            {ItemState::ALL.map(counter)}
        </CounterBar>
    }
}

#[component]
fn NoneInState(everything: String) -> impl IntoView {
    let actions = move || view! { <ButtonLink href=everything>"All tags"</ButtonLink> };
    view! {
        <EmptyState title="No tag in this state" actions>
            <p>"The tags of this run are in other states."</p>
        </EmptyState>
    }
}

#[component]
fn Table(live: LiveRun, shown: Memo<Vec<ItemId>>, several: bool) -> impl IntoView {
    let twins = Memo::new(move |_| twins(live, &shown.read()));
    let mut columns = vec![Column::text("Tag")];
    if several {
        columns.push(Column::text("Mirror"));
    }
    columns.extend([
        Column::text("State"),
        Column::text("Digest"),
        Column::text("Attestations"),
        Column::number("Transferred"),
        Column::number("Took"),
    ]);
    let width = columns.len();
    view! {
        <DataTable caption="Tags of this run" columns>
            <For each=move || shown.get() key=|id| *id let:id>
                {untrack(|| live.item(id)).map(|item| view! { <ItemRow live item several width twins /> })}
            </For>
        </DataTable>
    }
}

/// Items whose image stands in a row above already, with the tag of that row: some six tags share one image, and its
/// attestations are a long list.
fn twins(live: LiveRun, shown: &[ItemId]) -> HashMap<ItemId, Tag> {
    let items: Vec<_> = shown.iter().filter_map(|id| live.item(*id)).collect();
    let mut first = HashMap::new();
    let mut twins = HashMap::new();
    for item in items.iter().filter(|item| item.coverage.is_some() || item.failure.is_some()) {
        let above = *first.entry((&item.target, &item.digest)).or_insert(item);
        // Found otherwise in the meantime, it has a list of its own.
        if above.id != item.id && above.coverage == item.coverage && above.failure == item.failure {
            twins.insert(item.id, above.tag.clone());
        }
    }
    twins
}
