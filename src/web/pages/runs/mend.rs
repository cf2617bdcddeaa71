//! What mends a failure, as a button or a link where Ferry can do it.

use leptos::prelude::*;

use super::actions::RunAbout;
use super::live::LiveRun;
use crate::model::{FailureClass, ItemState, Mend};
use crate::web::components::{Badge, Button, ButtonLink, Section, Size, Tone};
use crate::web::frame::use_role;

/// *Retry failed*, while something of the run has failed and nothing of it goes on.
#[component]
pub fn RetryFailed(live: LiveRun, about: RunAbout) -> impl IntoView {
    let may = use_role().may_configure();
    let failed = Memo::new(move |_| {
        let run = live.run.read();
        let unplanned = live.plan_failure.read().is_some() && run.counts.total() == 0;
        run.state.is_final() && !run.is_swept && (unplanned || run.counts.of(ItemState::Failed) > 0)
    });
    move || {
        let about = about.clone();
        let action = about.actions.retry;
        (may && failed.get()).then(|| {
            view! {
                <ActionForm action>
                    {about.fields(None)}
                    <Button busy=action.pending()>"Retry failed"</Button>
                </ActionForm>
            }
        })
    }
}

/// The kind of a failure.
#[component]
pub fn Class(class: FailureClass) -> impl IntoView {
    let tone =
        if matches!(class, FailureClass::Paused | FailureClass::RateLimit) { Tone::Warning } else { Tone::Danger };
    class.label().map(|label| view! { <Badge tone>{label}</Badge> })
}

/// Where it is mended, for those who may.
#[component]
pub fn MendLink(mend: Mend, live: LiveRun) -> impl IntoView {
    if !use_role().may_configure() {
        return None;
    }
    let about = expect_context::<RunAbout>();
    let organization = about.organization.as_str();
    let run = live.run.get_untracked();
    let (words, href) = match mend {
        Mend::Destination => {
            ("Open the destination", format!("{}/{}", Section::Destinations.href(organization), run.destination_id?))
        }
        Mend::Connection => ("Open the connection", Section::Connection.href(organization)),
        Mend::Rule => ("Edit the rule", format!("{}/{}/edit", Section::Rules.href(organization), run.rule?)),
        Mend::Resume => ("Resume", Section::Runs.href(organization)),
        Mend::Retry | Mend::Nothing => return None,
    };
    Some(view! { <ButtonLink href size=Size::Small>{words}</ButtonLink> })
}
