//! Whole copies into registries that none of us wrote.

use super::fake::Fake;
use super::image::{Image, hardened, keys};
use super::real::{distribution, ferro};
use super::{connect, context, name, reading, writing};
use crate::model::{CheckState, Digest, DiscoveredBy, Host, Reference, SignatureState, Tag};
use crate::oci::*;

const REPO: &str = "acme/dhi-demo";

struct Sources {
    images: Fake,
    proofs: Fake,
    image: Image,
}

/// As on Docker Hub: images in one registry, proofs in another.
async fn sources() -> Sources {
    let (images, proofs) = (Fake::start().await, Fake::start().await);
    let image = hardened(&images, &proofs, REPO);
    Sources { images, proofs, image }
}

impl Sources {
    async fn copy(&self, target: &Repository, ctx: &CopyContext) -> (CopiedImage, Attestations) {
        let source = reading(&self.images.host, REPO);
        let copied = copy_image(&source, target, &self.image.index, ctx).await.expect("the image is copied");
        let proofs = reading(&self.proofs.host, REPO);
        let attestations = copy_attestations(&copied, &proofs, target, ctx).await.expect("its proofs are copied");
        (copied, attestations)
    }

    fn manifests(&self) -> impl Iterator<Item = (&Fake, &Digest)> {
        let image = std::iter::once(&self.image.index).chain(&self.image.platforms).map(|d| (&self.images, d));
        image.chain(self.image.attestations.iter().chain(&self.image.signatures).map(|d| (&self.proofs, d)))
    }
}

async fn arrives_whole(host: &Host, by: DiscoveredBy) {
    let sources = sources().await;
    let target = writing(host, "mirrors/acme/demo");
    let ctx = context();
    let (copied, attestations) = sources.copy(&target, &ctx).await;
    let first = ctx.progress.snapshot();
    assert!(first.bytes_moved >= sources.image.bytes && first.bytes_moved < sources.image.bytes + 200_000, "{first:?}");
    assert_eq!(first.manifests_written, 3 + 6 + 7);
    assert_eq!(first.referrers, 13);
    assert!(copied.is_hardened);
    assert_eq!(attestations.referrers.len(), 13);

    for (fake, digest) in sources.manifests() {
        let there = target.get_manifest(&Reference::Digest(digest.clone())).await.expect("an answer");
        let there = there.expect("the manifest is there");
        assert_eq!(Some(there.bytes), fake.manifest(REPO, digest.as_str()), "byte for byte");
    }
    let observed = observe_coverage(&copied, &attestations, &target, &keys(), &ctx).await.expect("coverage");
    assert!(observed.is_complete(), "{observed:?}");
    assert_eq!(observed.coverage.summary(), "amd64 3/3, arm64 3/3");
    assert!(observed.coverage.platforms.iter().all(|p| p.signed() == 3));
    assert_eq!((observed.coverage.index_signatures_expected, observed.coverage.index_signatures_present), (1, 1));
    assert_eq!(observed.index_signature, SignatureState::Valid);
    assert_eq!(observed.coverage.discovered_by, by);
    // A stranger's key proves nothing.
    let docker =
        observe_coverage(&copied, &attestations, &target, &TrustedKeys::docker(), &ctx).await.expect("coverage");
    assert!(
        docker.coverage.platforms.iter().flat_map(|p| &p.attestations).all(|a| a.signature == SignatureState::Invalid)
    );

    let tag: Tag = "1-debian13".parse().expect("a tag");
    let none = target.resolve(&tag).await.expect("an answer");
    assert_eq!(none, None, "no tag before it is published");
    let moved = publish_tag(&target, &copied.digest, &tag, &ctx).await.expect("published");
    assert_eq!(moved, Published::Moved { from: None });
    let again = publish_tag(&target, &copied.digest, &tag, &ctx).await.expect("published");
    assert_eq!(again, Published::Unchanged);

    // A second copy moves nothing, and asks the image source for nothing at all.
    sources.images.world().ledger.clear();
    let ctx = context();
    let (same, _) = sources.copy(&writing(host, "mirrors/acme/demo"), &ctx).await;
    assert!(copied.manifests.iter().all(|m| m.is_new) && same.manifests.iter().all(|m| !m.is_new));
    let digests = |image: &CopiedImage| image.manifests.iter().map(|m| m.digest.clone()).collect::<Vec<_>>();
    assert_eq!(digests(&same), digests(&copied));
    let second = ctx.progress.snapshot();
    assert_eq!((second.bytes_moved, second.blobs_copied, second.manifests_written), (0, 0, 0), "{second:?}");
    assert_eq!(sources.images.seen("GET", "/manifests/").len() + sources.images.seen("GET", "/blobs/").len(), 0);
}

#[tokio::test]
async fn an_image_arrives_whole_where_there_is_no_referrers_api() {
    let registry = distribution().await;
    arrives_whole(&registry.host, DiscoveredBy::FallbackTag).await;
}

#[tokio::test]
async fn an_image_arrives_whole_where_there_is_a_referrers_api() {
    arrives_whole(&ferro().await, DiscoveredBy::ReferrersApi).await;
}

#[tokio::test]
async fn the_fallback_tag_lists_attestations_and_their_signatures() {
    let registry = distribution().await;
    let sources = sources().await;
    let target = writing(&registry.host, REPO);
    sources.copy(&target, &context()).await;
    for platform in &sources.image.platforms {
        let tag: Tag = format!("sha256-{}", platform.hex()).parse().expect("a tag");
        let list = target.get_manifest(&Reference::Tag(tag)).await.expect("an answer").expect("a list");
        let parts = Parts::of(&list).expect("an index");
        assert_eq!(parts.manifests.len(), 3);
        assert!(parts.manifests.iter().all(|m| m.artifact_type.as_deref() == Some("application/vnd.in-toto+json")));
    }
    for attestation in &sources.image.attestations {
        assert_eq!(target.referrers(attestation).await.expect("a list").entries.len(), 1);
    }
}

#[tokio::test]
async fn a_new_attestation_of_an_unchanged_image_is_added() {
    let registry = distribution().await;
    let sources = sources().await;
    let target = writing(&registry.host, REPO);
    let (_, before) = sources.copy(&target, &context()).await;
    let vex = "https://openvex.dev/ns/v0.2.0";
    let platform = &sources.image.platforms[0];
    let statement =
        format!(r#"{{"subject":[{{"digest":{{"sha256":"{}"}}}}],"predicateType":"{vex}"}}"#, platform.hex());
    super::image::attest_with(&sources.proofs, REPO, platform, vex, &statement);
    let ctx = context();
    let (copied, after) = sources.copy(&target, &ctx).await;
    assert_eq!(after.referrers.len(), before.referrers.len() + 1);
    assert_eq!(ctx.progress.snapshot().manifests_written, 1);
    let observed = observe_coverage(&copied, &after, &target, &keys(), &ctx).await.expect("coverage");
    assert_eq!(observed.coverage.summary(), "amd64 4/4, arm64 3/3");
    let signed: Vec<_> = observed.coverage.platforms.iter().map(crate::model::PlatformCoverage::signed).collect();
    assert_eq!(signed, [3, 3], "the new one has no signature, and is copied all the same");
}

#[tokio::test]
async fn two_copies_at_once_move_each_blob_once() {
    let registry = distribution().await;
    let sources = sources().await;
    let ctx = context();
    let target = writing(&registry.host, REPO);
    let both = tokio::join!(sources.copy(&target, &ctx), sources.copy(&target, &ctx));
    assert_eq!(both.0.0, both.1.0);
    let snapshot = ctx.progress.snapshot();
    assert!(snapshot.bytes_moved < sources.image.bytes + 200_000, "{snapshot:?}");
    let layers = sources.images.seen("GET", "/blobs/");
    let distinct: std::collections::BTreeSet<_> = layers.iter().map(|seen| &seen.path).collect();
    assert_eq!(layers.len(), distinct.len(), "{layers:?}");
}

#[tokio::test]
async fn a_second_repository_of_the_same_registry_gets_its_blobs_by_mounting() {
    let registry = distribution().await;
    let sources = sources().await;
    let mut ctx = context();
    sources.copy(&writing(&registry.host, "one/demo"), &ctx).await;
    ctx.progress = std::sync::Arc::default();
    sources.copy(&writing(&registry.host, "two/demo"), &ctx).await;
    let snapshot = ctx.progress.snapshot();
    assert_eq!((snapshot.bytes_moved, snapshot.blobs_copied), (0, 0), "{snapshot:?}");
    assert!(snapshot.blobs_mounted > 5);
}

#[tokio::test]
async fn a_blob_a_cleaner_took_is_brought_again() {
    let sources = sources().await;
    let destination = Fake::start().await;
    let target = writing(&destination.host, REPO);
    sources.copy(&target, &context()).await;
    let all = destination.world().blobs.clone();
    let largest = all.iter().max_by_key(|(_, bytes)| bytes.len()).map(|(key, _)| key.clone()).expect("a blob");
    destination.world().blobs.remove(&largest);
    let ctx = context();
    sources.copy(&target, &ctx).await;
    assert_eq!(ctx.progress.snapshot().blobs_copied, 1);
    assert_eq!(destination.world().blobs.get(&largest), all.get(&largest));
}

#[tokio::test]
async fn a_connection_is_tested_from_reach_to_referrers() {
    let registry = distribution().await;
    let report = probe(&connect(&registry.host, None), Some(&name("team/mirrors"))).await;
    assert!(report.passed(), "{report:?}");
    let states: Vec<_> = report.checks.iter().map(|c| (c.name.as_str(), c.state)).collect();
    assert_eq!(states[4], ("Push", CheckState::Passed));
    assert_eq!(states[5], ("Referrers", CheckState::Info), "it has no API, and says so");
    let again = probe(&connect(&registry.host, None), Some(&name("team/mirrors"))).await;
    assert!(again.passed());

    let report = probe(&connect(&ferro().await, None), None).await;
    assert_eq!(report.checks.last().map(|c| c.state), Some(CheckState::Passed), "{report:?}");

    let nobody: Host = "127.0.0.1:1".parse().expect("a host");
    let report = probe(&connect(&nobody, None), None).await;
    let states: Vec<_> = report.checks.iter().map(|c| c.state).collect();
    assert_eq!(states[0], CheckState::Failed);
    assert!(states[1..].iter().all(|state| *state == CheckState::Skipped));
    assert!(report.checks[0].sentence.contains("could not be reached"), "{report:?}");
}
