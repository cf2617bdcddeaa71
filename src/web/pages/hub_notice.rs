//! What a page says above an answer from before.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::model::HubRefusal;
use crate::web::components::{Notice, TimeAgo, Tone};

/// Docker Hub could not be asked again, and why.
#[component]
pub fn HubNotice(
    title: &'static str,
    refusal: HubRefusal,
    /// Of what is shown; none where that is not known.
    #[prop(into)]
    read_at: Option<DateTime<Utc>>,
) -> impl IntoView {
    let shown = match read_at {
        Some(at) => view! { "You see what Docker said " <TimeAgo at /> "; last tried " }.into_any(),
        None => view! { "You see what Docker said before; last tried " }.into_any(),
    };
    view! {
        <Notice tone=Tone::Warning title>
            <p>{refusal.sentence}</p>
            <p class="small">{shown} <TimeAgo at=refusal.at /> "."</p>
        </Notice>
    }
}
