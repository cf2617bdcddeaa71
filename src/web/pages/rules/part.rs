//! Running a part of a rule by hand.

use leptos::prelude::*;

use crate::api::rules::RunRule;
use crate::model::{RepoName, RunPart};
use crate::web::components::{Button, Confirm, SelectField, TextField};
use crate::web::forms::FormState;

/// A question beside *Run now*: which mirror, and perhaps which of its tags.
#[component]
pub fn RunAPart(
    mirrors: Vec<RepoName>,
    run: ServerAction<RunRule>,
    form: FormState<RunPart, ()>,
    /// The hidden fields of the page's forms.
    children: Children,
) -> impl IntoView {
    let held = form.held.get_untracked().unwrap_or_default();
    let open = form.error.get_untracked().is_some_and(|error| !error.fields().is_empty());
    let option = |mirror: RepoName| (mirror.to_string(), String::from(mirror));
    let options: Vec<(String, String)> = mirrors.into_iter().map(option).collect();
    view! {
        <Confirm label="Run a part" title="Which part?" open>
            <ActionForm action=run>
                <div class="stack">
                    {children()}
                    <SelectField
                        name="part[mirror]"
                        label="Mirror"
                        options
                        selected=held.mirror
                        error=form.field("mirror")
                    />
                    <TextField
                        name="part[tag]"
                        label="Tag"
                        value=held.tag
                        hint="Empty for all that the rule takes of this mirror."
                        error=form.field("tag")
                        optional=true
                        mono=true
                    />
                    <div class="cluster">
                        <Button busy=run.pending()>"Run this part"</Button>
                    </div>
                </div>
            </ActionForm>
        </Confirm>
    }
}
