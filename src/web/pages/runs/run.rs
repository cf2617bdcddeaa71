//! One run: how it goes, what became of each tag, and what was proven.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::actions::{RunAbout, RunActions, use_run_actions};
use super::cancel::CancelRun;
use super::check::{CheckAgain, Checked};
use super::facts::{Facts, PlanFailure, Progress, Proven};
use super::held::HeldTags;
use super::items::Items;
use super::live::LiveRun;
use super::mend::RetryFailed;
use super::verify::Verify;
use crate::api::runs::get_run;
use crate::model::{ApiError, DestinationId, ItemState, OrgName, Refused, RunDetail, RunId};
use crate::web::app::use_organization;
use crate::web::components::{ButtonLink, Crumb, Loading, Notice, PageHeader, Section, Size, StatusBadge, Tone};
use crate::web::exposed::use_exposed;
use crate::web::pages::ReadError;

/// The page of the run in the address; `?state=` shows only the tags in that state.
#[component]
pub fn RunPage() -> impl IntoView {
    let organization = use_organization();
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default().parse::<RunId>());
    let state = Memo::new(move |_| query.read().get_str("state").and_then(ItemState::parse));

    let actions = use_run_actions();
    let exposed = use_exposed();
    // A release asks the destination as a stranger.
    exposed.follow(move || actions.version());
    let asked = organization.clone();
    let detail = Resource::new_blocking(
        move || (id.get(), actions.version()),
        move |(id, _)| {
            let organization = asked.clone();
            async move {
                let id = id.map_err(|Refused(_)| ApiError::NotFound("There is no such run.".to_owned()))?;
                get_run(organization, id).await
            }
        },
    );

    view! {
        <Transition fallback=|| view! { <Loading rows=10 label="Loading the run" /> }>
            {move || {
                let organization = organization.clone();
                Suspend::new(async move {
                    actions.ready().await;
                    match detail.await {
                        Ok(detail) => {
                            let exposed = match detail.run.destination_id {
                                Some(id) if exposed.waits(id).await => Some(id),
                                _ => None,
                            };
                            view! { <Found detail organization exposed state actions /> }.into_any()
                        }
                        Err(error) => view! { <Missing error organization /> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

#[component]
fn Missing(error: ApiError, organization: OrgName) -> impl IntoView {
    let list = Section::Runs.href(organization.as_str());
    view! {
        <Title text="Run" />
        <div class="stack" data-gap="xl">
            <PageHeader title="Run" crumbs=vec![Crumb::new("Runs", list.clone())] />
            <ReadError error way_on=("All runs", list) />
        </div>
    }
}

#[component]
fn Found(
    detail: RunDetail,
    organization: OrgName,
    exposed: Option<DestinationId>,
    state: Memo<Option<ItemState>>,
    actions: RunActions,
) -> impl IntoView {
    let list = Section::Runs.href(organization.as_str());
    let here = format!("{list}/{}", detail.run.id);
    let name = detail.run.rule_name.clone();
    let live = LiveRun::new(detail);
    live.follow(format!("{here}/events"));

    let about = RunAbout { organization: organization.clone(), run: live.run.get_untracked().id, exposed, actions };
    provide_context(about.clone());
    let buttons = move || {
        view! {
            <CancelRun live about=about.clone() />
            <RetryFailed live about=about.clone() />
            <CheckAgain live about=about.clone() />
        }
    };
    let badge = move || {
        let state = live.run.read().state;
        view! { <StatusBadge status=state.as_str() label=state.label() /> }
    };
    view! {
        <Title text=format!("Run of {name}") />
        <div class="stack" data-gap="xl">
            <PageHeader title=name crumbs=vec![Crumb::new("Runs", list)] actions=buttons>{badge}</PageHeader>
            {actions.trouble()}
            <WithoutScript live />
            <Lost live here=here.clone() />
            <PlanFailure live />
            <Facts live rules=Section::Rules.href(organization.as_str()) />
            <Progress live />
            <HeldTags live />
            <Proven live />
            <Checked live />
            <Verify live keys=Section::Keys.href(organization.as_str()) />
            <Items live state here />
        </div>
    }
}

/// Where there is no script the page loads itself again while the run goes on.
#[component]
fn WithoutScript(live: LiveRun) -> impl IntoView {
    // As inner HTML, since a browser with scripts makes no elements of what stands in a <noscript>.
    const RELOAD: &str = r#"<meta http-equiv="refresh" content="3"><p>This page loads itself again every few seconds. <a href="">Reload now</a></p>"#;
    let over = Memo::new(move |_| !live.is_open());
    move || (!over.get()).then(|| view! { <noscript inner_html=RELOAD></noscript> })
}

#[component]
fn Lost(live: LiveRun, here: String) -> impl IntoView {
    move || {
        let here = here.clone();
        let reload = move || view! { <ButtonLink href=here size=Size::Small attr:rel="external">"Reload"</ButtonLink> };
        (!live.connected.get()).then(|| {
            view! {
                <Notice tone=Tone::Warning title="Live updates are interrupted" actions=reload>
                    "The run itself goes on. Ferry tries to connect again."
                </Notice>
            }
        })
    }
}
