//! Doing one digest of a run: (prove) -> copy -> attest -> prove -> publish. Each step returns what the next one demands.

use std::sync::Arc;

use super::ForwardError;
use super::again::Next;
use super::coordination::Shared;
use super::exposure;
use super::pause;
use super::prove::{Prover, Verified};
use super::source::Source;
use super::unchanged;
use super::watch::watched;
use crate::app::App;
use crate::model::{Coverage, Item, ItemState};
use crate::oci::{self, CopiedImage, CopyContext, Known, Meaning, Published, Repository, Selection};
use crate::queue::{CopyDigest, Retried as _};
use crate::store::arrived;
use crate::store::items::{self, SetBack, Unit};
use crate::store::runs::{self, Work};
use crate::store::{self, changes, control, held};
use crate::{destinations, keys};

/// Brings the digest of a job to where its run wants it. Does nothing for items that are over. `last`: the queue will not
/// begin it again.
pub async fn perform(app: &App, job: &CopyDigest, last: bool) -> Result<(), ForwardError> {
    let unit = Unit { run: job.run_id(), mirror: job.mirror(), digest: job.digest() };
    let work = runs::work(&app.db, unit.run).await?.ok_or(ForwardError::NoRun(unit.run))?;
    let open: Vec<Item> =
        items::of_unit(&app.db, unit).await?.into_iter().filter(|item| item.state.is_open()).collect();
    if open.is_empty() {
        return Ok(());
    }
    if pause::waits(app, &work, unit).await? {
        return Ok(());
    }
    items::begin(&app.db, unit, app.clock.now()).await?;
    changes::announce(&app.db, unit.run).await?;
    let carried = Box::pin(carry(app, &work, &open, unit, last || job.is_last())).await;
    match carried {
        Ok(()) => {}
        // Whoever cancelled it has said so in the history.
        Err(ForwardError::Copy(error)) if error.meaning() == Meaning::Cancelled => {}
        Err(error) => set_back(app, job, unit, &open, &error, last).await?,
    }
    changes::announce(&app.db, unit.run).await?;
    Ok(())
}

/// The history says what went wrong, and the queue when it is tried again; both become true together.
async fn set_back(
    app: &App,
    job: &CopyDigest,
    unit: Unit<'_>,
    open: &[Item],
    error: &ForwardError,
    last: bool,
) -> Result<(), ForwardError> {
    let now = app.clock.now();
    let since = open.iter().filter_map(|item| item.started_at).min().unwrap_or(now);
    let next = Next::after(error, job, since, now, last);
    let state = match (next, error) {
        (Next::Wait(_), _) => ItemState::Waiting,
        (Next::Retry(_), _) => ItemState::Retrying,
        (Next::Over, ForwardError::Held(_)) => ItemState::Held,
        (Next::Over, _) => ItemState::Failed,
    };
    let failure = error.failure();
    tracing::warn!(
        run.id = %unit.run, image.digest = %unit.digest, error = error as &dyn std::error::Error,
        "{}@{} could not be forwarded: {}", unit.mirror, unit.digest, failure.sentence
    );
    let mut tx = store::begin(&app.db).await?;
    let how = SetBack { state, failure: &failure, coverage: error.coverage(), next_try_at: next.at() };
    // A worker that was believed dead finds that another one has done it: nothing is left to be tried again.
    if !items::set_back(&mut tx, unit, how, now).await? {
        return Ok(());
    }
    match next {
        Next::Wait(at) => app.queue.add_at(&mut tx, job, Some(at)).await?,
        Next::Retry(at) => app.queue.add_at(&mut tx, &job.again(), Some(at)).await?,
        Next::Over => {}
    }
    Ok(store::commit(tx).await?)
}

/// The repositories of one copy.
pub(super) struct Place {
    pub images: Repository,
    pub attestations: Repository,
    pub target: Repository,
}

/// Everything between the registries, in the order of the correctness argument.
async fn carry(app: &App, work: &Work, open: &[Item], unit: Unit<'_>, last: bool) -> Result<(), ForwardError> {
    let Some(first) = open.first() else { return Ok(()) };
    let source = Source::open(app, work).await?;
    let destination = work.destination.ok_or(ForwardError::DestinationGone)?;
    let (settings, registry) = destinations::open(app, &work.organization, destination).await?;
    let place = Place {
        images: source.images(unit.mirror),
        attestations: source.attestations(unit.mirror),
        // Items of one unit share the mirror and the rule, so they share the repository.
        target: registry.writing(first.target.repository.clone()),
    };
    let mut context = CopyContext::new(Arc::new(Shared(app.clone())));
    (context.selection, context.kinds) = (Selection(work.extent.platforms.clone()), work.extent.kinds.clone());

    let keys = keys::trusted(app, &work.organization).await?;
    let terms = unchanged::terms(work, &keys);
    let prover = Prover { policy: work.proof, keys, context: &context, clock: &app.clock, last };
    let bring = async {
        let verified = prove(app, work, &place, unit, &prover).await?;
        if work.extent.digest_tags {
            oci::copy_digest_tags(&verified.image, &place.images, &place.target, &context).await?;
        }
        let wrote = publish(app, open, &verified, &place.target, &context).await?;
        Ok((verified, wrote))
    };
    let (verified, wrote) = watched(app, unit, &place, &context, Box::pin(bring)).await?;
    let there = arrived::Place { destination, target: &first.target, terms: &terms };
    unchanged::remember(app, there, unit.digest, &verified).await?;
    if wrote {
        exposure::after_writing(app, work, (&settings, &registry), &first.target.repository, &verified.image.digest)
            .await?;
    }
    Ok(())
}

/// The image under its digest, with its proofs where the rule forwards them, judged by the rule's policy.
async fn prove(
    app: &App,
    work: &Work,
    place: &Place,
    unit: Unit<'_>,
    prover: &Prover<'_>,
) -> Result<Verified, ForwardError> {
    if work.attestations {
        prover.before(place, unit.digest).await?;
    }
    let image = oci::copy_image(&place.images, &place.target, unit.digest, prover.context).await?;
    if &image.digest != unit.digest {
        items::set_target_digest(&app.db, unit, &image.digest).await?;
    }
    if work.attestations {
        return prover.after(place, image).await;
    }
    Ok(unproven(image))
}

fn unproven(image: CopiedImage) -> Verified {
    Verified { known: Known::of(&image, None), image, coverage: None }
}

/// Moves the tags, the last thing that happens; answers whether anything is there now that was not.
async fn publish(
    app: &App,
    open: &[Item],
    verified: &Verified,
    target: &Repository,
    context: &CopyContext,
) -> Result<bool, ForwardError> {
    let before = context.progress.snapshot();
    let nothing_written = before.blobs_copied + before.blobs_mounted + before.manifests_written == 0;
    let mut wrote = !nothing_written;
    for item in open {
        // A run that began later knows a newer image.
        if held::is_overtaken(&app.db, item).await? {
            control::overtaken(&app.db, item.id, &ForwardError::Overtaken.failure(), app.clock.now()).await?;
            continue;
        }
        // Cancelled meanwhile.
        if !control::claim_tag(&app.db, item.id, app.clock.now()).await? {
            continue;
        }
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
        wrote |= !unchanged;
        let state = if unchanged { ItemState::Unchanged } else { ItemState::Succeeded };
        let coverage = verified.coverage.clone().map(tagged);
        items::finish(&app.db, item.id, state, coverage.as_ref(), app.clock.now()).await?;
    }
    Ok(wrote)
}

/// What was seen before the tag moved, and that it moved.
pub(super) fn tagged(mut coverage: Coverage) -> Coverage {
    coverage.checks.retain(|check| check.number != 1);
    coverage.checks.insert(0, oci::tag_check(true));
    coverage
}
