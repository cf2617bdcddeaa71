//! Looking again at what a run forwarded, and what came of it.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::actions::RunAbout;
use super::facts::Detail;
use super::live::LiveRun;
use crate::model::{Failure, Gone, Item};
use crate::web::components::{Button, Notice, TimeAgo, Tone};
use crate::web::format::{self, counted};
use crate::web::frame::use_role;

/// The button, where there is something to look at.
#[component]
pub fn CheckAgain(live: LiveRun, about: RunAbout) -> impl IntoView {
    let may = use_role().may_configure();
    let checkable =
        Memo::new(move |_| live.run.read().state.is_final() && live.items().iter().any(|item| item.can_be_checked()));
    move || {
        let about = about.clone();
        let action = about.actions.check;
        let busy = Signal::derive(move || action.pending().get() || live.is_checking());
        (may && checkable.get()).then(|| {
            view! {
                <ActionForm action>
                    {about.fields(None)}
                    <Button busy>"Check again"</Button>
                </ActionForm>
            }
        })
    }
}

/// What the last look at the copies found.
#[derive(Clone, Debug, PartialEq)]
enum Found {
    Whole { at: DateTime<Utc> },
    Gone(Vec<(String, Gone)>),
    Unknown(Failure),
}

fn found(items: &[std::sync::Arc<Item>]) -> Option<Found> {
    let seen = || items.iter().filter(|item| item.can_be_checked() && item.checked_at.is_some());
    let gone: Vec<_> = seen()
        .filter_map(|item| {
            Some((format!("{}:{}", item.target.repository, item.tag), item.coverage.as_ref()?.gone.clone()?))
        })
        .collect();
    if !gone.is_empty() {
        return Some(Found::Gone(gone));
    }
    if let Some(failure) = seen().find_map(|item| item.check_failure.clone()) {
        return Some(Found::Unknown(failure));
    }
    seen().filter_map(|item| item.checked_at).max().map(|at| Found::Whole { at })
}

/// That everything is still there, that something is gone, or why nobody knows.
#[component]
pub fn Checked(live: LiveRun) -> impl IntoView {
    let checking = Memo::new(move |_| live.is_checking());
    let found = Memo::new(move |_| (!checking.get()).then(|| found(&live.items())).flatten());
    move || {
        if checking.get() {
            return Some(view! { <p class="muted" role="status">"Looking at the copies again …"</p> }.into_any());
        }
        let answer = match found.get()? {
            Found::Whole { at } => view! {
                <p class="muted" role="status">"Checked again " <TimeAgo at />": everything is still there."</p>
            }
            .into_any(),
            Found::Gone(gone) => view! {
                <Notice tone=Tone::Danger title="Something is gone from the destination">
                    <ul>{gone.into_iter().map(|(what, gone)| view! { <li>{sentence(&what, &gone)}</li> }).collect_view()}</ul>
                    <p>"Run the rule again to bring it back."</p>
                </Notice>
            }
            .into_any(),
            Found::Unknown(failure) => view! {
                <Notice tone=Tone::Warning title="The copies could not be checked">
                    <p>{failure.sentence}</p>
                    <Detail detail=failure.detail />
                </Notice>
            }
            .into_any(),
        };
        Some(answer)
    }
}

/// What is gone, and since when: the last time that all of it was seen.
fn sentence(what: &str, gone: &Gone) -> String {
    let parts = [
        (gone.attestations, format!("{} of {}", gone.attestations, counted(gone.of, "attestation"))),
        (gone.signatures, format!("the signatures of {}", counted(gone.signatures, "attestation"))),
        (gone.parts, format!("{} of the image", counted(gone.parts, "part"))),
    ];
    let parts: Vec<_> = parts.into_iter().filter(|(number, _)| *number > 0).map(|(_, words)| words).collect();
    format!("{what}: gone since {}: {}.", format::moment(gone.since), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_is_counted() {
        let since = DateTime::parse_from_rfc3339("2026-11-24T10:04:00Z").expect("a moment").to_utc();
        let gone = Gone { attestations: 3, signatures: 0, of: 16, parts: 1, since };
        assert_eq!(
            sentence("dhi-node:22", &gone),
            "dhi-node:22: gone since 2026-11-24 10:04:00 UTC: 3 of 16 attestations, 1 part of the image."
        );
    }
}
