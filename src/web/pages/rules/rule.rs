//! One rule: what it says, what can be done with it, and its last runs.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::actions::{RuleActions, Run, RunExactly, use_rule_actions};
use super::freshness::FreshnessPanel;
use super::list::Enabled;
use super::preview::PreviewTable;
use super::timetable::Timetable;
use super::words;
use crate::api::rules::{get_rule, preview_rule};
use crate::api::runs::list_runs;
use crate::model::{ApiError, OrgName, Page, Preview, Refused, RepoName, Rule, RuleId, RunSummary};
use crate::web::app::{use_organization, use_role};
use crate::web::components::{
    ButtonLink, Crumb, EmptyState, KeyValue, KeyValues, Loading, PageHeader, Panel, Section, TimeAgo,
};
use crate::web::pages::ReadError;
use crate::web::pages::runs::RunTable;

/// The page of the rule in the address; `?preview=true` lists what it would forward now.
#[component]
pub fn RulePage() -> impl IntoView {
    let organization = use_organization();
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default().parse::<RuleId>());
    let previewed = Memo::new(move |_| query.read().get_str("preview") == Some("true"));

    let actions = use_rule_actions();
    let (asked, asked_too) = (organization.clone(), organization.clone());
    let answers = Resource::new_blocking(
        move || (id.get(), actions.enable.version().get()),
        move |(id, _)| {
            let organization = asked.clone();
            async move {
                let id = id.map_err(|Refused(_)| ApiError::NotFound("There is no such rule.".to_owned()))?;
                let rule = get_rule(organization.clone(), id).await?;
                let runs = list_runs(organization, Some(id), None).await?;
                Ok::<_, ApiError>((rule, runs))
            }
        },
    );
    let preview = Resource::new(
        move || id.get().ok().filter(|_| previewed.get()),
        move |id| {
            let organization = asked_too.clone();
            async move { Some(preview_rule(organization, id?).await) }
        },
    );

    view! {
        <Transition fallback=|| view! { <Loading rows=8 label="Loading the rule" /> }>
            {move || {
                let organization = organization.clone();
                Suspend::new(async move {
                    actions.ready().await;
                    match answers.await {
                        Ok((rule, runs)) => view! { <Found rule runs organization actions preview /> }.into_any(),
                        Err(error) => view! { <Missing error organization /> }.into_any(),
                    }
                })
            }}
        </Transition>
        <FreshnessPanel id=Signal::derive(move || id.get().ok()) />
    }
}

type Previewed = Resource<Option<Result<Preview, ApiError>>>;

#[component]
fn Missing(error: ApiError, organization: OrgName) -> impl IntoView {
    let list = Section::Rules.href(organization.as_str());
    view! {
        <Title text="Rule" />
        <div class="stack" data-gap="xl">
            <PageHeader title="Rule" crumbs=vec![Crumb::new("Rules", list.clone())] />
            <ReadError error way_on=("All rules", list) />
        </div>
    }
}

#[component]
fn Found(
    rule: Rule,
    runs: Page<RunSummary>,
    organization: OrgName,
    actions: RuleActions,
    preview: Previewed,
) -> impl IntoView {
    let may_configure = use_role().may_configure();
    let list = Section::Rules.href(organization.as_str());
    let name = rule.name.to_string();
    let (enabled, id) = (rule.enabled, rule.id);
    let buttons = {
        let (rule, organization) = (rule.clone(), organization.clone());
        move || {
            may_configure.then(|| view! { <Run rule organization run=actions.run enable=actions.enable delete=actions.delete part=actions.part /> })
        }
    };
    view! {
        <Title text=name.clone() />
        <div class="stack" data-gap="xl">
            <PageHeader title=name crumbs=vec![Crumb::new("Rules", list.clone())] actions=buttons>
                <Enabled enabled />
            </PageHeader>
            {actions.trouble()}
            {(may_configure && !enabled)
                .then(|| view! { <p class="muted small">"This rule is off. Switch it on to run it."</p> })}
            {(!may_configure)
                .then(|| {
                    view! { <p class="muted small">"Admins and owners of the organization can run or change this rule."</p> }
                })}
            <Facts rule organization=organization.clone() />
            <PreviewPanel preview here=format!("{list}/{id}") organization=organization.clone() actions enabled />
            <Runs runs organization id />
        </div>
    }
}

#[component]
fn Facts(rule: Rule, organization: OrgName) -> impl IntoView {
    let mirrors = Section::Mirrors.href(organization.as_str());
    let destination = format!("{}/{}", Section::Destinations.href(organization.as_str()), rule.destination);
    let mirror = |mirror: &RepoName| {
        let href = format!("{mirrors}/{}", mirror.name());
        let name = mirror.to_string();
        view! { <li><a class="mono" href=href>{name}</a></li> }
    };
    let mirrors = rule.mirrors.iter().map(mirror).collect_view();
    let filter = words::filter(&rule.filter);
    let template = rule.template.as_str().to_owned();
    let attestations = if rule.attestations {
        "Go along, with their signatures"
    } else {
        "Stay behind: only the images are forwarded"
    };
    let extent = words::extent(&rule.extent);
    let (destination_name, address) = (rule.destination_name.to_string(), rule.destination_address.clone());
    let proof = rule.attestations.then(|| format!("{}. {}", rule.proof.label(), rule.proof.sentence()));
    view! {
        <KeyValues>
            <KeyValue key="Mirrors"><ul>{mirrors}</ul></KeyValue>
            <KeyValue key="Destination">
                <span class="cluster" data-gap="xs">
                    <a href=destination>{destination_name}</a>
                    <span class="mono muted">{address}</span>
                </span>
            </KeyValue>
            <KeyValue key="Tags">{filter}</KeyValue>
            <KeyValue key="Name at the destination"><span class="mono">{template}</span></KeyValue>
            <KeyValue key="Attestations">{attestations}</KeyValue>
            {extent.into_iter().map(|(key, value)| view! { <KeyValue key>{value}</KeyValue> }).collect_view()}
            {proof.map(|words| view! { <KeyValue key="Missing or invalid proof">{words}</KeyValue> })}
            <Timetable rule=rule.clone() />
            <KeyValue key="Written">
                <TimeAgo at=rule.created_at />
                {format!(" by {}", rule.created_by)}
            </KeyValue>
        </KeyValues>
    }
}

/// Asked for by a link, since listing the tags of every mirror costs Docker Hub some requests.
#[component]
fn PreviewPanel(
    preview: Previewed,
    here: String,
    organization: OrgName,
    actions: RuleActions,
    enabled: bool,
) -> impl IntoView {
    view! {
        <div id="preview">
            <Suspense fallback=|| view! { <Loading label="Listing the tags" /> }>
                {move || {
                    let (here, organization) = (here.clone(), organization.clone());
                    Suspend::new(async move {
                        let (shown, href) = match preview.await {
                            None => (None, format!("{here}?preview=true#preview")),
                            Some(Ok(preview)) => {
                                let run = preview.kept_as.filter(|_| enabled).map(|preview| {
                                    view! { <RunExactly preview organization exact=actions.exact /> }
                                });
                                let shown = view! { <div class="stack">{run} <PreviewTable preview /></div> };
                                (Some(shown.into_any()), here)
                            }
                            Some(Err(error)) => (Some(view! { <ReadError error /> }.into_any()), here),
                        };
                        let words = if shown.is_some() { "Hide" } else { "Preview" };
                        let toggle = move || view! { <ButtonLink href>{words}</ButtonLink> };
                        view! {
                            <Panel title="Preview" lead="Every tag, and whether this rule forwards it." actions=toggle>
                                {shown}
                            </Panel>
                        }
                    })
                }}
            </Suspense>
        </div>
    }
}

#[component]
fn Runs(runs: Page<RunSummary>, organization: OrgName, id: RuleId) -> impl IntoView {
    let base = Section::Runs.href(organization.as_str());
    let all = format!("{base}?rule={id}");
    let more = runs.next.is_some();
    let link = move || more.then(|| view! { <ButtonLink href=all>"All runs"</ButtonLink> });
    let rows: Vec<_> = runs.rows.into_iter().take(10).collect();
    view! {
        <Panel title="Last runs" actions=link>
            {if rows.is_empty() {
                view! {
                    <EmptyState title="It has not run yet">
                        <p>"Run now copies what is there at that moment."</p>
                    </EmptyState>
                }
                    .into_any()
            } else {
                view! { <RunTable runs=rows base /> }.into_any()
            }}
        </Panel>
    }
}
