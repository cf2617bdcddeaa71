//! Docker's own record of what it pushed into a mirror.

use leptos::prelude::*;

use crate::model::{Digest, MirrorLogEntry};
use crate::web::components::{ShortDigest, TimeAgo, Timeline, TimelineEntry};
use crate::web::format;

/// The log, newest first.
#[component]
pub fn Log(log: Vec<MirrorLogEntry>) -> impl IntoView {
    view! {
        <Timeline label="Mirroring log">
            {log.into_iter().map(|entry| view! { <Entry entry /> }).collect_view()}
        </Timeline>
    }
}

#[component]
fn Entry(entry: MirrorLogEntry) -> impl IntoView {
    let title = format!("{}: {}", entry.tag, entry.state.label().to_lowercase());
    let at = entry.completed_at.or(entry.triggered_at);
    let took = entry
        .completed_at
        .zip(entry.triggered_at)
        .map(|(end, begin)| format!("done {} after it was asked for", format::duration(end - begin)));
    let digest = match entry.digest.parse::<Digest>() {
        Ok(digest) => view! { <ShortDigest digest /> }.into_any(),
        Err(_) => view! { <code class="mono">{entry.digest}</code> }.into_any(),
    };
    view! {
        <TimelineEntry
            status=entry.state.as_str()
            title
            time=move || at.map(|at| view! { <TimeAgo at /> })
        >
            <span class="cluster">
                {digest}
                <span>{entry.reason}</span>
                {took.map(|took| view! { <span>{took}</span> })}
            </span>
        </TimelineEntry>
    }
}
