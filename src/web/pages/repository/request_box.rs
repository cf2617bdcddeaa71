//! Asking for a mirror, for whoever may not start one; and what was asked for before, for everybody.

use leptos::prelude::*;

use crate::api::requests::{AskForMirror, list_requests_of};
use crate::model::{ApiError, CatalogName, MirrorRequest, OrgName, RequestForm, RequestId, Role};
use crate::web::components::{Button, Confirm, Section, TextArea, TextField, TimeAgo, Variant};
use crate::web::forms::{FormError, FormState, use_form};
use crate::web::frame::{use_organization, use_role};
use crate::web::pages::requests::{RequestStatus, asked_by};

/// The form `request`, and the last requests for this repository.
#[derive(Clone, Copy)]
pub struct Asking {
    action: ServerAction<AskForMirror>,
    form: FormState<RequestForm, RequestId>,
    asked: Resource<Result<Vec<MirrorRequest>, ApiError>>,
}

/// For the repository of this name.
pub fn use_asking(organization: OrgName, name: Memo<String>) -> Asking {
    let asked = Resource::new_blocking(
        move || name.get(),
        move |name| {
            let organization = organization.clone();
            async move {
                match name.parse::<CatalogName>() {
                    Ok(source) => list_requests_of(organization, source).await,
                    Err(_) => Ok(Vec::new()),
                }
            }
        },
    );
    let action = ServerAction::<AskForMirror>::new();
    Asking { action, form: use_form("request", action), asked }
}

impl Asking {
    /// Waits for both.
    pub async fn ready(self) -> Asked {
        self.form.ready().await;
        // What cannot be read now is read on the requests' own page, which says why not.
        Asked { asking: self, requests: self.asked.await.unwrap_or_default() }
    }
}

/// What was asked for, and the form.
#[derive(Clone)]
pub struct Asked {
    asking: Asking,
    requests: Vec<MirrorRequest>,
}

/// The requests, and the form where the person may not decide by themselves.
#[component]
pub fn RequestBox(
    asked: Asked,
    source: CatalogName,
    display_name: String,
    /// Why a mirror could not be started just now.
    #[prop(into)]
    refused: Signal<Option<ApiError>>,
) -> impl IntoView {
    let role = use_role();
    let Asked { asking, requests } = asked;
    // Who may mirror asks only where Docker has refused it to them.
    let asks = Memo::new(move |_| {
        !role.may_configure() || (!role.may_decide() && matches!(refused.get(), Some(ApiError::Forbidden(_))))
    });
    let form =
        move || asks.get().then(|| view! { <Ask asking source=source.clone() display_name=display_name.clone() /> });
    view! {
        <Requests requests />
        {form}
    }
}

#[component]
fn Requests(requests: Vec<MirrorRequest>) -> impl IntoView {
    let organization = use_organization();
    let all = Section::Requests.href(organization.as_str());
    let one = move |request: MirrorRequest| {
        view! {
            <li class="stack" data-gap="xs">
                <p class="small">
                    {asked_by(request.asker.clone(), &organization)} " asked for "
                    <span class="mono">{request.name.to_string()}</span> ", " <TimeAgo at=request.requested_at />
                </p>
                <RequestStatus request />
            </li>
        }
    };
    (!requests.is_empty()).then(|| {
        view! {
            <ul class="stack" data-gap="m" aria-label="Requests for it">{requests.into_iter().map(one).collect_view()}</ul>
            <p class="small"><a href=all>"All requests"</a></p>
        }
    })
}

#[component]
fn Ask(asking: Asking, source: CatalogName, display_name: String) -> impl IntoView {
    let organization = use_organization();
    let Asking { action, form, .. } = asking;
    let held = form.held.get_untracked().filter(|held| held.source == source.as_str()).unwrap_or_default();
    let variant = if use_role() == Role::Member { Variant::Primary } else { Variant::Secondary };
    // What was refused without a script must be in sight when the page is back.
    let open = form.error.get_untracked().is_some();
    view! {
        <Confirm
            label="Request a mirror"
            title=format!("Ask for a mirror of {display_name}?")
            variant
            inline=true
            open
        >
            <ActionForm action>
                <div class="stack" data-gap="m">
                    <FormError error=form.error />
                    <input type="hidden" name="organization" value=organization.to_string() />
                    <input type="hidden" name="form[source]" value=source.to_string() />
                    <TextField
                        name="form[name]"
                        label="Name of the mirror"
                        value=held.name
                        hint=format!("Empty means dhi-{source}.")
                        error=form.field("name")
                        optional=true
                        mono=true
                    />
                    <TextArea
                        name="form[note]"
                        label="Note"
                        value=held.note
                        rows=3
                        hint="What it is for; the owners read it."
                        error=form.field("note")
                        optional=true
                    />
                    <div class="cluster">
                        <Button variant=Variant::Primary busy=action.pending()>"Send request"</Button>
                    </div>
                </div>
            </ActionForm>
        </Confirm>
    }
}
