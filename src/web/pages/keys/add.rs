//! Trusting one more key.

use leptos::prelude::*;

use crate::api::keys::AddKey;
use crate::model::{KeyForm, KeyId, OrgName};
use crate::web::components::{Button, Panel, TextArea, TextField, Variant};
use crate::web::forms::{FormError, FormState};

/// The form, for admins.
#[component]
pub fn Add(organization: OrgName, add: ServerAction<AddKey>, form: FormState<KeyForm, KeyId>) -> impl IntoView {
    let held = form.held.get_untracked().unwrap_or_default();
    view! {
        <Panel
            title="Trust another key"
            lead="For attestations that somebody other than Docker signed. Compare the fingerprint with the signer's own word before you rely on it."
        >
            <ActionForm action=add>
                <div class="stack">
                    <FormError error=form.error />
                    <input type="hidden" name="organization" value=organization.to_string() />
                    <TextField
                        name="form[name]"
                        label="Name"
                        value=held.name
                        hint="Whose key it is, for example Platform team 2026."
                        error=form.field("name")
                        required=true
                    />
                    <TextArea
                        name="form[pem]"
                        label="Public key (PEM)"
                        value=held.pem
                        hint="An ECDSA P-256 public key, such as the cosign.pub that cosign generate-key-pair writes."
                        error=form.field("pem")
                        mono=true
                    />
                    <div class="cluster">
                        <Button variant=Variant::Primary busy=add.pending()>"Trust this key"</Button>
                    </div>
                </div>
            </ActionForm>
        </Panel>
    }
}
