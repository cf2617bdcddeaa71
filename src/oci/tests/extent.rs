//! A part of what refers to an image, and what older signers kept in tags beside it.

use serde_json::json;

use super::fake::Fake;
use super::image::{MANIFEST, descriptor, hardened, keys};
use super::{context, reading, writing};
use crate::model::{CheckLevel, Digest, Kinds};
use crate::oci::*;

const REPO: &str = "acme/dhi-demo";

#[tokio::test]
async fn only_the_named_kinds_go_along_each_with_its_signature() {
    let (source, destination) = (Fake::start().await, Fake::start().await);
    let image = hardened(&source, &source, REPO);
    let (from, to) = (reading(&source.host, REPO), writing(&destination.host, REPO));
    let mut context = context();
    context.kinds = Kinds(vec!["https://spdx.dev/".parse().expect("a kind")]);
    let whole = copy_image(&from, &to, &image.index, &context).await.expect("copied");
    let found = copy_attestations(&whole, &from, &to, &context).await.expect("proofs");
    // One of each platform with its signature, and the signature of the index, which is no attestation.
    assert_eq!(found.referrers.len(), 5);
    assert_eq!(found.left_out.len(), 2, "{:?}", found.left_out);
    for left in [&image.attestations[1], &image.signatures[1]] {
        assert!(destination.manifest(REPO, left.as_str()).is_none());
    }
    let observed = observe_coverage(&whole, &found, &to, &keys(), &context).await.expect("coverage");
    assert!(observed.is_complete());
    let failed = observed.coverage.checks.iter().filter(|check| !check.passed && check.level == CheckLevel::Error);
    assert_eq!(failed.count(), 0, "{:#?}", observed.coverage.checks);
}

/// A signature as cosign kept it before there was a referrers API: an image under a tag made of the digest.
fn older(fake: &Fake, about: &Digest, ending: &str) -> (String, Digest) {
    let text = format!("{ending} of {about}");
    let config = descriptor("application/vnd.oci.image.config.v1+json", &fake.add_blob(REPO, "{}"), 2);
    let layer = descriptor("application/octet-stream", &fake.add_blob(REPO, text.clone()), text.len());
    let manifest = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer] });
    let digest = fake.add_manifest(REPO, &manifest);
    let tag = format!("{}.{ending}", about.as_str().replace(':', "-"));
    let bytes = fake.manifest(REPO, digest.as_str()).expect("it was put");
    fake.world().manifests.insert((REPO.to_owned(), tag.clone()), (bytes, MANIFEST.to_owned()));
    (tag, digest)
}

#[tokio::test]
async fn cosigns_older_tags_go_along_where_there_are_some() {
    let (source, destination) = (Fake::start().await, Fake::start().await);
    let image = hardened(&source, &source, REPO);
    let older = [older(&source, &image.index, "sig"), older(&source, &image.platforms[1], "att")];
    let (from, to) = (reading(&source.host, REPO), writing(&destination.host, REPO));
    let whole = copy_image(&from, &to, &image.index, &context()).await.expect("copied");
    assert_eq!(copy_digest_tags(&whole, &from, &to, &context()).await.expect("copied"), 2);
    for (tag, digest) in &older {
        let (here, there) = (source.manifest(REPO, tag), destination.manifest(REPO, tag));
        assert!(here.is_some() && here == there, "{tag} is {digest}");
    }
    assert_eq!(copy_digest_tags(&whole, &from, &to, &context()).await.expect("again"), 2);
}
