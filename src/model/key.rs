//! Keys whose signatures over attestations count.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::destination::Title;
use super::error::FieldErrors;
use super::ids::KeyId;

/// Who decided that a key is trusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyOrigin {
    /// Compiled into Ferry.
    Docker,
    /// Named by whoever runs this Ferry, for all organizations.
    Environment,
    /// Added by an admin of the organization.
    Organization { id: KeyId, added_by: String, added_at: DateTime<Utc> },
}

/// A public key as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKey {
    pub name: String,
    /// SHA-256 of the key's SPKI in DER, hex.
    pub fingerprint: String,
    pub pem: String,
    pub origin: KeyOrigin,
}

/// The key form as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyForm {
    pub name: String,
    pub pem: String,
}

/// A key form whose fields hold something; whether the text is a key is for `oci` to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDraft {
    pub name: Title,
    pub pem: String,
}

/// More than any P-256 key in PEM has.
const LONGEST_PEM: usize = 2_000;

impl KeyForm {
    /// Checks both fields and names each trouble.
    pub fn check(&self) -> Result<KeyDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.parse::<Title>("name", &self.name);
        let pem = self.pem.trim();
        if pem.is_empty() {
            errors.add("pem", "Paste the public key, from -----BEGIN PUBLIC KEY----- to -----END PUBLIC KEY-----.");
        } else if pem.contains("PRIVATE KEY") {
            errors.add("pem", "This is a private key. Ferry needs the public one; nothing was kept.");
        } else if pem.len() > LONGEST_PEM {
            errors.add("pem", "This is longer than a P-256 public key. Paste one key, and nothing else.");
        }
        match name {
            Some(name) if errors.is_empty() => Ok(KeyDraft { name, pem: pem.to_owned() }),
            _ => Err(errors),
        }
    }

    /// What may be shown again: never a private key that was pasted by mistake.
    #[must_use]
    pub fn shown(self) -> Self {
        if self.pem.contains("PRIVATE KEY") { Self { pem: String::new(), ..self } } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_key_is_refused_and_not_shown_again() {
        let form = KeyForm { name: "Ours".into(), pem: "-----BEGIN PRIVATE KEY-----\nMIG\n".into() };
        let errors = form.check().expect_err("it is private");
        assert!(errors.get("pem").is_some_and(|sentence| sentence.contains("private key")));
        assert_eq!(form.shown(), KeyForm { name: "Ours".into(), pem: String::new() });
    }

    #[test]
    fn an_empty_form_says_what_to_paste() {
        let errors = KeyForm::default().check().expect_err("it is empty");
        assert!(errors.get("name").is_some() && errors.get("pem").is_some());
    }
}
