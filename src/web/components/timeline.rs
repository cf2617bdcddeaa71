//! Events in their order: the mirroring log, a run's story, the audit.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// The list; the children are `TimelineEntry`s.
#[component]
pub fn Timeline(#[prop(into)] label: String, children: Children) -> impl IntoView {
    view! { <ol class="timeline" aria-label=label>{children()}</ol> }
}

/// One event; `status` chooses icon and colour and must also be said in the words.
#[component]
pub fn TimelineEntry(
    #[prop(default = "queued")] status: &'static str,
    #[prop(into)] title: String,
    /// Usually a `TimeAgo`.
    #[prop(optional, into)]
    time: ViewFnOnce,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <li class="timeline__entry" data-status=status>
            <Icon glyph=Glyph::of_status(status) />
            <div class="timeline__words">
                <p class="timeline__title">{title}</p>
                {children.map(|children| view! { <div class="timeline__detail">{children()}</div> })}
            </div>
            <span class="timeline__time">{time.run()}</span>
        </li>
    }
}
