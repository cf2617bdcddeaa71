//! The form that starts a mirror; its name is checked while it is typed, and again by the server.

use leptos::prelude::*;
use serde::Deserialize;

use crate::api::mirrors::StartMirror;
use crate::model::{CatalogName, MirrorName, Refused};
use crate::web::components::{Button, Field, Variant, described_by};
use crate::web::forms::{FormError, FormState};
use crate::web::frame::use_organization;

/// What the form held.
#[derive(Clone, Debug, Deserialize)]
pub struct Held {
    source: CatalogName,
    name: String,
}

/// The action and the state of the form `mirror`.
#[derive(Clone, Copy)]
pub struct StartForm {
    pub action: ServerAction<StartMirror>,
    pub form: FormState<Held, ()>,
}

/// What is mirrored, and the form's state.
#[derive(Clone)]
pub struct MirrorForm {
    pub source: CatalogName,
    pub display_name: String,
    pub start: StartForm,
}

/// Asks for the repository's name; the organization stands before it.
#[component]
pub fn StartMirrorForm(form: MirrorForm) -> impl IntoView {
    let organization = use_organization().to_string();
    let MirrorForm { source, start: StartForm { action, form }, .. } = form;
    let held = form.held.get_untracked().filter(|held| held.source == source);
    let value = held.map_or_else(|| suggested(&source), |held| held.name);

    // What is being typed speaks for itself; until then the server's answer stands.
    let typed = RwSignal::new(None::<String>);
    let refused = form.field("name");
    let error = Signal::derive(move || match typed.get() {
        Some(name) => name.trim().parse::<MirrorName>().err().map(|Refused(sentence)| sentence),
        None => refused.get(),
    });
    let on_input = move |event| typed.set(Some(event_target_value(&event)));

    view! {
        <ActionForm action on:submit:capture=move |_| typed.set(None)>
            <div class="stack" data-gap="m">
                <FormError error=form.error />
                <input type="hidden" name="organization" value=organization.clone() />
                <input type="hidden" name="source" value=source.to_string() />
                <Field id="name" label="Repository on Docker Hub" hint="Docker makes it if there is none. Its name begins with dhi-." error>
                    <span class="repository__name">
                        <span class="repository__organization">{organization}"/"</span>
                        <input
                            id="name"
                            name="name"
                            type="text"
                            value=value
                            required=true
                            maxlength="255"
                            autocomplete="off"
                            autocapitalize="none"
                            spellcheck="false"
                            data-mono=true
                            aria-describedby=move || described_by("name", true, error.get().is_some())
                            aria-invalid=move || error.get().is_some().then_some("true")
                            on:input=on_input
                        />
                    </span>
                </Field>
                <p class="small muted">
                    "Docker pushes every tag with its attestations, which takes some minutes, and then each new tag."
                </p>
                <div class="cluster">
                    <Button variant=Variant::Primary busy=action.pending()>"Start mirroring"</Button>
                </div>
            </div>
        </ActionForm>
    }
}

fn suggested(source: &CatalogName) -> String {
    format!("dhi-{source}")
}
