//! A mirror that was stopped: since when, by whom, and the way to start it again.

use leptos::prelude::*;

use crate::api::mirrors::StartMirror;
use crate::model::{Mirror, Stopped};
use crate::web::components::{Button, Notice, TimeAgo, Tone, Variant};
use crate::web::forms::{FormError, FormState};
use crate::web::frame::{use_organization, use_role};

/// What the form `mirror` held; only what came of it matters here.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Held {}

/// The action and the state of the form `mirror`.
#[derive(Clone, Copy)]
pub struct AgainForm {
    pub action: ServerAction<StartMirror>,
    pub form: FormState<Held, ()>,
}

/// What happened, and the button.
#[component]
pub fn StartAgain(mirror: Mirror, stopped: Stopped, again: AgainForm) -> impl IntoView {
    let organization = use_organization();
    let Stopped { at, by } = stopped;
    let (title, when) = match by {
        Some(by) => (format!("Stopped by {by}"), "It was stopped "),
        None => ("Stopped outside of Ferry".to_owned(), "Ferry noticed it "),
    };
    let AgainForm { action, form } = again;
    let name_refused = form.field("name");
    let error = Signal::derive(move || form.error.get().filter(|_| name_refused.get().is_none()));
    let button = if use_role().may_mirror() {
        view! {
            <ActionForm action>
                <input type="hidden" name="organization" value=organization.to_string() />
                <input type="hidden" name="source" value=mirror.source />
                <input type="hidden" name="name" value=mirror.repository.name().to_owned() />
                <Button variant=Variant::Primary busy=action.pending()>"Start again"</Button>
            </ActionForm>
        }
        .into_any()
    } else {
        view! { <p class="small muted">{format!("Owners and editors of {organization} may start it again.")}</p> }
            .into_any()
    };
    view! {
        <FormError error />
        {move || name_refused.get().map(|sentence| view! { <Notice tone=Tone::Danger>{sentence}</Notice> })}
        <Notice tone=Tone::Neutral title>
            <div class="stack" data-gap="m">
                <p>
                    {when} <TimeAgo at />
                    ". Its tags stay on Docker Hub as they were; no new ones and no fixes arrive. What Ferry forwarded stays where it is."
                </p>
                {button}
            </div>
        </Notice>
    }
}
