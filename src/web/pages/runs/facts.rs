//! The head of a run: who started it, when, how far it is, what failed before any tag was known, what was proven.

use leptos::prelude::*;

use super::live::LiveRun;
use super::mend::MendLink;
use super::proof::Proof;
use super::words;
use crate::model::ItemState;
use crate::web::components::{CodeBlock, KeyValue, KeyValues, LocalTime, Notice, ProgressBar, TimeAgo, Tone};
use crate::web::format;

/// What is known of the run as a whole.
#[component]
pub fn Facts(
    live: LiveRun,
    /// Address of the list of rules.
    rules: String,
) -> impl IntoView {
    let run = live.run.get_untracked();
    let rule = run.rule.map_or_else(
        || view! { {format!("{} (deleted since)", run.rule_name)} }.into_any(),
        |id| {
            let href = rules + "/" + &id.to_string();
            view! { <a href=href>{run.rule_name.clone()}</a> }.into_any()
        },
    );
    let (destination, started_by) = (run.destination.clone(), words::started_by(&run));
    let scope =
        run.scope.clone().map(|scope| view! { <KeyValue key="Only"><span class="mono">{scope}</span></KeyValue> });
    let begins = move || {
        let starts_at = live.run.read().starts_at;
        starts_at.map(|at| view! { <KeyValue key="Waits for its hours"><LocalTime at /></KeyValue> })
    };
    let cancelled_by = move || {
        let person = live.run.read().cancelled_by.clone();
        person.map(|person| view! { <KeyValue key="Cancelled by">{person}</KeyValue> })
    };
    let took = move || live.run.with(words::took).unwrap_or_else(|| "Still going on".to_owned());
    view! {
        <KeyValues>
            <KeyValue key="Rule">{rule}</KeyValue>
            <KeyValue key="Destination"><span class="mono">{destination}</span></KeyValue>
            {scope}
            <KeyValue key="Started"><TimeAgo at=run.created_at /></KeyValue>
            <KeyValue key="Started by">{started_by}</KeyValue>
            {begins}
            {cancelled_by}
            <KeyValue key="Took">{took}</KeyValue>
            <KeyValue key="Transferred">{move || format::bytes(live.run.read().bytes)}</KeyValue>
        </KeyValues>
    }
}

/// Why the tags could not be listed, where that is so.
#[component]
pub fn PlanFailure(live: LiveRun) -> impl IntoView {
    move || {
        live.plan_failure.get().map(|failure| {
            view! {
                <Notice tone=Tone::Danger title="The tags could not be listed">
                    <div class="stack" data-gap="s">
                        <p>{failure.sentence}</p>
                        <MendLink mend=failure.mend live />
                        <Detail detail=failure.detail />
                    </div>
                </Notice>
            }
        })
    }
}

/// Technical text, on demand; nothing where there is none.
#[component]
pub fn Detail(detail: String) -> impl IntoView {
    (!detail.is_empty()).then(|| {
        view! {
            <details>
                <summary>"Technical detail"</summary>
                <CodeBlock text=detail label="Technical detail" wrap=true />
            </details>
        }
    })
}

/// The bar while the run goes on, and for screen readers now and then how far it is.
#[component]
pub fn Progress(live: LiveRun) -> impl IntoView {
    let said = Memo::new(move |_| live.run.with(|run| (run.state, words::tenths(&run.counts))));
    let aloud = move || {
        // Read, not only tracked: a memo nobody has read yet follows nothing.
        said.with(|_| ());
        live.run.with_untracked(|run| words::progress(run.state, &run.counts))
    };
    let running = Memo::new(move |_| !live.run.read().state.is_final());
    let total = Signal::derive(move || u64::from(live.run.read().counts.total()));
    let done = Signal::derive(move || u64::from(live.run.read().counts.finished()));
    let detail = Signal::derive(move || {
        if total.get() == 0 {
            "Looking up the tags".to_owned()
        } else {
            format!("{} of {} tags", done.get(), total.get())
        }
    });
    view! {
        <div>
            <p class="visually-hidden" role="status">{aloud}</p>
            {move || running.get().then(|| view! { <ProgressBar label="Progress" value=done max=total detail /> })}
        </div>
    }
}

/// What was proven at the destination, in one sentence, once the run is over.
#[component]
pub fn Proven(live: LiveRun) -> impl IntoView {
    let proof = Memo::new(move |_| {
        // While tags wait, whole proofs of others must not read like the run's own.
        let over = live.run.with(|run| run.state.is_final() && run.counts.of(ItemState::Held) == 0);
        over.then(|| Proof::of(live.items().iter().map(AsRef::as_ref))).flatten()
    });
    move || {
        proof.get().map(|proof| {
            let (tone, title) = if proof.is_whole() {
                (Tone::Success, "Proven at the destination")
            } else if proof.expected == 0 {
                (Tone::Neutral, "Nothing to prove")
            } else {
                (Tone::Warning, "Not everything is proven at the destination")
            };
            view! { <Notice tone title>{proof.sentence()}</Notice> }
        })
    }
}
