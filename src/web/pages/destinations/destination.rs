//! One destination: its form for admins, its facts for everybody else.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::decision::{Decision, Exposure, use_decision};
use super::delete::Delete;
use super::editor::Editor;
use super::help::AddressHelp;
use crate::api::destinations::{DeleteDestination, DestinationOutcome, SaveDestination, get_destination};
use crate::api::pauses::SetPause;
use crate::model::{ApiError, Destination, DestinationForm, DestinationId, OrgName, Refused};
use crate::web::app::{use_organization, use_role};
use crate::web::components::{Crumb, KeyValue, KeyValues, Loading, PageHeader, Panel, Section, TimeAgo};
use crate::web::forms::{FormError, FormState, use_form};
use crate::web::pages::ReadError;
use crate::web::pages::pause::{PauseButton, PausedNotice};

type Saved = FormState<DestinationForm, DestinationOutcome>;

/// The page of the destination in the address.
#[component]
pub fn DestinationPage() -> impl IntoView {
    let organization = use_organization();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default().parse::<DestinationId>());

    let asked = organization.clone();
    let set = ServerAction::<SetPause>::new();
    let paused = use_form::<SetPause, Option<DestinationId>, ()>("pause", set);
    let decision = use_decision();
    let destination = Resource::new_blocking(
        move || (id.get(), set.version().get(), decision.version()),
        move |(id, ..)| {
            let organization = asked.clone();
            async move {
                let id = id.map_err(|Refused(_)| ApiError::NotFound("There is no such destination.".to_owned()))?;
                get_destination(organization, id).await
            }
        },
    );

    let save = ServerAction::<SaveDestination>::new();
    let saved = use_form::<SaveDestination, DestinationForm, DestinationOutcome>("destination", save);
    let delete = ServerAction::<DeleteDestination>::new();
    let refused = use_form::<DeleteDestination, DestinationId, ()>("delete-destination", delete);

    view! {
        <Transition fallback=|| view! { <Loading rows=8 label="Loading the destination" /> }>
            {move || {
                let organization = organization.clone();
                Suspend::new(async move {
                    paused.ready().await;
                    saved.ready().await;
                    refused.ready().await;
                    decision.ready().await;
                    match destination.await {
                        Ok(destination) => {
                            view! {
                                <Found destination organization save saved delete refused=refused.error set paused=paused.error decision />
                            }
                            .into_any()
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
    let list = Section::Destinations.href(organization.as_str());
    view! {
        <Title text="Destination" />
        <div class="stack" data-gap="xl">
            <PageHeader title="Destination" crumbs=vec![Crumb::new("Destinations", list.clone())] />
            <ReadError error way_on=("All destinations", list) />
        </div>
    }
}

#[component]
fn Found(
    destination: Destination,
    organization: OrgName,
    save: ServerAction<SaveDestination>,
    saved: Saved,
    delete: ServerAction<DeleteDestination>,
    refused: Signal<Option<ApiError>>,
    set: ServerAction<SetPause>,
    paused: Signal<Option<ApiError>>,
    decision: Decision,
) -> impl IntoView {
    let exposure = (destination.exposed_at, destination.public_accepted.clone());
    let (for_decision, decided) = (organization.clone(), destination.id);
    let (pause, id) = (destination.pause.clone(), Some(destination.id));
    let (for_notice, for_button) = (organization.clone(), organization.clone());
    let runs = pause.is_none();
    let pausing = move || {
        runs.then(|| {
            view! {
                <PauseButton
                    label="Pause"
                    title="Pause forwarding to this destination?"
                    organization=for_button
                    destination=id
                    set
                />
            }
        })
    };
    let list = Section::Destinations.href(organization.as_str());
    let name = destination.name.to_string();
    let below = if use_role().may_configure() {
        let held = saved.held.get_untracked().unwrap_or_else(|| form_of(&destination));
        let (id, has_secret) = (destination.id, destination.has_secret);
        view! {
            <div class="split">
                <Editor organization=organization.clone() id held has_secret save form=saved />
                <AddressHelp />
            </div>
            <Panel title="Delete">
                <FormError error=refused />
                <div class="cluster">
                    <Delete destination organization delete />
                </div>
            </Panel>
        }
        .into_any()
    } else {
        view! { <Facts destination /> }.into_any()
    };
    view! {
        <Title text=name.clone() />
        <div class="stack" data-gap="xl">
            <PageHeader title=name crumbs=vec![Crumb::new("Destinations", list)] actions=pausing />
            <FormError error=paused />
            <Exposure exposure organization=for_decision id=decided decision />
            <PausedNotice pause what="Forwarding to this destination" organization=for_notice destination=id set />
            {below}
        </div>
    }
}

fn form_of(destination: &Destination) -> DestinationForm {
    DestinationForm {
        name: destination.name.to_string(),
        host: destination.host.to_string(),
        prefix: destination.prefix.as_ref().map(ToString::to_string).unwrap_or_default(),
        username: destination.username.clone().unwrap_or_default(),
        secret: String::new(),
        plain_http: if destination.plain_http { "true".to_owned() } else { String::new() },
        authority: destination.authority.clone().unwrap_or_default(),
        requests_per_second: typed(destination.rates.requests_per_second),
        megabytes_per_second: typed(destination.rates.megabytes_per_second),
    }
}

fn typed(number: Option<u32>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

#[component]
fn Facts(destination: Destination) -> impl IntoView {
    let address = destination.address();
    let username = destination.username.unwrap_or_else(|| "None, anonymous".to_owned());
    let rules = if destination.rules.is_empty() { "None".to_owned() } else { destination.rules.join(", ") };
    let secret = if destination.has_secret { "Kept, sealed" } else { "None" };
    let connection = if destination.plain_http { "Plain HTTP" } else { "HTTPS" };
    let authority = if destination.authority.is_some() { "Its own, in PEM" } else { "The well-known ones" };
    let rates = destination.rates.words().unwrap_or_else(|| "None".to_owned());
    view! {
        <div class="stack">
            <KeyValues>
                <KeyValue key="Address"><span class="mono">{address}</span></KeyValue>
                <KeyValue key="Username">{username}</KeyValue>
                <KeyValue key="Password or token">{secret}</KeyValue>
                <KeyValue key="Connection">{connection}</KeyValue>
                <KeyValue key="Certificate authority">{authority}</KeyValue>
                <KeyValue key="Limits">{rates}</KeyValue>
                <KeyValue key="Rules">{rules}</KeyValue>
                <KeyValue key="Added">
                    <TimeAgo at=destination.created_at />
                    {format!(" by {}", destination.created_by)}
                </KeyValue>
            </KeyValues>
            <p class="muted small">"Admins and owners of the organization can change or test this destination."</p>
        </div>
    }
}
