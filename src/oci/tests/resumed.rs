//! Blobs whose connection breaks in the middle: the rest is fetched, and the upload never hears of it.

use super::fake::{Act, Fake, Seen};
use super::image::{MANIFEST, descriptor};
use super::{connect, context, name, reading, robot, writing};
use crate::model::Digest;
use crate::oci::*;
use serde_json::json;

const REPO: &str = "acme/dhi-demo";
const SIZE: usize = 300_000;

/// An image of one layer, whose bytes are all different enough to tell a seam.
struct OneLayer {
    source: Fake,
    destination: Fake,
    image: Digest,
    layer: Digest,
}

async fn one_layer() -> OneLayer {
    let (source, destination) = (Fake::start().await, Fake::start().await);
    let bytes: Vec<u8> = (0..SIZE).map(|n| u8::try_from(n * 7919 % 251).unwrap_or_default()).collect();
    let layer = source.add_blob(REPO, bytes);
    let config = source.add_blob(REPO, "{}");
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST,
        "config": descriptor("application/vnd.oci.empty.v1+json", &config, 2),
        "layers": [descriptor("application/vnd.oci.image.layer.v1.tar+gzip", &layer, SIZE)],
    });
    let image = source.add_manifest(REPO, &manifest);
    OneLayer { source, destination, image, layer }
}

impl OneLayer {
    async fn copy(&self) -> Result<CopiedImage, CopyError> {
        copy_image(&reading(&self.source.host, REPO), &writing(&self.destination.host, REPO), &self.image, &context())
            .await
    }

    fn arrived(&self) -> bool {
        let key = (REPO.to_owned(), self.layer.to_string());
        let (here, there) =
            (self.destination.world().blobs.get(&key).cloned(), self.source.world().blobs.get(&key).cloned());
        here.is_some() && here == there
    }

    /// Uploads of the layer, whole or not.
    fn uploads(&self) -> usize {
        let puts = self.destination.seen("PUT", "/blobs/uploads/");
        puts.iter().filter(|put| put.length == Some(SIZE as u64)).count()
    }
}

fn ranges(asked: &[Seen]) -> Vec<Option<&str>> {
    asked.iter().map(|seen| seen.range.as_deref()).collect()
}

#[tokio::test]
async fn a_broken_connection_goes_on_where_it_broke_and_the_upload_is_one() {
    let it = one_layer().await;
    it.source.fail("GET", it.layer.as_str(), 1, Act::Cut);
    it.copy().await.expect("copied");
    assert!(it.arrived());
    assert_eq!(it.uploads(), 1, "the destination never heard of it");
    assert_eq!(ranges(&it.source.seen("GET", it.layer.as_str())), [None, Some("bytes=150000-")]);
}

#[tokio::test]
async fn it_may_break_more_than_once() {
    let it = one_layer().await;
    it.source.fail("GET", it.layer.as_str(), 3, Act::Cut);
    it.copy().await.expect("copied");
    assert!(it.arrived());
    assert_eq!(it.uploads(), 1);
    let asked = it.source.seen("GET", it.layer.as_str());
    assert_eq!(ranges(&asked), [None, Some("bytes=150000-"), Some("bytes=225000-"), Some("bytes=262500-")]);
}

#[tokio::test]
async fn a_source_that_knows_no_ranges_sends_all_again_and_the_first_half_is_dropped() {
    let it = one_layer().await;
    it.source.world().ranges = false;
    it.source.fail("GET", it.layer.as_str(), 1, Act::Cut);
    it.copy().await.expect("copied");
    assert!(it.arrived());
    assert_eq!(it.uploads(), 1);
}

#[tokio::test]
async fn a_part_that_is_not_the_asked_one_is_not_taken() {
    for range in ["bytes 0-299999/300000", "bytes 150000-299999/999999", "nonsense"] {
        let it = one_layer().await;
        let wrong = Act::Status(206, vec![("content-range", range.to_owned())], "other bytes");
        it.source.fail("GET", it.layer.as_str(), 1, Act::Cut);
        it.source.fail("GET", it.layer.as_str(), 1, wrong);
        it.copy().await.expect("the blob starts over");
        assert!(it.arrived());
        assert_eq!(it.uploads(), 2, "{range}: the first upload was given up");
    }
}

#[tokio::test]
async fn wrong_bytes_after_the_seam_never_become_a_blob() {
    let it = one_layer().await;
    it.source.fail("GET", it.layer.as_str(), 1, Act::Cut);
    it.source.fail("GET", it.layer.as_str(), 99, Act::Spoil);
    let error = it.copy().await.expect_err("the second half is another");
    assert_eq!((error.side, error.meaning()), (Side::Source, Meaning::DigestMismatch), "{error}");
    assert!(!it.arrived() && it.destination.world().manifests.is_empty());
}

#[tokio::test]
async fn a_redirected_blob_asks_the_registry_again_and_storage_never_sees_the_credential() {
    let it = one_layer().await;
    let storage = Fake::start().await;
    storage.world().blobs = it.source.world().blobs.clone();
    it.source.world().storage = Some(storage.url());
    it.source.wants_tokens(300);
    storage.fail("GET", it.layer.as_str(), 1, Act::Cut);
    let from = connect(&it.source.host, Some(robot())).reading(name(REPO));
    copy_image(&from, &writing(&it.destination.host, REPO), &it.image, &context()).await.expect("copied");
    assert!(it.arrived());
    let asked = it.source.seen("GET", it.layer.as_str());
    assert_eq!(asked.len(), 2, "each time by way of the registry");
    assert!(asked.iter().all(|seen| seen.authorization.is_some()));
    let given = storage.seen("GET", it.layer.as_str());
    assert_eq!(ranges(&given), [None, Some("bytes=150000-")]);
    assert!(given.iter().all(|seen| seen.authorization.is_none()), "{given:?}");
}

#[tokio::test]
async fn a_budget_of_one_download_is_given_back_before_the_rest_is_asked_for() {
    let it = one_layer().await;
    it.source.fail("GET", it.layer.as_str(), 1, Act::Cut);
    let endpoint = Endpoint {
        plain_http: true,
        budget: Budget { downloads: 1, ..Budget::default() },
        ..Endpoint::new(it.source.host.clone(), crate::clock::Clock::System)
    };
    let from = Registry::connect(endpoint, None).expect("a client").reading(name(REPO));
    let (to, ctx) = (writing(&it.destination.host, REPO), context());
    let copied = copy_image(&from, &to, &it.image, &ctx);
    let copied = tokio::time::timeout(std::time::Duration::from_secs(10), copied).await;
    copied.expect("nobody waits for himself").expect("copied");
    assert!(it.arrived());
}
