//! What admins do with a rule: run it or a part of it, switch it, change it, delete it.

use leptos::prelude::*;

use super::part::RunAPart;
use crate::api::rules::{DeleteRule, EnableRule, RunPreview, RunRule};
use crate::model::{OrgName, PreviewId, Rule, RuleId, RunPart};
use crate::web::components::{Button, ButtonLink, Confirm, Section, Variant};
use crate::web::forms::{FormError, FormState, use_form};

/// The three changes of a rule's page, and what came of each.
#[derive(Clone, Copy)]
pub struct RuleActions {
    pub run: ServerAction<RunRule>,
    pub enable: ServerAction<EnableRule>,
    pub delete: ServerAction<DeleteRule>,
    pub exact: ServerAction<RunPreview>,
    shown: FormState<PreviewId, ()>,
    pub part: FormState<RunPart, ()>,
    answers: [FormState<RuleId, ()>; 2],
}

/// The actions of the page; called once, outside of any `Suspense`.
pub fn use_rule_actions() -> RuleActions {
    let (run, enable, delete) = (ServerAction::new(), ServerAction::new(), ServerAction::new());
    let exact = ServerAction::new();
    let (part, shown) = (use_form("run-rule", run), use_form("run-preview", exact));
    let answers = [use_form("enable-rule", enable), use_form("delete-rule", delete)];
    RuleActions { run, enable, delete, exact, shown, part, answers }
}

impl RuleActions {
    /// Waits until it is known what the last page load posted.
    pub async fn ready(self) {
        self.part.ready().await;
        self.shown.ready().await;
        for answer in self.answers {
            answer.ready().await;
        }
    }

    /// What was refused.
    pub fn trouble(self) -> impl IntoView {
        let answers = self.answers.map(|answer| view! { <FormError error=answer.error /> });
        view! {
            <FormError error=self.part.error />
            <FormError error=self.shown.error />
            {answers}
        }
    }
}

/// *Run now*, *Edit*, the switch and *Delete*, for the head of the page.
#[component]
pub fn Run(
    rule: Rule,
    organization: OrgName,
    run: ServerAction<RunRule>,
    enable: ServerAction<EnableRule>,
    delete: ServerAction<DeleteRule>,
    part: FormState<RunPart, ()>,
) -> impl IntoView {
    let Rule { id, name, enabled, mirrors, .. } = rule;
    let edit = format!("{}/{id}/edit", Section::Rules.href(organization.as_str()));
    let (switch, to) = if enabled { ("Switch off", "false") } else { ("Switch on", "true") };
    let which = move || {
        view! {
            <input type="hidden" name="organization" value=organization.to_string() />
            <input type="hidden" name="id" value=id.to_string() />
        }
    };
    let (for_run, for_part, for_switch, for_delete) = (which.clone(), which.clone(), which.clone(), which);
    view! {
        <div class="cluster">
            <ActionForm action=run>
                {for_run()}
                <Button variant=Variant::Primary disabled=!enabled busy=run.pending()>
                    "Run now"
                </Button>
            </ActionForm>
            {enabled.then(|| view! { <RunAPart mirrors run form=part>{for_part()}</RunAPart> })}
            <ButtonLink href=edit>"Edit"</ButtonLink>
            <ActionForm action=enable>
                {for_switch()}
                <input type="hidden" name="enabled" value=to />
                <Button busy=enable.pending()>{switch}</Button>
            </ActionForm>
            <Confirm label="Delete" title=format!("Delete “{name}”?")>
                <p>
                    "Nothing is forwarded by this rule any more. Its mirrors, its destination, what was forwarded, and the \
                     history of its runs stay."
                </p>
                <ActionForm action=delete>
                    {for_delete()}
                    <Button variant=Variant::Danger busy=delete.pending()>"Delete rule"</Button>
                </ActionForm>
            </Confirm>
        </div>
    }
}

/// *Run exactly this*, below a preview that was kept.
#[component]
pub fn RunExactly(preview: PreviewId, organization: OrgName, exact: ServerAction<RunPreview>) -> impl IntoView {
    view! {
        <ActionForm action=exact>
            <input type="hidden" name="organization" value=organization.to_string() />
            <input type="hidden" name="preview" value=preview.to_string() />
            <div class="cluster">
                <Button busy=exact.pending()>"Run exactly this"</Button>
                <span class="muted small">"These tags at these digests, even where Docker moves one meanwhile."</span>
            </div>
        </ActionForm>
    }
}
