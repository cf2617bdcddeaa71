//! How fast a rule is: from Docker's push to the destination, over the last 30 days.

use chrono::TimeDelta;
use leptos::prelude::*;

use crate::api::history::get_freshness;
use crate::model::{FreshDay, Freshness, RuleId};
use crate::web::app::use_organization;
use crate::web::components::{Bar, BarChart, Panel};
use crate::web::format::{counted, duration};

/// The panel; nothing where the rule has copied nothing, or cannot be read.
#[component]
pub fn FreshnessPanel(id: Signal<Option<RuleId>>) -> impl IntoView {
    let organization = use_organization();
    let freshness = Resource::new_blocking(
        move || id.get(),
        move |id| {
            let organization = organization.clone();
            async move { get_freshness(organization, id?).await.ok().filter(|freshness| freshness.tags > 0) }
        },
    );
    view! {
        <Transition>
            {move || Suspend::new(async move { freshness.await.map(|freshness| view! { <Shown freshness /> }) })}
        </Transition>
    }
}

#[component]
fn Shown(freshness: Freshness) -> impl IntoView {
    let lead = format!(
        "95 % within {}, half within {}. From the push to Docker Hub, or the run's begin, to the moved tag; {} in 30 days.",
        length(freshness.p95_seconds),
        length(freshness.median_seconds),
        counted(freshness.tags, "tag"),
    );
    let quarter = format!("{} % within 15 min.", percent(freshness.within_quarter, freshness.tags));
    let bar = |day: FreshDay| {
        let words = format!("{}, {}", length(day.p95_seconds), counted(day.tags, "tag"));
        Bar::new(day.day.format("%-d %b").to_string(), day.p95_seconds, words)
    };
    let bars = freshness.days.into_iter().map(bar).collect();
    view! {
        <div class="freshness">
            <Panel title="Freshness" lead=lead>
                <div class="stack" data-gap="s">
                    <p class="small muted">{quarter}</p>
                    <BarChart title="How long 95 % took at most, by day" bars />
                </div>
            </Panel>
        </div>
    }
}

fn length(seconds: u64) -> String {
    duration(TimeDelta::seconds(i64::try_from(seconds.max(1)).unwrap_or(i64::MAX / 1000)))
}

/// Rounded down, so that a hundred means all.
fn percent(part: u64, whole: u64) -> u64 {
    (part * 100).checked_div(whole).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_percent_are_all() {
        assert_eq!(percent(999, 1000), 99);
        assert_eq!(percent(1000, 1000), 100);
        assert_eq!(percent(0, 0), 0);
    }

    #[test]
    fn a_length_is_at_least_a_second() {
        assert_eq!(length(0), "1 s");
        assert_eq!(length(900), "15 min");
    }
}
