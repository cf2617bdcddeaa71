//! Running exactly what a preview showed: these tags, at these digests, whatever the source has moved since.

use chrono::TimeDelta;

use super::plan::{queue, target, units};
use super::{Cause, StartRunError, write_run};
use crate::app::Visitor;
use crate::model::{PreviewId, RunId, Trigger};
use crate::store::items::NewItem;
use crate::store::{self, changes, destinations, items, previews, rules, runs};

/// What was shown longer ago says little about now.
const BELIEVED: TimeDelta = TimeDelta::hours(1);

/// Starts a run whose items are known already; refused where the rule was changed since, or the preview is old.
pub async fn start_exactly(visitor: &Visitor, id: PreviewId) -> Result<RunId, StartRunError> {
    let (app, organization, now) = (&visitor.app, &visitor.organization, visitor.app.clock.now());
    let kept = previews::find(&app.db, organization, id).await?.ok_or(StartRunError::NoPreview)?;
    if now - kept.made_at >= BELIEVED {
        return Err(StartRunError::OldPreview);
    }
    let mut tx = store::begin(&app.db).await?;
    let rule = rules::find(&mut *tx, organization, kept.rule).await?.ok_or(StartRunError::NotFound(kept.rule))?;
    if !rule.enabled {
        return Err(StartRunError::SwitchedOff);
    }
    if rules::changed_at(&mut *tx, rule.id).await?.is_some_and(|changed| changed > kept.made_at) {
        return Err(StartRunError::OldPreview);
    }
    let destination = destinations::find(&mut *tx, organization, rule.destination).await?;
    let destination = destination.ok_or(StartRunError::OldPreview)?.destination;
    let planned = kept.tags.into_iter().map(|tag| {
        let target = target(&rule, &tag.mirror, &destination.host, destination.prefix.as_ref());
        let target = target.map_err(|_| StartRunError::OldPreview)?;
        Ok(NewItem { mirror: tag.mirror, tag: tag.tag, target, digest: tag.digest, arrived: None })
    });
    let planned = planned.collect::<Result<Vec<_>, StartRunError>>()?;
    let cause = Cause::of(visitor, None);
    let run = write_run(app, &mut tx, organization, &rule, &cause, None).await?;
    items::insert_all(&mut tx, run, &planned, now).await?;
    runs::set_planned(&mut tx, run, now).await?;
    queue(app, &mut tx, run, units(&planned), Trigger::Manual).await?;
    visitor.did(&mut tx, "rule.run-preview", rule.name.as_str()).await?;
    changes::announce(&mut *tx, run).await?;
    store::commit(tx).await?;
    Ok(run)
}
