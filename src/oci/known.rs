//! What a destination is known to hold of an image, and what the attestation source listed for it then: enough to see, at
//! the cost of a listing for each manifest, that nothing has come since. Whoever keeps it decides how long to believe it.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::attestations::{Attestations, list};
use super::carrier::Carrier;
use super::copy::{CopiedImage, CopyContext};
use super::failure::{CopyError, Side};
use super::registry::Repository;
use crate::model::Digest;

/// A fingerprint of everything that refers to the manifests of an image: SHA-256 over subjects and referrers, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Listed(String);

impl Listed {
    pub(super) fn of<'a>(pairs: impl Iterator<Item = (&'a Digest, &'a Digest)>) -> Self {
        let mut pairs: Vec<_> = pairs.collect();
        pairs.sort();
        pairs.dedup();
        let mut hash = Sha256::new();
        for (subject, referrer) in pairs {
            hash.update(subject.as_str());
            hash.update(" ");
            hash.update(referrer.as_str());
            hash.update("\n");
        }
        Self(hex::encode(hash.finalize()))
    }

    /// As it was written down.
    pub fn from_text(text: String) -> Self {
        Self(text)
    }

    /// To be written down.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An image that was seen whole at a destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The digest at the destination: another one where only some platforms were selected.
    pub digest: Digest,
    /// Its manifests, which attestations refer to.
    pub subjects: Vec<Digest>,
    /// What referred to those at the attestation source; `None` where attestations do not go along.
    pub listed: Option<Listed>,
}

impl Known {
    /// After a copy that ended well.
    pub fn of(image: &CopiedImage, found: Option<&Attestations>) -> Self {
        let subjects = image.manifests.iter().map(|manifest| manifest.digest.clone()).collect();
        Self { digest: image.digest.clone(), subjects, listed: found.map(|found| found.listed.clone()) }
    }

    /// Whether the attestation source lists what it listed then: no more, no less. Reads no manifest.
    pub async fn is_current(&self, source: &Repository, ctx: &CopyContext) -> Result<bool, CopyError> {
        let Some(then) = &self.listed else { return Ok(true) };
        ctx.unless_cancelled(format!("{source}@{}", self.digest), async {
            let carrier = Carrier::new(source, Side::AttestationSource, source, ctx);
            let now = list(&carrier, self.subjects.iter()).await?;
            Ok(Listed::of(now.iter().map(|(subject, entry)| (subject, &entry.digest))) == *then)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::digests::sha256;

    #[test]
    fn a_fingerprint_knows_the_set_and_not_the_order() {
        let (a, b, c) = (sha256(b"a"), sha256(b"b"), sha256(b"c"));
        let of = |pairs: &[(&Digest, &Digest)]| Listed::of(pairs.iter().copied());
        assert_eq!(of(&[(&a, &b), (&a, &c)]), of(&[(&a, &c), (&a, &b), (&a, &b)]));
        assert_ne!(of(&[(&a, &b)]), of(&[(&a, &b), (&a, &c)]));
        assert_ne!(of(&[(&a, &b)]), of(&[(&b, &a)]));
        assert_ne!(of(&[]), Listed::default());
    }
}
