//! What needs attention, read from the database alone.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::HistoryError;
use crate::app::Visitor;
use crate::model::{MovedDay, MovedTo, Overview};
use crate::store::overview as store;

/// How long something failed counts.
const FAILED: TimeDelta = TimeDelta::days(7);
/// How long a rule may be without success.
const STALE: TimeDelta = TimeDelta::hours(24);
/// How long a webhook may be silent.
const SILENT: TimeDelta = TimeDelta::days(7);
/// The time of which the bytes are shown.
const MOVED: TimeDelta = TimeDelta::days(30);

/// What the overview shows of the organization.
pub async fn overview(visitor: &Visitor) -> Result<Overview, HistoryError> {
    let (db, organization, now) = (&visitor.app.db, &visitor.organization, visitor.app.clock.now());
    let begun = store::begun(db, organization).await?;
    let failures = store::failures(db, organization, now - FAILED).await?;
    let waiting = store::waiting(db, organization).await?;
    let stale_rules = store::stale_rules(db, organization, now - STALE).await?;
    let silent_mirrors = store::silent_mirrors(db, organization, now - SILENT).await?;
    let (mut days, mut destinations) = (BTreeMap::new(), BTreeMap::new());
    for moved in store::moved(db, organization, now - MOVED).await? {
        *days.entry(moved.day).or_insert(0) += moved.bytes;
        *destinations.entry(moved.destination).or_insert(0) += moved.bytes;
    }
    let moved = if days.is_empty() { Vec::new() } else { every_day(&days, now) };
    let mut moved_to: Vec<_> =
        destinations.into_iter().map(|(destination, bytes)| MovedTo { destination, bytes }).collect();
    moved_to.sort_by_key(|to| std::cmp::Reverse(to.bytes));
    Ok(Overview { begun, failures, waiting, stale_rules, silent_mirrors, moved, moved_to })
}

/// Each day that is counted, also those on which nothing moved: a chart of some of them would deceive.
fn every_day(bytes: &BTreeMap<NaiveDate, u64>, now: DateTime<Utc>) -> Vec<MovedDay> {
    let (first, last) = ((now - MOVED).date_naive(), now.date_naive());
    let day = |day| MovedDay { day, bytes: bytes.get(&day).copied().unwrap_or_default() };
    first.iter_days().take_while(|day| *day <= last).map(day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_without_bytes_are_shown_too_and_today_is_the_last() {
        let now: DateTime<Utc> = "2026-11-30T12:00:00Z".parse().expect("a moment");
        let days = every_day(&BTreeMap::from([((now - TimeDelta::days(3)).date_naive(), 7)]), now);
        assert_eq!(days.len(), 31, "the 30th day is there in part");
        assert_eq!(days.iter().map(|day| day.bytes).collect::<Vec<_>>()[27..], [7, 0, 0, 0]);
        assert_eq!(days.last().map(|day| day.day), Some(now.date_naive()));
    }
}
