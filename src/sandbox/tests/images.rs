//! The bytes: an image with its attestations and signatures, two levels of referrers deep.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::DecodePublicKey as _;
use reqwest::Method;

use super::super::content::{COSIGN_SIGNATURE, IN_TOTO, sha256};
use super::*;

/// Fetches signature manifests of a digest and checks each against the key; gives the payloads.
async fn verified(bench: &Bench, scout: &Registry, digest: &str) -> Vec<Value> {
    let key = VerifyingKey::from_public_key_pem(&bench.sandbox.public_key_pem()).expect("a key");
    let mut payloads = Vec::new();
    for descriptor in scout.referrers(digest, Some(COSIGN_SIGNATURE)).await {
        let manifest = scout.json(&format!("/manifests/{}", text(&descriptor["digest"]))).await;
        assert_eq!(manifest["subject"]["digest"], digest);
        let layer = &manifest["layers"][0];
        let payload = scout.bytes(&format!("/blobs/{}", text(&layer["digest"]))).await;
        let signature =
            STANDARD.decode(text(&layer["annotations"]["dev.cosignproject.cosign/signature"])).expect("base64");
        key.verify(&payload, &Signature::from_der(&signature).expect("DER")).expect("a valid signature");
        assert!(scout.head(&format!("/blobs/{}", text(&manifest["config"]["digest"]))).await.status().is_success());
        payloads.push(serde_json::from_slice(&payload).expect("JSON"));
    }
    payloads
}

#[tokio::test]
async fn an_image_is_an_index_of_two_platforms_that_says_it_is_hardened() {
    let bench = Bench::start().await;
    let docker = bench.docker("acme/dhi-nginx").await;
    let index = docker.json("/manifests/1.29.3").await;
    assert!(text(&index["annotations"]["org.opencontainers.image.title"]).starts_with("dhi/"));
    let entries = index["manifests"].as_array().expect("entries");
    assert_eq!(entries.len(), 2);
    for entry in entries {
        assert!(!text(&entry["annotations"]["com.docker.dhi.build.id"]).is_empty());
        let manifest = docker.json(&format!("/manifests/{}", text(&entry["digest"]))).await;
        let layers = manifest["layers"].as_array().expect("layers");
        assert!((3..=4).contains(&layers.len()));
        let mut total = 0;
        for blob in layers.iter().chain([&manifest["config"]]) {
            let bytes = docker.bytes(&format!("/blobs/{}", text(&blob["digest"]))).await;
            assert_eq!(sha256(&bytes), text(&blob["digest"]));
            assert_eq!(bytes.len() as u64, blob["size"].as_u64().expect("a size"));
            total += bytes.len();
        }
        assert!((800_000..3_000_000).contains(&total), "{total}");
    }
}

#[tokio::test]
async fn every_platform_has_signed_attestations_in_scout_and_none_in_hubs_registry() {
    let bench = Bench::start().await;
    let docker = bench.docker("acme/dhi-nginx").await;
    let scout = bench.scout("acme/dhi-nginx").await;
    for platform in docker.platforms("1.29.3").await {
        assert!(docker.referrers(&platform, None).await.is_empty());
        let attestations = scout.referrers(&platform, Some(IN_TOTO)).await;
        assert!(attestations.len() > 10, "more than a page");
        let mut vex = 0;
        for descriptor in attestations {
            let digest = text(&descriptor["digest"]);
            let raw = scout.bytes(&format!("/manifests/{digest}")).await;
            assert_eq!(sha256(&raw), digest);
            let manifest: Value = serde_json::from_slice(&raw).expect("JSON");
            let mut keys: Vec<_> = manifest.as_object().expect("an object").keys().cloned().collect();
            keys.sort();
            assert_eq!(
                keys,
                ["annotations", "artifactType", "config", "layers", "mediaType", "schemaVersion", "subject"]
            );
            assert_eq!(
                (text(&manifest["config"]["data"]), manifest["config"]["size"].as_u64()),
                ("e30=".into(), Some(2))
            );
            assert_eq!(scout.bytes(&format!("/blobs/{}", text(&manifest["config"]["digest"]))).await, b"{}");
            assert_eq!(manifest["subject"]["digest"], platform);
            let kind = text(&manifest["annotations"]["in-toto.io/predicate-type"]);
            vex += usize::from(kind.starts_with("https://openvex.dev"));
            let statement = scout.json(&format!("/blobs/{}", text(&manifest["layers"][0]["digest"]))).await;
            assert_eq!(text(&statement["predicateType"]), kind);
            assert_eq!(format!("sha256:{}", text(&statement["subject"][0]["digest"]["sha256"])), platform);
            let payloads = verified(&bench, &scout, &digest).await;
            assert_eq!(payloads.len(), 1);
            assert_eq!(payloads[0]["critical"]["image"]["docker-manifest-digest"], digest);
            assert_eq!(payloads[0]["critical"]["identity"]["docker-reference"], "registry.scout.docker.com/dhi/nginx");
            assert_eq!(text(&payloads[0]["optional"]["predicateType"]), kind);
        }
        assert_eq!(vex, 2);
    }
    let root = docker.digest("1.29.3").await;
    assert_eq!(verified(&bench, &scout, &root).await.len(), 1, "newer images have a signed index");
    let redis = bench.docker("acme/dhi-redis").await.digest("8").await;
    assert!(bench.scout("acme/dhi-redis").await.referrers(&redis, None).await.is_empty(), "older ones do not");
}

#[tokio::test]
async fn the_catalogues_own_repository_in_scout_fills_when_asked() {
    let bench = Bench::start().await;
    let recipe = bench.sandbox.world().state().catalog["vault"].definitions[1].recipe.clone();
    let image = bench.sandbox.world().build(&recipe).await;
    let scout = bench.scout("dhi/vault").await;
    let found = scout.referrers(&image.platforms[0].manifest.digest, Some(IN_TOTO)).await;
    let kinds: Vec<_> = found.iter().map(|one| text(&one["annotations"]["in-toto.io/predicate-type"])).collect();
    assert!(
        kinds.contains(&"https://docker.com/dhi/fips/v0.1".into())
            && kinds.contains(&"https://docker.com/dhi/stig/v0.1".into())
    );
}

#[tokio::test]
async fn repositories_of_one_distribution_share_their_base() {
    let bench = Bench::start().await;
    let layers = async |repository: &str, tag: &str| {
        let docker = bench.docker(repository).await;
        let platform = docker.platforms(tag).await.remove(0);
        let manifest = docker.json(&format!("/manifests/{platform}")).await;
        manifest["layers"].as_array().expect("layers").iter().map(|one| text(&one["digest"])).collect::<Vec<_>>()
    };
    let (nginx, redis) = (layers("acme/dhi-nginx", "1.29.3").await, layers("acme/dhi-redis", "8").await);
    assert_eq!(nginx[..2], redis[..2]);
    assert_ne!(nginx.last(), redis.last());
}

#[tokio::test]
async fn two_worlds_have_the_same_digests() {
    let (one, other) = (Bench::start().await, Bench::start().await);
    assert_eq!(
        one.docker("acme/dhi-nginx").await.digest("1").await,
        other.docker("acme/dhi-nginx").await.digest("1").await
    );
    assert_eq!(one.sandbox.public_key_pem(), other.sandbox.public_key_pem());
    let answer =
        one.docker("acme/dhi-nginx").await.call(Method::GET, "/manifests/none").send().await.expect("an answer");
    assert_eq!(answer.status(), 404);
}
