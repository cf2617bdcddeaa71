//! What an admin decides about a destination from which everybody can pull.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::api::exposed::{AcceptPublic, LookAgain};
use crate::model::{DestinationId, OrgName, Pause};
use crate::web::components::{Button, Notice, TimeAgo, Tone};
use crate::web::exposed::use_exposed;
use crate::web::forms::{FormError, FormState, use_form};
use crate::web::frame::use_role;

/// Both answers, and what came of the last one.
#[derive(Clone, Copy)]
pub struct Decision {
    accept: ServerAction<AcceptPublic>,
    look: ServerAction<LookAgain>,
    accepted: FormState<DestinationId, ()>,
    looked: FormState<DestinationId, ()>,
}

/// Called once by the page, outside of any `Suspense`. The notice above the page follows what is decided.
pub fn use_decision() -> Decision {
    let (accept, look) = (ServerAction::<AcceptPublic>::new(), ServerAction::<LookAgain>::new());
    let decision =
        Decision { accept, look, accepted: use_form("accept-public", accept), looked: use_form("look-again", look) };
    use_exposed().follow(move || decision.version());
    decision
}

impl Decision {
    /// Changes whenever something was decided.
    pub fn version(self) -> usize {
        self.accept.version().get() + self.look.version().get()
    }

    /// Waits until it is known whether the last page load decided something.
    pub async fn ready(self) {
        self.accepted.ready().await;
        self.looked.ready().await;
    }
}

/// The question while the destination waits for the answer, or the answer; nothing where it is private.
#[component]
pub fn Exposure(
    /// Since when it waits, and who said that it is meant to be public.
    exposure: (Option<DateTime<Utc>>, Option<Pause>),
    organization: OrgName,
    id: DestinationId,
    decision: Decision,
) -> impl IntoView {
    let may = use_role().may_configure();
    let Decision { accept, look, accepted, looked } = decision;
    let notice = match exposure {
        (Some(since), _) => {
            let second = organization.clone();
            let actions = move || {
                may.then(|| {
                    view! {
                        <ActionForm action=look>
                            <Fields organization id />
                            <Button busy=look.pending()>"I made it private: look again"</Button>
                        </ActionForm>
                        <ActionForm action=accept>
                            <Fields organization=second id />
                            <Button busy=accept.pending()>"It is meant to be public: go on"</Button>
                        </ActionForm>
                    }
                })
            };
            view! {
                <Notice tone=Tone::Warning title="Is this destination meant to be public?" actions>
                    "After a run Ferry asked for an image here without signing in, and got it, first "
                    <TimeAgo at=since />
                    ". Until an owner or editor has decided, nothing more is forwarded here; what is due waits and is not lost."
                </Notice>
            }
            .into_any()
        }
        (None, Some(pause)) => {
            let actions = move || {
                may.then(|| {
                    view! {
                        <ActionForm action=look>
                            <Fields organization id />
                            <Button busy=look.pending()>"Take that back and look again"</Button>
                        </ActionForm>
                    }
                })
            };
            view! {
                <Notice tone=Tone::Neutral title="This destination is meant to be public" actions>
                    {format!("Said {}, ", pause.by)} <TimeAgo at=pause.at />
                    ". Ferry does not look any more whether everybody can pull from here."
                </Notice>
            }
            .into_any()
        }
        (None, None) => ().into_any(),
    };
    view! {
        <FormError error=accepted.error />
        <FormError error=looked.error />
        {notice}
    }
}

#[component]
fn Fields(organization: OrgName, id: DestinationId) -> impl IntoView {
    view! {
        <input type="hidden" name="organization" value=organization.to_string() />
        <input type="hidden" name="id" value=id.to_string() />
    }
}
