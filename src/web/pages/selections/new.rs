//! A new selection.

use leptos::prelude::*;
use leptos_meta::Title;

use super::editor::Editor;
use crate::api::selections::{SaveSelection, SelectionOutcome, get_selection_choices};
use crate::model::SelectionForm;
use crate::web::components::{Crumb, Loading, PageHeader, Section};
use crate::web::drafts::MayNot;
use crate::web::forms::use_form;
use crate::web::frame::{use_organization, use_role};
use crate::web::pages::ReadError;

/// The form, for admins.
#[component]
pub fn NewSelectionPage() -> impl IntoView {
    let organization = use_organization();
    let may_configure = use_role().may_configure();
    let requests = Section::Requests.href(organization.as_str());
    let list = format!("{requests}/selections");

    let asked = organization.clone();
    let choices = Resource::new_blocking(|| (), move |()| get_selection_choices(asked.clone()));
    let save = ServerAction::<SaveSelection>::new();
    let form = use_form::<SaveSelection, SelectionForm, SelectionOutcome>("selection", save);

    view! {
        <Title text="New selection" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="New selection"
                lead="Say which repositories you want mirrored. Preview counts them; once saved, the selection asks for them."
                crumbs=vec![Crumb::new("Requests", requests), Crumb::new("Selections", list)]
            />
            <Suspense fallback=|| view! { <Loading rows=8 label="Loading the form" /> }>
                {move || {
                    let organization = organization.clone();
                    Suspend::new(async move {
                        form.ready().await;
                        if !may_configure {
                            return view! { <MayNot what="selections" /> }.into_any();
                        }
                        match choices.await {
                            Ok(choices) => {
                                let held = form.held.get_untracked().unwrap_or_else(SelectionForm::fresh);
                                view! { <Editor organization held choices save form /> }.into_any()
                            }
                            Err(error) => view! { <ReadError error /> }.into_any(),
                        }
                    })
                }}
            </Suspense>
        </div>
    }
}
