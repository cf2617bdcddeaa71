//! Answers that are late, odd, missing or another size than promised: what they mean, that nothing is tagged before all is
//! right, and that the next copy heals it.

use std::time::{Duration, Instant};

use serde_json::json;

use super::fake::{Act, Fake};
use super::image::{INDEX, Image, MANIFEST, descriptor, hardened};
use super::{connect, context, name, reading, robot, writing};
use crate::model::{Digest, DiscoveredBy, Tag};
use crate::oci::digests::sha256;
use crate::oci::*;

const REPO: &str = "acme/dhi-demo";

struct Pair {
    source: Fake,
    destination: Fake,
    image: Image,
}

async fn pair() -> Pair {
    let (source, destination) = (Fake::start().await, Fake::start().await);
    let image = hardened(&source, &source, REPO);
    Pair { source, destination, image }
}

impl Pair {
    /// The whole way, the tag at its end.
    async fn forward(&self) -> Result<Attestations, CopyError> {
        let (from, to, ctx) = (reading(&self.source.host, REPO), writing(&self.destination.host, REPO), context());
        let copied = copy_image(&from, &to, &self.image.index, &ctx).await?;
        let found = copy_attestations(&copied, &from, &to, &ctx).await?;
        publish_tag(&to, &copied.digest, &"1".parse::<Tag>().expect("a tag"), &ctx).await?;
        Ok(found)
    }

    fn tagged(&self) -> bool {
        self.destination.manifest(REPO, "1").is_some()
    }

    fn layer(&self) -> String {
        let world = self.source.world();
        let largest = world.blobs.iter().max_by_key(|(_, bytes)| bytes.len());
        largest.map(|((_, digest), _)| digest.clone()).expect("a blob")
    }

    /// Fails as it must, tags nothing, and is well once the trouble is over.
    async fn fails_and_heals(&self, side: Side, step: Step, meaning: Meaning) {
        let error = self.forward().await.expect_err("it cannot end well");
        assert_eq!((error.side, error.step, error.meaning()), (side, step, meaning), "{error}");
        assert!(error.sentence().contains(&side.to_string()), "{}", error.sentence());
        assert!(!self.tagged(), "{error}");
        self.source.world().faults.clear();
        self.destination.world().faults.clear();
        assert_eq!(self.forward().await.expect("healed").referrers.len(), 13);
        assert!(self.tagged());
    }

    async fn heals_by_itself(&self) {
        assert_eq!(self.forward().await.expect("it ends well").referrers.len(), 13);
        assert!(self.tagged());
        let left = |fake: &Fake| fake.world().faults.iter().filter(|fault| fault.left > 0).count();
        assert_eq!(left(&self.source) + left(&self.destination), 0, "all of the trouble was met");
    }
}

fn status(code: u16) -> Act {
    Act::Status(code, vec![], "")
}

#[tokio::test]
async fn a_layer_of_another_size_is_not_written() {
    let pair = pair().await;
    // Well ended, so that nothing but the size can tell.
    pair.source.fail("GET", pair.layer(), 99, Act::Status(200, vec![], "too short"));
    pair.fails_and_heals(Side::Source, Step::ReadBlob, Meaning::SizeMismatch).await;
}

#[tokio::test]
async fn a_truncated_manifest_is_not_taken_for_one() {
    let pair = pair().await;
    let manifest = || vec![("content-type", MANIFEST.to_owned())];
    let part = format!("/manifests/{}", pair.image.platforms[1]);
    pair.source.fail("GET", part, 99, Act::Status(200, manifest(), r#"{"schemaVersion":2"#));
    pair.fails_and_heals(Side::Source, Step::ReadManifest, Meaning::DigestMismatch).await;
}

#[tokio::test]
async fn an_index_that_says_it_contains_itself_is_another_than_its_digest() {
    let pair = pair().await;
    let itself: &'static str = Box::leak(
        json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [descriptor(INDEX, &pair.image.index, 9)] })
            .to_string()
            .into_boxed_str(),
    );
    let part = format!("/manifests/{}", pair.image.index);
    pair.source.fail("GET", part, 99, Act::Status(200, vec![("content-type", INDEX.to_owned())], itself));
    pair.fails_and_heals(Side::Source, Step::ReadManifest, Meaning::DigestMismatch).await;
}

#[tokio::test]
async fn bursts_of_failures_are_waited_out_and_longer_ones_are_named() {
    for code in [500, 502, 503, 504, 408] {
        let pair = pair().await;
        pair.source.fail("GET", "/blobs/", 2, status(code));
        pair.destination.fail("PUT", "/manifests/", 2, status(code));
        pair.destination.fail("HEAD", "/blobs/", 2, status(code));
        pair.heals_by_itself().await;
    }
    let pair = pair().await;
    pair.destination.fail("PUT", "/manifests/", 9_999, status(503));
    pair.fails_and_heals(Side::Destination, Step::WriteManifest, Meaning::Storage).await;
}

#[tokio::test]
async fn a_pause_given_as_a_date_of_a_wrong_clock_is_as_long_as_it_was_meant() {
    let pair = pair().await;
    let (now, until) = ("Wed, 21 Oct 2015 07:28:00 GMT".to_owned(), "Wed, 21 Oct 2015 07:28:01 GMT".to_owned());
    let late = Act::Status(429, vec![("date", now), ("retry-after", until)], "");
    pair.destination.fail("PUT", "/manifests/", 1, late);
    let begun = Instant::now();
    pair.heals_by_itself().await;
    assert!(begun.elapsed() >= Duration::from_millis(900), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_upload_session_that_is_lost_is_begun_again() {
    let first = pair().await;
    first.destination.fail("PUT", "/blobs/uploads/", 1, status(404));
    first.heals_by_itself().await;
    let always = pair().await;
    always.destination.fail("PUT", "/blobs/uploads/", 9_999, status(404));
    always.fails_and_heals(Side::Destination, Step::WriteBlob, Meaning::NotFound).await;
}

#[tokio::test]
async fn where_head_is_not_allowed_get_answers() {
    let pair = pair().await;
    for fake in [&pair.source, &pair.destination] {
        fake.fail("HEAD", "", 9_999, status(405));
    }
    assert_eq!(pair.forward().await.expect("copied").referrers.len(), 13);
    assert!(pair.tagged());
    let asked = pair.destination.seen("GET", "/blobs/");
    assert!(!asked.is_empty() && asked.iter().all(|seen| seen.range.is_some()), "one byte each: {asked:?}");
    let here = reading(&pair.destination.host, REPO);
    assert_eq!(here.resolve(&"1".parse().expect("a tag")).await.expect("an answer"), Some(pair.image.index.clone()));
    assert!(here.has_blob(&sha256(b"")).await.expect("an answer"), "the empty one as well");
}

#[tokio::test]
async fn a_referrers_list_that_is_not_allowed_is_kept_under_a_tag() {
    let pair = pair().await;
    pair.destination.world().has_api = false;
    pair.destination.fail("GET", "/referrers/", 9_999, status(405));
    assert_eq!(pair.forward().await.expect("copied").referrers.len(), 13);
    let there = reading(&pair.destination.host, REPO);
    let listing = there.referrers(&pair.image.platforms[0]).await.expect("a list");
    assert_eq!((listing.by, listing.entries.len()), (DiscoveredBy::FallbackTag, 3));
}

#[tokio::test]
async fn a_list_whose_pages_lead_in_a_circle_is_refused_soon() {
    let pair = pair().await;
    let subject = &pair.image.index;
    let page = |to: &str| {
        let link = format!("</v2/{REPO}/referrers/{subject}{to}>; rel=\"next\"");
        let headers = vec![("content-type", INDEX.to_owned()), ("link", link)];
        Act::Status(200, headers, r#"{"schemaVersion":2,"manifests":[]}"#)
    };
    let listing = format!("/referrers/{subject}");
    pair.source.fail("GET", listing.clone(), 1, page("?page=2"));
    pair.source.fail("GET", listing, 9_999, page(""));
    pair.fails_and_heals(Side::AttestationSource, Step::ListReferrers, Meaning::Unsupported).await;
    assert!(pair.source.seen("GET", subject.as_str()).len() < 20, "not a thousand times");
}

#[tokio::test]
async fn ten_thousand_referrers_are_listed_and_one_more_is_no_honest_list() {
    let fake = Fake::start().await;
    let subject = sha256(b"an image");
    let add = |n: usize| {
        let note = json!({ "n": n.to_string(), "filler": "x".repeat(100) });
        let referrer =
            json!({ "mediaType": MANIFEST, "subject": descriptor(MANIFEST, &subject, 1), "annotations": note });
        fake.add_manifest(REPO, &referrer)
    };
    (0..10_000).for_each(|n| drop(add(n)));
    fake.world().page = 5_000;
    let repository = reading(&fake.host, REPO);
    assert_eq!(repository.referrers(&subject).await.expect("a list").entries.len(), 10_000);
    add(10_000);
    let error = repository.referrers(&subject).await.expect_err("too long");
    assert!(matches!(error, RegistryError::Unfit { why: Unfit::TooManyReferrers, .. }), "{error}");
}

#[tokio::test]
async fn a_token_of_an_odd_life_is_used_all_the_same() {
    for life in [0, -5, 1, i64::MAX] {
        let pair = pair().await;
        pair.source.wants_tokens(life);
        let from = connect(&pair.source.host, Some(robot())).reading(name(REPO));
        let to = writing(&pair.destination.host, REPO);
        copy_image(&from, &to, &pair.image.index, &context()).await.unwrap_or_else(|error| panic!("{life}: {error}"));
    }
}

#[tokio::test]
async fn a_copy_is_cancelled_in_the_middle_of_a_blob() {
    let pair = pair().await;
    pair.source.fail("GET", pair.layer(), 99, Act::Stall);
    let ctx = context();
    let (from, to) = (reading(&pair.source.host, REPO), writing(&pair.destination.host, REPO));
    let cancel = ctx.cancel.clone();
    let digest: &Digest = &pair.image.index;
    let (ended, at) = tokio::join!(copy_image(&from, &to, digest, &ctx), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        cancel.cancel();
        Instant::now()
    });
    assert_eq!(ended.expect_err("cancelled").meaning(), Meaning::Cancelled);
    assert!(at.elapsed() < Duration::from_secs(2), "{:?}", at.elapsed());
    assert!(!pair.tagged());
}
