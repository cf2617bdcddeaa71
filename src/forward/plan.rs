//! Planning a run: which tags the rule takes now, what each points at, and one job for each digest that is not known to be
//! there unchanged.

use super::ForwardError;
use super::again::{Next, later};
use super::source::Source;
use super::unchanged::Look;
use crate::app::App;
use crate::model::{Digest, Failure, Host, RepoName, RepoRef, Rule, RunId, Tag, Trigger};
use crate::queue::{CopyDigest, QueueError, Retried as _, RunRule};
use crate::rules::{self, matching::Matcher};
use crate::store::items::NewItem;
use crate::store::runs::Work;
use crate::store::{self, Tx, changes, control, destinations, items, runs, triggers};

/// Lists what the rule takes and queues its copies. Does nothing the second time. `last`: the queue will not begin it
/// again.
pub async fn plan(app: &App, job: &RunRule, last: bool) -> Result<(), ForwardError> {
    let run = job.run_id();
    let work = runs::work(&app.db, run).await?.ok_or(ForwardError::NoRun(run))?;
    if work.planned {
        return Ok(());
    }
    match list(app, &work).await {
        Ok((items, missing)) => write(app, &work, &items, missing.as_ref()).await,
        Err(error) => match Next::after(&error, job, work.created_at, app.clock.now(), last) {
            Next::Wait(at) => later(app, job, at).await,
            Next::Retry(at) => later(app, &job.again(), at).await,
            Next::Over => {
                tracing::warn!(run.id = %run, error = &error as &dyn std::error::Error, "run {run} could not be planned");
                runs::set_plan_failure(&app.db, run, &error.failure()).await?;
                changes::announce(&app.db, run).await?;
                Ok(())
            }
        },
    }
}

/// Every tag the rule takes, and why some mirror could not be listed at all.
async fn list(app: &App, work: &Work) -> Result<(Vec<NewItem>, Option<Failure>), ForwardError> {
    let id = work.rule.ok_or(ForwardError::RuleGone)?;
    let rule = store::rules::find(&app.db, &work.organization, id).await?.ok_or(ForwardError::RuleGone)?;
    let id = work.destination.ok_or(ForwardError::DestinationGone)?;
    let kept = destinations::find(&app.db, &work.organization, id).await?;
    let destination = kept.ok_or(ForwardError::DestinationGone)?.destination;
    let matcher = Matcher::new(&rule.filter).map_err(ForwardError::Filter)?;
    let source = Source::open(app, work).await?;
    let look = Look::begin(app, work, &source, id).await?;
    let (mut items, mut missing) = (Vec::new(), None);
    let in_scope = |mirror: &&RepoName| work.scope.as_ref().is_none_or(|scope| scope.mirror == **mirror);
    let only = work.scope.as_ref().and_then(|scope| scope.tag.as_ref());
    for mirror in rule.mirrors.iter().filter(in_scope) {
        let target = target(&rule, mirror, &destination.host, destination.prefix.as_ref())?;
        match taken(&look, &source, mirror, only, &target, &matcher).await {
            Ok(taken) => items.extend(taken),
            Err(error) if error.retryable() => return Err(error),
            // One mirror that is gone must not stop the others.
            Err(error) => {
                let failure = error.failure();
                missing.get_or_insert(Failure { sentence: format!("{mirror}: {}", failure.sentence), ..failure });
            }
        }
    }
    Ok((items, missing))
}

pub(super) fn target(
    rule: &Rule,
    mirror: &RepoName,
    host: &Host,
    prefix: Option<&RepoName>,
) -> Result<RepoRef, ForwardError> {
    let repository = rule.template.render(mirror, prefix).map_err(ForwardError::Target)?;
    Ok(RepoRef { host: host.clone(), repository })
}

/// The tags the filter takes, with what is known of each; where only one is asked about, it is not looked for in a list.
async fn taken(
    look: &Look<'_>,
    source: &Source,
    mirror: &RepoName,
    only: Option<&Tag>,
    target: &RepoRef,
    matcher: &Matcher,
) -> Result<Vec<NewItem>, ForwardError> {
    let mut listed = match only {
        Some(tag) => vec![(tag.clone(), None)],
        None => rules::tags(&source.hub, mirror).await?,
    };
    listed.retain(|(tag, _)| matcher.verdict(tag).matches());
    look.items(mirror, target, listed).await
}

/// Items, jobs and the end of planning become true together. A regular look that finds nothing to do leaves no run behind.
async fn write(app: &App, work: &Work, items: &[NewItem], missing: Option<&Failure>) -> Result<(), ForwardError> {
    let (now, run) = (app.clock.now(), work.id);
    let unchanged = items.iter().filter(|item| item.arrived.is_some()).count();
    let mut tx = store::begin(&app.db).await?;
    if control::is_cancelled(&mut tx, run).await? {
        return Ok(());
    }
    if work.trigger == Trigger::Reconcile && unchanged == items.len() && missing.is_none() {
        runs::delete(&mut tx, run).await?;
        store::commit(tx).await?;
        tracing::debug!(run.id = %run, tags = items.len(), "everything is where it should be");
        return Ok(());
    }
    items::insert_all(&mut tx, run, items, now).await?;
    runs::set_planned(&mut tx, run, now).await?;
    if let Some(failure) = missing {
        runs::set_plan_failure(&mut *tx, run, failure).await?;
    }
    if matches!(work.trigger, Trigger::Reconcile | Trigger::Schedule) {
        let changed: Vec<&NewItem> = items.iter().filter(|item| item.arrived.is_none()).collect();
        triggers::note_missed(&mut tx, &work.organization, run, &changed, now).await?;
    }
    queue(app, &mut tx, run, units(items), work.trigger).await?;
    changes::announce(&mut *tx, run).await?;
    store::commit(tx).await?;
    tracing::info!(run.id = %run, tags = items.len(), unchanged, "run {run} takes {} tags, {unchanged} of them unchanged", items.len());
    Ok(())
}

/// Queues the copies of a run's digests.
pub(super) async fn queue(
    app: &App,
    tx: &mut Tx,
    run: RunId,
    units: impl IntoIterator<Item = (RepoName, Digest)>,
    trigger: Trigger,
) -> Result<(), QueueError> {
    let jobs: Vec<_> = units.into_iter().map(|(mirror, digest)| CopyDigest::new(run, mirror, digest)).collect();
    app.queue.add_fairly(tx, &jobs, rank(trigger)).await
}

/// Who waits for it goes first.
fn rank(trigger: Trigger) -> i16 {
    match trigger {
        Trigger::Manual => 0,
        Trigger::Webhook => 2,
        Trigger::Schedule => 4,
        Trigger::Reconcile => 6,
    }
}

/// The digests to copy: about six tags share one.
pub(super) fn units(items: &[NewItem]) -> Vec<(RepoName, Digest)> {
    let open = items.iter().filter(|item| item.arrived.is_none());
    let mut units: Vec<_> = open.map(|item| (item.mirror.clone(), item.digest.clone())).collect();
    units.sort();
    units.dedup();
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_one_digest_are_one_job_and_what_is_known_is_none() {
        let mirror: RepoName = "acme/dhi-node".parse().expect("a name");
        let target = RepoRef { host: "r.example".parse().expect("a host"), repository: mirror.clone() };
        let digest = |c: char| format!("sha256:{}", c.to_string().repeat(64)).parse::<Digest>().expect("a digest");
        let item = |tag: &str, c: char, known: bool| NewItem {
            mirror: mirror.clone(),
            tag: tag.parse().expect("a tag"),
            target: target.clone(),
            digest: digest(c),
            arrived: known.then(uuid::Uuid::now_v7),
        };
        let items = [item("22", 'b', false), item("22.1", 'b', false), item("20", 'a', false), item("18", 'c', true)];
        assert_eq!(units(&items), [(mirror.clone(), digest('a')), (mirror, digest('b'))]);
    }
}
