//! When a rule runs by itself, on its page.

use leptos::prelude::*;

use crate::model::{Rule, Schedule, Window};
use crate::web::components::{KeyValue, LocalTime, TimeAgo};

/// The facts: regular looks, schedule with its next starts, hours.
#[component]
pub fn Timetable(rule: Rule) -> impl IntoView {
    let Schedule { cron, zone, jitter_minutes, window, reconcile_minutes } = rule.schedule;
    let of_hours = zone.clone();
    let schedule = cron.map(|cron| {
        let words = rule.schedule_words.unwrap_or_else(|| cron.clone());
        let jitter = (jitter_minutes > 0).then(|| format!(", put off by up to {jitter_minutes} min"));
        let next = rule.enabled.then(|| {
            let moments = rule.upcoming.into_iter().map(|at| view! { <li><LocalTime at /></li> }).collect_view();
            view! { <ol class="small muted" aria-label="Next starts">{moments}</ol> }
        });
        view! {
            <KeyValue key="Schedule">
                {words} " (" <span class="mono">{cron}</span> ", " {zone} ")" {jitter} {next}
            </KeyValue>
        }
    });
    let hours = window.map(|Window { from, until }| {
        view! { <KeyValue key="Only between">{format!("{from} and {until}, {of_hours}")}</KeyValue> }
    });
    let looked = rule.reconciled_at.map(|at| view! { ", last " <TimeAgo at /> });
    view! {
        <KeyValue key="Looks at everything">{format!("Every {}", every(reconcile_minutes))} {looked}</KeyValue>
        {schedule}
        {hours}
    }
}

fn every(minutes: u32) -> String {
    match minutes {
        60 => "hour".to_owned(),
        1_440 => "day".to_owned(),
        minutes if minutes % 60 == 0 => format!("{} hours", minutes / 60),
        minutes => format!("{minutes} minutes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_said_in_their_largest_unit() {
        let words = [15, 60, 90, 120, 1_440].map(every);
        assert_eq!(words, ["15 minutes", "hour", "90 minutes", "2 hours", "day"]);
    }
}
