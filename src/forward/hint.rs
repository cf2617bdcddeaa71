//! What Docker Hub hints at becomes runs, once it has calmed down. Nothing of a delivery but mirror and tag is
//! believed: each run reads the tag from the registry.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Cause, ForwardError, begin_run};
use crate::app::App;
use crate::model::{HintId, Rule, Trigger};
use crate::queue::SettleHint;
use crate::rules::matching::Matcher;
use crate::store::hints::{Arrivals, Joined, Subject};
use crate::store::{self, hints, rules, runs};

/// However many deliveries come: after so many times the settle time the runs begin.
const LONGEST: u32 = 6;
/// What came within this part of the settle time is one moment: the usual burst needs no second look.
const MOMENT: u32 = 10;

/// When a hint has settled that had its first and its last delivery then.
fn due(settle: Duration, first_at: DateTime<Utc>, last_at: DateTime<Utc>) -> DateTime<Utc> {
    let after = |at: DateTime<Utc>, length: Duration| at + TimeDelta::from_std(length).unwrap_or_default();
    after(last_at, settle).min(after(first_at, settle * LONGEST))
}

/// The jobs that settle the hints which these arrivals opened; a hint that was open has its job.
pub fn settling<S: BuildHasher>(
    settle: Duration,
    arrivals: &[Arrivals],
    joined: &HashMap<Subject, Joined, S>,
) -> Vec<(SettleHint, DateTime<Utc>)> {
    let opened =
        arrivals.iter().filter_map(|one| Some((joined.get(&one.subject).filter(|joined| joined.is_new)?, one.last_at)));
    opened.map(|(hint, at)| (SettleHint::new(hint.id), due(settle, at, at))).collect()
}

/// Starts a run of every rule that takes the hint's tag, or waits longer where deliveries came meanwhile. Does nothing
/// the second time: a delivery that comes later opens another hint.
pub async fn settle(app: &App, id: HintId) -> Result<(), ForwardError> {
    let (now, settle) = (app.clock.now(), app.config.settle);
    let mut tx = store::begin(&app.db).await?;
    let Some(hint) = hints::hold(&mut tx, id).await? else { return Ok(()) };
    let due = due(settle, hint.first_at, hint.last_at);
    if due - now > TimeDelta::from_std(settle / MOMENT).unwrap_or_default() {
        app.queue.add_at(&mut tx, &SettleHint::new(id), Some(due)).await?;
        return Ok(store::commit(tx).await?);
    }
    hints::take(&mut tx, id, now).await?;
    let Subject { organization, mirror, tag } = &hint.subject;
    let scope = runs::Scope { mirror: mirror.clone(), tag: Some(tag.clone()) };
    let cause = Cause::by_itself(Trigger::Webhook, Some(&scope));
    let mut started = 0;
    for rule in rules::list(&mut *tx, organization).await?.iter().filter(|rule| takes(rule, &hint.subject)) {
        let run = begin_run::<ForwardError>(app, &mut tx, organization, rule, &cause).await?;
        hints::led_to(&mut tx, id, run).await?;
        started += 1;
    }
    store::commit(tx).await?;
    tracing::info!(hint.id = %id, runs = started, "{mirror}:{tag} was pushed; {started} rules take it");
    Ok(())
}

/// A rule whose filter cannot be read begins a run, and the history says what is wrong.
fn takes(rule: &Rule, subject: &Subject) -> bool {
    rule.enabled
        && rule.mirrors.contains(&subject.mirror)
        && Matcher::new(&rule.filter).map_or(true, |matcher| matcher.verdict(&subject.tag).matches())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_settles_after_its_last_delivery_but_not_never() {
        let begin = DateTime::from_timestamp(1_800_000_000, 0).expect("a moment");
        let after =
            |last: i64| (due(Duration::from_secs(10), begin, begin + TimeDelta::seconds(last)) - begin).num_seconds();
        assert_eq!([after(0), after(7), after(50), after(51), after(500)], [10, 17, 60, 60, 60]);
        assert_eq!(due(Duration::ZERO, begin, begin), begin);
    }
}
