//! A moment to come, by the viewer's own clock.

use crate::web::{format, platform};
use chrono::{DateTime, SecondsFormat, Utc};
use leptos::prelude::*;

/// `Wed 25 Nov, 22:00` in the viewer's zone once the page's script runs; before that, and without one, in UTC.
#[component]
pub fn LocalTime(at: DateTime<Utc>) -> impl IntoView {
    let words = RwSignal::new(format::moment(at));
    Effect::new(move |_| {
        if let Some(local) = platform::by_local_clock(at) {
            words.set(local);
        }
    });
    view! {
        <time class="time-ago" datetime=at.to_rfc3339_opts(SecondsFormat::Secs, true) title=format::moment(at)>
            {words}
        </time>
    }
}
