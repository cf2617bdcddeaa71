//! The secret in the address that Docker Hub calls: all that tells its calls from anybody's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use url::Url;

/// What a path that Docker Hub calls begins with; the secret follows.
pub const PATH: &str = "/hooks/";

/// A new one: 32 random bytes.
pub(super) fn random() -> Result<SecretString, rand::rand_core::OsError> {
    let mut bytes = [0_u8; 32];
    OsRng.try_fill_bytes(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes).into())
}

/// What is kept of a secret to know it again. It is random, so nothing slower is needed.
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Whether two hashes are the same, in a time that does not tell how far they are.
pub fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

/// The whole address.
pub(super) fn address(public_url: &Url, secret: &SecretString) -> String {
    format!("{}{PATH}{}", public_url.as_str().trim_end_matches('/'), secret.expose_secret())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_long_enough_to_be_a_secret_and_short_enough_for_docker_hub() {
        let (one, other) = (random().expect("random bytes"), random().expect("random bytes"));
        assert_ne!(one.expose_secret(), other.expose_secret());
        let public_url = Url::parse("https://ferry.example.com").expect("an address");
        let address = address(&public_url, &one);
        assert!(address.starts_with("https://ferry.example.com/hooks/"), "{address}");
        assert_eq!(address.len(), "https://ferry.example.com/hooks/".len() + 43);
        assert!(is_same(&hash(one.expose_secret()), &hash(one.expose_secret())));
        assert!(!is_same(&hash(one.expose_secret()), &hash(other.expose_secret())));
    }
}
