//! Docker Scout's letter for an image, with the policies it is made of behind it.

use leptos::prelude::*;

use super::{Check, CheckList, Outcome};
use crate::model::{HealthPolicy, HealthScore, PolicyStatus};
use crate::web::format::counted;

/// The letter and how the policies are kept; it opens to each of them.
#[component]
pub fn HealthMark(score: HealthScore) -> impl IntoView {
    let HealthScore { score, policies } = score;
    let words = summary(&policies);
    let lead = view! { "Score " <strong>{score}</strong> };
    if policies.is_empty() {
        return view! { <span>{lead}</span> }.into_any();
    }
    view! {
        <details class="health-mark">
            <summary>{lead} <span class="muted">{words}</span></summary>
            <CheckList label="Policies">{policies.into_iter().map(policy).collect_view()}</CheckList>
        </details>
    }
    .into_any()
}

fn policy(policy: HealthPolicy) -> impl IntoView {
    let HealthPolicy { label, description, status, violations } = policy;
    let outcome = match status {
        PolicyStatus::Pass => Outcome::Passed,
        PolicyStatus::Fail => Outcome::Failed,
        PolicyStatus::Unknown => Outcome::Skipped,
    };
    let more = match status {
        PolicyStatus::Fail if violations > 0 => Some(counted(violations, "violation")),
        PolicyStatus::Unknown => Some("Docker does not say whether it is kept.".to_owned()),
        PolicyStatus::Pass | PolicyStatus::Fail => None,
    };
    view! {
        <Check outcome title=label>
            {description}
            {more.map(|more| view! { <div>{more}</div> })}
        </Check>
    }
}

fn summary(policies: &[HealthPolicy]) -> String {
    let of = |status| policies.iter().filter(|policy| policy.status == status).count();
    match (of(PolicyStatus::Fail), of(PolicyStatus::Unknown)) {
        (0, 0) => ", every policy is kept".to_owned(),
        (broken, 0) => format!(", {broken} not kept"),
        (0, unknown) => format!(", {unknown} not known"),
        (broken, unknown) => format!(", {broken} not kept, {unknown} not known"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_nobody_knows_about_is_not_called_kept() {
        let said = |all: &[PolicyStatus]| {
            let policy = |status: &PolicyStatus| HealthPolicy {
                label: String::new(),
                description: String::new(),
                status: *status,
                violations: 0,
            };
            summary(&all.iter().map(policy).collect::<Vec<_>>())
        };
        let [pass, fail, unknown] = [PolicyStatus::Pass, PolicyStatus::Fail, PolicyStatus::Unknown];
        assert_eq!(said(&[pass, pass]), ", every policy is kept");
        assert_eq!(said(&[pass, unknown]), ", 1 not known");
        assert_eq!(said(&[fail, unknown, fail]), ", 2 not kept, 1 not known");
    }
}
