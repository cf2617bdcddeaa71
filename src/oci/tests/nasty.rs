//! What registries and networks do in the middle of a copy.

use std::time::{Duration, Instant};

use serde_json::json;

use super::fake::{Act, Fake};
use super::image::{Image, MANIFEST, descriptor, hardened};
use super::{connect, context, name, reading, writing};
use crate::model::{Digest, Reference, Tag};
use crate::oci::{digests, *};

const REPO: &str = "acme/dhi-demo";

async fn pair() -> (Fake, Fake, Image) {
    let (source, destination) = (Fake::start().await, Fake::start().await);
    let image = hardened(&source, &source, REPO);
    (source, destination, image)
}

async fn copy(source: &Fake, destination: &Fake, digest: &Digest) -> Result<CopiedImage, CopyError> {
    copy_image(&reading(&source.host, REPO), &writing(&destination.host, REPO), digest, &context()).await
}

/// The largest layer, by which faults are told apart.
fn layer(fake: &Fake) -> String {
    let world = fake.world();
    let largest = world.blobs.iter().max_by_key(|(_, bytes)| bytes.len());
    largest.map(|((_, digest), _)| digest.clone()).expect("a blob")
}

#[tokio::test]
async fn a_body_that_breaks_off_is_fetched_again() {
    let (source, destination, image) = pair().await;
    source.fail("GET", layer(&source), 2, Act::Cut);
    copy(&source, &destination, &image.index).await.expect("the third time is well");
}

#[tokio::test]
async fn a_body_that_always_breaks_off_leaves_nothing_behind() {
    let (source, destination, image) = pair().await;
    source.fail("GET", layer(&source), 99, Act::Cut);
    let error = copy(&source, &destination, &image.index).await.expect_err("it never ends");
    assert_eq!((error.side, error.step, error.meaning()), (Side::Source, Step::ReadBlob, Meaning::Network), "{error}");
    assert!(error.retryable());
    assert!(destination.world().manifests.is_empty());
}

#[tokio::test]
async fn wrong_bytes_never_become_a_blob_even_where_nobody_checks() {
    let (source, destination, image) = pair().await;
    let layer = layer(&source);
    source.fail("GET", layer.clone(), 99, Act::Spoil);
    let error = copy(&source, &destination, &image.index).await.expect_err("the bytes are wrong");
    assert_eq!((error.side, error.meaning()), (Side::Source, Meaning::DigestMismatch), "{error}");
    assert!(!error.retryable());
    assert!(!destination.world().blobs.contains_key(&(REPO.to_owned(), layer)));
    assert!(destination.world().manifests.is_empty());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!destination.seen("DELETE", "/blobs/uploads/").is_empty(), "the upload is taken back");
}

#[tokio::test]
async fn wrong_bytes_of_a_manifest_stop_the_copy() {
    let (source, destination, image) = pair().await;
    source.fail("GET", format!("/manifests/{}", image.platforms[0]), 99, Act::Spoil);
    let error = copy(&source, &destination, &image.index).await.expect_err("the bytes are wrong");
    assert_eq!((error.side, error.step, error.meaning()), (Side::Source, Step::ReadManifest, Meaning::DigestMismatch));
    assert!(destination.world().blobs.is_empty());
}

#[tokio::test]
async fn an_upload_whose_answer_was_lost_is_not_repeated() {
    let (source, destination, image) = pair().await;
    destination.fail("PUT", "/blobs/uploads/", 1, Act::Status(502, vec![], ""));
    let ctx = context();
    let (from, to) = (reading(&source.host, REPO), writing(&destination.host, REPO));
    copy_image(&from, &to, &image.index, &ctx).await.expect("copied");
}

#[tokio::test]
async fn a_mount_that_is_not_possible_goes_on_as_the_upload_it_has_become() {
    let (source, destination, image) = pair().await;
    let ctx = context();
    let from = reading(&source.host, REPO);
    let registry = connect(&destination.host, None);
    copy_image(&from, &registry.writing(name("one/demo")), &image.index, &ctx).await.expect("copied");
    destination.world().mounts = false;
    destination.world().ledger.clear();
    copy_image(&from, &registry.writing(name("two/demo")), &image.index, &ctx).await.expect("copied");
    let begun = destination.seen("POST", "/blobs/uploads/");
    assert!(begun.iter().all(|seen| seen.query.contains("from=one/demo") && seen.query.contains("mount=sha256%3A")));
    assert_eq!(begun.len(), destination.seen("PUT", "/blobs/uploads/").len(), "no session is begun twice");
    assert!(begun.iter().all(|seen| seen.length == Some(0)), "rule 11");
}

#[tokio::test]
async fn a_refused_mount_is_a_plain_upload() {
    let (source, destination, image) = pair().await;
    let ctx = context();
    let from = reading(&source.host, REPO);
    let registry = connect(&destination.host, None);
    copy_image(&from, &registry.writing(name("one/demo")), &image.index, &ctx).await.expect("copied");
    destination.fail("POST", "two/demo/blobs/uploads/", 1, Act::Status(401, vec![], ""));
    copy_image(&from, &registry.writing(name("two/demo")), &image.index, &ctx).await.expect("copied");
}

#[tokio::test]
async fn each_blob_goes_out_in_one_put_of_known_length() {
    let (source, destination, image) = pair().await;
    copy(&source, &destination, &image.index).await.expect("copied");
    let sizes = source.world().blobs.clone();
    for put in destination.seen("PUT", "/blobs/uploads/") {
        let digest =
            url::form_urlencoded::parse(put.query.as_bytes()).find(|(n, _)| n == "digest").map(|(_, d)| d.into_owned());
        let size = digest.and_then(|d| sizes.get(&(REPO.to_owned(), d))).map(|bytes| bytes.len() as u64);
        assert_eq!(put.length, size);
        assert!(put.query.starts_with("state=a%2Fb&"), "the session's own query stays: {}", put.query);
    }
    assert!(destination.seen("PATCH", "").is_empty());
}

#[tokio::test]
async fn a_blob_too_large_for_one_put_goes_in_pieces() {
    for how in [Chunking::Pieces(70_000), Chunking::OnePatch] {
        let (source, destination, image) = pair().await;
        destination.world().largest_put = 100_000;
        if how == Chunking::OnePatch {
            destination.fail("PUT", "/blobs/uploads/", 3, Act::Status(413, vec![], ""));
            destination.world().largest_put = usize::MAX;
        }
        let profile = Profile { name: "test", on_too_large: how, mounts: true };
        let endpoint = Endpoint {
            plain_http: true,
            profile: Some(profile),
            ..Endpoint::new(destination.host.clone(), crate::clock::Clock::System)
        };
        let to = Registry::connect(endpoint, None).expect("a client").writing(name(REPO));
        copy_image(&reading(&source.host, REPO), &to, &image.index, &context()).await.expect("copied");
        let patches = destination.seen("PATCH", "/blobs/uploads/");
        assert!(!patches.is_empty());
        if how != Chunking::OnePatch {
            assert!(patches.iter().all(|p| p.length.is_some_and(|l| l <= 70_000)), "{patches:?}");
        }
        let largest = layer(&source);
        let key = (REPO.to_owned(), largest);
        assert_eq!(destination.world().blobs.get(&key), source.world().blobs.get(&key));
    }
}

#[tokio::test]
async fn a_registry_that_asks_for_a_pause_gets_it() {
    let (source, destination, image) = pair().await;
    let pause = |seconds: &str| vec![("retry-after", seconds.to_owned())];
    destination.fail("PUT", "/manifests/", 1, Act::Status(429, pause("1"), ""));
    let begun = Instant::now();
    copy(&source, &destination, &image.index).await.expect("copied");
    assert!(begun.elapsed() >= Duration::from_millis(900), "{:?}", begun.elapsed());

    // A long pause is the caller's to wait for.
    destination.fail("HEAD", "/manifests/", 1, Act::Status(429, pause("3600"), ""));
    let begun = Instant::now();
    let tag: Tag = "1".parse().expect("a tag");
    let error = publish_tag(&writing(&destination.host, REPO), &image.index, &tag, &context()).await;
    let error = error.expect_err("it is told to wait an hour");
    assert!(matches!(error.meaning(), Meaning::RateLimit { until: Some(_) }), "{error}");
    assert!(error.retryable() && begun.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_registry_that_falls_silent_is_not_waited_for_forever() {
    let (source, _, image) = pair().await;
    source.fail("GET", "/manifests/", 99, Act::Hang);
    let patience = Patience { answer: Duration::from_millis(100), tries: 2, ..Patience::default() };
    let endpoint =
        Endpoint { plain_http: true, patience, ..Endpoint::new(source.host.clone(), crate::clock::Clock::System) };
    let repository = Registry::connect(endpoint, None).expect("a client").reading(name(REPO));
    let error = repository.get_manifest(&Reference::Digest(image.index.clone())).await.expect_err("silence");
    assert!(matches!(error, RegistryError::Silent { .. }) && error.retryable());
}

#[tokio::test]
async fn a_part_the_registry_misses_is_brought_again_and_the_manifest_put_once_more() {
    let (source, destination, image) = pair().await;
    // It says it has the layer, and then does not find it.
    destination.fail("HEAD", layer(&source), 1, Act::Status(200, vec![], ""));
    copy(&source, &destination, &image.index).await.expect("copied");
    assert!(destination.world().blobs.contains_key(&(REPO.to_owned(), layer(&source))));
}

#[tokio::test]
async fn foreign_layers_stay_where_they_are() {
    let (source, destination, _) = pair().await;
    let config = source.add_blob(REPO, "{}");
    let far = digests::sha256(b"a layer of another maker");
    let mut foreign = descriptor("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", &far, 24);
    foreign["urls"] = json!(["http://169.254.169.254/latest"]);
    let docker = "application/vnd.docker.distribution.manifest.v2+json";
    let config = descriptor("application/vnd.docker.container.image.v1+json", &config, 2);
    let manifest = json!({ "schemaVersion": 2, "mediaType": docker, "config": config, "layers": [foreign] });
    let digest = source.add_manifest(REPO, &manifest);
    let copied = copy(&source, &destination, &digest).await.expect("copied");
    assert_eq!(copied.media_type, docker);
    assert_eq!(copied.platforms().map(|(p, _)| p.to_string()).collect::<Vec<_>>(), ["any/any"]);
    assert!(source.seen("GET", far.as_str()).is_empty() && destination.seen("HEAD", far.as_str()).is_empty());
}

#[tokio::test]
async fn indexes_in_indexes_and_buildkit_attestations_are_copied_with_their_subject_first() {
    let (source, destination, image) = pair().await;
    destination.world().has_api = false;
    let config = source.add_blob(REPO, "{}");
    let empty = || descriptor("application/vnd.oci.empty.v1+json", &config, 2);
    let platform = &image.platforms[0];
    let size = source.manifest(REPO, platform.as_str()).map_or(0, |bytes| bytes.len());
    let buildkit = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": empty(), "layers": [],
        "artifactType": "application/vnd.docker.attestation.manifest.v1+json", "subject": descriptor(MANIFEST, platform, size) });
    let mut child = descriptor(MANIFEST, &source.add_manifest(REPO, &buildkit), buildkit.to_string().len());
    child["platform"] = json!({ "os": "unknown", "architecture": "unknown" });
    let mut running = descriptor(MANIFEST, platform, size);
    running["platform"] = json!({ "os": "linux", "architecture": "amd64" });
    let inner = json!({ "schemaVersion": 2, "mediaType": super::image::INDEX, "manifests": [child, running] });
    let inner_digest = source.add_manifest(REPO, &inner);
    let outer = json!({ "schemaVersion": 2, "mediaType": super::image::INDEX,
        "manifests": [descriptor(super::image::INDEX, &inner_digest, inner.to_string().len())] });
    let digest = source.add_manifest(REPO, &outer);
    let copied = copy(&source, &destination, &digest).await.expect("copied");
    assert_eq!(copied.manifests.len(), 4);
    assert!(!copied.is_hardened);
    assert_eq!(copied.platforms().count(), 1, "BuildKit's entry is no platform");
    let order: Vec<_> = destination.seen("PUT", "/manifests/").into_iter().map(|seen| seen.path).collect();
    assert!(
        order[0].ends_with(platform.as_str()) && order.last().is_some_and(|p| p.ends_with(digest.as_str())),
        "{order:?}"
    );
    let listed = writing(&destination.host, REPO).referrers(platform).await.expect("a list");
    assert_eq!(listed.entries.len(), 1);
}

#[tokio::test]
async fn a_tag_that_may_not_move_is_left_where_it_is() {
    let (source, destination, image) = pair().await;
    copy(&source, &destination, &image.index).await.expect("copied");
    let target = writing(&destination.host, REPO);
    let tag: Tag = "1".parse().expect("a tag");
    let publish = async |digest: &Digest| publish_tag(&target, digest, &tag, &context()).await;
    assert_eq!(publish(&image.index).await.expect("published"), Published::Moved { from: None });
    for (status, body) in [
        (412, ""),
        (409, r#"{"errors":[{"code":"TAG_IMMUTABLE"}]}"#),
        (400, r#"{"errors":[{"code":"TAG_INVALID","message":"The image tag '1' already exists and is immutable"}]}"#),
        (403, r#"{"errors":[{"code":"DENIED"}]}"#),
    ] {
        destination.fail("PUT", "/manifests/1", 1, Act::Status(status, vec![], body));
        let puts = destination.seen("PUT", "/manifests/1").len();
        assert_eq!(publish(&image.index).await.expect("it is there"), Published::Unchanged);
        assert_eq!(destination.seen("PUT", "/manifests/1").len(), puts, "asked first, so not refused");
        let error = publish(&image.platforms[0]).await.expect_err("it must not move");
        assert_eq!(error.meaning(), Meaning::ImmutableTag, "{error}");
        assert!(!error.retryable());
    }
    assert_eq!(publish(&image.platforms[0]).await.expect("free again"), Published::Moved { from: Some(image.index) });
}

#[tokio::test]
async fn a_page_for_people_is_no_registry() {
    let (source, destination, image) = pair().await;
    let html = || vec![("content-type", "text/html; charset=utf-8".to_owned())];
    for status in [200, 404] {
        source.fail("GET", "/manifests/", 1, Act::Status(status, html(), "<html>Sign in</html>"));
        let error = copy(&source, &destination, &image.index).await.expect_err("a page");
        assert_eq!((error.side, error.meaning()), (Side::Source, Meaning::NotARegistry), "{error}");
    }
}

#[tokio::test]
async fn a_copy_that_is_cancelled_stops_and_takes_its_upload_back() {
    let (source, destination, image) = pair().await;
    destination.fail("PUT", "/blobs/uploads/", 99, Act::Hang);
    let ctx = context();
    let cancel = ctx.cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        cancel.cancel();
    });
    let (from, to) = (reading(&source.host, REPO), writing(&destination.host, REPO));
    let begun = Instant::now();
    let error = copy_image(&from, &to, &image.index, &ctx).await.expect_err("cancelled");
    assert_eq!(error.meaning(), Meaning::Cancelled);
    assert!(begun.elapsed() < Duration::from_secs(2));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!destination.seen("DELETE", "/blobs/uploads/").is_empty());
}

#[tokio::test]
async fn what_the_source_no_longer_has_is_named() {
    let (source, destination, image) = pair().await;
    let gone = layer(&source);
    source.world().blobs.remove(&(REPO.to_owned(), gone.clone()));
    let error = copy(&source, &destination, &image.index).await.expect_err("it is gone");
    assert_eq!((error.side, error.step, error.meaning()), (Side::Source, Step::ReadBlob, Meaning::NotFound));
    assert!(error.object.ends_with(&gone) && error.sentence().contains("source"), "{error}");
}
