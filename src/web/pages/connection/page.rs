//! Whose token runs use that no person started, and for admins the form to change it.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::connection::{RemoveConnection, SaveConnection, get_connection};
use crate::model::{Connection, ConnectionForm, OrgName};
use crate::web::components::{
    Button, Confirm, EmptyState, KeyValue, KeyValues, Loading, PageHeader, Panel, Size, TextField, TimeAgo, Variant,
};
use crate::web::forms::{FormError, FormState, use_form};
use crate::web::frame::{use_organization, use_role};
use crate::web::pages::ReadError;

/// The page.
#[component]
pub fn ConnectionPage() -> impl IntoView {
    let organization = use_organization();
    let may_configure = use_role().may_configure();
    let (save, remove) = (ServerAction::<SaveConnection>::new(), ServerAction::<RemoveConnection>::new());
    let form = use_form::<SaveConnection, ConnectionForm, ()>("connection", save);
    let refused = use_form::<RemoveConnection, (), ()>("remove-connection", remove);

    let asked = organization.clone();
    let version = move || (save.version().get(), remove.version().get());
    let connection = Resource::new_blocking(version, move |_| get_connection(asked.clone()));
    view! {
        <Title text="Connection" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="Connection"
                lead="Runs that start by themselves, after a push or on a schedule, read Docker Hub with this token."
            />
            <Transition fallback=|| view! { <Loading label="Loading the connection" /> }>
                {move || {
                    let organization = organization.clone();
                    Suspend::new(async move {
                        form.ready().await;
                        refused.ready().await;
                        let now = match connection.await {
                            Ok(Some(connection)) => {
                                view! { <Now connection organization=organization.clone() may_configure remove /> }.into_any()
                            }
                            Ok(None) => view! { <Nothing /> }.into_any(),
                            Err(error) => view! { <ReadError error /> }.into_any(),
                        };
                        let below = if may_configure {
                            view! { <Change organization save form /> }.into_any()
                        } else {
                            let words = "Admins and owners of the organization change the connection.";
                            view! { <p class="muted small">{words}</p> }.into_any()
                        };
                        view! {
                            <div class="stack" data-gap="xl">
                                <FormError error=refused.error />
                                {now}
                                {below}
                            </div>
                        }
                    })
                }}
            </Transition>
        </div>
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <EmptyState title="Not connected">
            <p>
                "Until a token is saved, only people start runs, and Ferry reads Docker Hub with theirs for as long as they are signed in."
            </p>
        </EmptyState>
    }
}

#[component]
fn Now(
    connection: Connection,
    organization: OrgName,
    may_configure: bool,
    remove: ServerAction<RemoveConnection>,
) -> impl IntoView {
    let actions = move || {
        let organization = organization.to_string();
        may_configure.then(|| {
            view! {
                <Confirm label="Remove" title="Forget this token?" size=Size::Small>
                    <p>"Runs that start by themselves fail from now on, and say why. Rules and history stay."</p>
                    <ActionForm action=remove>
                        <input type="hidden" name="organization" value=organization />
                        <Button variant=Variant::Danger busy=remove.pending()>"Forget the token"</Button>
                    </ActionForm>
                </Confirm>
            }
        })
    };
    view! {
        <Panel title="Connected to Docker Hub" actions>
            <KeyValues>
                <KeyValue key="Username"><span class="mono">{connection.username}</span></KeyValue>
                <KeyValue key="Token">"Kept, sealed"</KeyValue>
                <KeyValue key="Saved">
                    <TimeAgo at=connection.saved_at />
                    {format!(" by {}", connection.saved_by)}
                </KeyValue>
            </KeyValues>
        </Panel>
    }
}

#[component]
fn Change(
    organization: OrgName,
    save: ServerAction<SaveConnection>,
    form: FormState<ConnectionForm, ()>,
) -> impl IntoView {
    let held = form.held.get_untracked().unwrap_or_default();
    view! {
        <Panel
            title="Use another token"
            lead="An organization access token that may read the mirrored repositories is best: it belongs to nobody who might leave. Docker Hub checks it before it is kept."
        >
            <ActionForm action=save>
                <div class="stack">
                    <FormError error=form.error />
                    <input type="hidden" name="organization" value=organization.to_string() />
                    <TextField
                        name="form[username]"
                        label="Username"
                        value=held.username
                        hint="For an organization's own token: the organization's name."
                        error=form.field("username")
                        autocomplete="off"
                        required=true
                        mono=true
                    />
                    <TextField
                        name="form[token]"
                        label="Access token"
                        kind="password"
                        hint="Kept sealed and never shown again."
                        error=form.field("token")
                        autocomplete="new-password"
                        required=true
                    />
                    <div class="cluster">
                        <Button variant=Variant::Primary busy=save.pending()>"Save"</Button>
                    </div>
                </div>
            </ActionForm>
        </Panel>
    }
}
