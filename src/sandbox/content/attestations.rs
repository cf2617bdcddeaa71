//! Attestation manifests: one plain in-toto statement each, subject the platform manifest (`contracts/attestations.md` section 2.1).

use serde_json::{Value, json};

use super::predicates::predicates;
use super::signatures::sign;
use super::{Attestation, IN_TOTO, MANIFEST, Object, Recipe};

/// The two bytes `{}` under their digest; the descriptor carries them as `data` too.
const EMPTY_DIGEST: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/// Every attestation of one platform manifest.
pub fn attest_all(recipe: &Recipe, architecture: &str, manifest: &Object, layers: &[&Object]) -> Vec<Attestation> {
    let stated = predicates(recipe, architecture, layers);
    stated.iter().map(|(predicate_type, predicate)| attest(&recipe.name, manifest, predicate_type, predicate)).collect()
}

/// One attestation of `subject`, signed.
pub fn attest(name: &str, subject: &Object, predicate_type: &str, predicate: &Value) -> Attestation {
    let hex = subject.digest.trim_start_matches("sha256:");
    let statement = Object::json(
        IN_TOTO,
        &json!({
            "_type": "https://in-toto.io/Statement/v0.1",
            "subject": [{"name": format!("pkg:docker/dhi/{name}"), "digest": {"sha256": hex}}],
            "predicateType": predicate_type,
            "predicate": predicate,
        }),
    );
    let annotations = json!({"in-toto.io/predicate-type": predicate_type});
    let mut layer = statement.descriptor();
    layer["annotations"] = annotations.clone();
    let manifest = Object::json(
        MANIFEST,
        &json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "artifactType": IN_TOTO,
            "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": EMPTY_DIGEST, "size": 2, "data": "e30="},
            "layers": [layer],
            "subject": subject.descriptor(),
            "annotations": annotations,
        }),
    );
    let signature = sign(name, &manifest, predicate_type, &subject.digest);
    Attestation { predicate_type: predicate_type.to_owned(), statement, manifest, signature }
}
