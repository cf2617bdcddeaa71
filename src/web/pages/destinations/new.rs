//! A new destination.

use leptos::prelude::*;
use leptos_meta::Title;

use super::editor::Editor;
use super::help::AddressHelp;
use crate::api::destinations::{DestinationOutcome, SaveDestination};
use crate::model::DestinationForm;
use crate::web::app::{use_organization, use_role};
use crate::web::components::{Crumb, Loading, Notice, PageHeader, Section};
use crate::web::forms::use_form;

/// The empty form, for admins.
#[component]
pub fn NewDestinationPage() -> impl IntoView {
    let organization = use_organization();
    let may_configure = use_role().may_configure();
    let list = Section::Destinations.href(organization.as_str());

    let save = ServerAction::<SaveDestination>::new();
    let form = use_form::<SaveDestination, DestinationForm, DestinationOutcome>("destination", save);

    view! {
        <Title text="New destination" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="New destination"
                lead="A registry that Ferry may write to, and the account it uses there."
                crumbs=vec![Crumb::new("Destinations", list)]
            />
            <Suspense fallback=|| view! { <Loading rows=6 label="Loading the form" /> }>
                {move || {
                    let organization = organization.clone();
                    Suspend::new(async move {
                        form.ready().await;
                        if !may_configure {
                            return view! {
                                <Notice title="Admins add destinations">
                                    "Your role in this organization lets you look. Ask an admin or an owner to add it."
                                </Notice>
                            }
                            .into_any();
                        }
                        let held = form.held.get_untracked().unwrap_or_default();
                        view! {
                            <div class="split">
                                <Editor organization held save form />
                                <AddressHelp />
                            </div>
                        }
                        .into_any()
                    })
                }}
            </Suspense>
        </div>
    }
}
