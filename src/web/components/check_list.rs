//! What was checked and what came of it, such as the steps of a destination's test.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// What came of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Failed,
    /// Worth a look, and no failure.
    Warning,
    /// Not tried, because an earlier check failed or it does not apply.
    Skipped,
    /// Found out, neither good nor bad.
    Info,
}

impl Outcome {
    /// The value of `data-outcome`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Warning => "warning",
            Self::Skipped => "skipped",
            Self::Info => "info",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Passed => "Passed",
            Self::Failed => "Failed",
            Self::Warning => "Warning",
            Self::Skipped => "Skipped",
            Self::Info => "Found",
        }
    }

    const fn glyph(self) -> Glyph {
        match self {
            Self::Passed => Glyph::Done,
            Self::Failed => Glyph::Failed,
            Self::Warning => Glyph::Warning,
            Self::Skipped => Glyph::Struck,
            Self::Info => Glyph::Info,
        }
    }
}

/// The list; the children are `Check`s.
#[component]
pub fn CheckList(#[prop(into)] label: String, children: Children) -> impl IntoView {
    view! { <ol class="check-list" aria-label=label>{children()}</ol> }
}

/// One check; the children say what was found and what to do about it.
#[component]
pub fn Check(
    outcome: Outcome,
    #[prop(into)] title: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <li class="check-list__check" data-outcome=outcome.as_str()>
            <Icon glyph=outcome.glyph() />
            <span class="check-list__title">{title}</span>
            <span class="check-list__outcome">{outcome.label()}</span>
            {children.map(|children| view! { <div class="check-list__detail">{children()}</div> })}
        </li>
    }
}
