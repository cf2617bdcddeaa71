//! Doing one digest of a run: (prove) -> copy -> attest -> prove -> publish. Each step returns what the next one demands.

use std::sync::Arc;
use std::time::Duration;

use super::ForwardError;
use super::coordination::Shared;
use super::prove::{Prover, Verified};
use super::source::Source;
use crate::app::App;
use crate::model::{Coverage, Item, ItemState};
use crate::oci::{self, CopyContext, Meaning, Progress, Published, Repository};
use crate::queue::CopyDigest;
use crate::store::items::{self, Unit};
use crate::store::runs::{self, Work};
use crate::store::{StoreError, changes, held};
use crate::{destinations, keys};

/// How often the history learns of bytes that crossed.
const PULSE: Duration = Duration::from_millis(500);

/// Brings the digest of a job to where its run wants it. Does nothing for items that are done. `last`: it will not be
/// tried again.
pub async fn perform(app: &App, job: &CopyDigest, last: bool) -> Result<(), ForwardError> {
    let unit = Unit { run: job.run_id(), mirror: job.mirror(), digest: job.digest() };
    let work = runs::work(&app.db, unit.run).await?.ok_or(ForwardError::NoRun(unit.run))?;
    let open: Vec<Item> =
        items::of_unit(&app.db, unit).await?.into_iter().filter(|item| item.state.is_open()).collect();
    if open.is_empty() {
        return Ok(());
    }
    items::begin(&app.db, unit, app.clock.now()).await?;
    changes::announce(&app.db, unit.run).await?;

    let progress = Arc::new(Progress::default());
    let carried = counted(app, unit, &progress, Box::pin(carry(app, &work, &open, unit, &progress, last))).await?;
    let answer = match carried {
        Ok(()) => Ok(()),
        Err(error) => {
            let again = error.retryable() && !last;
            let state = match &error {
                _ if again => ItemState::Retrying,
                ForwardError::Held(_) => ItemState::Held,
                _ => ItemState::Failed,
            };
            tracing::warn!(
                run.id = %unit.run, image.digest = %unit.digest, error = &error as &dyn std::error::Error,
                "{}@{} could not be forwarded: {}", unit.mirror, unit.digest, error.failure().sentence
            );
            items::set_back(&app.db, unit, state, &error.failure(), error.coverage(), app.clock.now()).await?;
            if again { Err(error) } else { Ok(()) }
        }
    };
    changes::announce(&app.db, unit.run).await?;
    answer
}

/// The repositories of one copy.
pub(super) struct Place {
    pub images: Repository,
    pub attestations: Repository,
    pub target: Repository,
}

/// Everything between the registries, in the order of the correctness argument.
async fn carry(
    app: &App,
    work: &Work,
    open: &[Item],
    unit: Unit<'_>,
    progress: &Arc<Progress>,
    last: bool,
) -> Result<(), ForwardError> {
    let Some(first) = open.first() else { return Ok(()) };
    let source = Source::open(app, work).await?;
    let destination = work.destination.ok_or(ForwardError::DestinationGone)?;
    let (_, registry) = destinations::open(app, &work.organization, destination).await?;
    let place = Place {
        images: source.images(unit.mirror),
        attestations: source.attestations(unit.mirror),
        // Items of one unit share the mirror and the rule, so they share the repository.
        target: registry.writing(first.target.repository.clone()),
    };
    let mut context = CopyContext::new(Arc::new(Shared(app.clone())));
    context.progress = Arc::clone(progress);

    if !work.attestations {
        let image = oci::copy_image(&place.images, &place.target, unit.digest, &context).await?;
        return publish(app, open, &Verified { image, coverage: None }, &place.target, &context).await;
    }
    let keys = keys::trusted(app, &work.organization).await?;
    let prover = Prover { policy: work.proof, keys, context: &context, now: app.clock.now(), last };
    prover.before(&place, unit.digest).await?;
    let image = oci::copy_image(&place.images, &place.target, unit.digest, &context).await?;
    let verified = prover.after(&place, image).await?;
    publish(app, open, &verified, &place.target, &context).await
}

/// Moves the tags, the last thing that happens.
async fn publish(
    app: &App,
    open: &[Item],
    verified: &Verified,
    target: &Repository,
    context: &CopyContext,
) -> Result<(), ForwardError> {
    let before = context.progress.snapshot();
    let nothing_written = before.blobs_copied + before.blobs_mounted + before.manifests_written == 0;
    for item in open {
        let published = match oci::publish_tag(target, &verified.image.digest, &item.tag, context).await {
            // The other tags of the digest may move all the same.
            Err(error) if error.meaning() == Meaning::ImmutableTag => {
                let failure = ForwardError::Copy(error).failure();
                held::hold(&app.db, item.id, &failure, verified.coverage.as_ref(), app.clock.now()).await?;
                continue;
            }
            published => published?,
        };
        let unchanged = nothing_written && published == Published::Unchanged;
        let state = if unchanged { ItemState::Unchanged } else { ItemState::Succeeded };
        let coverage = verified.coverage.clone().map(tagged);
        items::finish(&app.db, item.id, state, coverage.as_ref(), app.clock.now()).await?;
    }
    Ok(())
}

/// What was seen before the tag moved, and that it moved.
pub(super) fn tagged(mut coverage: Coverage) -> Coverage {
    coverage.checks.retain(|check| check.number != 1);
    coverage.checks.insert(0, oci::tag_check(true));
    coverage
}

/// Runs the work while the history learns every moment how many bytes crossed.
async fn counted<T>(
    app: &App,
    unit: Unit<'_>,
    progress: &Progress,
    work: impl Future<Output = T>,
) -> Result<T, StoreError> {
    let mut told = 0;
    let mut work = std::pin::pin!(work);
    let mut pulse = tokio::time::interval(PULSE);
    let answer = loop {
        tokio::select! {
            answer = &mut work => break answer,
            _ = pulse.tick() => tell(app, unit, progress, &mut told).await?,
        }
    };
    tell(app, unit, progress, &mut told).await?;
    Ok(answer)
}

async fn tell(app: &App, unit: Unit<'_>, progress: &Progress, told: &mut u64) -> Result<(), StoreError> {
    let moved = progress.snapshot().bytes_moved;
    if moved > *told {
        items::add_bytes(&app.db, unit, moved - *told, app.clock.now()).await?;
        *told = moved;
        changes::announce(&app.db, unit.run).await?;
    }
    Ok(())
}
