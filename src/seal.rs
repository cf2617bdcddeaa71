//! Secrets at rest: sealed with XChaCha20-Poly1305 under the key from the environment, each bound to what it belongs to.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, AeadCore, KeyInit, OsRng, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use secrecy::SecretString;

/// First byte of everything sealed: the way it was done, so that a later way can be told apart.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// The key in the environment: 32 random bytes in base64, as `openssl rand -base64 32` prints them.
#[derive(Clone)]
pub struct SealingKey([u8; 32]);

/// Why a secret could not be opened, or a key not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not 32 bytes in base64.
    #[error("FERRY_SECRET_KEY must be 32 random bytes in base64: make one with `openssl rand -base64 32`")]
    BadKey,
    /// Sealed with another key, for something else, or damaged.
    #[error("a secret in the database was sealed with another key than FERRY_SECRET_KEY")]
    CannotOpen,
    /// The cipher refused; only for texts of many gigabytes.
    #[error("a secret could not be sealed")]
    CannotSeal,
}

impl FromStr for SealingKey {
    type Err = SealError;
    fn from_str(text: &str) -> Result<Self, SealError> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| SealError::BadKey)?;
        bytes.try_into().map(Self).map_err(|_| SealError::BadKey)
    }
}

impl SealingKey {
    /// A fresh key, for the demo and for tests.
    pub fn random() -> Self {
        Self(XChaCha20Poly1305::generate_key(&mut OsRng).into())
    }
}

impl SealingKey {
    /// The key as it stands in the environment, for a process of our own that is to share it.
    pub fn to_base64(&self) -> SecretString {
        SecretString::from(STANDARD.encode(self.0))
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(***)")
    }
}

/// Seals and opens.
#[derive(Clone)]
pub struct Sealer(XChaCha20Poly1305);

impl Sealer {
    /// With this key.
    pub fn new(key: &SealingKey) -> Self {
        Self(XChaCha20Poly1305::new(Key::from_slice(&key.0)))
    }

    /// Seals a secret; `purpose` says what it belongs to, for example `destination:<id>`, and opens it again.
    pub fn seal(&self, purpose: &str, secret: &str) -> Result<Vec<u8>, SealError> {
        let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        let payload = Payload { msg: secret.as_bytes(), aad: purpose.as_bytes() };
        let sealed = self.0.encrypt(&nonce, payload).map_err(|_| SealError::CannotSeal)?;
        Ok([&[VERSION], nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`seal`](Self::seal) made for the same purpose.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<SecretString, SealError> {
        let rest = sealed.strip_prefix(&[VERSION]).filter(|rest| rest.len() >= NONCE).ok_or(SealError::CannotOpen)?;
        let (nonce, msg) = rest.split_at(NONCE);
        let payload = Payload { msg, aad: purpose.as_bytes() };
        let secret = self.0.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| SealError::CannotOpen)?;
        String::from_utf8(secret).map(SecretString::from).map_err(|_| SealError::CannotOpen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn a_secret_opens_only_for_what_it_was_sealed_for() {
        let sealer = Sealer::new(&SealingKey::random());
        let kept = sealer.seal("destination:1", "hunter2").expect("sealing works");
        assert_eq!(sealer.open("destination:1", &kept).map(|s| s.expose_secret().to_owned()), Ok("hunter2".to_owned()));
        assert_eq!(sealer.open("destination:2", &kept).err(), Some(SealError::CannotOpen));
        assert_eq!(Sealer::new(&SealingKey::random()).open("destination:1", &kept).err(), Some(SealError::CannotOpen));
        assert_eq!(sealer.open("destination:1", &kept[..10]).err(), Some(SealError::CannotOpen));
        assert!(!kept.windows(7).any(|w| w == b"hunter2"));
    }

    #[test]
    fn a_key_is_32_bytes() {
        assert!("".parse::<SealingKey>().is_err());
        assert!("c2hvcnQ=".parse::<SealingKey>().is_err());
        assert!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".parse::<SealingKey>().is_ok());
    }
}
