//! A new rule.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::editor::Editor;
use crate::api::destinations::list_destinations;
use crate::api::mirrors::list_mirrors;
use crate::api::rules::{RuleOutcome, SaveRule};
use crate::model::{RepoName, RuleForm};
use crate::web::app::{use_organization, use_role};
use crate::web::components::{Crumb, Loading, PageHeader, Section};
use crate::web::drafts::MayNot;
use crate::web::forms::use_form;
use crate::web::pages::ReadError;

/// The form with what a new rule starts with, for admins; `?mirror=acme/dhi-node` chooses that one.
#[component]
pub fn NewRulePage() -> impl IntoView {
    let organization = use_organization();
    let may_configure = use_role().may_configure();
    let list = Section::Rules.href(organization.as_str());
    let query = use_query_map();
    // Whoever comes from a mirror that no rule forwards finds it chosen.
    let mirror = move || query.read_untracked().get("mirror").and_then(|text| text.parse::<RepoName>().ok());

    let (asked, asked_too) = (organization.clone(), organization.clone());
    let mirrors = Resource::new_blocking(|| (), move |()| list_mirrors(asked.clone()));
    let destinations = Resource::new_blocking(|| (), move |()| list_destinations(asked_too.clone()));
    let save = ServerAction::<SaveRule>::new();
    let form = use_form::<SaveRule, RuleForm, RuleOutcome>("rule", save);

    view! {
        <Title text="New rule" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="New rule"
                lead="Choose what goes where. Preview shows every tag and whether it would go along."
                crumbs=vec![Crumb::new("Rules", list)]
            />
            <Suspense fallback=|| view! { <Loading rows=8 label="Loading the form" /> }>
                {move || {
                    let organization = organization.clone();
                    Suspend::new(async move {
                        form.ready().await;
                        if !may_configure {
                            return view! { <MayNot what="rules" /> }.into_any();
                        }
                        let mirrors = mirrors.await;
                        match destinations.await {
                            Ok(destinations) => {
                                let held = form.held.get_untracked().unwrap_or_else(|| RuleForm::fresh(mirror().as_ref()));
                                view! { <Editor organization held mirrors destinations save form /> }.into_any()
                            }
                            Err(error) => view! { <ReadError error /> }.into_any(),
                        }
                    })
                }}
            </Suspense>
        </div>
    }
}
