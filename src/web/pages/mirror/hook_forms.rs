//! Setting up a mirror's webhook, giving it another address, removing it: for those who may configure.

use leptos::prelude::*;

use super::hook::HookState;
use crate::model::RepoName;
use crate::web::components::{Button, Confirm, Size, Variant};
use crate::web::frame::{use_organization, use_role};

/// Where there is no webhook: the button that makes one.
#[component]
pub fn SetUp(repository: RepoName, state: HookState) -> impl IntoView {
    let organization = use_organization();
    if !use_role().may_configure() {
        let words = format!("This mirror has no webhook. Owners and editors of {organization} set one up.");
        return view! { <p class="muted">{words}</p> }.into_any();
    }
    view! {
        <ActionForm action=state.create>
            <div class="stack" data-gap="m">
                <p class="measure">
                    "Ferry makes an address that is a secret, and the webhook at Docker Hub too, where your token may. \
                     Otherwise it shows the three steps to make it by hand."
                </p>
                <Mirror repository />
                <div class="cluster">
                    <Button variant=Variant::Primary busy=state.create.pending()>"Set up the webhook"</Button>
                </div>
            </div>
        </ActionForm>
    }
    .into_any()
}

/// Another address, asked about first.
#[component]
pub fn Rotate(repository: RepoName, by_hand: bool, state: HookState) -> impl IntoView {
    let words = if by_hand {
        "Change it in the webhook at Docker Hub within that time."
    } else {
        "Ferry replaces the webhook at Docker Hub, where your token may."
    };
    view! {
        <Confirm label="Rotate" title="Give this webhook another address?" size=Size::Small>
            <p>"The address it has now works for 24 hours more. " {words}</p>
            <ActionForm action=state.rotate>
                <Mirror repository />
                <Button variant=Variant::Primary busy=state.rotate.pending()>"Make another address"</Button>
            </ActionForm>
        </Confirm>
    }
}

/// No webhook any more, asked about first.
#[component]
pub fn Remove(repository: RepoName, by_hand: bool, state: HookState) -> impl IntoView {
    let words = if by_hand {
        "Remove it at Docker Hub, too: what it calls answers no more."
    } else {
        "Ferry removes it at Docker Hub, too."
    };
    view! {
        <Confirm label="Remove" title="Remove this webhook?" size=Size::Small>
            <p>"Pushes to the mirror start no runs any more. What was delivered stays in the list. " {words}</p>
            <ActionForm action=state.delete>
                <Mirror repository />
                <Button variant=Variant::Danger busy=state.delete.pending()>"Remove webhook"</Button>
            </ActionForm>
        </Confirm>
    }
}

/// Which mirror a form is about.
#[component]
fn Mirror(repository: RepoName) -> impl IntoView {
    let organization = use_organization();
    view! {
        <input type="hidden" name="organization" value=organization.to_string() />
        <input type="hidden" name="mirror" value=repository.name().to_owned() />
    }
}
