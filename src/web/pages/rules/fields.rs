//! The fields of the rule form.

use leptos::prelude::*;

use super::how::How;
use super::mirror_choice::MirrorChoice;
use super::target_names::TargetNames;
use super::when::When;
use crate::api::rules::RuleOutcome;
use crate::model::{ApiError, Destination, MirrorList, RuleForm};
use crate::web::components::{Panel, SelectField, TextArea, TextField};
use crate::web::forms::FormState;

/// What, where, which tags, under which name, and how. With a script the names follow what is typed.
#[component]
pub fn Fields(
    /// Where mirrors are begun.
    catalog: String,
    held: RuleForm,
    mirrors: Result<MirrorList, ApiError>,
    destinations: Vec<Destination>,
    form: FormState<RuleForm, RuleOutcome>,
) -> impl IntoView {
    let chosen = RwSignal::new(held.mirrors.clone());
    let destination = RwSignal::new(held.destination.clone());
    let template = RwSignal::new(held.template.clone());
    let options = std::iter::once((String::new(), "Choose a destination".to_owned()))
        .chain(destinations.iter().map(|d| (d.id.to_string(), format!("{} ({})", d.name, d.address()))))
        .collect::<Vec<_>>();
    let (how, schedule) = (held.clone(), held.schedule.clone());
    view! {
        <TextField
            name="form[name]"
            label="Name"
            value=held.name
            hint="What people here call it, for example Node to production."
            error=form.field("name")
            required=true
        />
        <MirrorChoice catalog mirrors chosen error=form.field("mirrors") />
        <SelectField
            name="form[destination]"
            label="Destination"
            options
            selected=held.destination
            error=form.field("destination")
            required=true
            on:change=move |event| destination.set(event_target_value(&event))
        />
        <Patterns include=held.include exclude=held.exclude form />
        <Panel title="Name at the destination">
            <TextField
                name="form[template]"
                label="Repository name"
                value=held.template
                hint="{mirror} is the mirror's name (dhi-node), {name} the same without dhi- (node), {organization} your organization. The destination's prefix comes in front."
                error=form.field("template")
                required=true
                mono=true
                on:input=move |event| template.set(event_target_value(&event))
            />
            <TargetNames chosen destination template destinations />
        </Panel>
        <How held=how form />
        <When held=schedule form />
    }
}

#[component]
fn Patterns(include: String, exclude: String, form: FormState<RuleForm, RuleOutcome>) -> impl IntoView {
    view! {
        <Panel
            title="Tags"
            lead="One pattern a line: a glob such as 22*, or a regular expression between slashes such as /^22\\.[0-9]+$/."
        >
            <div class="grid" data-min="l" data-gap="l">
                <TextArea
                    name="form[include]"
                    label="Include"
                    value=include
                    hint="Empty means every tag."
                    error=form.field("include")
                    optional=true
                    mono=true
                />
                <TextArea
                    name="form[exclude]"
                    label="Exclude"
                    value=exclude
                    hint="Stays behind even where an include matches."
                    error=form.field("exclude")
                    optional=true
                    mono=true
                />
            </div>
        </Panel>
    }
}
