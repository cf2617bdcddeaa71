//! A moment, said the way people say it.

use crate::web::format;
use chrono::{DateTime, SecondsFormat, Utc};
use leptos::prelude::*;

/// The moment that "ago" is counted from; the app provides it as context so that server and browser say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now(pub DateTime<Utc>);

/// `5 min ago`, with the full moment in its title; the full moment alone where no `now` is given or provided.
#[component]
pub fn TimeAgo(at: DateTime<Utc>, #[prop(optional, into)] now: Option<DateTime<Utc>>) -> impl IntoView {
    let now = now.or_else(|| use_context::<Now>().map(|now| now.0));
    let absolute = format::moment(at);
    let words = now.map_or_else(|| absolute.clone(), |now| format::ago(at, now));
    view! {
        <time class="time-ago" datetime=at.to_rfc3339_opts(SecondsFormat::Secs, true) title=absolute>
            {words}
        </time>
    }
}
