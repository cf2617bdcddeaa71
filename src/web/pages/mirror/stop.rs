//! Stopping a mirror: whoever may is asked first, others read who may.

use leptos::prelude::*;

use crate::api::mirrors::StopMirror;
use crate::model::{MirrorName, RepoName};
use crate::web::components::{Button, Confirm, Variant};
use crate::web::forms::{FormError, FormState};
use crate::web::frame::{use_organization, use_role};

/// The action and the state of the form `stop-mirror`.
#[derive(Clone, Copy)]
pub struct StopForm {
    pub action: ServerAction<StopMirror>,
    pub form: FormState<MirrorName, ()>,
}

/// The button with its question.
#[component]
pub fn Stop(
    repository: RepoName,
    /// From [`forwarded_by`].
    forwarded: String,
    stop: StopForm,
) -> impl IntoView {
    let organization = use_organization();
    if !use_role().may_mirror() {
        let words = format!("Owners and editors of {organization} may stop it.");
        return view! { <p class="small muted">{words}</p> }.into_any();
    }
    let title = format!("Stop mirroring to {repository}?");
    view! {
        <Confirm label="Stop mirroring" title variant=Variant::Danger>
            <p>
                "The repository and its tags stay on Docker Hub. Updates stop: no new tags and no fixes arrive. "
                {forwarded}
            </p>
            <ActionForm action=stop.action>
                <input type="hidden" name="organization" value=organization.to_string() />
                <input type="hidden" name="name" value=repository.name().to_owned() />
                <Button variant=Variant::Danger busy=stop.action.pending()>"Stop mirroring"</Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

/// What stopping means for the rules of these names.
pub fn forwarded_by(rules: &[String]) -> String {
    match rules {
        [] => "No rule forwards it.".to_owned(),
        [only] => format!("The rule {only} forwards it and will find nothing new."),
        several => format!("These rules forward it and will find nothing new: {}.", several.join(", ")),
    }
}

/// Why it could not be stopped, above the page.
#[component]
pub fn StopRefused(stop: StopForm) -> impl IntoView {
    view! { <FormError error=stop.form.error /> }
}
