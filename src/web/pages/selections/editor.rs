//! The selection form: one form, two buttons, and below them the preview.

use leptos::prelude::*;

use super::preview::Previewed;
use crate::api::selections::{SaveSelection, SelectionOutcome};
use crate::model::{Choice, OrgName, RepositoryKind, SelectionChoices, SelectionForm, SelectionId};
use crate::web::components::{Checkbox, ChoiceGroup, Section, SelectField, TextField};
use crate::web::drafts::SaveOrPreview;
use crate::web::forms::{FormError, FormState};

/// The form for a new selection, or with `id` for a change of that one.
#[component]
pub fn Editor(
    organization: OrgName,
    #[prop(optional, into)] id: Option<SelectionId>,
    /// What the fields hold at first.
    held: SelectionForm,
    choices: SelectionChoices,
    save: ServerAction<SaveSelection>,
    form: FormState<SelectionForm, SelectionOutcome>,
) -> impl IntoView {
    let back = format!("{}/selections", Section::Requests.href(organization.as_str()));
    let asked = Signal::derive(move || save.input().with(|input| input.as_ref().map(|input| input.intent)));
    let pending = save.pending();
    let shown = move || match form.outcome.get() {
        Some(SelectionOutcome::Previewed(preview)) if !pending.get() => Some(view! { <Previewed preview /> }),
        _ => None,
    };
    view! {
        <div class="stack" data-gap="xl">
            <ActionForm action=save>
                <div class="stack">
                    <FormError error=form.error />
                    <input type="hidden" name="organization" value=organization.to_string() />
                    {id.map(|id| view! { <input type="hidden" name="id" value=id.to_string() /> })}
                    <Fields held choices form />
                    <SaveOrPreview asked back />
                </div>
            </ActionForm>
            <div role="status">{shown}</div>
        </div>
    }
}

#[component]
fn Fields(
    held: SelectionForm,
    choices: SelectionChoices,
    form: FormState<SelectionForm, SelectionOutcome>,
) -> impl IntoView {
    let SelectionChoices { categories, distributions, platforms } = choices;
    let kinds = [RepositoryKind::Image, RepositoryKind::HelmChart].map(|kind| choice(kind.as_str(), kind.label()));
    let platforms = platforms.iter().map(|platform| choice(platform, platform)).collect();
    let select = move |field: &'static str, label: &'static str, choices: Vec<Choice>, held: String| {
        let options = options(choices, &held);
        view! { <SelectField name=format!("form[{field}]") label options selected=held error=form.field(field) /> }
    };
    view! {
        <TextField
            name="form[name]"
            label="Name"
            value=held.name
            hint="What people here call it, for example Databases on Debian 13."
            error=form.field("name")
            required=true
        />
        <div class="grid" data-gap="l">
            <TextField
                name="form[words]"
                label="Words"
                value=held.words
                hint="Each stands in the name or the description."
                error=form.field("words")
                optional=true
            />
            {select("category", "Category", categories, held.category)}
            {select("kind", "Kind", kinds.to_vec(), held.kind)}
            {select("distribution", "Distribution", distributions, held.distribution)}
            {select("platform", "Platform", platforms, held.platform)}
            <TextField
                name="form[cap]"
                label="Cap"
                value=held.cap
                hint="Most mirrors it proposes and starts together, 1 to 1000."
                error=form.field("cap")
                inputmode="numeric"
                required=true
            />
        </div>
        <ChoiceGroup legend="Only repositories with" row=true>
            <Checkbox name="form[fips]" label="FIPS variants" checked={held.fips == "true"} />
            <Checkbox name="form[stig]" label="STIG variants" checked={held.stig == "true"} />
        </ChoiceGroup>
    }
}

fn choice(id: &str, name: &str) -> Choice {
    Choice { id: id.to_owned(), name: name.to_owned() }
}

/// All first; what is chosen stays to be chosen, also where the catalog does not have it any more.
fn options(choices: Vec<Choice>, held: &str) -> Vec<(String, String)> {
    let gone = !held.is_empty() && !choices.iter().any(|choice| choice.id == held);
    let gone = gone.then(|| (held.to_owned(), format!("{held} (not in the catalog)")));
    let listed = choices.into_iter().map(|choice| (choice.id, choice.name));
    std::iter::once((String::new(), "All".to_owned())).chain(listed).chain(gone).collect()
}
