//! Digests of bytes as they pass by.

use sha2::{Digest as _, Sha256, Sha512};

use crate::model::Digest;

/// Hashes with the algorithm of the digest that is expected.
#[derive(Clone)]
pub(super) enum Hasher {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Hasher {
    pub(super) fn like(expected: &Digest) -> Self {
        if expected.algorithm() == "sha512" { Self::Sha512(Sha512::new()) } else { Self::Sha256(Sha256::new()) }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    pub(super) fn finish(self) -> Digest {
        let text = match self {
            Self::Sha256(hasher) => format!("sha256:{}", hex::encode(hasher.finalize())),
            Self::Sha512(hasher) => format!("sha512:{}", hex::encode(hasher.finalize())),
        };
        checked(&text)
    }
}

/// Digest of these bytes with the algorithm of another.
pub(super) fn digest_like(expected: &Digest, bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::like(expected);
    hasher.update(bytes);
    hasher.finish()
}

/// SHA-256 of these bytes.
pub(super) fn sha256(bytes: &[u8]) -> Digest {
    checked(&format!("sha256:{}", hex::encode(Sha256::digest(bytes))))
}

#[expect(clippy::expect_used, reason = "written above from a hash: always a digest")]
fn checked(text: &str) -> Digest {
    text.parse().expect("a hash in hexadecimal digits is a digest")
}
