//! The checks of `contracts/attestations.md` section 8: what each finds where something is wrong, and how much it matters.

use super::fake::Fake;
use super::image::{Image, attest, attest_with, hardened, keys, sign, signed_with};
use super::{context, reading, writing};
use crate::model::{CheckLevel, ProofCheck};
use crate::oci::*;

const REPO: &str = "acme/dhi-demo";

struct World {
    source: Fake,
    destination: Fake,
    image: Image,
}

impl World {
    async fn start() -> Self {
        let (source, destination) = (Fake::start().await, Fake::start().await);
        let image = hardened(&source, &source, REPO);
        Self { source, destination, image }
    }

    async fn copied(&self) -> (CopiedImage, Attestations) {
        let (from, to) = (reading(&self.source.host, REPO), writing(&self.destination.host, REPO));
        let whole = copy_image(&from, &to, &self.image.index, &context()).await.expect("copied");
        let proofs = copy_attestations(&whole, &from, &to, &context()).await.expect("proofs");
        (whole, proofs)
    }

    async fn checks(&self, copied: &(CopiedImage, Attestations), keys: &TrustedKeys) -> Vec<ProofCheck> {
        let to = writing(&self.destination.host, REPO);
        observe_coverage(&copied.0, &copied.1, &to, keys, &context()).await.expect("coverage").coverage.checks
    }
}

/// Numbers of the checks that failed at this level.
fn failed(checks: &[ProofCheck], level: CheckLevel) -> Vec<u8> {
    checks.iter().filter(|check| !check.passed && check.level == level).map(|check| check.number).collect()
}

fn finding(checks: &[ProofCheck], number: u8) -> &str {
    checks.iter().find(|check| check.number == number).map_or("", |check| &check.finding)
}

#[tokio::test]
async fn a_whole_copy_passes_every_check() {
    let world = World::start().await;
    let checks = world.checks(&world.copied().await, &keys()).await;
    let numbers: Vec<_> = checks.iter().map(|check| check.number).collect();
    assert_eq!(numbers, [3, 4, 5, 6, 7, 8, 9, 10, 16]);
    assert!(checks.iter().all(|check| check.passed), "{checks:#?}");
    assert_eq!(finding(&checks, 3), "All 13 attestations and signatures of the source are listed.");
}

#[tokio::test]
async fn a_signature_by_a_key_nobody_trusts_counts_as_none() {
    let world = World::start().await;
    let copied = world.copied().await;
    let checks = world.checks(&copied, &TrustedKeys::docker()).await;
    assert_eq!(failed(&checks, CheckLevel::Error), [6, 8, 9]);
    assert!(
        finding(&checks, 6).contains("https://spdx.dev/Document of amd64 (signature does not verify)"),
        "{checks:#?}"
    );
    // It was like that at the source, as far as these keys go.
    assert_eq!(failed(&checks, CheckLevel::Warning), [12]);
}

#[tokio::test]
async fn each_forgery_fails_its_own_check() {
    const KIND: &str = "https://example.com/kind";
    type Forge = fn(&World);
    let unsigned: Forge = |world| {
        attest(&world.source, REPO, &world.image.platforms[0], KIND);
    };
    let changed_byte: Forge = |world| {
        let (forged, size) = attest(&world.source, REPO, &world.image.platforms[0], KIND);
        signed_with(&world.source, REPO, &forged, size, r#"{"critical":{}}"#, "bm8gc2lnbmF0dXJl");
    };
    let other_manifest: Forge = |world| {
        let (about, _) = attest(&world.source, REPO, &world.image.platforms[0], KIND);
        let (_, size) = attest(&world.source, REPO, &world.image.platforms[1], "https://example.com/another");
        sign(&world.source, REPO, &about, size, Some((KIND, &world.image.platforms[1])));
    };
    let other_image: Forge = |world| {
        let elsewhere = "c".repeat(64);
        let statement = format!(r#"{{"subject":[{{"digest":{{"sha256":"{elsewhere}"}}}}],"predicateType":"{KIND}"}}"#);
        let (odd, size) = attest_with(&world.source, REPO, &world.image.platforms[0], KIND, &statement);
        sign(&world.source, REPO, &odd, size, Some((KIND, &world.image.platforms[0])));
    };
    for (name, forge, number, words) in [
        ("unsigned", unsigned, 6, "https://example.com/kind of amd64 (no signature)"),
        ("a changed byte", changed_byte, 6, "(signature does not verify)"),
        ("a payload for another manifest", other_manifest, 6, "https://example.com/kind of amd64"),
        (
            "a statement about another image",
            other_image,
            7,
            "Statements about something else: https://example.com/kind",
        ),
    ] {
        let world = World::start().await;
        forge(&world);
        let checks = world.checks(&world.copied().await, &keys()).await;
        assert_eq!(failed(&checks, CheckLevel::Error), [number], "{name}: {checks:#?}");
        assert!(finding(&checks, number).contains(words), "{name}: {checks:#?}");
        assert_eq!(failed(&checks, CheckLevel::Warning), [12], "{name}: it came like that");
    }
}

#[tokio::test]
async fn what_the_destination_lost_or_spoilt_is_named() {
    let world = World::start().await;
    let copied = world.copied().await;
    let (attestation, root_signature) =
        (&world.image.attestations[0], world.image.signatures.last().expect("the index's"));
    for digest in [attestation, root_signature] {
        world.destination.world().manifests.remove(&(REPO.to_owned(), digest.to_string()));
    }
    let checks = world.checks(&copied, &keys()).await;
    assert_eq!(failed(&checks, CheckLevel::Error), [3, 8, 9]);
    assert!(finding(&checks, 3).starts_with("2 of 13 attestations and signatures are not listed: "), "{checks:#?}");
    assert_eq!(finding(&checks, 8), "Without a signed SBOM (SPDX) of amd64.");
    assert_eq!(finding(&checks, 9), "0 of 1 signatures of the image itself are there.");
    assert!(failed(&checks, CheckLevel::Warning).is_empty(), "the source is sound");
}

#[tokio::test]
async fn a_hardened_image_without_one_attestation_is_no_whole_copy() {
    let (source, nothing, destination) = (Fake::start().await, Fake::start().await, Fake::start().await);
    let image = hardened(&source, &nothing, REPO);
    let (from, to) = (reading(&source.host, REPO), writing(&destination.host, REPO));
    let whole = copy_image(&from, &to, &image.index, &context()).await.expect("copied");
    let observed =
        observe_coverage(&whole, &Attestations::default(), &to, &keys(), &context()).await.expect("coverage");
    let checks = observed.coverage.checks;
    assert_eq!(failed(&checks, CheckLevel::Error), [8, 16]);
    assert!(finding(&checks, 16).contains("a wrong source, or a missing right"), "{checks:#?}");
}
