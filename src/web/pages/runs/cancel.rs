//! Stopping a run, or one tag of it.

use std::sync::Arc;

use leptos::prelude::*;

use super::actions::RunAbout;
use super::live::LiveRun;
use crate::model::Item;
use crate::web::components::{Button, Confirm, Size, Variant};
use crate::web::frame::use_role;

/// The button of the page, while there is something to stop.
#[component]
pub fn CancelRun(live: LiveRun, about: RunAbout) -> impl IntoView {
    let may = use_role().may_configure();
    let open = Memo::new(move |_| !live.run.read().state.is_final());
    move || {
        let about = about.clone();
        let action = about.actions.cancel;
        (may && open.get()).then(|| {
            view! {
                <Confirm label="Cancel run" title="Cancel this run?">
                    <p>
                        "What is under way stops at once, and no more tags move. Tags that have arrived stay as they are."
                    </p>
                    <ActionForm action>
                        {about.fields(None)}
                        <Button variant=Variant::Danger busy=action.pending()>"Cancel the run"</Button>
                    </ActionForm>
                </Confirm>
            }
        })
    }
}

/// The button of one tag that is not over; in its place, where there is none, the children.
#[component]
pub fn CancelTag(now: Memo<Arc<Item>>, children: ChildrenFn) -> impl IntoView {
    let may = use_role().may_configure();
    let open = Memo::new(move |_| now.read().state.is_open());
    let about = expect_context::<RunAbout>();
    move || {
        let about = about.clone();
        let action = about.actions.cancel;
        let (id, tag) = now.with_untracked(|item| (item.id, item.tag.to_string()));
        if !(may && open.get()) {
            return children().into_any();
        }
        view! {
            <ActionForm action>
                {about.fields(Some(id))}
                <Button size=Size::Small variant=Variant::Quiet attr:aria-label=format!("Cancel {tag}")>
                    "Cancel"
                </Button>
            </ActionForm>
        }
        .into_any()
    }
}
