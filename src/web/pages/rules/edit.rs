//! A change of a rule.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::editor::Editor;
use crate::api::destinations::list_destinations;
use crate::api::mirrors::list_mirrors;
use crate::api::rules::{RuleOutcome, SaveRule, get_rule};
use crate::model::{ApiError, Destination, MirrorList, Refused, Rule, RuleForm, RuleId};
use crate::web::app::{use_organization, use_role};
use crate::web::components::{Crumb, Loading, PageHeader, Section};
use crate::web::drafts::MayNot;
use crate::web::forms::use_form;
use crate::web::pages::ReadError;

type Answers = (Rule, Result<MirrorList, ApiError>, Vec<Destination>);

/// The form of the rule in the address, for admins.
#[component]
pub fn EditRulePage() -> impl IntoView {
    let organization = use_organization();
    let may_configure = use_role().may_configure();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default().parse::<RuleId>());

    let asked = organization.clone();
    let answers = Resource::new_blocking(
        move || id.get(),
        move |id| {
            let organization = asked.clone();
            async move {
                let id = id.map_err(|Refused(_)| ApiError::NotFound("There is no such rule.".to_owned()))?;
                let rule = get_rule(organization.clone(), id).await?;
                // Without the list the chosen mirrors can still be shown.
                let mirrors = list_mirrors(organization.clone()).await;
                let destinations = list_destinations(organization).await?;
                Ok::<Answers, ApiError>((rule, mirrors, destinations))
            }
        },
    );
    let save = ServerAction::<SaveRule>::new();
    let form = use_form::<SaveRule, RuleForm, RuleOutcome>("rule", save);

    view! {
        <Suspense fallback=|| view! { <Loading rows=8 label="Loading the rule" /> }>
            {move || {
                let organization = organization.clone();
                Suspend::new(async move {
                    form.ready().await;
                    let list = Section::Rules.href(organization.as_str());
                    let (rule, mirrors, destinations) = match answers.await {
                        Ok(answers) => answers,
                        Err(error) => {
                            return page("Edit rule".to_owned(), vec![Crumb::new("Rules", list.clone())], view! {
                                <ReadError error way_on=("All rules", list) />
                            }.into_any());
                        }
                    };
                    let href = format!("{list}/{}", rule.id);
                    let crumbs = vec![Crumb::new("Rules", list), Crumb::new(rule.name.as_str(), href)];
                    let title = format!("Edit {}", rule.name);
                    if !may_configure {
                        return page(title, crumbs, view! { <MayNot what="rules" /> }.into_any());
                    }
                    let held = form.held.get_untracked().unwrap_or_else(|| RuleForm::of(&rule));
                    let editor = view! { <Editor organization id=rule.id held mirrors destinations save form /> };
                    page(title, crumbs, editor.into_any())
                })
            }}
        </Suspense>
    }
}

fn page(title: String, crumbs: Vec<Crumb>, below: AnyView) -> AnyView {
    view! {
        <Title text=title.clone() />
        <div class="stack" data-gap="xl">
            <PageHeader title crumbs />
            {below}
        </div>
    }
    .into_any()
}
