//! What came of several at once.

use crate::model::MirrorOutcome;
use crate::web::components::{Notice, Tone};
use leptos::prelude::*;

/// One sentence over all of them.
#[component]
pub fn Summary(
    /// How many there are.
    all: usize,
    /// How many of them were refused.
    refused: usize,
    /// `started`, `stopped`.
    done: &'static str,
    /// What can be done about those that were refused.
    advice: &'static str,
    children: Children,
) -> impl IntoView {
    if all == 0 {
        return view! { <Notice tone=Tone::Warning>"Nothing was chosen: tick at least one."</Notice> }.into_any();
    }
    let (tone, title) = if refused == 0 {
        (Tone::Success, format!("All {all} {done}"))
    } else {
        (Tone::Warning, format!("{} of {all} {done}", all - refused))
    };
    view! {
        <Notice tone title>
            {(refused > 0).then_some(advice)} " "
            {children()}
        </Notice>
    }
    .into_any()
}

/// How many were refused.
pub fn refused(outcomes: &[MirrorOutcome]) -> usize {
    outcomes.iter().filter(|outcome| outcome.refused.is_some()).count()
}
