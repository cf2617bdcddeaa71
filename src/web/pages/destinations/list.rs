//! All destinations of the organization.

use leptos::prelude::*;
use leptos_meta::Title;

use super::delete::Delete;
use crate::api::destinations::{DeleteDestination, list_destinations};
use crate::model::{Destination, DestinationId, OrgName};
use crate::web::app::{use_organization, use_role};
use crate::web::components::{
    Badge, ButtonLink, Cell, Column, DataTable, EmptyState, HeadCell, Loading, PageHeader, Section, Size, Tone, Variant,
};
use crate::web::forms::{FormError, use_form};
use crate::web::pages::ReadError;

/// The table, and for admins the way to a new one.
#[component]
pub fn DestinationsPage() -> impl IntoView {
    let organization = use_organization();
    let may_configure = use_role().may_configure();
    let base = Section::Destinations.href(organization.as_str());

    let delete = ServerAction::<DeleteDestination>::new();
    let refused = use_form::<DeleteDestination, DestinationId, ()>("delete-destination", delete);

    let asked = organization.clone();
    let destinations =
        Resource::new_blocking(move || delete.version().get(), move |_| list_destinations(asked.clone()));

    let new = move || may_configure.then(|| view! { <NewLink base=base.clone() /> });
    view! {
        <Title text="Destinations" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="Destinations"
                lead="Registries that rules write to. Passwords and tokens are kept sealed and are never shown again."
                actions=new
            />
            <Transition fallback=|| view! { <Loading label="Loading destinations" /> }>
                {move || {
                    let organization = organization.clone();
                    Suspend::new(async move {
                        refused.ready().await;
                        let below = match destinations.await {
                            Ok(rows) if rows.is_empty() => view! { <NoDestination organization may_configure /> }.into_any(),
                            Ok(rows) => view! { <Table rows organization may_configure delete /> }.into_any(),
                            Err(error) => view! { <ReadError error /> }.into_any(),
                        };
                        view! { <div class="stack"><FormError error=refused.error />{below}</div> }
                    })
                }}
            </Transition>
        </div>
    }
}

#[component]
fn NewLink(base: String) -> impl IntoView {
    view! { <ButtonLink href=format!("{base}/new") variant=Variant::Primary>"New destination"</ButtonLink> }
}

#[component]
fn NoDestination(organization: OrgName, may_configure: bool) -> impl IntoView {
    let base = Section::Destinations.href(organization.as_str());
    let actions = move || may_configure.then(|| view! { <NewLink base /> });
    let who = if may_configure {
        "Add the first one, then write a rule that forwards mirrors to it."
    } else {
        "An admin of the organization can add one."
    };
    view! {
        <EmptyState title="No destination yet" actions>
            <p>
                "A destination is a registry of yours, such as Amazon ECR or Harbor, with the account that may write to it. "
                {who}
            </p>
        </EmptyState>
    }
}

#[component]
fn Table(
    rows: Vec<Destination>,
    organization: OrgName,
    may_configure: bool,
    delete: ServerAction<DeleteDestination>,
) -> impl IntoView {
    let mut columns =
        vec![Column::text("Name"), Column::text("Address"), Column::text("Username"), Column::text("Rules")];
    if may_configure {
        columns.push(Column::unseen("Actions"));
    }
    let base = Section::Destinations.href(organization.as_str());
    let row = move |destination: Destination| {
        let href = format!("{base}/{}", destination.id);
        let plain = destination.plain_http.then(|| view! { <Badge tone=Tone::Warning>"Plain HTTP"</Badge> });
        let paused = destination.pause.is_some().then(|| view! { <Badge tone=Tone::Warning>"Paused"</Badge> });
        let exposed = destination.exposed_at.is_some().then(|| view! { <Badge tone=Tone::Danger>"Public"</Badge> });
        let rules = if destination.rules.is_empty() { "None".to_owned() } else { destination.rules.join(", ") };
        let edit = href.clone();
        let organization = organization.clone();
        let name = destination.name.to_string();
        let address = destination.address();
        let username = destination.username.clone();
        let actions = may_configure.then(|| {
            view! {
                <Cell>
                    <div class="cluster" data-align="end">
                        <ButtonLink href=edit size=Size::Small>"Edit"</ButtonLink>
                        <Delete destination organization delete size=Size::Small />
                    </div>
                </Cell>
            }
        });
        view! {
            <tr>
                <HeadCell label="Name"><span class="cluster" data-gap="xs"><a href=href>{name}</a>{exposed}{paused}</span></HeadCell>
                <Cell label="Address">
                    <span class="cluster" data-gap="xs"><span class="mono">{address}</span>{plain}</span>
                </Cell>
                <Cell label="Username">
                    {username.map_or_else(
                        || view! { <span class="muted">"None, anonymous"</span> }.into_any(),
                        |name| view! { <span class="mono">{name}</span> }.into_any(),
                    )}
                </Cell>
                <Cell label="Rules">{rules}</Cell>
                {actions}
            </tr>
        }
    };
    view! { <DataTable caption="Destinations" columns>{rows.into_iter().map(row).collect_view()}</DataTable> }
}
