//! The destination form: one form, two buttons, and below them what the test found.

use leptos::prelude::*;

use super::report::Report;
use crate::api::destinations::{DestinationIntent, DestinationOutcome, SaveDestination};
use crate::model::{DestinationForm, DestinationId, OrgName};
use crate::web::components::{Button, ButtonLink, Checkbox, ChoiceGroup, Section, TextArea, TextField, Variant};
use crate::web::forms::{FormError, FormState};

/// The form for a new destination, or with `id` for a change of that one.
#[component]
pub fn Editor(
    organization: OrgName,
    #[prop(optional, into)] id: Option<DestinationId>,
    /// What the fields hold at first.
    held: DestinationForm,
    /// A secret is kept already, so an empty field leaves it as it is.
    #[prop(optional)]
    has_secret: bool,
    save: ServerAction<SaveDestination>,
    form: FormState<DestinationForm, DestinationOutcome>,
) -> impl IntoView {
    let list = Section::Destinations.href(organization.as_str());
    view! {
        <ActionForm action=save>
            <div class="stack">
                <FormError error=form.error />
                <input type="hidden" name="organization" value=organization.to_string() />
                {id.map(|id| view! { <input type="hidden" name="id" value=id.to_string() /> })}
                <Fields held has_secret form />
                <Buttons save list />
                <Found save form />
            </div>
        </ActionForm>
    }
}

#[component]
fn Fields(
    held: DestinationForm,
    has_secret: bool,
    form: FormState<DestinationForm, DestinationOutcome>,
) -> impl IntoView {
    let secret_hint = if has_secret {
        "A password or token is kept. Leave this empty to keep it, or enter a new one. It is never shown."
    } else {
        "Kept sealed and never shown again."
    };
    let plain = matches!(held.plain_http.as_str(), "on" | "true");
    view! {
        <TextField
            name="form[name]"
            label="Name"
            value=held.name
            hint="What people here call it, for example Production ECR."
            error=form.field("name")
            required=true
        />
        <TextField
            name="form[host]"
            label="Host"
            value=held.host
            hint="The registry's name as in docker login, without https:// and without a path."
            error=form.field("host")
            placeholder="registry.example.com"
            required=true
            mono=true
        />
        <TextField
            name="form[prefix]"
            label="Prefix"
            value=held.prefix
            hint="A path in front of every repository Ferry writes there."
            error=form.field("prefix")
            optional=true
            mono=true
        />
        <TextField
            name="form[username]"
            label="Username"
            value=held.username
            error=form.field("username")
            autocomplete="off"
            optional=true
            mono=true
        />
        <TextField
            name="form[secret]"
            label="Password or token"
            kind="password"
            hint=secret_hint
            error=form.field("secret")
            autocomplete="new-password"
            optional=true
        />
        <ChoiceGroup legend="Connection" error=form.field("plain_http")>
            <Checkbox
                name="form[plain_http]"
                label="Plain HTTP"
                hint="Only for a registry on the machine Ferry runs on (localhost, 127.0.0.1)."
                checked=plain
            />
        </ChoiceGroup>
        <TextArea
            name="form[authority]"
            label="Certificate authority (PEM)"
            value=held.authority
            hint="Only for a registry whose certificate comes from an authority of your own."
            error=form.field("authority")
            optional=true
            mono=true
        />
        <TextField
            name="form[requests_per_second]"
            label="Requests a second"
            value=held.requests_per_second
            hint="For a registry that refuses too many, over all Ferry processes together. Without, as fast as it answers."
            error=form.field("requests_per_second")
            inputmode="numeric"
            optional=true
        />
        <TextField
            name="form[megabytes_per_second]"
            label="Megabytes a second"
            value=held.megabytes_per_second
            hint="For a line that others need too, over all Ferry processes together."
            error=form.field("megabytes_per_second")
            inputmode="numeric"
            optional=true
        />
    }
}

#[component]
fn Buttons(save: ServerAction<SaveDestination>, list: String) -> impl IntoView {
    let asked = move |intent| {
        let input = save.input();
        Signal::derive(move || input.with(|input| input.as_ref().is_some_and(|input| input.intent == intent)))
    };
    // Save comes first, because Enter in a field presses the first button.
    view! {
        <div class="cluster">
            <Button name="intent" value="save" variant=Variant::Primary busy=asked(DestinationIntent::Save)>
                "Save"
            </Button>
            <Button name="intent" value="test" busy=asked(DestinationIntent::Test)>"Test connection"</Button>
            <ButtonLink href=list variant=Variant::Quiet>"Cancel"</ButtonLink>
        </div>
        <p class="muted small">
            "Test connection signs in and tries to read and write, and saves nothing."
        </p>
    }
}

#[component]
fn Found(save: ServerAction<SaveDestination>, form: FormState<DestinationForm, DestinationOutcome>) -> impl IntoView {
    let pending = save.pending();
    let found = move || match form.outcome.get() {
        Some(DestinationOutcome::Tested(report)) if !pending.get() => Some(view! { <Report report /> }),
        _ => None,
    };
    view! { <div role="status">{found}</div> }
}
