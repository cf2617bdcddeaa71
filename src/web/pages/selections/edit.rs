//! A change of a selection, and its end.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::editor::Editor;
use crate::api::selections::{DeleteSelection, SaveSelection, SelectionOutcome, get_selection, get_selection_choices};
use crate::model::{ApiError, OrgName, Refused, Selection, SelectionChoices, SelectionForm, SelectionId};
use crate::web::components::{Button, Confirm, Crumb, Loading, PageHeader, Section, Variant};
use crate::web::drafts::MayNot;
use crate::web::forms::{FormError, use_form};
use crate::web::frame::{use_organization, use_role};
use crate::web::pages::ReadError;

/// The form of the selection in the address, for admins; what it takes, for everybody.
#[component]
pub fn EditSelectionPage() -> impl IntoView {
    let organization = use_organization();
    let may_configure = use_role().may_configure();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default().parse::<SelectionId>());

    let asked = organization.clone();
    let answers = Resource::new_blocking(
        move || id.get(),
        move |id| {
            let organization = asked.clone();
            async move {
                let id = id.map_err(|Refused(_)| ApiError::NotFound("There is no such selection.".to_owned()))?;
                let selection = get_selection(organization.clone(), id).await?;
                let choices = get_selection_choices(organization).await?;
                Ok::<(Selection, SelectionChoices), ApiError>((selection, choices))
            }
        },
    );
    let (save, delete) = (ServerAction::<SaveSelection>::new(), ServerAction::<DeleteSelection>::new());
    let form = use_form::<SaveSelection, SelectionForm, SelectionOutcome>("selection", save);
    let refused = use_form::<DeleteSelection, SelectionId, ()>("delete-selection", delete);

    view! {
        <Suspense fallback=|| view! { <Loading rows=8 label="Loading the selection" /> }>
            {move || {
                let organization = organization.clone();
                Suspend::new(async move {
                    form.ready().await;
                    refused.ready().await;
                    let requests = Section::Requests.href(organization.as_str());
                    let list = format!("{requests}/selections");
                    let crumbs = vec![Crumb::new("Requests", requests), Crumb::new("Selections", list.clone())];
                    let (selection, choices) = match answers.await {
                        Ok(answers) => answers,
                        Err(error) => {
                            return view! {
                                <Title text="Selection" />
                                <div class="stack" data-gap="xl">
                                    <PageHeader title="Selection" crumbs />
                                    <ReadError error way_on=("All selections", list) />
                                </div>
                            }
                                .into_any();
                        }
                    };
                    let (id, name) = (selection.id, selection.name.to_string());
                    let lead = format!("{}, at most {}.", selection.filter.sentence(), selection.cap);
                    let (of_delete, called) = (organization.clone(), name.clone());
                    let actions = move || {
                        may_configure.then(|| view! { <Delete id name=called organization=of_delete delete /> })
                    };
                    let below = if may_configure {
                        let held = form.held.get_untracked().unwrap_or_else(|| SelectionForm::of(&selection));
                        view! { <Editor organization id held choices save form /> }.into_any()
                    } else {
                        view! { <MayNot what="selections" /> }.into_any()
                    };
                    view! {
                        <Title text=name.clone() />
                        <div class="stack" data-gap="xl">
                            <PageHeader title=name lead crumbs actions />
                            <FormError error=refused.error />
                            {below}
                        </div>
                    }
                        .into_any()
                })
            }}
        </Suspense>
    }
}

#[component]
fn Delete(
    id: SelectionId,
    name: String,
    organization: OrgName,
    delete: ServerAction<DeleteSelection>,
) -> impl IntoView {
    view! {
        <Confirm label="Delete" title=format!("Delete “{name}”?")>
            <p>"It asks for nothing any more, and what it asked for and is open is withdrawn. Mirrors that were started stay."</p>
            <ActionForm action=delete>
                <input type="hidden" name="organization" value=organization.to_string() />
                <input type="hidden" name="id" value=id.to_string() />
                <Button variant=Variant::Danger busy=delete.pending()>"Delete selection"</Button>
            </ActionForm>
        </Confirm>
    }
}
