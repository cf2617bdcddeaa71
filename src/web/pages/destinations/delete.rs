//! Removing a destination: asks first, or says which rules keep it.

use leptos::prelude::*;

use crate::api::destinations::DeleteDestination;
use crate::model::{Destination, OrgName};
use crate::web::components::{Button, Confirm, Size, Variant};

/// The button with its question; where rules write to the destination it names them instead.
#[component]
pub fn Delete(
    destination: Destination,
    organization: OrgName,
    delete: ServerAction<DeleteDestination>,
    #[prop(optional)] size: Size,
) -> impl IntoView {
    let Destination { id, name, rules, .. } = destination;
    if !rules.is_empty() {
        let words = format!(
            "It stays while rules write to it: {}. Delete those rules or point them elsewhere first.",
            rules.join(", ")
        );
        return view! {
            <Confirm label="Delete" title=format!("“{name}” is in use") size inline=true>
                <p>{words}</p>
            </Confirm>
        }
        .into_any();
    }
    view! {
        <Confirm label="Delete" title=format!("Delete “{name}”?") size inline=true>
            <p>
                "Ferry forgets this registry and the account it used there. What was forwarded to it stays in the registry, \
                 and the history of runs stays here."
            </p>
            <ActionForm action=delete>
                <input type="hidden" name="organization" value=organization.to_string() />
                <input type="hidden" name="id" value=id.to_string() />
                <Button variant=Variant::Danger busy=delete.pending()>"Delete destination"</Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}
