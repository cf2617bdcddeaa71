//! The webhook of a mirror: none, made at Docker Hub by Ferry, or to be made there by hand.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::hook_forms::{Remove, Rotate, SetUp};
use crate::api::hooks::{CreateHook, DeleteHook, RotateHook, get_hook};
use crate::model::{ApiError, Delivery, DeliveryFilter, Hook, HookAddress, HookDetail, MirrorName, OrgName, RepoName};
use crate::web::components::{Copyable, KeyValue, KeyValues, Notice, Panel, Section, StatusBadge, TimeAgo, Tone};
use crate::web::forms::{FormError, FormState, use_form};
use crate::web::frame::{use_organization, use_role};
use crate::web::pages::deliveries::{DeliveryTable, href};

/// What is known of the webhook, and the three forms that change it.
#[derive(Clone, Copy)]
pub struct HookState {
    pub detail: Resource<Result<HookDetail, ApiError>>,
    pub create: ServerAction<CreateHook>,
    pub rotate: ServerAction<RotateHook>,
    pub delete: ServerAction<DeleteHook>,
    refused: StoredValue<[FormState<MirrorName, ()>; 3]>,
}

/// The webhook of the mirror in the address.
pub fn use_hook(organization: OrgName, name: Memo<String>) -> HookState {
    let (create, rotate, delete) = (ServerAction::new(), ServerAction::new(), ServerAction::new());
    let refused = [use_form("create-hook", create), use_form("rotate-hook", rotate), use_form("delete-hook", delete)];
    let version = move || (create.version().get(), rotate.version().get(), delete.version().get());
    let detail = Resource::new_blocking(
        move || (name.get(), version()),
        move |(name, _)| {
            let organization = organization.clone();
            async move {
                let name = name.parse::<MirrorName>().map_err(|refused| ApiError::NotFound(refused.0))?;
                get_hook(organization, name).await
            }
        },
    );
    HookState { detail, create, rotate, delete, refused: StoredValue::new(refused) }
}

impl HookState {
    /// Waits until it is known whether the last page load posted one of the forms.
    pub async fn ready(self) {
        for form in self.refused.get_value() {
            form.ready().await;
        }
    }
}

/// The panel.
#[component]
pub fn HookPanel(repository: RepoName, detail: Result<HookDetail, ApiError>, state: HookState) -> impl IntoView {
    let organization = use_organization();
    let detail = match detail {
        Ok(detail) => detail,
        Err(error) => {
            return view! { <Panel title="Webhook"><Notice tone=Tone::Warning>{error.to_string()}</Notice></Panel> }
                .into_any();
        }
    };
    let HookDetail { hook, is_unreachable, last_accepted, missed, recent } = detail;
    let has_hook = hook.is_some();
    let (changed, name) = (repository.clone(), repository.name().to_owned());
    let by_hand = hook.as_ref().is_some_and(|hook| !hook.made_by_ferry);
    let actions = move || {
        has_hook.then(|| {
            view! { <Change repository=changed by_hand state /> }
        })
    };
    let everything = DeliveryFilter { mirror: name.parse().ok(), ..DeliveryFilter::default() };
    let everything = href(&everything, &Section::Deliveries.href(organization.as_str()), None);
    let body = match hook {
        Some(hook) => view! { <There repository hook last_accepted missed is_unreachable /> }.into_any(),
        None => view! { <SetUp repository state /> }.into_any(),
    };
    view! {
        <Panel
            title="Webhook"
            lead="With it Docker Hub tells Ferry when a tag moves, and rules follow within seconds."
            actions
        >
            <div class="stack">
                {state.refused.get_value().map(|form| view! { <FormError error=form.error /> })}
                {body}
                {(!recent.is_empty()).then(|| view! { <Recent organization recent everything /> })}
            </div>
        </Panel>
    }
    .into_any()
}

#[component]
fn Change(repository: RepoName, by_hand: bool, state: HookState) -> impl IntoView {
    use_role().may_configure().then(|| {
        view! {
            <Rotate repository=repository.clone() by_hand state />
            <Remove repository by_hand state />
        }
    })
}

#[component]
fn There(
    repository: RepoName,
    hook: Hook,
    last_accepted: Option<DateTime<Utc>>,
    missed: u32,
    is_unreachable: bool,
) -> impl IntoView {
    let may_configure = use_role().may_configure();
    let Hook { made_by_ferry, created_by, created_at, address, old_until } = hook;
    let is_heard = last_accepted.is_some_and(|at| at >= created_at);
    let (status, words) = match (made_by_ferry, is_heard) {
        (true, _) => ("active", "Made at Docker Hub by Ferry"),
        (false, true) => ("active", "Made at Docker Hub by hand"),
        (false, false) => ("waiting", "To be made at Docker Hub by hand"),
    };
    let steps = (!made_by_ferry && !is_heard).then(|| address.clone()).flatten();
    let address = match (address, may_configure) {
        (Some(HookAddress(text)), _) => view! { <Copyable text /> }.into_any(),
        (None, true) => {
            view! { <span>"Sealed with another FERRY_SECRET_KEY. Rotate it to see the new one."</span> }.into_any()
        }
        (None, false) => view! { <span class="muted">"Owners and editors see it."</span> }.into_any(),
    };
    let last = last_accepted.map_or_else(
        || view! { <span class="muted">"None yet"</span> }.into_any(),
        |at| view! { <TimeAgo at /> }.into_any(),
    );
    view! {
        {(is_unreachable && may_configure).then(|| view! { <Unreachable /> })}
        {old_until.map(|until| view! { <Old until made_by_ferry /> })}
        <KeyValues>
            <KeyValue key="State"><StatusBadge status label=words /></KeyValue>
            <KeyValue key="Address">{address}</KeyValue>
            <KeyValue key="Address made">{format!("by {created_by}, ")}<TimeAgo at=created_at /></KeyValue>
            <KeyValue key="Last delivery">{last}</KeyValue>
            <KeyValue key="Came without one">{without(missed)}</KeyValue>
        </KeyValues>
        {steps.map(|address| view! { <Steps repository address /> })}
    }
}

/// How many changes were found without a delivery.
fn without(missed: u32) -> String {
    match missed {
        0 => "No change in 30 days".to_owned(),
        1 => "1 change in 30 days".to_owned(),
        number => format!("{number} changes in 30 days"),
    }
}

/// What Ferry could not do with the token of whoever asked.
#[component]
fn Steps(repository: RepoName, address: HookAddress) -> impl IntoView {
    let page = format!("https://hub.docker.com/repository/docker/{repository}/webhooks");
    view! {
        <Notice tone=Tone::Neutral title="Make it at Docker Hub, in three steps">
            <ol class="hook__steps" aria-label="Steps at Docker Hub">
                <li>
                    <a href=page.clone() rel="external noopener">"Open the repository's webhooks"</a>
                    " as somebody who may administer it: "
                    <Copyable text=page />
                </li>
                <li>"As the webhook's name enter " <Copyable text="Ferry" /></li>
                <li>"As its URL enter " <Copyable text=address.0 /> " and create it."</li>
            </ol>
        </Notice>
    }
}

#[component]
fn Old(until: DateTime<Utc>, made_by_ferry: bool) -> impl IntoView {
    let words = if made_by_ferry {
        "The address before this one is still heard; it ends "
    } else {
        "Put this address into the webhook at Docker Hub: the one before it is still heard, and ends "
    };
    view! { <Notice tone=Tone::Accent>{words}<TimeAgo at=until />"."</Notice> }
}

#[component]
fn Unreachable() -> impl IntoView {
    view! {
        <Notice tone=Tone::Warning title="Docker Hub cannot reach this address">
            "It is one of this machine alone. Set FERRY_PUBLIC_URL to the address that the internet knows Ferry by."
        </Notice>
    }
}

#[component]
fn Recent(
    organization: OrgName,
    recent: Vec<Delivery>,
    /// Address of the list of all.
    everything: String,
) -> impl IntoView {
    view! {
        <DeliveryTable organization deliveries=recent of_mirror=true />
        <p class="small"><a href=everything>"All deliveries of this mirror"</a></p>
    }
}
