//! What the forms share that show what would come of them before they are saved, such as those of rules and selections.

use leptos::prelude::*;

use crate::model::Intent;
use crate::web::components::{Button, ButtonLink, Notice, Variant};

/// Why somebody who only looks gets no form; `what` is written with it, such as `rules`.
#[component]
pub fn MayNot(what: &'static str) -> impl IntoView {
    view! {
        <Notice title=format!("Admins write {what}")>
            "Your role in this organization lets you look. Ask an admin or an owner to make the change."
        </Notice>
    }
}

/// *Save*, *Preview* and the way back.
#[component]
pub fn SaveOrPreview(
    /// What the form is being sent for; none while it rests.
    #[prop(into)]
    asked: Signal<Option<Intent>>,
    back: String,
) -> impl IntoView {
    let is = move |intent| Signal::derive(move || asked.get() == Some(intent));
    // Save comes first, because Enter in a field presses the first button.
    view! {
        <div class="cluster">
            <Button name="intent" value="save" variant=Variant::Primary busy=is(Intent::Save)>"Save"</Button>
            <Button name="intent" value="preview" busy=is(Intent::Preview)>"Preview"</Button>
            <ButtonLink href=back variant=Variant::Quiet>"Cancel"</ButtonLink>
        </div>
    }
}
