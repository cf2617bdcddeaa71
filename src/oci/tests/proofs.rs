//! Listings that fail, lie or come in pages, and proofs that do not hold.

use super::fake::{Act, Fake};
use super::image::{KINDS, attest, attest_with, hardened, keys, sign, signed_with};
use super::{context, reading, writing};
use crate::model::{Digest, DiscoveredBy, SignatureState, Tag};
use crate::oci::*;

const REPO: &str = "acme/dhi-demo";

struct Copied {
    source: Fake,
    destination: Fake,
    image: super::image::Image,
    whole: CopiedImage,
}

async fn image_only() -> Copied {
    let (source, destination) = (Fake::start().await, Fake::start().await);
    let image = hardened(&source, &source, REPO);
    let (from, to) = (reading(&source.host, REPO), writing(&destination.host, REPO));
    let whole = copy_image(&from, &to, &image.index, &context()).await.expect("copied");
    Copied { source, destination, image, whole }
}

impl Copied {
    async fn proofs(&self) -> Result<Attestations, CopyError> {
        let (from, to) = (reading(&self.source.host, REPO), writing(&self.destination.host, REPO));
        copy_attestations(&self.whole, &from, &to, &context()).await
    }

    async fn observe(&self, expected: &Attestations) -> Observed {
        let to = writing(&self.destination.host, REPO);
        observe_coverage(&self.whole, expected, &to, &keys(), &context()).await.expect("coverage")
    }
}

fn state_of(observed: &Observed, digest: &Digest) -> (bool, SignatureState) {
    let all = observed.coverage.platforms.iter().flat_map(|p| &p.attestations);
    all.filter(|a| &a.digest == digest).map(|a| (a.present, a.signature)).next().expect("it is expected")
}

#[tokio::test]
async fn a_listing_that_fails_is_an_error_and_never_none() {
    let world = image_only().await;
    for (status, meaning) in [
        (403, Meaning::Permission),
        (401, Meaning::SignIn),
        (429, Meaning::RateLimit { until: None }),
        (503, Meaning::Storage),
    ] {
        world.source.world().faults.clear();
        // The first asks whether there is an API at all; both must hold.
        for part in ["/referrers/sha256:000", "/referrers/"] {
            world.source.world().faults.clear();
            let subject =
                if part.ends_with('0') { part.to_owned() } else { format!("/referrers/{}", world.image.index) };
            world.source.fail("GET", subject, 99, Act::Status(status, vec![], ""));
            let error = world.proofs().await.expect_err("the listing failed");
            assert_eq!((error.side, error.step), (Side::AttestationSource, Step::ListReferrers), "{error}");
            assert_eq!(error.meaning(), meaning);
        }
    }
    world.source.world().faults.clear();
    let index = format!("/referrers/{}", world.image.index);
    let login = vec![("location", "https://sso.example/login".to_owned())];
    world.source.fail("GET", index, 99, Act::Status(302, login, ""));
    assert_eq!(world.proofs().await.expect_err("a login page").meaning(), Meaning::NotARegistry);
}

#[tokio::test]
async fn a_hardened_image_without_one_attestation_means_the_wrong_source() {
    let world = image_only().await;
    world.source.world().has_api = false;
    let error = world.proofs().await.expect_err("there must be some");
    assert!(matches!(error.source, RegistryError::NoAttestations { .. }), "{error}");
    assert!(error.sentence().contains("attestation source"), "{}", error.sentence());
}

#[tokio::test]
async fn all_pages_of_a_listing_are_read() {
    let world = image_only().await;
    world.source.world().page = 1;
    let found = world.proofs().await.expect("all pages");
    assert_eq!(found.referrers.len(), 13);
    assert_eq!(found.referrers.iter().map(|r| r.depth).max(), Some(2));
    let tags = reading(&world.source.host, REPO).tags().await.expect("tags");
    assert_eq!(tags, Vec::<Tag>::new(), "digests in a list of tags are no tags");
}

#[tokio::test]
async fn a_next_page_on_another_host_is_refused() {
    let world = image_only().await;
    let body = r#"{"schemaVersion":2,"manifests":[]}"#;
    let headers = vec![
        ("content-type", super::image::INDEX.to_owned()),
        ("link", "<https://elsewhere.example/v2/x>; rel=\"next\"".to_owned()),
    ];
    world.source.fail("GET", format!("/referrers/{}", world.image.index), 1, Act::Status(200, headers, body));
    assert!(matches!(world.proofs().await.expect_err("refused").source, RegistryError::Unsafe { .. }));
}

#[tokio::test]
async fn a_manifest_listed_for_what_it_does_not_refer_to_is_left_out() {
    let world = image_only().await;
    let platform = &world.image.platforms[0];
    let other = &world.image.attestations[5];
    let body = format!(
        r#"{{"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{{"digest":"{other}","size":1}}]}}"#
    );
    let headers = vec![("content-type", super::image::INDEX.to_owned())];
    world.source.fail("GET", format!("/referrers/{platform}"), 1, Act::Status(200, headers, body.leak()));
    let found = world.proofs().await.expect("copied");
    assert_eq!(found.strangers, std::slice::from_ref(other));
    assert_eq!(found.referrers.iter().filter(|r| &r.digest == other).count(), 1, "where it belongs it is copied");
}

#[tokio::test]
async fn a_referrer_is_written_after_what_it_refers_to() {
    let world = image_only().await;
    world.proofs().await.expect("copied");
    let puts = world.destination.seen("PUT", "/manifests/");
    let at = |digest: &Digest| puts.iter().position(|seen| seen.path.ends_with(digest.as_str())).expect("it was put");
    let last_attestation = world.image.attestations.iter().map(&at).max();
    let first_signature = world.image.signatures[..6].iter().map(&at).min();
    assert!(world.image.platforms.iter().map(&at).max() < world.image.attestations.iter().map(at).min());
    assert!(last_attestation < first_signature);
}

#[tokio::test]
async fn a_fallback_list_that_lost_an_entry_is_written_again() {
    let world = image_only().await;
    world.destination.world().has_api = false;
    let tag = format!("/manifests/sha256-{}", world.image.platforms[0].hex());
    world.destination.fail("PUT", tag.clone(), 1, Act::Swallow);
    let found = world.proofs().await.expect("copied");
    assert_eq!(world.destination.seen("PUT", &tag).len(), 2);
    let observed = world.observe(&found).await;
    assert!(observed.is_complete(), "{observed:?}");
    assert_eq!(observed.coverage.discovered_by, DiscoveredBy::FallbackTag);
}

#[tokio::test]
async fn coverage_says_what_is_missing_and_what_does_not_hold() {
    let world = image_only().await;
    let platform = &world.image.platforms[0];
    let fake = &world.source;
    let (unsigned, _) = attest(fake, REPO, platform, "https://example.com/unsigned");
    let (forged, size) = attest(fake, REPO, platform, "https://example.com/forged");
    signed_with(fake, REPO, &forged, size, r#"{"critical":{}}"#, "bm8gc2lnbmF0dXJl");
    // Signed, but the signature speaks of another attestation.
    let (swapped, size) = attest(fake, REPO, platform, "https://example.com/swapped");
    sign(fake, REPO, &swapped, size, Some(("https://example.com/other", platform)));
    // Signed rightly, and its statement is about another image.
    let kind = "https://example.com/elsewhere";
    let statement =
        format!(r#"{{"subject":[{{"digest":{{"sha256":"{}"}}}}],"predicateType":"{kind}"}}"#, "c".repeat(64));
    let (elsewhere, size) = attest_with(fake, REPO, platform, kind, &statement);
    sign(fake, REPO, &elsewhere, size, Some((kind, platform)));

    let found = world.proofs().await.expect("what is there is copied as it is");
    let observed = world.observe(&found).await;
    assert!(observed.is_complete(), "nothing is missing: {observed:?}");
    assert_eq!(state_of(&observed, &unsigned), (true, SignatureState::Missing));
    for broken in [&forged, &swapped, &elsewhere] {
        assert_eq!(state_of(&observed, broken), (true, SignatureState::Invalid));
    }
    assert_eq!(observed.coverage.platforms[0].signed(), 3);

    // Somebody cleans up at the destination: an attestation, and the signature of another.
    let (gone, kept) = (&world.image.attestations[0], &world.image.attestations[1]);
    let lost = &world.image.signatures[1];
    for digest in [gone, lost] {
        world.destination.world().manifests.remove(&(REPO.to_owned(), digest.to_string()));
    }
    let observed = world.observe(&found).await;
    assert!(!observed.is_complete());
    assert_eq!(observed.coverage.summary(), "amd64 6/7, arm64 3/3");
    assert!(!state_of(&observed, gone).0);
    assert_eq!(state_of(&observed, kept), (true, SignatureState::Missing));
    let mut missing = observed.missing.clone();
    missing.sort();
    let mut expected = vec![gone.clone(), lost.clone()];
    expected.sort();
    assert_eq!(missing, expected);

    // The next copy repairs it.
    let found = world.proofs().await.expect("copied");
    assert!(world.observe(&found).await.is_complete());
}

#[tokio::test]
async fn a_statement_whose_bytes_changed_does_not_count_as_present() {
    let world = image_only().await;
    let found = world.proofs().await.expect("copied");
    let key = {
        let all = world.destination.world();
        let spdx = all
            .blobs
            .iter()
            .find(|(_, bytes)| bytes.len() > 20_000 && bytes.windows(KINDS[0].len()).any(|w| w == KINDS[0].as_bytes()));
        spdx.map(|(key, _)| key.clone()).expect("a statement")
    };
    world.destination.world().blobs.insert(key, "{}".into());
    let observed = world.observe(&found).await;
    assert_eq!(observed.coverage.platforms.iter().map(crate::model::PlatformCoverage::present).sum::<u32>(), 5);
}

#[tokio::test]
async fn looking_at_the_source_writes_nothing() {
    let world = image_only().await;
    let looked = list_attestations(&world.whole, &reading(&world.source.host, REPO), &context()).await.expect("a list");
    assert_eq!(looked.referrers.len(), 13);
    assert!(world.source.seen("PUT", "").is_empty() && world.source.seen("POST", "").is_empty());
    let observed = world.observe(&looked).await;
    assert_eq!(observed.coverage.summary(), "amd64 0/3, arm64 0/3");
    assert_eq!(observed.missing.len(), 13);
}
