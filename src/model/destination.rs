//! A destination: a registry Ferry may write to.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::error::FieldErrors;
use super::failure::Pause;
use super::ids::DestinationId;
use super::image::{Host, RepoName};
use super::rates::Rates;
use super::text::{Refused, checked_text};

const LONGEST_AUTHORITY: usize = 65_536;

/// What is said of text that is no certificate.
pub const BAD_AUTHORITY: &str =
    "This is no certificate in PEM: paste all of it, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.";

checked_text! {
    /// What people call a destination or a rule: 1 to 80 characters, no control characters.
    Title, |text| {
        if text.trim() != text || text.is_empty() {
            return Err(Refused::because("Give it a name, so that others know it in a list."));
        }
        if text.chars().count() > 80 {
            return Err(Refused::because("A name has at most 80 characters: shorten it."));
        }
        if text.chars().any(char::is_control) {
            return Err(Refused::because("A name is one line of text."));
        }
        Ok(())
    }
}

/// A destination without its secret, which nobody ever sees again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Destination {
    pub id: DestinationId,
    pub name: Title,
    pub host: Host,
    /// Path before every repository Ferry writes.
    pub prefix: Option<RepoName>,
    pub username: Option<String>,
    /// A secret is kept, sealed.
    pub has_secret: bool,
    pub plain_http: bool,
    /// Certificates in PEM believed for this registry besides the well-known ones.
    pub authority: Option<String>,
    pub rates: Rates,
    /// Nothing new is forwarded there.
    pub pause: Option<Pause>,
    /// Since when nothing is forwarded there because everybody can pull it, until a person has decided.
    pub exposed_at: Option<DateTime<Utc>>,
    /// Who said that it is meant to be public, and when.
    pub public_accepted: Option<Pause>,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    /// Names of the rules that write to it.
    pub rules: Vec<String>,
}

impl Destination {
    /// `host/prefix`, as people recognise a registry.
    pub fn address(&self) -> String {
        self.prefix.as_ref().map_or_else(|| self.host.to_string(), |prefix| format!("{}/{prefix}", self.host))
    }
}

/// The destination form as it was typed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DestinationForm {
    pub name: String,
    pub host: String,
    pub prefix: String,
    pub username: String,
    /// Empty on a change means: keep the one there is.
    pub secret: String,
    /// `on` for plain HTTP.
    pub plain_http: String,
    /// Certificates in PEM; empty for the well-known authorities alone.
    pub authority: String,
    /// Whole numbers, empty for no limit; see [`Rates`].
    pub requests_per_second: String,
    pub megabytes_per_second: String,
}

impl std::fmt::Debug for DestinationForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DestinationForm").field("name", &self.name).field("host", &self.host).finish_non_exhaustive()
    }
}

/// A destination form that was checked.
#[derive(Clone, PartialEq, Eq)]
pub struct DestinationDraft {
    pub name: Title,
    pub host: Host,
    pub prefix: Option<RepoName>,
    pub username: Option<String>,
    pub secret: Option<String>,
    pub plain_http: bool,
    pub authority: Option<String>,
    pub rates: Rates,
}

impl DestinationForm {
    /// Checks every field and names each trouble. `keeps_secret`: an empty secret means the one kept.
    pub fn check(&self, keeps_secret: bool) -> Result<DestinationDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.parse::<Title>("name", &self.name);
        let host = errors.parse::<Host>("host", &self.host);
        let prefix_text = self.prefix.trim().trim_matches('/');
        let prefix = if prefix_text.is_empty() {
            None
        } else if prefix_text.len() > 200 {
            errors.add(
                "prefix",
                "A prefix has at most 200 characters, so that a repository's name still fits: shorten it.",
            );
            None
        } else {
            errors.parse::<RepoName>("prefix", prefix_text)
        };
        let plain_http = matches!(self.plain_http.as_str(), "on" | "true");
        if plain_http && host.as_ref().is_some_and(|host| !host.is_loopback()) {
            errors.add(
                "plain_http",
                "Plain HTTP would show the password to the network, so only this machine (localhost, 127.0.0.1) may use it.",
            );
        }
        let text = |value: &str| Some(value.trim().to_owned()).filter(|v| !v.is_empty());
        let (username, secret) = (text(&self.username), text(&self.secret));
        if username.as_ref().is_some_and(|u| u.len() > 1_000 || u.contains(':') || u.chars().any(char::is_control)) {
            errors.add("username", "A username has at most 1,000 characters and no colon.");
        }
        if secret.as_ref().is_some_and(|s| s.len() > 16_384) {
            errors.add("secret", "A password or token has at most 16,384 characters.");
        }
        if username.is_some() && secret.is_none() && !keeps_secret {
            errors.add("secret", "Add the password or token that goes with the username.");
        }
        if username.is_none() && secret.is_some() {
            errors.add("username", "Add the username that goes with the password or token.");
        }
        let authority = self.checked_authority(&mut errors);
        let rates = Rates::check(&self.requests_per_second, &self.megabytes_per_second, &mut errors);
        match (name, host) {
            (Some(name), Some(host)) if errors.is_empty() => {
                Ok(DestinationDraft { name, host, prefix, username, secret, plain_http, authority, rates })
            }
            _ => Err(errors),
        }
    }
}

impl DestinationForm {
    /// The certificates as text; only the server can look into them.
    fn checked_authority(&self, errors: &mut FieldErrors) -> Option<String> {
        // A browser sends a text area's lines with carriage returns.
        let text = self.authority.replace("\r\n", "\n").trim().to_owned();
        if text.is_empty() {
            return None;
        }
        if text.contains("PRIVATE KEY") {
            errors
                .add("authority", "This holds a private key, which Ferry must not have: paste the certificate alone.");
        } else if text.len() > LONGEST_AUTHORITY {
            errors
                .add("authority", "Certificates have at most 65,536 characters here: paste only the authority's own.");
        } else if !text.contains("-----BEGIN CERTIFICATE-----") || !text.contains("-----END CERTIFICATE-----") {
            errors.add("authority", BAD_AUTHORITY);
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> DestinationForm {
        DestinationForm { name: "Harbor".into(), host: "harbor.example.com".into(), ..DestinationForm::default() }
    }

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        let plain = |host: &str| DestinationForm { host: host.into(), plain_http: "on".into(), ..form() }.check(false);
        assert!(plain("127.0.0.1:5000").is_ok());
        assert!(plain("harbor.example.com").is_err_and(|e| e.get("plain_http").is_some()));
    }

    #[test]
    fn every_bad_field_is_named_at_once() {
        let bad = DestinationForm {
            name: " ".into(),
            host: "https://x/".into(),
            prefix: "UPPER".into(),
            username: "u".into(),
            requests_per_second: "many".into(),
            ..DestinationForm::default()
        };
        let Err(errors) = bad.check(false) else { panic!("the form is bad") };
        for field in ["name", "host", "prefix", "secret", "requests_per_second"] {
            assert!(errors.get(field).is_some(), "{field}");
        }
    }

    #[test]
    fn an_authority_is_certificates_and_never_a_key() {
        let with = |text: &str| DestinationForm { authority: text.into(), ..form() }.check(false);
        let pem = "-----BEGIN CERTIFICATE-----\r\nAA==\r\n-----END CERTIFICATE-----\r\n";
        let draft = with(pem).unwrap_or_else(|errors| panic!("{errors:?}"));
        let clean = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----";
        assert_eq!(draft.authority.as_deref(), Some(clean));
        assert!(with(" \n").is_ok_and(|draft| draft.authority.is_none()));
        let key = format!("{clean}\n-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----");
        for bad in ["a certificate", key.as_str(), &clean.repeat(2_000)] {
            assert!(with(bad).is_err_and(|e| e.get("authority").is_some()), "{bad:.80}");
        }
    }

    #[test]
    fn an_empty_secret_keeps_the_one_there_is() {
        let change = DestinationForm { username: "robot".into(), ..form() };
        assert!(change.check(false).is_err());
        assert!(change.check(true).is_ok());
    }
}
