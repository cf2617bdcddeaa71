//! Proofs that go missing at Docker: a signature that is not there, and that comes back.

use serde_json::Value;

use super::World;
use super::events::Refused;
use crate::sandbox::Facade;

impl World {
    /// The first attestation of a mirror's tag loses its signature. Gives the signature's digest, for [`World::sign_again`].
    pub async fn unsign(&self, mirror: &str, tag: &str) -> Result<String, Refused> {
        let nothing = || Refused::NoTag(mirror.to_owned(), tag.to_owned());
        let scout = self.store(Facade::Scout);
        let (root, _, bytes) = self.store(Facade::Docker).manifest(mirror, tag).await.ok_or_else(nothing)?;
        let index: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let platform = index["manifests"][0]["digest"].as_str().unwrap_or(&root).to_owned();
        let attestations = scout.referrers(mirror, &platform, None).await;
        let attestation = attestations.first().ok_or_else(nothing)?.digest.to_string();
        let signatures = scout.referrers(mirror, &attestation, None).await;
        let signature = signatures.first().ok_or_else(nothing)?.digest.to_string();
        scout.hide(mirror, &signature);
        Ok(signature)
    }

    /// The signature is there again.
    pub fn sign_again(&self, mirror: &str, signature: &str) {
        self.store(Facade::Scout).show(mirror, signature);
    }
}
