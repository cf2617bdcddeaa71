//! An image as Docker makes them: two platforms, attestations of each, signatures of those and of the index.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::{EncodePublicKey, LineEnding};
use serde_json::{Value, json};

use super::fake::Fake;
use crate::model::Digest;
use crate::oci::{TrustedKey, TrustedKeys};

pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(super) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(super) const KINDS: [&str; 3] =
    ["https://spdx.dev/Document", "https://slsa.dev/provenance/v0.2", "https://openvex.dev/ns/v0.2.0"];

pub(super) struct Image {
    pub(super) index: Digest,
    pub(super) platforms: Vec<Digest>,
    /// Of both platforms.
    pub(super) attestations: Vec<Digest>,
    /// Of the attestations, in their order, then the one of the index.
    pub(super) signatures: Vec<Digest>,
    /// All blobs of the image proper.
    pub(super) bytes: u64,
}

fn key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).expect("a key")
}

/// The key that signed the image, and no other.
pub(super) fn keys() -> TrustedKeys {
    let pem = key().verifying_key().to_public_key_pem(LineEnding::LF).expect("a public key");
    TrustedKeys::only([TrustedKey::from_pem("test", &pem).expect("a key")])
}

pub(super) fn descriptor(media_type: &str, digest: &Digest, size: usize) -> Value {
    json!({ "mediaType": media_type, "digest": digest, "size": size })
}

/// Puts the image into `images` and its proofs into `proofs`, which may be another registry.
pub(super) fn hardened(images: &Fake, proofs: &Fake, repo: &str) -> Image {
    let (mut platforms, mut children, mut bytes) = (Vec::new(), Vec::new(), 0);
    for cpu in ["amd64", "arm64"] {
        let config = json!({ "os": "linux", "architecture": cpu }).to_string();
        let layers = [b"shared".repeat(50_000), cpu.as_bytes().repeat(60_000), Vec::new()];
        let digests: Vec<_> = layers.iter().map(|layer| images.add_blob(repo, layer.clone())).collect();
        bytes += config.len() as u64 + layers[1].len() as u64;
        let layer = "application/vnd.oci.image.layer.v1.tar+gzip";
        let described = digests.iter().zip(&layers).map(|(digest, bytes)| descriptor(layer, digest, bytes.len()));
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": descriptor("application/vnd.oci.image.config.v1+json", &images.add_blob(repo, config.clone()), config.len()),
            "layers": described.collect::<Vec<_>>(), "future": { "unknown": [1, 2.50] },
        });
        let digest = images.add_manifest(repo, &manifest);
        let mut child = descriptor(MANIFEST, &digest, manifest.to_string().len());
        child["platform"] = json!({ "os": "linux", "architecture": cpu });
        child["annotations"] = json!({ "com.docker.dhi.build.id": "1" });
        children.push(child);
        platforms.push(digest);
    }
    bytes += b"shared".len() as u64 * 50_000;
    let index = json!({
        "schemaVersion": 2, "mediaType": INDEX, "manifests": children,
        "annotations": { "org.opencontainers.image.title": "dhi/demo" },
    });
    let index_size = index.to_string().len();
    let index = images.add_manifest(repo, &index);
    let mut attestations = Vec::new();
    let mut signatures = Vec::new();
    for platform in &platforms {
        for kind in KINDS {
            let (attestation, size) = attest(proofs, repo, platform, kind);
            signatures.push(sign(proofs, repo, &attestation, size, Some((kind, platform))));
            attestations.push(attestation);
        }
    }
    signatures.push(sign(proofs, repo, &index, index_size, None));
    Image { index, platforms, attestations, signatures, bytes }
}

/// An attestation of a platform manifest, with its statement.
pub(super) fn attest(fake: &Fake, repo: &str, about: &Digest, kind: &str) -> (Digest, usize) {
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v0.1", "subject": [{ "name": "demo", "digest": { "sha256": about.hex() } }],
        "predicateType": kind, "predicate": { "filler": "x".repeat(20_000) },
    });
    attest_with(fake, repo, about, kind, &statement.to_string())
}

pub(super) fn attest_with(fake: &Fake, repo: &str, about: &Digest, kind: &str, statement: &str) -> (Digest, usize) {
    let mut layer =
        descriptor("application/vnd.in-toto+json", &fake.add_blob(repo, statement.to_owned()), statement.len());
    layer["annotations"] = json!({ "in-toto.io/predicate-type": kind });
    let mut config = descriptor("application/vnd.oci.empty.v1+json", &fake.add_blob(repo, "{}".to_owned()), 2);
    config["data"] = json!("e30=");
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/vnd.in-toto+json",
        "annotations": { "in-toto.io/predicate-type": kind }, "config": config, "layers": [layer],
        "subject": descriptor(MANIFEST, about, 1),
    });
    (fake.add_manifest(repo, &manifest), manifest.to_string().len())
}

/// A signature over a manifest.
pub(super) fn sign(fake: &Fake, repo: &str, subject: &Digest, size: usize, speaks: Option<(&str, &Digest)>) -> Digest {
    let mut payload = json!({
        "critical": {
            "identity": { "docker-reference": "registry.scout.docker.com/dhi/demo" },
            "image": { "docker-manifest-digest": subject }, "type": "cosign container image signature",
        },
        "optional": {},
    });
    if let Some((kind, about)) = speaks {
        payload["optional"] = json!({ "predicateType": kind, "subject": format!("dhi/demo@{about}") });
    }
    let payload = payload.to_string();
    let signature: Signature = key().sign(payload.as_bytes());
    signed_with(fake, repo, subject, size, &payload, &STANDARD.encode(signature.to_der()))
}

pub(super) fn signed_with(fake: &Fake, repo: &str, subject: &Digest, size: usize, payload: &str, text: &str) -> Digest {
    let kind = "application/vnd.dev.cosign.simplesigning.v1+json";
    let mut layer = descriptor(kind, &fake.add_blob(repo, payload.to_owned()), payload.len());
    layer["annotations"] = json!({ "dev.cosignproject.cosign/signature": text });
    let config = r#"{"architecture":"","config":{}}"#;
    fake.add_manifest(
        repo,
        &json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/vnd.dev.cosign.artifact.sig.v1+json",
            "config": descriptor("application/vnd.oci.image.config.v1+json", &fake.add_blob(repo, config), config.len()),
            "layers": [layer], "subject": descriptor(MANIFEST, subject, size),
        }),
    )
}
