//! Everything a registry may hold, besides the images Docker makes: each arrives byte for byte.

use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha512};

use super::fake::Fake;
use super::image::{INDEX, MANIFEST, descriptor};
use super::{context, reading, writing};
use crate::model::Digest;
use crate::oci::*;

const REPO: &str = "acme/things";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

fn sha512(bytes: &[u8]) -> Digest {
    format!("sha512:{}", hex::encode(Sha512::digest(bytes))).parse().expect("a digest")
}

async fn copied(source: &Fake, digest: &Digest) -> Result<(Fake, CopiedImage), CopyError> {
    let destination = Fake::start().await;
    let (from, to) = (reading(&source.host, REPO), writing(&destination.host, REPO));
    let image = copy_image(&from, &to, digest, &context()).await?;
    Ok((destination, image))
}

/// Whatever the source holds of the repository, the destination holds too, unchanged.
fn assert_same(source: &Fake, destination: &Fake) {
    let (here, there) = (source.world(), destination.world());
    for (key, bytes) in &here.blobs {
        assert_eq!(there.blobs.get(key), Some(bytes), "{}", key.1);
    }
    for (key, manifest) in &here.manifests {
        assert_eq!(there.manifests.get(key), Some(manifest), "{}", key.1);
    }
}

fn artifact(config: &Value, layers: &[Value]) -> Value {
    json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers })
}

#[tokio::test]
async fn a_chart_and_an_artifact_with_nothing_in_it_run_nowhere_in_particular() {
    let source = Fake::start().await;
    let chart_config = source.add_blob(REPO, r#"{"name":"demo","version":"1.0.0"}"#);
    let config = descriptor("application/vnd.cncf.helm.config.v1+json", &chart_config, 33);
    let content = source.add_blob(REPO, "a chart");
    let layer = descriptor("application/vnd.cncf.helm.chart.content.v1.tar+gzip", &content, 7);
    let chart = source.add_manifest(REPO, &artifact(&config, &[layer]));
    let (destination, image) = copied(&source, &chart).await.expect("copied");
    assert_same(&source, &destination);
    assert_eq!(image.platforms().map(|(p, _)| p.to_string()).collect::<Vec<_>>(), ["any/any"]);

    let source = Fake::start().await;
    let empty = descriptor("application/vnd.oci.empty.v1+json", &source.add_blob(REPO, "{}"), 2);
    let mut nothing = artifact(&empty, std::slice::from_ref(&empty));
    nothing["artifactType"] = json!("application/x.acme.anything");
    let nothing = source.add_manifest(REPO, &nothing);
    let (destination, _) = copied(&source, &nothing).await.expect("copied");
    assert_same(&source, &destination);
    assert!(source.seen("GET", "/blobs/").is_empty(), "what everybody knows is not fetched");
}

#[tokio::test]
async fn dockers_own_manifest_list_stays_what_it_is() {
    let source = Fake::start().await;
    let config = source.add_blob(REPO, r#"{"os":"linux","architecture":"amd64"}"#);
    let layer = source.add_blob(REPO, "a layer");
    let kind = |what: &str| format!("application/vnd.docker.{what}");
    let image = json!({
        "schemaVersion": 2, "mediaType": kind("distribution.manifest.v2+json"),
        "config": descriptor(&kind("container.image.v1+json"), &config, 37),
        "layers": [descriptor(&kind("image.rootfs.diff.tar.gzip"), &layer, 7)],
    });
    let digest = source.add_manifest(REPO, &image);
    let mut child = descriptor(&kind("distribution.manifest.v2+json"), &digest, image.to_string().len());
    child["platform"] = json!({ "os": "linux", "architecture": "amd64" });
    let list =
        json!({ "schemaVersion": 2, "mediaType": kind("distribution.manifest.list.v2+json"), "manifests": [child] });
    let (destination, image) = copied(&source, &source.add_manifest(REPO, &list)).await.expect("copied");
    assert_same(&source, &destination);
    assert_eq!(image.media_type, kind("distribution.manifest.list.v2+json"));
    assert_eq!(image.platforms().count(), 1);
}

#[tokio::test]
async fn digests_of_the_longer_kind_are_passed_through() {
    let source = Fake::start().await;
    let layer = b"hashed with the longer hash".to_vec();
    let long = sha512(&layer);
    let size = layer.len();
    source.world().blobs.insert((REPO.to_owned(), long.to_string()), Bytes::from(layer));
    let config = descriptor("application/vnd.oci.empty.v1+json", &source.add_blob(REPO, "{}"), 2);
    let image = Bytes::from(artifact(&config, &[descriptor(LAYER, &long, size)]).to_string());
    let image_digest = sha512(&image);
    let kept = (image.clone(), MANIFEST.to_owned());
    source.world().manifests.insert((REPO.to_owned(), image_digest.to_string()), kept);
    let index = json!({
        "schemaVersion": 2, "mediaType": INDEX, "manifests": [descriptor(MANIFEST, &image_digest, image.len())],
    });
    let (destination, whole) = copied(&source, &source.add_manifest(REPO, &index)).await.expect("copied");
    assert_same(&source, &destination);
    assert!(whole.manifests.iter().any(|manifest| manifest.digest == image_digest));
}

#[tokio::test]
async fn the_largest_manifest_is_copied_and_a_larger_one_is_named() {
    let source = Fake::start().await;
    let config = descriptor("application/vnd.oci.empty.v1+json", &source.add_blob(REPO, "{}"), 2);
    let padded = |to: usize| {
        let with = |filler: usize| {
            let mut manifest = artifact(&config, &[]);
            manifest["annotations"] = json!({ "filler": "x".repeat(filler) });
            manifest
        };
        with(to - with(0).to_string().len())
    };
    let digest = source.add_manifest(REPO, &padded(LARGEST_MANIFEST));
    let (destination, image) = copied(&source, &digest).await.expect("copied");
    assert_eq!(image.manifests[0].size, LARGEST_MANIFEST as u64);
    assert_same(&source, &destination);
    let larger = source.add_manifest(REPO, &padded(LARGEST_MANIFEST + 1));
    let error = copied(&source, &larger).await.map(drop).expect_err("too large");
    assert!(matches!(error.source, RegistryError::Unfit { why: Unfit::TooLarge, .. }), "{error}");
}

#[tokio::test]
async fn a_layer_that_is_named_many_times_crosses_once() {
    let source = Fake::start().await;
    let config = descriptor("application/vnd.oci.empty.v1+json", &source.add_blob(REPO, "{}"), 2);
    let layer = source.add_blob(REPO, vec![7; 5_000]);
    let empty = source.add_blob(REPO, Vec::new());
    let layers = [descriptor(LAYER, &layer, 5_000), descriptor(LAYER, &empty, 0), descriptor(LAYER, &layer, 5_000)];
    let digest = source.add_manifest(REPO, &artifact(&config, &layers));
    let (destination, _) = copied(&source, &digest).await.expect("copied");
    assert_same(&source, &destination);
    assert_eq!(source.seen("GET", layer.as_str()).len(), 1);
    assert!(source.seen("GET", empty.as_str()).is_empty());
}
