//! All rules of the organization, each with its last run.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::filter::{Filters, chip, of_mirror};
use super::words;
use crate::api::rules::list_rules;
use crate::model::{OrgName, Rule, RunSummary};
use crate::web::app::{use_organization, use_role};
use crate::web::components::{
    ButtonLink, Cell, Column, DataTable, EmptyState, HeadCell, Loading, PageHeader, Section, StatusBadge, TimeAgo,
    Variant,
};
use crate::web::pages::ReadError;

/// The table with its filter, and for admins the way to a new rule.
#[component]
pub fn RulesPage() -> impl IntoView {
    let organization = use_organization();
    let may_configure = use_role().may_configure();
    let base = Section::Rules.href(organization.as_str());
    let query = use_query_map();
    let mirror = Memo::new(move |_| query.read().get_str("mirror").unwrap_or_default().trim().to_owned());

    let asked = organization.clone();
    let rules = Resource::new_blocking(|| (), move |()| list_rules(asked.clone()));

    let new = move || may_configure.then(|| view! { <NewLink base=base.clone() /> });
    view! {
        <Title text="Rules" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="Rules"
                lead="A rule forwards tags of your mirrors to a destination, with their attestations."
                actions=new
            />
            <Suspense fallback=|| view! { <Loading label="Loading rules" /> }>
                {move || {
                    let organization = organization.clone();
                    Suspend::new(async move {
                        match rules.await {
                            Ok(rows) => view! { <Listed rows mirror organization may_configure /> }.into_any(),
                            Err(error) => view! { <ReadError error /> }.into_any(),
                        }
                    })
                }}
            </Suspense>
        </div>
    }
}

#[component]
fn Listed(rows: Vec<Rule>, mirror: Memo<String>, organization: OrgName, may_configure: bool) -> impl IntoView {
    let base = Section::Rules.href(organization.as_str());
    let rules = StoredValue::new(rows);
    let to_all = base.clone();
    let is_none = rules.with_value(Vec::is_empty);
    let found = move || {
        let (mirror, organization) = (mirror.get(), organization.clone());
        let rows = of_mirror(rules.get_value(), &mirror);
        let below = match (rows.is_empty(), mirror.is_empty()) {
            (true, true) => view! { <NoRule organization may_configure /> }.into_any(),
            (true, false) => view! { <NoneOfMirror mirror=mirror.clone() organization may_configure /> }.into_any(),
            (false, _) => view! { <Table rows organization /> }.into_any(),
        };
        view! {
            {chip(&mirror, to_all.clone())}
            {below}
        }
    };
    view! {
        <div class="stack">
            {(!is_none).then(|| view! { <Filters rules mirror base /> })}
            {found}
        </div>
    }
}

/// No rule forwards the mirror that is asked for: it can be written at once.
#[component]
fn NoneOfMirror(mirror: String, organization: OrgName, may_configure: bool) -> impl IntoView {
    let base = Section::Rules.href(organization.as_str());
    let title = format!("No rule forwards {mirror}");
    let who = if may_configure { "Write one that does." } else { "An admin of the organization can write one." };
    let actions = move || {
        let new = may_configure.then(|| {
            let href = format!("{base}/new?mirror={mirror}");
            view! { <ButtonLink href variant=Variant::Primary>"New rule for it"</ButtonLink> }
        });
        view! {
            {new}
            <ButtonLink href=base>"All rules"</ButtonLink>
        }
    };
    view! {
        <EmptyState title actions>
            <p>"What Docker pushes into this mirror stays there. " {who}</p>
        </EmptyState>
    }
}

#[component]
fn NewLink(base: String) -> impl IntoView {
    view! { <ButtonLink href=format!("{base}/new") variant=Variant::Primary>"New rule"</ButtonLink> }
}

#[component]
fn NoRule(organization: OrgName, may_configure: bool) -> impl IntoView {
    let base = Section::Rules.href(organization.as_str());
    let actions = move || may_configure.then(|| view! { <NewLink base /> });
    let who = if may_configure {
        "You need a mirror and a destination first."
    } else {
        "An admin of the organization can write one."
    };
    view! {
        <EmptyState title="No rule yet" actions>
            <p>
                "A rule says which tags of which mirrors go to which destination. Ferry follows it whenever Docker pushes \
                 something new. " {who}
            </p>
        </EmptyState>
    }
}

#[component]
fn Table(rows: Vec<Rule>, organization: OrgName) -> impl IntoView {
    let columns = [
        Column::text("Name"),
        Column::text("Mirrors"),
        Column::text("Destination"),
        Column::text("Tags"),
        Column::text("State"),
        Column::text("Last run"),
    ];
    let row = move |rule: Rule| {
        let href = format!("{}/{}", Section::Rules.href(organization.as_str()), rule.id);
        let destination = format!("{}/{}", Section::Destinations.href(organization.as_str()), rule.destination);
        let all: Vec<_> = rule.mirrors.iter().map(ToString::to_string).collect();
        let organization = organization.clone();
        view! {
            <tr>
                <HeadCell label="Name"><a href=href>{rule.name.to_string()}</a></HeadCell>
                <Cell label="Mirrors"><span title=all.join(", ")>{words::mirrors(&rule.mirrors)}</span></Cell>
                <Cell label="Destination">
                    <a href=destination title=rule.destination_address>{rule.destination_name.to_string()}</a>
                </Cell>
                <Cell label="Tags">{words::filter(&rule.filter)}</Cell>
                <Cell label="State"><Enabled enabled=rule.enabled /></Cell>
                <Cell label="Last run"><LastRun run=rule.last_run organization /></Cell>
            </tr>
        }
    };
    view! { <DataTable caption="Rules" columns>{rows.into_iter().map(row).collect_view()}</DataTable> }
}

/// Whether a rule is followed.
#[component]
pub fn Enabled(enabled: bool) -> impl IntoView {
    let (status, label) = if enabled { ("active", "On") } else { ("paused", "Off") };
    view! { <StatusBadge status label /> }
}

#[component]
fn LastRun(run: Option<RunSummary>, organization: OrgName) -> impl IntoView {
    run.map_or_else(
        || view! { <span class="muted">"Never"</span> }.into_any(),
        |run| {
            let href = format!("{}/{}", Section::Runs.href(organization.as_str()), run.id);
            view! {
                <span class="cluster">
                    <StatusBadge status=run.state.as_str() label=run.state.label() />
                    <a href=href><TimeAgo at=run.created_at /></a>
                </span>
            }
            .into_any()
        },
    )
}
