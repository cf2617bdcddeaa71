//! What begins by itself: schedules, regular looks at everything, Docker's mirroring log, selections. Each worker looks every
//! moment; a row that one of them has locked is not seen by the others, so each begins once.

use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::{Cause, ForwardError, begin_run};
use crate::app::App;
use crate::model::{Rule, Trigger};
use crate::queue::{FollowLog, LookThrough, SweepHistory};
use crate::rules::timing::Timing;
use crate::store::triggers::{self, Due};
use crate::store::{self, Tx, rules, selections, workers};

/// How often it is looked.
const TICK: Duration = Duration::from_secs(2);
/// How often a sign of life is left, in ticks.
const BEAT: u32 = 5;
/// How often the history is swept, in ticks.
const SWEEP: u32 = 1_800;

/// Looks until `stop`.
pub async fn clockwork(app: App, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(TICK);
    let (mut count, me) = (0_u32, uuid::Uuid::now_v7());
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = ticks.tick() => {}
        }
        if count % BEAT == 0 {
            match workers::beat(&app.db, me, app.clock.now()).await {
                Ok(processes) => app.registries.share_among(processes),
                Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "no sign of life could be left"),
            }
        }
        if let Err(error) = tick(&app, count % SWEEP == 0).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "what is due could not be begun; trying again: {error}"
            );
        }
        count = count.wrapping_add(1);
    }
    if let Err(error) = workers::leave(&app.db, me).await {
        tracing::debug!("the others will notice that this process is gone: {error}");
    }
}

/// Begins everything that is due now.
pub async fn tick(app: &App, sweep: bool) -> Result<(), ForwardError> {
    while scheduled(app).await? {}
    while reconciled(app).await? {}
    while followed(app).await? {}
    while looked_through(app).await? {}
    if sweep {
        let mut tx = store::begin(&app.db).await?;
        app.queue.add(&mut tx, &SweepHistory::new()).await?;
        store::commit(tx).await?;
    }
    Ok(())
}

/// Begins one run whose schedule is due; answers whether there was one.
async fn scheduled(app: &App) -> Result<bool, ForwardError> {
    let mut tx = store::begin(&app.db).await?;
    let Some(due) = triggers::due_schedule(&mut tx, app.clock.now()).await? else { return Ok(false) };
    let rule = rule(&mut tx, &due).await?;
    let next = Timing::new(&rule.schedule).ok().and_then(|timing| timing.next_start(app.clock.now()));
    triggers::set_next_run(&mut *tx, rule.id, next).await?;
    begin(app, &mut tx, &due, &rule, Trigger::Schedule).await?;
    store::commit(tx).await?;
    Ok(true)
}

/// Begins one look at everything a rule takes; answers whether one was due.
async fn reconciled(app: &App) -> Result<bool, ForwardError> {
    let now = app.clock.now();
    let mut tx = store::begin(&app.db).await?;
    let Some(due) = triggers::due_reconcile(&mut tx, now).await? else { return Ok(false) };
    let rule = rule(&mut tx, &due).await?;
    let opens = Timing::new(&rule.schedule).map_or(now, |timing| timing.opens(now));
    if opens > now {
        // Due again when its hours begin.
        let interval = TimeDelta::minutes(i64::from(rule.schedule.reconcile_minutes));
        triggers::set_reconciled(&mut *tx, rule.id, opens - interval).await?;
    } else {
        begin(app, &mut tx, &due, &rule, Trigger::Reconcile).await?;
    }
    store::commit(tx).await?;
    Ok(true)
}

/// Queues one reading of a mirroring log; answers whether one was due.
async fn followed(app: &App) -> Result<bool, ForwardError> {
    if app.config.follow.is_zero() {
        return Ok(false);
    }
    let mut tx = store::begin(&app.db).await?;
    let Some(organization) = triggers::due_log(&mut tx, app.config.follow, app.clock.now()).await? else {
        return Ok(false);
    };
    app.queue.add(&mut tx, &FollowLog::new(organization)).await?;
    store::commit(tx).await?;
    Ok(true)
}

/// Queues one look through the catalog for a selection; answers whether one was due.
async fn looked_through(app: &App) -> Result<bool, ForwardError> {
    let mut tx = store::begin(&app.db).await?;
    let Some((organization, selection)) = selections::due(&mut tx, app.clock.now()).await? else { return Ok(false) };
    app.queue.add(&mut tx, &LookThrough::new(organization, selection)).await?;
    store::commit(tx).await?;
    Ok(true)
}

async fn rule(tx: &mut Tx, due: &Due) -> Result<Rule, ForwardError> {
    rules::find(&mut **tx, &due.organization, due.rule).await?.ok_or(ForwardError::RuleGone)
}

async fn begin(app: &App, tx: &mut Tx, due: &Due, rule: &Rule, trigger: Trigger) -> Result<(), ForwardError> {
    let cause = Cause::by_itself(trigger, None);
    let run = begin_run::<ForwardError>(app, tx, &due.organization, rule, &cause).await?;
    tracing::info!(run.id = %run, trigger = trigger.as_str(), "run {run} of {} begins by itself", rule.name);
    Ok(())
}
