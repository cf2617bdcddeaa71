//! Rules: everybody in the organization looks, admins change and run them.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

use crate::model::{ApiError, Intent, OrgName, Preview, PreviewId, Rule, RuleForm, RuleId, RunPart};

/// What came of the form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RuleOutcome {
    Previewed(Preview),
    Saved(RuleId),
}

/// All rules, by name, each with its last run.
#[server(prefix = "/api", endpoint = "rules/list", input = GetUrl)]
pub async fn list_rules(organization: OrgName) -> Result<Vec<Rule>, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::rules::list(&visitor).await?)
}

/// One rule.
#[server(prefix = "/api", endpoint = "rules/get", input = GetUrl)]
pub async fn get_rule(organization: OrgName, id: RuleId) -> Result<Rule, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::rules::get(&visitor, id).await?)
}

/// What a rule would forward now: each tag, and why or why not.
#[server(prefix = "/api", endpoint = "rules/preview", input = GetUrl)]
pub async fn preview_rule(organization: OrgName, id: RuleId) -> Result<Preview, ApiError> {
    let visitor = crate::access::member(&organization).await?;
    Ok(crate::rules::preview_kept(&visitor, id).await?)
}

/// Previews or saves a new rule (`id` none) or a change of one. Form `rule`; goes to the rule's page once saved.
#[server(prefix = "/api", endpoint = "rules/save")]
pub async fn save_rule(
    organization: OrgName,
    id: Option<RuleId>,
    #[server(default)] form: RuleForm,
    #[server(default)] intent: Intent,
) -> Result<RuleOutcome, ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = match intent {
        Intent::Preview => crate::rules::preview(&visitor, &form).await.map(RuleOutcome::Previewed),
        Intent::Save => crate::rules::save(&visitor, id, &form).await.map(RuleOutcome::Saved),
    };
    let answer = answer.map_err(ApiError::from);
    let outcome = match intent {
        Intent::Preview => crate::access::forms::show("rule", &form, answer).await?,
        Intent::Save => crate::access::forms::keep("rule", &form, answer).await?,
    };
    if let RuleOutcome::Saved(id) = &outcome {
        leptos_axum::redirect(&format!("/orgs/{organization}/rules/{id}"));
    }
    Ok(outcome)
}

/// Switches a rule on (`enabled` = `true`) or off, and goes to its page.
#[server(prefix = "/api", endpoint = "rules/enable")]
pub async fn enable_rule(organization: OrgName, id: RuleId, enabled: bool) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::rules::enable(&visitor, id, enabled).await.map_err(ApiError::from);
    crate::access::forms::keep("enable-rule", &id, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/rules/{id}"));
    Ok(())
}

/// Removes a rule; its runs stay. Goes to the list.
#[server(prefix = "/api", endpoint = "rules/delete")]
pub async fn delete_rule(organization: OrgName, id: RuleId) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::rules::delete(&visitor, id).await.map_err(ApiError::from);
    crate::access::forms::keep("delete-rule", &id, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/rules"));
    Ok(())
}

/// Starts a run of exactly what a preview showed, and goes to its page. Form `run-preview`.
#[server(prefix = "/api", endpoint = "rules/run-preview")]
pub async fn run_preview(organization: OrgName, preview: PreviewId) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = crate::forward::start_exactly(&visitor, preview).await.map_err(ApiError::from);
    let run = crate::access::forms::keep("run-preview", &preview, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/runs/{run}"));
    Ok(())
}

/// Starts a run of a rule, of all it takes or of a part, and goes to the run's page. Form `run-rule`.
#[server(prefix = "/api", endpoint = "rules/run")]
pub async fn run_rule(organization: OrgName, id: RuleId, #[server(default)] part: RunPart) -> Result<(), ApiError> {
    let visitor = crate::access::admin(&organization).await?;
    let answer = match part.check() {
        Ok(part) => crate::forward::start(&visitor, id, part).await.map_err(ApiError::from),
        Err(errors) => Err(ApiError::Invalid(errors)),
    };
    let run = crate::access::forms::keep("run-rule", &part, answer).await?;
    leptos_axum::redirect(&format!("/orgs/{organization}/runs/{run}"));
    Ok(())
}
