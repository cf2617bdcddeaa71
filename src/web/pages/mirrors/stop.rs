//! Several mirrors stopped at once, asked about first: the question names the rules that fall silent.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::outcomes::{self, Summary};
use crate::api::mirrors::{StopMirrors, list_mirrors};
use crate::model::{Mirror, MirrorList, MirrorName, MirrorOutcome};
use crate::web::components::{
    Button, ButtonLink, Cell, Column, Crumb, DataTable, EmptyState, HeadCell, Loading, Notice, PageHeader, Section,
    Tone, Variant,
};
use crate::web::format;
use crate::web::forms::{FormError, FormState, use_form};
use crate::web::frame::{use_organization, use_role};
use crate::web::pages::ReadError;

/// The form `stop-mirrors`.
#[derive(Clone, Copy)]
struct Stopping {
    action: ServerAction<StopMirrors>,
    form: FormState<Vec<MirrorName>, Vec<MirrorOutcome>>,
}

/// The page; `?name=` names each mirror.
#[component]
pub fn StopMirrorsPage() -> impl IntoView {
    let organization = use_organization();
    let query = use_query_map();
    let names = Memo::new(move |_| query.read().get_all("name").unwrap_or_default());
    let crumbs = vec![Crumb::new("Mirrors", Section::Mirrors.href(organization.as_str()))];

    let action = ServerAction::<StopMirrors>::new();
    let stopping = Stopping { action, form: use_form("stop-mirrors", action) };
    let list = Resource::new_blocking(move || action.version().get(), move |_| list_mirrors(organization.clone()));

    view! {
        <Title text="Stop mirroring" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="Stop mirroring"
                lead="The repositories and their tags stay on Docker Hub. Updates stop: no new tags and no fixes arrive."
                crumbs
            />
            <Transition fallback=|| view! { <Loading rows=4 label="Loading the mirrors" /> }>
                {move || {
                    let names = names.get();
                    Suspend::new(async move {
                        stopping.form.ready().await;
                        match list.await {
                            Ok(list) => view! { <Question list names stopping /> }.into_any(),
                            Err(error) => view! { <ReadError error /> }.into_any(),
                        }
                    })
                }}
            </Transition>
        </div>
    }
}

#[component]
fn Question(list: MirrorList, names: Vec<String>, stopping: Stopping) -> impl IntoView {
    let organization = use_organization();
    let base = Section::Mirrors.href(organization.as_str());
    if !use_role().may_mirror() {
        let words = format!("Owners and editors of {organization} may stop mirrors. Ask one of them.");
        return view! { <Notice tone=Tone::Neutral>{words}</Notice> }.into_any();
    }
    let is_named = |mirror: &Mirror| names.iter().any(|name| name == mirror.repository.name());
    let (chosen, others): (Vec<Mirror>, Vec<Mirror>) = list.mirrors.into_iter().partition(is_named);
    let Stopping { action, form } = stopping;
    let outcome = move || {
        form.outcome.get().map(|outcomes| {
            let (all, refused) = (outcomes.len(), outcomes::refused(&outcomes));
            let lines = outcomes.iter().filter_map(|one| Some(format!("{}: {}", one.name, one.refused.clone()?)));
            let lines = lines.map(|line| view! { <li>{line}</li> }).collect_view();
            view! {
                <Summary all refused done="stopped" advice="Those that were refused can be tried again.">
                    <ul>{lines}</ul>
                </Summary>
            }
        })
    };
    if chosen.is_empty() {
        let actions = move || view! { <ButtonLink href=base>"All mirrors"</ButtonLink> };
        return view! {
            <FormError error=form.error />
            {outcome}
            <EmptyState title="No mirror is chosen" actions>
                "Tick the mirrors to stop in the list. One that was stopped meanwhile is not shown here."
            </EmptyState>
        }
        .into_any();
    }
    let number = u64::try_from(chosen.len()).unwrap_or(u64::MAX);
    let rules = silenced(&chosen, &others);
    let fields = chosen.iter().enumerate().map(|(n, mirror)| {
        view! { <input type="hidden" name=format!("names[{n}]") value=mirror.repository.name().to_owned() /> }
    });
    let fields = fields.collect_view();
    view! {
        <div class="stack">
            <FormError error=form.error />
            {outcome}
            <Rules rules />
            <Chosen chosen />
            <ActionForm action>
                <input type="hidden" name="organization" value=organization.to_string() />
                {fields}
                <div class="cluster">
                    <Button variant=Variant::Danger busy=action.pending()>
                        {format!("Stop {}", format::counted(number, "mirror"))}
                    </Button>
                    <ButtonLink href=base>"Keep them"</ButtonLink>
                </div>
            </ActionForm>
        </div>
    }
    .into_any()
}

/// What happens to the rules of the chosen: by name, with the mirrors that are left to each.
fn silenced(chosen: &[Mirror], others: &[Mirror]) -> BTreeMap<String, Vec<String>> {
    let rules = chosen.iter().flat_map(|mirror| &mirror.rules);
    rules
        .map(|rule| {
            let left = others.iter().filter(|mirror| mirror.rules.contains(rule));
            (rule.clone(), left.map(|mirror| mirror.repository.name().to_owned()).collect())
        })
        .collect()
}

#[component]
fn Rules(rules: BTreeMap<String, Vec<String>>) -> impl IntoView {
    if rules.is_empty() {
        return view! { <Notice tone=Tone::Neutral>"No rule forwards them."</Notice> }.into_any();
    }
    let (silent, going_on): (Vec<_>, Vec<_>) = rules.into_iter().partition(|(_, left)| left.is_empty());
    let silent = (!silent.is_empty()).then(|| {
        let names: Vec<_> = silent.into_iter().map(|(rule, _)| view! { <li>{rule}</li> }).collect();
        view! {
            <p>"These rules fall silent, since all their mirrors are stopped:"</p>
            <ul aria-label="Rules that fall silent">{names}</ul>
        }
    });
    let going_on = (!going_on.is_empty()).then(|| {
        let line = |(rule, left): (String, Vec<String>)| format!("{rule} (with {})", left.join(", "));
        let names: Vec<_> = going_on.into_iter().map(|rule| view! { <li>{line(rule)}</li> }).collect();
        view! {
            <p>"These rules go on with their other mirrors:"</p>
            <ul aria-label="Rules that go on">{names}</ul>
        }
    });
    view! { <Notice tone=Tone::Warning title="Rules that forward them">{silent} {going_on}</Notice> }.into_any()
}

#[component]
fn Chosen(chosen: Vec<Mirror>) -> impl IntoView {
    let columns = vec![Column::text("Repository"), Column::text("Source"), Column::text("Forwarded by")];
    let row = |mirror: Mirror| {
        let rules = if mirror.rules.is_empty() { "No rule".to_owned() } else { mirror.rules.join(", ") };
        view! {
            <tr>
                <HeadCell label="Repository"><span class="mono">{mirror.repository.to_string()}</span></HeadCell>
                <Cell label="Source">{mirror.source_display_name}</Cell>
                <Cell label="Forwarded by">{rules}</Cell>
            </tr>
        }
    };
    view! { <DataTable caption="Mirrors to stop" columns>{chosen.into_iter().map(row).collect_view()}</DataTable> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_falls_silent_when_all_its_mirrors_are_stopped() {
        let chosen = [Mirror::example("a", &["One", "Both"]), Mirror::example("b", &["One"])];
        let rules = silenced(&chosen, &[Mirror::example("c", &["Both", "Other"])]);
        assert_eq!(rules["One"], Vec::<String>::new());
        assert_eq!(rules["Both"], ["dhi-c"]);
        assert!(!rules.contains_key("Other"));
    }
}
