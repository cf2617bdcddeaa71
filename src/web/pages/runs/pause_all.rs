//! All forwarding of the organization, paused or not.

use leptos::prelude::*;

use crate::api::pauses::{SetPause, get_pause};
use crate::model::{DestinationId, OrgName, Pause};
use crate::web::forms::{FormError, FormState, use_form};
use crate::web::pages::pause::{PauseButton, PausedNotice};

/// The state of the whole organization's forwarding, and what came of the last change.
#[derive(Clone, Copy)]
pub struct PauseState {
    set: ServerAction<SetPause>,
    form: FormState<Option<DestinationId>, ()>,
    pause: Resource<Result<Option<Pause>, crate::model::ApiError>>,
}

/// Called once by the page, outside of any `Suspense`.
pub fn use_pause(organization: &OrgName) -> PauseState {
    let set = ServerAction::<SetPause>::new();
    let form = use_form("pause", set);
    let asked = organization.clone();
    let pause = Resource::new_blocking(move || set.version().get(), move |_| get_pause(asked.clone()));
    PauseState { set, form, pause }
}

/// The button, for the head of the page; nothing while all is paused already.
#[component]
pub fn PauseAll(state: PauseState, organization: OrgName) -> impl IntoView {
    view! {
        <Suspense>
            {move || {
                let organization = organization.clone();
                Suspend::new(async move {
                    matches!(state.pause.await, Ok(None)).then(|| {
                        view! { <PauseButton label="Pause all" title="Pause all forwarding?" organization set=state.set /> }
                    })
                })
            }}
        </Suspense>
    }
}

/// What is paused, and what was refused.
#[component]
pub fn AllPaused(state: PauseState, organization: OrgName) -> impl IntoView {
    view! {
        <Suspense>
            {move || {
                let organization = organization.clone();
                Suspend::new(async move {
                    state.form.ready().await;
                    let pause = state.pause.await.ok().flatten();
                    view! {
                        <FormError error=state.form.error />
                        <PausedNotice pause what="All forwarding" organization set=state.set />
                    }
                })
            }}
        </Suspense>
    }
}
