//! Doing one digest of a run: copy -> attest -> verify -> publish. Each step returns what the next one demands.

use std::sync::Arc;
use std::time::Duration;

use super::ForwardError;
use super::coordination::Shared;
use super::source::Source;
use crate::app::App;
use crate::destinations;
use crate::model::{Coverage, Item, ItemState};
use crate::oci::{self, Attestations, CopiedImage, CopyContext, Progress, Published, Repository};
use crate::queue::CopyDigest;
use crate::store::items::{self, Unit};
use crate::store::runs::{self, Work};
use crate::store::{StoreError, changes};

/// How often the history learns of bytes that crossed.
const PULSE: Duration = Duration::from_millis(500);

/// Brings the digest of a job to where its run wants it. Does nothing for items that are done. `last`: it will not be
/// tried again.
pub async fn perform(app: &App, job: &CopyDigest, last: bool) -> Result<(), ForwardError> {
    let unit = Unit { run: job.run_id(), mirror: job.mirror(), digest: job.digest() };
    let work = runs::work(&app.db, unit.run).await?.ok_or(ForwardError::NoRun(unit.run))?;
    let open: Vec<Item> =
        items::of_unit(&app.db, unit).await?.into_iter().filter(|item| !item.state.is_final()).collect();
    if open.is_empty() {
        return Ok(());
    }
    items::begin(&app.db, unit, app.clock.now()).await?;
    changes::announce(&app.db, unit.run).await?;

    let progress = Arc::new(Progress::default());
    let carried = counted(app, unit, &progress, Box::pin(carry(app, &work, &open, unit, &progress))).await?;
    let answer = match carried {
        Ok(()) => Ok(()),
        Err(error) => {
            let again = error.retryable() && !last;
            let state = if again { ItemState::Retrying } else { ItemState::Failed };
            tracing::warn!(
                run.id = %unit.run, image.digest = %unit.digest, error = &error as &dyn std::error::Error,
                "{}@{} could not be forwarded: {}", unit.mirror, unit.digest, error.failure().sentence
            );
            items::set_back(&app.db, unit, state, &error.failure(), app.clock.now()).await?;
            if again { Err(error) } else { Ok(()) }
        }
    };
    changes::announce(&app.db, unit.run).await?;
    answer
}

/// Everything between the two registries, in the order of the correctness argument.
async fn carry(
    app: &App,
    work: &Work,
    open: &[Item],
    unit: Unit<'_>,
    progress: &Arc<Progress>,
) -> Result<(), ForwardError> {
    let Some(first) = open.first() else { return Ok(()) };
    let source = Source::open(app, work).await?;
    let destination = work.destination.ok_or(ForwardError::DestinationGone)?;
    let (_, registry) = destinations::open(app, &work.organization, destination).await?;
    // Items of one unit share the mirror and the rule, so they share the repository.
    let target = registry.writing(first.target.repository.clone());
    let mut context = CopyContext::new(Arc::new(Shared(app.clone())));
    context.progress = Arc::clone(progress);

    let image = oci::copy_image(&source.images(unit.mirror), &target, unit.digest, &context).await?;
    let verified = if work.attestations {
        let proofs = oci::copy_attestations(&image, &source.attestations(unit.mirror), &target, &context).await?;
        verify(app, image, &proofs, &target, &context).await?
    } else {
        Verified { image, coverage: None }
    };
    publish(app, open, &verified, &target, &context).await
}

/// An image whose proofs were seen at the destination.
struct Verified {
    image: CopiedImage,
    /// None where the rule forwards images alone.
    coverage: Option<Coverage>,
}

async fn verify(
    app: &App,
    image: CopiedImage,
    proofs: &Attestations,
    target: &Repository,
    context: &CopyContext,
) -> Result<Verified, ForwardError> {
    let observed = oci::observe_coverage(&image, proofs, target, &app.trusted_keys, context).await?;
    // A hardened image always has attestations: none means the wrong registry or a missing right, never "it has none".
    if image.is_hardened && observed.coverage.platforms.iter().all(|platform| platform.attestations.is_empty()) {
        return Err(ForwardError::NoAttestations(app.config.scout_registry.clone()));
    }
    if !observed.is_complete() {
        return Err(ForwardError::Incomplete(Box::new(observed.coverage)));
    }
    Ok(Verified { image, coverage: Some(observed.coverage) })
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
        let published = oci::publish_tag(target, &verified.image.digest, &item.tag, context).await?;
        let unchanged = nothing_written && published == Published::Unchanged;
        let state = if unchanged { ItemState::Unchanged } else { ItemState::Succeeded };
        items::finish(&app.db, item.id, state, verified.coverage.as_ref(), app.clock.now()).await?;
    }
    Ok(())
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
