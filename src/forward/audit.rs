//! Looking again at what a run forwarded: is all of it still there? Compared with what was recorded then, so the source
//! is not asked and nobody has to be signed in.

use std::sync::Arc;

use super::ForwardError;
use super::again::{Next, later};
use super::coordination::Shared;
use crate::app::{App, Visitor};
use crate::model::{ApiError, AttestationSeen, Coverage, Digest, Gone, Item, RunId, SignatureState};
use crate::oci::{self, Attestations, CopiedImage, CopiedManifest, CopyContext, CopyError, Referrer, Repository, Role};
use crate::queue::{CheckDigest, QueueError, Retried as _};
use crate::store::items::{self, Unit};
use crate::store::runs;
use crate::store::{self, StoreError, arrived, changes, held};
use crate::{destinations, keys};

/// Why a check cannot be asked for.
#[derive(Debug, thiserror::Error)]
pub enum AskCheckError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error("there is no run {0}")]
    NotFound(RunId),
    #[error("nothing was forwarded with proofs")]
    Nothing,
    #[error("the destination is gone")]
    DestinationGone,
}

impl From<AskCheckError> for ApiError {
    fn from(error: AskCheckError) -> Self {
        match error {
            AskCheckError::Store(error) => error.into(),
            AskCheckError::Queue(error) => error.into(),
            AskCheckError::NotFound(_) => super::no_such_run(),
            AskCheckError::Nothing => {
                Self::Conflict("This run forwarded nothing with attestations, so there is nothing to check.".to_owned())
            }
            AskCheckError::DestinationGone => {
                Self::Conflict("The destination was deleted, so its copies cannot be checked.".to_owned())
            }
        }
    }
}

/// Queues a look at every image that the run forwarded.
pub async fn ask_check(visitor: &Visitor, run: RunId) -> Result<(), AskCheckError> {
    let app = &visitor.app;
    let work = runs::work_in(&app.db, &visitor.organization, run).await?;
    let work = work.ok_or(AskCheckError::NotFound(run))?;
    if work.destination.is_none() {
        return Err(AskCheckError::DestinationGone);
    }
    let items = items::list(&app.db, run).await?;
    let mut units: Vec<_> =
        items.into_iter().filter(Item::can_be_checked).map(|item| (item.mirror, item.digest)).collect();
    units.sort();
    units.dedup();
    if units.is_empty() {
        return Err(AskCheckError::Nothing);
    }
    let mut tx = store::begin(&app.db).await?;
    runs::ask_check(&mut tx, run, app.clock.now()).await?;
    for (mirror, digest) in units {
        app.queue.add(&mut tx, &CheckDigest::new(run, mirror, digest)).await?;
    }
    visitor.did(&mut tx, "run.check", &run.to_string()).await?;
    changes::announce(&mut *tx, run).await?;
    Ok(store::commit(tx).await?)
}

/// Looks at one image again and notes what is gone. `last`: it will not be tried again.
pub async fn check(app: &App, job: &CheckDigest, last: bool) -> Result<(), ForwardError> {
    let unit = Unit { run: job.run_id(), mirror: job.mirror(), digest: job.digest() };
    let answer = match look(app, unit).await {
        Err(error) => match Next::after(&error, job, app.clock.now(), app.clock.now(), last) {
            Next::Wait(at) => later(app, job, at).await,
            Next::Retry(at) => later(app, &job.again(), at).await,
            Next::Over => {
                tracing::warn!(run.id = %unit.run, error = &error as &dyn std::error::Error, "a copy cannot be checked");
                held::set_check_failure(&app.db, unit, &error.failure(), app.clock.now()).await?;
                Ok(())
            }
        },
        Ok(()) => Ok(()),
    };
    changes::announce(&app.db, unit.run).await?;
    answer
}

async fn look(app: &App, unit: Unit<'_>) -> Result<(), ForwardError> {
    let work = runs::work(&app.db, unit.run).await?.ok_or(ForwardError::NoRun(unit.run))?;
    let destination = work.destination.ok_or(ForwardError::DestinationGone)?;
    let (_, registry) = destinations::open(app, &work.organization, destination).await?;
    let keys = keys::trusted(app, &work.organization).await?;
    let mut context = CopyContext::new(Arc::new(Shared(app.clone())));
    context.kinds = work.extent.kinds.clone();
    for item in items::of_unit(&app.db, unit).await?.iter().filter(|item| item.can_be_checked()) {
        let Some(before) = &item.coverage else { continue };
        let target = registry.reading(item.target.repository.clone());
        let digest = item.at_destination();
        let (image, missing) = parts(&target, digest, before, &context).await?;
        let observed = oci::observe_coverage(&image, &recorded(before), &target, &keys, &context).await?;
        let tag = target.resolve(&item.tag).await?;
        let now = app.clock.now();
        let mut after = Coverage { checked_at: Some(now), ..observed.coverage };
        // Which signatures of the index there were is not recorded, only how many.
        after.index_signatures_expected = before.index_signatures_expected;
        after.index_signatures_present =
            if observed.index_signature == SignatureState::Missing { 0 } else { before.index_signatures_expected };
        after.checks.insert(0, oci::image_check(&missing));
        after.checks.insert(0, oci::tag_check(tag.as_ref() == Some(digest)));
        after.gone = gone(before, &after, missing.len(), item.finished_at.unwrap_or(now));
        if after.gone.is_some() {
            // The next run must not believe what is known of it, and brings it again.
            arrived::forget(&app.db, destination, &item.target, &item.digest).await?;
        }
        held::set_checked(&app.db, item.id, &after, now).await?;
    }
    Ok(())
}

/// The image as the destination has it, or as it was recorded where it is gone as a whole.
async fn parts(
    target: &Repository,
    digest: &Digest,
    before: &Coverage,
    context: &CopyContext,
) -> Result<(CopiedImage, Vec<Digest>), CopyError> {
    let (image, missing) = oci::missing_parts(target, digest, context).await?;
    let recorded = before.platforms.iter().map(|platform| CopiedManifest {
        digest: platform.digest.clone(),
        media_type: String::new(),
        size: 0,
        platform: Some(platform.platform.clone()),
        is_new: false,
    });
    // The checks 8 and 16 are made of hardened images alone.
    let is_hardened = image.is_hardened || before.checks.iter().any(|check| check.number == 16);
    Ok((CopiedImage { manifests: recorded.collect(), is_hardened, ..image }, missing))
}

/// What the record says that there must be.
fn recorded(before: &Coverage) -> Attestations {
    let mut referrers = Vec::new();
    for platform in &before.platforms {
        for seen in &platform.attestations {
            let role = Role::Attestation { predicate_type: seen.predicate_type.clone() };
            referrers.push(referrer(&seen.digest, &platform.digest, role, 1));
        }
    }
    let seen = before.platforms.iter().flat_map(|platform| &platform.attestations);
    for (attestation, signature) in seen.filter_map(|seen| Some((&seen.digest, seen.signed_by.as_ref()?))) {
        referrers.push(referrer(signature, attestation, Role::Signature, 2));
    }
    Attestations::on_record(referrers)
}

fn referrer(digest: &Digest, subject: &Digest, role: Role, depth: usize) -> Referrer {
    Referrer { digest: digest.clone(), subject: subject.clone(), artifact_type: String::new(), role, depth }
}

/// What was there and is not any more; since when is the last time that nothing was missing.
fn gone(before: &Coverage, after: &Coverage, parts: usize, copied_at: chrono::DateTime<chrono::Utc>) -> Option<Gone> {
    let all = |coverage: &Coverage| coverage.platforms.iter().flat_map(|p| p.attestations.clone()).collect::<Vec<_>>();
    let (was, is) = (all(before), all(after));
    let count = |which: &dyn Fn(&AttestationSeen) -> bool| {
        u32::try_from(is.iter().filter(|seen| which(seen)).count()).unwrap_or(u32::MAX)
    };
    let signed_before = |digest: &Digest| was.iter().any(|seen| &seen.digest == digest && seen.signed_by.is_some());
    let attestations = count(&|seen| !seen.present);
    let signatures =
        count(&|seen| seen.present && seen.signature != SignatureState::Valid && signed_before(&seen.digest));
    let parts = u32::try_from(parts).unwrap_or(u32::MAX);
    let since = before.gone.as_ref().map(|gone| gone.since);
    let since = since.or(before.checked_at).unwrap_or(copied_at);
    let of = u32::try_from(is.len()).unwrap_or(u32::MAX);
    (attestations + signatures + parts > 0).then_some(Gone { attestations, signatures, of, parts, since })
}
