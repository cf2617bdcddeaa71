//! Every key that counts for the organization, and for admins the way to add and remove.

use leptos::prelude::*;
use leptos_meta::Title;

use super::add::Add;
use crate::api::keys::{AddKey, RemoveKey, list_keys};
use crate::model::{KeyForm, KeyId, KeyOrigin, OrgName, SigningKey};
use crate::web::components::{
    Button, CodeBlock, Confirm, Copyable, KeyValue, KeyValues, Loading, PageHeader, Panel, Size, TimeAgo, Variant,
};
use crate::web::forms::{FormError, use_form};
use crate::web::frame::{use_organization, use_role};
use crate::web::pages::ReadError;

/// The page.
#[component]
pub fn KeysPage() -> impl IntoView {
    let organization = use_organization();
    let may_configure = use_role().may_configure();
    let (add, remove) = (ServerAction::<AddKey>::new(), ServerAction::<RemoveKey>::new());
    let form = use_form::<AddKey, KeyForm, KeyId>("key", add);
    let refused = use_form::<RemoveKey, KeyId, ()>("remove-key", remove);

    let asked = organization.clone();
    let version = move || (add.version().get(), remove.version().get());
    let keys = Resource::new_blocking(version, move |_| list_keys(asked.clone()));
    let form_for = organization.clone();
    view! {
        <Title text="Keys" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="Keys"
                lead="A signature counts when one of these keys made it. Ferry never accepts a new key by itself."
            />
            <Transition fallback=|| view! { <Loading label="Loading the keys" /> }>
                {move || {
                    let organization = organization.clone();
                    Suspend::new(async move {
                        refused.ready().await;
                        let below = match keys.await {
                            Ok(keys) => {
                                let one = |key| view! { <Key key organization=organization.clone() may_configure remove /> };
                                view! { <div class="stack" data-gap="xl">{keys.into_iter().map(one).collect_view()}</div> }
                                    .into_any()
                            }
                            Err(error) => view! { <ReadError error /> }.into_any(),
                        };
                        view! { <div class="stack"><FormError error=refused.error />{below}</div> }
                    })
                }}
            </Transition>
            <Suspense>
                {move || {
                    let organization = form_for.clone();
                    Suspend::new(async move {
                        form.ready().await;
                        if may_configure {
                            view! { <Add organization add form /> }.into_any()
                        } else {
                            view! { <p class="muted small">"Admins and owners of the organization add and remove keys."</p> }
                                .into_any()
                        }
                    })
                }}
            </Suspense>
        </div>
    }
}

#[component]
fn Key(key: SigningKey, organization: OrgName, may_configure: bool, remove: ServerAction<RemoveKey>) -> impl IntoView {
    let name = key.name.clone();
    let (from, own) = match key.origin {
        KeyOrigin::Docker => (view! { "Docker, compiled into Ferry" }.into_any(), None),
        KeyOrigin::Environment => (view! { "Whoever runs this Ferry, for all organizations" }.into_any(), None),
        KeyOrigin::Organization { id, added_by, added_at } => {
            let words = view! {
                {format!("{added_by}, ")}
                <TimeAgo at=added_at />
            };
            (words.into_any(), Some(id))
        }
    };
    let actions = move || own.filter(|_| may_configure).map(|id| view! { <Remove id name organization remove /> });
    view! {
        <Panel title=key.name actions>
            <KeyValues>
                <KeyValue key="Trusted by">{from}</KeyValue>
                <KeyValue key="SHA-256 fingerprint"><Copyable text=key.fingerprint /></KeyValue>
            </KeyValues>
            <CodeBlock text=key.pem label="Public key in PEM" />
        </Panel>
    }
}

#[component]
fn Remove(id: KeyId, name: String, organization: OrgName, remove: ServerAction<RemoveKey>) -> impl IntoView {
    view! {
        <Confirm label="Remove" title=format!("Trust “{name}” no more?") size=Size::Small>
            <p>
                "Attestations that only this key signed count as unsigned from now on, and rules that hold or refuse act \
                 on that. What it proved before stays in the history."
            </p>
            <ActionForm action=remove>
                <input type="hidden" name="organization" value=organization.to_string() />
                <input type="hidden" name="id" value=id.to_string() />
                <Button variant=Variant::Danger busy=remove.pending()>"Remove key"</Button>
            </ActionForm>
        </Confirm>
    }
}
