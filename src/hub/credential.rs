//! What somebody gave us to sign in with. Never a bearer itself: it is exchanged for one (1.1).

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A name and a secret of Docker Hub. For an organization access token the name is the organization's (1.1).
#[derive(Clone)]
pub struct Credential {
    pub identifier: String,
    pub secret: SecretString,
}

/// What kind of secret it is, by its prefix; each opens different doors (1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// Personal access token, `dckr_pat_…`: refused where members, teams and tokens are managed.
    Pat,
    /// Organization access token, `dckr_oat_…`: no user behind it, refused on legacy paths.
    Oat,
    /// Anything else: a password.
    Password,
}

impl Credential {
    /// Which kind of secret this is.
    pub fn kind(&self) -> CredentialKind {
        let secret = self.secret.expose_secret();
        if secret.starts_with("dckr_pat_") {
            CredentialKind::Pat
        } else if secret.starts_with("dckr_oat_") {
            CredentialKind::Oat
        } else {
            CredentialKind::Password
        }
    }

    /// What the token cache knows it by: a hash, so that no second copy of the secret is kept.
    pub(super) fn key(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        // The length keeps `ab`+`c` apart from `a`+`bc`.
        hash.update(self.identifier.len().to_be_bytes());
        hash.update(&self.identifier);
        hash.update(self.secret.expose_secret());
        hash.finalize().into()
    }

    /// An answer of Docker's without our secret in it, should it ever repeat what was sent.
    pub(super) fn scrub(&self, body: &[u8]) -> Vec<u8> {
        let secret = self.secret.expose_secret();
        if secret.is_empty() {
            return body.to_vec();
        }
        match serde_json::from_slice::<Value>(body) {
            Ok(mut value) => {
                replace(&mut value, secret);
                value.to_string().into_bytes()
            }
            Err(_) => String::from_utf8_lossy(body).replace(secret, "***").into_bytes(),
        }
    }
}

fn replace(value: &mut Value, secret: &str) {
    match value {
        Value::String(text) => *text = text.replace(secret, "***"),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, secret)),
        Value::Object(members) => members.values_mut().for_each(|member| replace(member, secret)),
        _ => {}
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({:?}, {:?}, ***)", self.identifier, self.kind())
    }
}
