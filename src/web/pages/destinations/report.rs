//! What *Test connection* found, step by step.

use leptos::prelude::*;

use crate::model::{CheckState, ProbeReport};
use crate::web::components::{Check, CheckList, Outcome};

/// The sentence that sums it up, and the list.
#[component]
pub fn Report(report: ProbeReport) -> impl IntoView {
    let words = if report.passed() {
        "The connection works: Ferry can read and write here."
    } else {
        "The connection does not work yet. The first failed check says what to do."
    };
    let check = |check: crate::model::Check| {
        view! {
            <Check outcome=outcome(check.state) title=check.name>
                {check.sentence}
            </Check>
        }
    };
    view! {
        <div class="stack" data-gap="s">
            <p>{words}</p>
            <CheckList label="What was checked">{report.checks.into_iter().map(check).collect_view()}</CheckList>
        </div>
    }
}

fn outcome(state: CheckState) -> Outcome {
    match state {
        CheckState::Passed => Outcome::Passed,
        CheckState::Failed => Outcome::Failed,
        CheckState::Skipped => Outcome::Skipped,
        CheckState::Info => Outcome::Info,
    }
}
