//! All rules of the organization, each with its last run.

use leptos::prelude::*;
use leptos_meta::Title;

use super::words;
use crate::api::rules::list_rules;
use crate::model::{OrgName, Rule, RunSummary};
use crate::web::app::{use_organization, use_role};
use crate::web::components::{
    ButtonLink, Cell, Column, DataTable, EmptyState, HeadCell, Loading, PageHeader, Section, StatusBadge, TimeAgo,
    Variant,
};
use crate::web::pages::ReadError;

/// The table, and for admins the way to a new rule.
#[component]
pub fn RulesPage() -> impl IntoView {
    let organization = use_organization();
    let may_configure = use_role().may_configure();
    let base = Section::Rules.href(organization.as_str());

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
                            Ok(rows) if rows.is_empty() => view! { <NoRule organization may_configure /> }.into_any(),
                            Ok(rows) => view! { <Table rows organization /> }.into_any(),
                            Err(error) => view! { <ReadError error /> }.into_any(),
                        }
                    })
                }}
            </Suspense>
        </div>
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
