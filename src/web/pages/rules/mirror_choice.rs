//! The mirrors of a rule as checkboxes; a long list can be searched where there is a script.

use leptos::{ev, prelude::*};

use crate::model::{ApiError, MirrorList};
use crate::web::components::{Checkbox, ChoiceGroup, Field, Notice, Tone};

/// From how many on a search box helps.
const MANY: usize = 8;

/// One mirror that can be chosen.
#[derive(Clone)]
struct Choice {
    repository: String,
    /// What it is a mirror of; none where it is no mirror any more.
    of: Option<String>,
}

/// The list, with what was chosen and exists no longer at its end. `chosen` follows the boxes.
#[component]
pub fn MirrorChoice(
    /// Where mirrors are begun.
    catalog: String,
    mirrors: Result<MirrorList, ApiError>,
    chosen: RwSignal<Vec<String>>,
    #[prop(into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let trouble = mirrors.as_ref().err().map(|error| {
        let words = format!("Your mirrors could not be listed: {error} The ones this rule has already are shown.");
        view! { <Notice tone=Tone::Warning>{words}</Notice> }
    });
    let listed = mirrors.is_ok();
    let choices = choices(mirrors, &chosen.get_untracked(), listed);
    if choices.is_empty() {
        return view! {
            <ChoiceGroup legend="Mirrors" error>
                {trouble}
                <p class="muted">
                    "There is no mirror to forward yet. " <a href=catalog>"Mirror a repository of the catalog"</a> " first."
                </p>
            </ChoiceGroup>
        }
        .into_any();
    }
    let many = choices.len() > MANY;
    let search = RwSignal::new(String::new());
    let choice = move |choice: Choice| view! { <One choice chosen search listed /> };
    view! {
        <ChoiceGroup legend="Mirrors" hint="Tags of these repositories are forwarded." error>
            {trouble}
            {many.then(|| view! { <Search search /> })}
            <div class="mirror-choice" data-long=many>
                {choices.into_iter().map(choice).collect_view()}
            </div>
        </ChoiceGroup>
    }
    .into_any()
}

fn choices(mirrors: Result<MirrorList, ApiError>, chosen: &[String], listed: bool) -> Vec<Choice> {
    let mut choices: Vec<_> = mirrors
        .map(|list| list.mirrors)
        .unwrap_or_default()
        .into_iter()
        .map(|mirror| Choice { repository: mirror.repository.to_string(), of: Some(mirror.source_display_name) })
        .collect();
    let gone: Vec<_> = chosen.iter().filter(|name| !choices.iter().any(|c| c.repository == **name)).collect();
    let of = |_| if listed { None } else { Some(String::new()) };
    choices.extend(gone.into_iter().map(|name| Choice { repository: name.clone(), of: of(name) }));
    choices
}

/// Not there until the page's script is, since it can do nothing without one.
#[component]
fn Search(search: RwSignal<String>) -> impl IntoView {
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let keep = |event: ev::KeyboardEvent| {
        // Enter would save the rule.
        if event.key() == "Enter" {
            event.prevent_default();
        }
    };
    view! {
        <div hidden=move || !ready.get()>
            <Field id="mirror-search" label="Find a mirror">
                <input
                    id="mirror-search"
                    type="search"
                    autocomplete="off"
                    spellcheck="false"
                    on:input=move |event| search.set(event_target_value(&event))
                    on:keydown=keep
                />
            </Field>
        </div>
    }
}

#[component]
fn One(choice: Choice, chosen: RwSignal<Vec<String>>, search: RwSignal<String>, listed: bool) -> impl IntoView {
    let Choice { repository, of } = choice;
    let hint = match of {
        None => "No longer a mirror; its tags can still be forwarded while the repository exists.".to_owned(),
        Some(_) if !listed => String::new(),
        Some(of) => format!("Mirror of {of}"),
    };
    let hint = Some(hint).filter(|hint| !hint.is_empty());
    let found = format!("{repository} {}", hint.as_deref().unwrap_or_default()).to_lowercase();
    let hidden = move || search.with(|search| !found.contains(&search.trim().to_lowercase()));
    let checked = chosen.with_untracked(|chosen| chosen.contains(&repository));
    let name = repository.clone();
    let changed = move |event: ev::Event| {
        let on = event_target_checked(&event);
        chosen.update(|chosen| {
            chosen.retain(|other| *other != name);
            if on {
                chosen.push(name.clone());
            }
        });
    };
    view! {
        <div hidden=hidden>
            <Checkbox
                name="form[mirrors][]"
                value=repository.clone()
                label=repository
                hint
                checked
                on:change=changed
            />
        </div>
    }
}
