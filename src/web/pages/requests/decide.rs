//! An owner's answer: one form for all the requests that are ticked in the table above it.

use leptos::prelude::*;

use crate::api::requests::{DecideRequests, DecisionIntent};
use crate::model::{DecisionForm, OrgName, RequestId};
use crate::web::components::{Button, Panel, TextArea, Variant};
use crate::web::forms::{FormError, FormState, use_form};

/// The id of the form, by which the table's boxes belong to it.
const FORM: &str = "decide";

/// The answer that is being written; it stays while the list is read again.
#[derive(Clone, Copy)]
pub struct Deciding {
    pub action: ServerAction<DecideRequests>,
    pub form: FormState<DecisionForm, ()>,
    chosen: RwSignal<Vec<RequestId>>,
    reason: RwSignal<String>,
}

/// Nothing is chosen and no reason written.
pub fn use_deciding() -> Deciding {
    let action = ServerAction::<DecideRequests>::new();
    let (chosen, reason) = (RwSignal::new(Vec::new()), RwSignal::new(String::new()));
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(()))) {
            chosen.set(Vec::new());
            reason.set(String::new());
        }
    });
    Deciding { action, form: use_form("decide", action), chosen, reason }
}

impl Deciding {
    /// Waits for what was posted without a script and not done, and takes it up.
    pub async fn ready(self) {
        self.form.ready().await;
        if let Some(held) = self.form.held.get_untracked()
            && self.chosen.with_untracked(Vec::is_empty)
            && self.reason.with_untracked(String::is_empty)
        {
            self.chosen.set(held.ids);
            self.reason.set(held.reason);
        }
    }
}

/// The box of one request; the only one is ticked already.
#[component]
pub fn Choose(
    id: RequestId,
    /// The box's words.
    label: String,
    is_only: bool,
    deciding: Deciding,
) -> impl IntoView {
    let checked = is_only || deciding.chosen.with_untracked(|chosen| chosen.contains(&id));
    let changed = move |event| {
        let on = event_target_checked(&event);
        deciding.chosen.update(|chosen| {
            chosen.retain(|other| *other != id);
            if on {
                chosen.push(id);
            }
        });
    };
    view! {
        <input
            class="choice__control"
            type="checkbox"
            name="form[ids][]"
            value=id.to_string()
            form=FORM
            checked=checked
            aria-label=label
            on:change=changed
        />
    }
}

/// The reason and the two buttons.
#[component]
pub fn Decide(organization: OrgName, deciding: Deciding) -> impl IntoView {
    let Deciding { action, form, reason, .. } = deciding;
    let asked = move |intent| {
        let input = action.input();
        Signal::derive(move || input.with(|input| input.as_ref().is_some_and(|input| input.intent == intent)))
    };
    let which = form.field("ids");
    view! {
        <Panel
            title="Decide"
            lead="For the requests chosen above. What is approved, Docker begins to mirror at once, asked with your token."
        >
            <ActionForm action attr:id=FORM>
                <div class="stack">
                    <FormError error=form.error />
                    {move || which.get().map(|words| view! { <p class="small">{words}</p> })}
                    <input type="hidden" name="organization" value=organization.to_string() />
                    <TextArea
                        name="form[reason]"
                        label="Reason"
                        value=reason.get_untracked()
                        rows=2
                        hint="Whoever asked reads it. To decline, a reason is needed."
                        error=form.field("reason")
                        on:input=move |event| reason.set(event_target_value(&event))
                    />
                    <div class="cluster">
                        <Button
                            name="intent"
                            value="approve"
                            variant=Variant::Primary
                            busy=asked(DecisionIntent::Approve)
                        >
                            "Approve"
                        </Button>
                        <Button name="intent" value="decline" busy=asked(DecisionIntent::Decline)>"Decline"</Button>
                    </div>
                </div>
            </ActionForm>
        </Panel>
    }
}
