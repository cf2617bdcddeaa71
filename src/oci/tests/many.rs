//! An image with as many referrers as are followed at most: all of them arrive, the next copy only looks, and what is more
//! than that is refused before anything is written.

use std::collections::BTreeSet;

use super::fake::Fake;
use super::image::{attest_with, hardened};
use super::{context, reading, writing};
use crate::model::{Digest, DiscoveredBy};
use crate::oci::referrers::MOST_REFERRERS;
use crate::oci::*;

const REPO: &str = "acme/dhi-demo";

/// More attestations of both platforms. They differ in what they say they are and share everything they name.
fn attest_more(source: &Fake, platforms: &[Digest], numbers: std::ops::Range<usize>) {
    for number in numbers {
        let about = &platforms[number % platforms.len()];
        attest_with(source, REPO, about, &format!("https://example.com/kind/{number}"), "a statement");
    }
}

async fn forward(
    source: &Fake,
    destination: &Fake,
    image: &Digest,
) -> Result<(Vec<Referrer>, Snapshot, usize), CopyError> {
    destination.world().ledger.clear();
    let (from, to, ctx) = (reading(&source.host, REPO), writing(&destination.host, REPO), context());
    let copied = copy_image(&from, &to, image, &ctx).await?;
    let found = copy_attestations(&copied, &from, &to, &ctx).await?;
    Ok((found.referrers, ctx.progress.snapshot(), writes(destination)))
}

/// Requests that change something, since the last copy began.
fn writes(destination: &Fake) -> usize {
    let world = destination.world();
    world.ledger.iter().filter(|seen| !matches!(seen.method.as_str(), "GET" | "HEAD")).count()
}

// Two threads: client and registries work at the same time, and there are some 50,000 requests.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_referrers_arrive_once_and_more_are_refused_before_anything_is_written() {
    let (source, destination) = (Fake::start().await, Fake::start().await);
    let image = hardened(&source, &source, REPO);
    let own = image.attestations.len() + image.signatures.len();
    attest_more(&source, &image.platforms, own..MOST_REFERRERS);

    let (first, progress, _) = forward(&source, &destination, &image.index).await.expect("copied");
    assert_eq!(first.len(), MOST_REFERRERS);
    assert_eq!(progress.referrers, MOST_REFERRERS as u64);
    assert_eq!(progress.manifests_written, MOST_REFERRERS as u64 + 3);
    for referrer in &first {
        let digest = referrer.digest.as_str();
        let there = destination.manifest(REPO, digest);
        assert!(there.is_some() && there == source.manifest(REPO, digest), "{digest}");
    }
    for platform in &image.platforms {
        let at_source = reading(&source.host, REPO).referrers(platform).await.expect("a list");
        let there = reading(&destination.host, REPO).referrers(platform).await.expect("a list");
        assert_eq!((there.by, there.entries.len()), (DiscoveredBy::ReferrersApi, at_source.entries.len()));
    }

    let (second, progress, writes_again) = forward(&source, &destination, &image.index).await.expect("there already");
    let digests = |found: &[Referrer]| found.iter().map(|referrer| referrer.digest.clone()).collect::<BTreeSet<_>>();
    assert!(digests(&second) == digests(&first), "the same are reported");
    let written = (progress.bytes_moved, progress.blobs_copied, progress.blobs_mounted, progress.manifests_written);
    assert_eq!((written, writes_again), ((0, 0, 0, 0), 0));

    // Each list is short enough; together they are too long.
    attest_more(&source, &image.platforms, MOST_REFERRERS..MOST_REFERRERS + own);
    let error = forward(&source, &destination, &image.index).await.expect_err("too many");
    assert_eq!((error.side, error.step), (Side::AttestationSource, Step::ListReferrers), "{error}");
    assert!(matches!(error.source, RegistryError::Unfit { why: Unfit::TooManyReferrers, .. }), "{error}");
    assert_eq!(writes(&destination), 0);
}
