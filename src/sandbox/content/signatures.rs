//! Signatures as cosign stores them and Docker signs them (`contracts/attestations.md` sections 2.2 and 3), with a key that
//! belongs to the sandbox alone.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature as Ecdsa, SigningKey, VerifyingKey};
use p256::pkcs8::{EncodePublicKey as _, LineEnding};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{COSIGN_SIGNATURE, MANIFEST, Object, Signature};

const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";

/// Signs an attestation manifest; the payload names it, its predicate type and the platform manifest it speaks of.
pub fn sign(name: &str, attestation: &Object, predicate_type: &str, platform: &str) -> Signature {
    let optional = format!(
        r#"{{"predicateType":"{predicate_type}","subject":"dhi/{name}@{platform}","type":"https://in-toto.io/Statement/v0.1"}}"#
    );
    signature(name, attestation, &optional)
}

/// Signs an index; cosign leaves `optional` null when it has nothing to say.
pub fn sign_root(name: &str, root: &Object) -> Signature {
    signature(name, root, "null")
}

/// The public half of the key, PEM.
pub fn public_key_pem() -> String {
    VerifyingKey::from(key()).to_public_key_pem(LineEnding::LF).expect("a P-256 point always encodes")
}

fn signature(name: &str, subject: &Object, optional: &str) -> Signature {
    // Written by hand: the signed message is these bytes, whatever order a JSON library would choose.
    let payload = format!(
        r#"{{"critical":{{"identity":{{"docker-reference":"registry.scout.docker.com/dhi/{name}"}},"image":{{"docker-manifest-digest":"{}"}},"type":"cosign container image signature"}},"optional":{optional}}}"#,
        subject.digest
    );
    let signed: Ecdsa = key().sign(payload.as_bytes());
    let payload = Object::new(SIMPLE_SIGNING, payload);
    let config = Object::json(
        CONFIG,
        &json!({
            "architecture": "", "created": "0001-01-01T00:00:00Z", "os": "", "config": {},
            "history": [{"created": "0001-01-01T00:00:00Z"}],
            "rootfs": {"type": "layers", "diff_ids": [payload.digest]},
        }),
    );
    let mut layer = payload.descriptor();
    layer["annotations"] = json!({"dev.cosignproject.cosign/signature": STANDARD.encode(signed.to_der())});
    let manifest = Object::json(
        MANIFEST,
        &json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "artifactType": COSIGN_SIGNATURE,
            "config": config.descriptor(),
            "layers": [layer],
            "subject": subject.descriptor(),
        }),
    );
    Signature { payload, config, manifest }
}

fn key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| {
        let secret = Sha256::digest(b"the sandbox's own signing key, good for nothing else");
        SigningKey::from_bytes(&secret).expect("this number lies in the curve's order")
    })
}
