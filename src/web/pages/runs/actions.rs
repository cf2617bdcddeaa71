//! What admins do with a run: cancel it, retry what failed, release or discard what is held, check its copies again.

use leptos::prelude::*;

use crate::api::runs::{CancelRun, CheckRun, DiscardHeld, ReleaseHeld, RetryRun};
use crate::model::{DestinationId, ItemId, OrgName, RunId};
use crate::web::forms::{FormError, FormState, use_form};

/// The changes of a run's page, and what came of each.
#[derive(Clone, Copy)]
pub struct RunActions {
    pub release: ServerAction<ReleaseHeld>,
    pub discard: ServerAction<DiscardHeld>,
    pub check: ServerAction<CheckRun>,
    pub cancel: ServerAction<CancelRun>,
    pub retry: ServerAction<RetryRun>,
    answers: [FormState<RunId, ()>; 5],
}

/// The actions of the page; called once, outside of any `Suspense`.
pub fn use_run_actions() -> RunActions {
    let (release, discard) = (ServerAction::new(), ServerAction::new());
    let (check, cancel, retry) = (ServerAction::new(), ServerAction::new(), ServerAction::new());
    let answers = [
        use_form("release", release),
        use_form("discard", discard),
        use_form("check-run", check),
        use_form("cancel-run", cancel),
        use_form("retry-run", retry),
    ];
    RunActions { release, discard, check, cancel, retry, answers }
}

impl RunActions {
    /// Grows with every change.
    pub fn version(self) -> usize {
        self.release.version().get()
            + self.discard.version().get()
            + self.check.version().get()
            + self.cancel.version().get()
            + self.retry.version().get()
    }

    /// Waits until it is known what the last page load posted.
    pub async fn ready(self) {
        for answer in self.answers {
            answer.ready().await;
        }
    }

    /// What was refused.
    pub fn trouble(self) -> impl IntoView {
        self.answers.map(|answer| view! { <FormError error=answer.error /> })
    }
}

/// The run a page is about, for the forms in it.
#[derive(Clone)]
pub struct RunAbout {
    pub organization: OrgName,
    pub run: RunId,
    /// The run's destination, where everybody can pull from it and nobody has decided about that: nothing is released there.
    pub exposed: Option<DestinationId>,
    pub actions: RunActions,
}

impl RunAbout {
    /// The fields every form of the page posts; `item` where it is about one tag.
    pub fn fields(&self, item: Option<ItemId>) -> impl IntoView + use<> {
        view! {
            <input type="hidden" name="organization" value=self.organization.to_string() />
            <input type="hidden" name="id" value=self.run.to_string() />
            {item.map(|item| view! { <input type="hidden" name="item" value=item.to_string() /> })}
        }
    }
}
