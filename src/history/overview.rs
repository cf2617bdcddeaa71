//! What needs attention, read from the database alone.

use std::collections::BTreeMap;

use chrono::TimeDelta;

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
    let moved = days.into_iter().map(|(day, bytes)| MovedDay { day, bytes }).collect();
    let mut moved_to: Vec<_> =
        destinations.into_iter().map(|(destination, bytes)| MovedTo { destination, bytes }).collect();
    moved_to.sort_by_key(|to| std::cmp::Reverse(to.bytes));
    Ok(Overview { begun, failures, waiting, stale_rules, silent_mirrors, moved, moved_to })
}
