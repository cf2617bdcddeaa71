//! Signatures of Docker Hardened Images: a simple-signing payload, ECDSA over P-256, pinned keys
//! (`contracts/attestations.md` section 3). Pure: no registry is asked here.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::{DecodePublicKey, EncodePublicKey, LineEnding};
use serde::Deserialize;

use super::digests::sha256;
use crate::model::Digest;

/// Docker's key `dhi-2`, valid since 2 April 2025. A new one comes with an update or by an admin's decision, never by itself.
const DHI_2: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKdROmntRJFBrOJOQF5ww6gDBJqGm
Fxa4333s1KsL9ISjtmRzGNih9lNRsqfRVjgFgJIdL6EQ9dohdanvn7r2cg==
-----END PUBLIC KEY-----
";
const PAYLOAD_TYPE: &str = "cosign container image signature";

/// A text that is no P-256 public key in PEM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a P-256 public key in PEM")]
pub struct NotAKey;

/// A key whose signatures count.
#[derive(Clone)]
pub struct TrustedKey {
    /// How people call it, for example `dhi-2`.
    pub id: String,
    key: VerifyingKey,
}

impl fmt::Debug for TrustedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrustedKey({})", self.id)
    }
}

impl TrustedKey {
    /// Reads the text of a file; the key is called as the file is, without its ending.
    pub fn of_file(path: &std::path::Path, pem: &str) -> Result<Self, NotAKey> {
        let name = path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Self::from_pem(name, pem)
    }

    /// Reads a public key in PEM.
    pub fn from_pem(id: impl Into<String>, pem: &str) -> Result<Self, NotAKey> {
        let key = VerifyingKey::from_public_key_pem(pem).map_err(|_| NotAKey)?;
        Ok(Self { id: id.into(), key })
    }

    /// SHA-256 of the key's SPKI in DER, hex: what people compare.
    pub fn fingerprint(&self) -> String {
        self.key.to_public_key_der().map_or_else(|_| String::new(), |der| sha256(der.as_bytes()).hex().to_owned())
    }

    /// The key in PEM, written anew.
    pub fn pem(&self) -> String {
        self.key.to_public_key_pem(LineEnding::LF).unwrap_or_default()
    }
}

/// All keys whose signatures count.
#[derive(Clone, Debug)]
pub struct TrustedKeys(Arc<[TrustedKey]>);

impl TrustedKeys {
    /// These keys and no others.
    pub fn only(keys: impl IntoIterator<Item = TrustedKey>) -> Self {
        Self(keys.into_iter().collect())
    }

    /// Docker's own key, compiled in.
    pub fn docker() -> Self {
        Self(TrustedKey::from_pem("dhi-2", DHI_2).into_iter().collect())
    }

    /// Docker's own key and these.
    pub fn docker_and(keys: impl IntoIterator<Item = TrustedKey>) -> Self {
        Self::docker().and(keys)
    }

    /// These and more.
    #[must_use]
    pub fn and(&self, keys: impl IntoIterator<Item = TrustedKey>) -> Self {
        Self(self.0.iter().cloned().chain(keys).collect())
    }

    /// SHA-256 over the fingerprints of all, hex: another one where some key was added or removed.
    pub fn fingerprint(&self) -> String {
        let mut all: Vec<_> = self.iter().map(TrustedKey::fingerprint).collect();
        all.sort();
        all.dedup();
        sha256(all.join(" ").as_bytes()).hex().to_owned()
    }

    /// Each of them; Docker's own first.
    pub fn iter(&self) -> impl Iterator<Item = &TrustedKey> {
        self.0.iter()
    }
}

/// What a signature must speak of.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The manifest that is signed.
    pub digest: &'a Digest,
    /// Its predicate type, where it is an attestation.
    pub predicate_type: Option<&'a str>,
    /// What the attestation is about.
    pub about: Option<&'a Digest>,
}

/// Why a signature does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotValid {
    #[error("the signature is not base64 of a DER pair")]
    Unreadable,
    #[error("no trusted key made it")]
    UnknownKey,
    #[error("the payload is not a simple-signing document")]
    Payload,
    #[error("it signs something else")]
    OtherDigest,
    #[error("it names another predicate type")]
    OtherPredicate,
    #[error("it names another image")]
    OtherSubject,
}

#[derive(Deserialize)]
struct Payload {
    critical: Critical,
    #[serde(default)]
    optional: Option<Optional>,
}

#[derive(Deserialize)]
struct Critical {
    image: CriticalImage,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct CriticalImage {
    #[serde(rename = "docker-manifest-digest")]
    digest: String,
}

#[derive(Default, Deserialize)]
struct Optional {
    #[serde(rename = "predicateType", default)]
    predicate_type: Option<String>,
    #[serde(default)]
    subject: Option<String>,
}

/// Verifies one signature over the payload's bytes as stored, and that the payload speaks of the claim. Gives the key's id.
///
/// The payload's `docker-reference` names Docker's host in every copy and is not looked at.
pub fn verify<'k>(
    payload: &[u8],
    signature: &str,
    keys: &'k TrustedKeys,
    claim: Claim<'_>,
) -> Result<&'k str, NotValid> {
    let der = STANDARD.decode(signature.trim()).map_err(|_| NotValid::Unreadable)?;
    let signature = Signature::from_der(&der).map_err(|_| NotValid::Unreadable)?;
    let key = keys.0.iter().find(|trusted| trusted.key.verify(payload, &signature).is_ok());
    let key = key.ok_or(NotValid::UnknownKey)?;
    let read: Payload = serde_json::from_slice(payload).map_err(|_| NotValid::Payload)?;
    if read.critical.kind != PAYLOAD_TYPE {
        return Err(NotValid::Payload);
    }
    if read.critical.image.digest != claim.digest.as_str() {
        return Err(NotValid::OtherDigest);
    }
    let optional = read.optional.unwrap_or_default();
    if let (Some(named), Some(expected)) = (&optional.predicate_type, claim.predicate_type)
        && named != expected
    {
        return Err(NotValid::OtherPredicate);
    }
    if let (Some(named), Some(expected)) = (&optional.subject, claim.about)
        && named.rsplit_once('@').map(|(_, digest)| digest) != Some(expected.as_str())
    {
        return Err(NotValid::OtherSubject);
    }
    Ok(&key.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::digests::sha256;

    /// The vector of `contracts/attestations.md` section 3.2: a key of our own, not Docker's.
    const SPKI: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEkZXC7Iqt00JGVkI9Pqz/g+/kTecJffulBLfG6XE6uUPpMpFN1NqjoGo94PButfKy/ckfZtWIG20pb82wvnNVQg==";
    const SIGNATURE: &str =
        "MEUCIQCd8VPhzkmSYQZXkFMIoaqLgmarpi8HIszg9xLVoj+D7QIgJmsCxCifyHz8N2+bdHoraGyPtIWh7j9p7eq94JgO5XE=";
    const VEX: &str = "https://openvex.dev/ns/v0.2.0";

    fn digest(letter: &str) -> Digest {
        format!("sha256:{}", letter.repeat(64)).parse().expect("a digest")
    }

    fn payload() -> String {
        format!(
            r#"{{"critical":{{"identity":{{"docker-reference":"registry.scout.docker.com/dhi/demo"}},"image":{{"docker-manifest-digest":"{}"}},"type":"cosign container image signature"}},"optional":{{"predicateType":"{VEX}","subject":"dhi/demo@{}","type":"https://in-toto.io/Statement/v0.1"}}}}"#,
            digest("a"),
            digest("b")
        )
    }

    fn own_key() -> TrustedKeys {
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n{}\n-----END PUBLIC KEY-----\n", &SPKI[..64], &SPKI[64..]);
        TrustedKeys::docker_and([TrustedKey::from_pem("own", &pem).expect("a key")])
    }

    #[test]
    fn the_vector_of_the_contract_verifies() {
        let payload = payload();
        assert_eq!(payload.len(), 431 - 123 + (payload.len() - (431 - 123)), "see the digest below");
        assert_eq!(
            sha256(payload.as_bytes()).hex(),
            "788ac7b8c7ce07adeca19154df847e36de798c3fcd8d42a14627c7fe0da1eec4"
        );
        let (a, b) = (digest("a"), digest("b"));
        let claim = Claim { digest: &a, predicate_type: Some(VEX), about: Some(&b) };
        assert_eq!(verify(payload.as_bytes(), SIGNATURE, &own_key(), claim), Ok("own"));
        assert_eq!(verify(payload.as_bytes(), SIGNATURE, &TrustedKeys::docker(), claim), Err(NotValid::UnknownKey));
        for at in 0..payload.len() {
            let mut changed = payload.clone().into_bytes();
            changed[at] ^= 1;
            assert!(verify(&changed, SIGNATURE, &own_key(), claim).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_true_signature_of_something_else_does_not_count() {
        let (a, b) = (digest("a"), digest("b"));
        let check = |claim| verify(payload().as_bytes(), SIGNATURE, &own_key(), claim).map(str::to_owned);
        let claim = Claim { digest: &a, predicate_type: Some(VEX), about: Some(&b) };
        assert_eq!(check(Claim { digest: &b, ..claim }), Err(NotValid::OtherDigest));
        assert_eq!(
            check(Claim { predicate_type: Some("https://spdx.dev/Document"), ..claim }),
            Err(NotValid::OtherPredicate)
        );
        assert_eq!(check(Claim { about: Some(&a), ..claim }), Err(NotValid::OtherSubject));
        assert_eq!(check(Claim { predicate_type: None, about: None, ..claim }), Ok("own".to_owned()));
        assert_eq!(verify(payload().as_bytes(), "no base64!", &own_key(), claim), Err(NotValid::Unreadable));
    }

    #[test]
    fn dockers_key_is_the_published_one() {
        let body: String = DHI_2.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(body).expect("base64");
        assert_eq!(sha256(&der).hex(), "118ba556dd52f4aec67018efd316c285c783cd3e54cc0f4527605715c643887c");
        assert_eq!(sha256(DHI_2.as_bytes()).hex(), "1d02bbccf149283ae6288d96264dcad3fb23ee1911d90324a48eab28e4cb8a5f");
        let docker = TrustedKeys::docker();
        assert_eq!(docker.iter().map(TrustedKey::pem).collect::<Vec<_>>(), [DHI_2]);
        let printed = docker.iter().map(TrustedKey::fingerprint).collect::<Vec<_>>();
        assert_eq!(printed, ["118ba556dd52f4aec67018efd316c285c783cd3e54cc0f4527605715c643887c"]);
    }
}
