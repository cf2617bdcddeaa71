//! Pausing and resuming, the same for all forwarding and for one destination.

use leptos::prelude::*;

use crate::api::pauses::SetPause;
use crate::model::{DestinationId, OrgName, Pause};
use crate::web::components::{Button, Confirm, Notice, Size, TimeAgo, Tone};
use crate::web::frame::use_role;

/// That nothing new begins, and for admins the way to end it; nothing while nothing is paused.
#[component]
pub fn PausedNotice(
    pause: Option<Pause>,
    /// What is paused: `All forwarding`.
    what: &'static str,
    organization: OrgName,
    #[prop(optional_no_strip)] destination: Option<DestinationId>,
    set: ServerAction<SetPause>,
) -> impl IntoView {
    let may = use_role().may_configure();
    pause.map(|pause| {
        let actions = move || {
            may.then(|| {
                view! {
                    <ActionForm action=set>
                        <Fields organization=organization.clone() destination paused=false />
                        <Button size=Size::Small busy=set.pending()>"Resume"</Button>
                    </ActionForm>
                }
            })
        };
        view! {
            <Notice tone=Tone::Warning title=format!("{what} is paused") actions>
                {format!("By {}, ", pause.by)} <TimeAgo at=pause.at />
                ". Copies that were under way ended; nothing new begins, and what is due waits."
            </Notice>
        }
    })
}

/// The question before a pause, for admins.
#[component]
pub fn PauseButton(
    /// The button's words: `Pause all`.
    label: &'static str,
    /// The question.
    title: &'static str,
    organization: OrgName,
    #[prop(optional_no_strip)] destination: Option<DestinationId>,
    set: ServerAction<SetPause>,
) -> impl IntoView {
    use_role().may_configure().then(|| {
        view! {
            <Confirm label title>
                <p>"Copies under way end as usual. Nothing new begins until somebody resumes; what is due waits and is not lost."</p>
                <ActionForm action=set>
                    <Fields organization destination paused=true />
                    <Button busy=set.pending()>"Pause"</Button>
                </ActionForm>
            </Confirm>
        }
    })
}

#[component]
fn Fields(organization: OrgName, destination: Option<DestinationId>, paused: bool) -> impl IntoView {
    view! {
        <input type="hidden" name="organization" value=organization.to_string() />
        {destination.map(|id| view! { <input type="hidden" name="destination" value=id.to_string() /> })}
        <input type="hidden" name="paused" value=paused.to_string() />
    }
}
