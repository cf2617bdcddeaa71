//! The rule form: one form, two buttons, and below them the preview.

use leptos::prelude::*;

use super::fields::Fields;
use super::preview::PreviewTable;
use crate::api::rules::{RuleOutcome, SaveRule};
use crate::model::{ApiError, Destination, MirrorList, OrgName, RuleForm, RuleId};
use crate::web::components::{ButtonLink, EmptyState, Panel, Section, Variant};
use crate::web::drafts::SaveOrPreview;
use crate::web::forms::{FormError, FormState};

/// The form for a new rule, or with `id` for a change of that one.
#[component]
pub fn Editor(
    organization: OrgName,
    #[prop(optional, into)] id: Option<RuleId>,
    /// What the fields hold at first.
    held: RuleForm,
    mirrors: Result<MirrorList, ApiError>,
    destinations: Vec<Destination>,
    save: ServerAction<SaveRule>,
    form: FormState<RuleForm, RuleOutcome>,
) -> impl IntoView {
    if destinations.is_empty() {
        return view! { <DestinationFirst organization /> }.into_any();
    }
    let list = Section::Rules.href(organization.as_str());
    let catalog = Section::Catalog.href(organization.as_str());
    let asked = Signal::derive(move || save.input().with(|input| input.as_ref().map(|input| input.intent)));
    let back = id.map_or_else(|| list.clone(), |id| format!("{list}/{id}"));
    view! {
        <div class="stack" data-gap="xl">
            <ActionForm action=save>
                <div class="stack" data-gap="xl">
                    <FormError error=form.error />
                    <input type="hidden" name="organization" value=organization.to_string() />
                    {id.map(|id| view! { <input type="hidden" name="id" value=id.to_string() /> })}
                    <Fields catalog held mirrors destinations form />
                    <SaveOrPreview asked back />
                </div>
            </ActionForm>
            <Previewed save form />
        </div>
    }
    .into_any()
}

#[component]
fn DestinationFirst(organization: OrgName) -> impl IntoView {
    let href = format!("{}/new", Section::Destinations.href(organization.as_str()));
    let actions = move || view! { <ButtonLink href variant=Variant::Primary>"New destination"</ButtonLink> };
    view! {
        <EmptyState title="A rule needs a destination" actions>
            <p>"Add the registry that the tags should go to, then come back and write the rule."</p>
        </EmptyState>
    }
}

#[component]
fn Previewed(save: ServerAction<SaveRule>, form: FormState<RuleForm, RuleOutcome>) -> impl IntoView {
    let pending = save.pending();
    let shown = move || match form.outcome.get() {
        Some(RuleOutcome::Previewed(preview)) if !pending.get() => Some(view! {
            <Panel title="Preview" lead="What this rule would forward now. Nothing was saved or copied.">
                <PreviewTable preview />
            </Panel>
        }),
        _ => None,
    };
    view! { <div role="status">{shown}</div> }
}
