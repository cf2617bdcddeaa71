//! The table of mirrors, what can be done with each, and the bar for several.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::{Visibility, last_push};
use crate::model::{HookHealth, Mirror, Stopped};
use crate::web::components::{
    Badge, Button, Cell, Column, DataTable, HeadCell, Menu, Section, Size, StatusBadge, TimeAgo, Tone,
};
use crate::web::format;
use crate::web::frame::{use_organization, use_role};
use crate::web::live_filter::use_live_filter;

/// One row a mirror; those who may stop them choose several.
#[component]
pub fn Rows(rows: Vec<Mirror>, chosen: RwSignal<BTreeSet<String>>) -> impl IntoView {
    let organization = use_organization().to_string();
    let may_mirror = use_role().may_mirror();
    let mut columns = vec![
        Column::text("Repository"),
        Column::text("Source"),
        Column::text("State"),
        Column::text("Tags"),
        Column::text("Last push"),
        Column::text("Visibility"),
        Column::text("Webhook"),
        Column::text("Forwarded by"),
        Column::unseen("Actions"),
    ];
    if may_mirror {
        columns.insert(0, Column::unseen("Choose"));
    }
    let to_stop = format!("{}/stop", Section::Mirrors.href(&organization));
    let rows: Vec<_> =
        rows.into_iter().map(|mirror| view! { <Row mirror org=organization.clone() may_mirror chosen /> }).collect();
    let table = view! {
        <DataTable caption="Mirrors" columns>
            {rows}
        </DataTable>
    };
    if !may_mirror {
        return table.into_any();
    }
    let live = use_live_filter();
    // It only leads to the question, which names the rules.
    view! {
        <form
            class="stack"
            data-gap="s"
            method="get"
            action=to_stop
            aria-label="Several mirrors"
            on:submit=move |event| live.submitted.run(event)
        >
            <div class="cluster" data-gap="m">
                <Button size=Size::Small>"Stop the chosen"</Button>
                <span class="small muted tabular-nums" aria-live="polite">
                    {move || Some(chosen.with(BTreeSet::len)).filter(|number| *number > 0).map(|number| format!("{number} chosen"))}
                </span>
            </div>
            {table}
        </form>
    }
    .into_any()
}

#[component]
fn Row(mirror: Mirror, org: String, may_mirror: bool, chosen: RwSignal<BTreeSet<String>>) -> impl IntoView {
    let name = mirror.repository.name().to_owned();
    let page = format!("{}/{name}", Section::Mirrors.href(&org));
    let source = format!("{}/{}", Section::Catalog.href(&org), mirror.source);
    let choice = may_mirror.then(|| {
        let name = mirror.stopped.is_none().then(|| name.clone());
        view! { <Cell fit=true>{name.map(|name| view! { <Choice name chosen /> })}</Cell> }
    });
    let rules = if mirror.rules.is_empty() {
        view! { <span class="muted">"No rule"</span> }.into_any()
    } else {
        mirror.rules.join(", ").into_any()
    };
    let actions = view! { <Actions mirror=mirror.clone() org may_mirror /> };
    view! {
        <tr>
            {choice}
            <HeadCell label="Repository"><a class="mono mirrors__repository" href=page>{name}</a></HeadCell>
            <Cell label="Source"><a href=source>{mirror.source_display_name}</a></Cell>
            <Cell label="State">
                <StatusBadge status=mirror.state.as_str() label=mirror.state.label() />
                {mirror.stopped.map(|stopped| view! { <WhoStopped stopped /> })}
            </Cell>
            <Cell label="Tags">
                {mirror.progress.map_or_else(|| "–".to_owned(), crate::model::Progress::words)}
            </Cell>
            <Cell label="Last push">{last_push(mirror.last_pushed)}</Cell>
            <Cell label="Visibility"><Visibility is_private=mirror.is_private /></Cell>
            <Cell label="Webhook"><Webhook health=mirror.hook /></Cell>
            <Cell label="Forwarded by">{rules}</Cell>
            <Cell label="Actions" fit=true>{actions}</Cell>
        </tr>
    }
}

/// The box of a row; what was ticked is kept outside of the table.
#[component]
fn Choice(name: String, chosen: RwSignal<BTreeSet<String>>) -> impl IntoView {
    let (label, value) = (format!("Choose {name}"), name.clone());
    let named = name.clone();
    let changed = move |event| {
        let on = event_target_checked(&event);
        chosen.update(|chosen| {
            if on {
                chosen.insert(named.clone())
            } else {
                chosen.remove(&named)
            };
        });
    };
    view! {
        <input
            type="checkbox"
            name="name"
            value=value
            aria-label=label
            prop:checked=move || chosen.with(|chosen| chosen.contains(&name))
            on:change=changed
        />
    }
}

/// By whom and when, in small.
#[component]
fn WhoStopped(stopped: Stopped) -> impl IntoView {
    let Stopped { at, by } = stopped;
    let words = by.map_or_else(|| "outside of Ferry, noticed ".to_owned(), |by| format!("by {by} "));
    view! { <div class="small muted">{words}<TimeAgo at /></div> }
}

#[component]
fn Webhook(health: HookHealth) -> impl IntoView {
    match health {
        HookHealth::Absent => view! { <span class="muted">"None"</span> }.into_any(),
        HookHealth::Unheard => view! { <span class="muted">"Nothing delivered yet"</span> }.into_any(),
        HookHealth::Heard(at) => view! { <span>"Heard " <TimeAgo at /></span> }.into_any(),
        HookHealth::Missed(number) => {
            view! { <Badge tone=Tone::Warning>{format!("{} missed", format::counted(number, "change"))}</Badge> }
                .into_any()
        }
    }
}

#[component]
fn Actions(mirror: Mirror, org: String, may_mirror: bool) -> impl IntoView {
    let name = mirror.repository.name().to_owned();
    let mirrors = Section::Mirrors.href(&org);
    let page = format!("{mirrors}/{name}");
    let is_stopped = mirror.stopped.is_some();
    let rules = format!("{}?mirror={}", Section::Rules.href(&org), mirror.repository);
    let first = if is_stopped && may_mirror { "Open, to start it again" } else { "Open" };
    let again = may_mirror.then(|| {
        let href = format!("{mirrors}/new?source={}", mirror.source);
        view! { <a class="menu__item" href=href>"Mirror again under another name"</a> }
    });
    let stop = (may_mirror && !is_stopped).then(|| {
        let href = format!("{mirrors}/stop?name={name}");
        view! { <a class="menu__item" href=href>"Stop mirroring"</a> }
    });
    view! {
        <Menu
            end=true
            summary=move || view! {
                <span class="menu__label">
                    "More"
                    <span class="visually-hidden">{format!(" about {name}")}</span>
                </span>
            }
        >
            <a class="menu__item" href=page>{first}</a>
            {again}
            <a class="menu__item" href=rules>"Rules"</a>
            {stop}
        </Menu>
    }
}
