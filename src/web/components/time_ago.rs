//! A moment, said the way people say it.

use crate::web::format;
use chrono::{DateTime, SecondsFormat, Utc};
use leptos::prelude::*;

/// The moment that "ago" is counted from; the server provides it as context, and the app carries it to the browser as
/// an `RwSignal<Now>` that goes on, so that both say the same at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now(pub DateTime<Utc>);

/// `5 min ago`, with the full moment in its title; the full moment alone where no `now` is given or provided.
#[component]
pub fn TimeAgo(at: DateTime<Utc>, #[prop(optional, into)] now: Option<DateTime<Utc>>) -> impl IntoView {
    let clock = use_context::<RwSignal<Now>>();
    let start = now.or_else(|| use_context::<Now>().map(|now| now.0));
    let now = move || now.or_else(|| clock.map(|clock| clock.get().0)).or(start);
    let absolute = format::moment(at);
    let full = absolute.clone();
    let words = move || now().map_or_else(|| full.clone(), |now| format::ago(at, now));
    view! {
        <time class="time-ago" datetime=at.to_rfc3339_opts(SecondsFormat::Secs, true) title=absolute>
            {words}
        </time>
    }
}
