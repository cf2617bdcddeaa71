//! What an organization gave Ferry to read Docker Hub with.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::error::FieldErrors;

/// Longer than any name or token of Docker Hub.
const LONGEST_NAME: usize = 255;
const LONGEST_TOKEN: usize = 4_096;

/// A connection without its token, which nobody ever sees again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Docker Hub username, or the organization's name for one of its own tokens.
    pub username: String,
    pub saved_by: String,
    pub saved_at: DateTime<Utc>,
}

/// The connection form as it was typed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectionForm {
    pub username: String,
    pub token: String,
}

impl std::fmt::Debug for ConnectionForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectionForm").field("username", &self.username).finish_non_exhaustive()
    }
}

impl ConnectionForm {
    /// Both fields without blanks around them, each trouble named.
    pub fn check(&self) -> Result<(&str, &str), FieldErrors> {
        let (username, token) = (self.username.trim(), self.token.trim());
        let mut errors = FieldErrors::default();
        if username.is_empty() {
            errors
                .add("username", "Enter a Docker Hub username, or the organization's name for one of its own tokens.");
        } else if username.len() > LONGEST_NAME || username.chars().any(char::is_control) {
            errors.add("username", "That is too long for a Docker Hub username.");
        }
        if token.is_empty() {
            errors.add("token", "Enter an access token that may read the organization's repositories.");
        } else if token.len() > LONGEST_TOKEN || token.chars().any(char::is_control) {
            errors.add("token", "That is too long for an access token.");
        }
        if errors.is_empty() { Ok((username, token)) } else { Err(errors) }
    }

    /// What may be shown again: never the token.
    #[must_use]
    pub fn shown(self) -> Self {
        Self { token: String::new(), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_fields_are_needed_and_the_token_is_never_shown_again() {
        let errors = ConnectionForm::default().check().expect_err("it is empty");
        assert!(errors.get("username").is_some() && errors.get("token").is_some());
        let form = ConnectionForm { username: " robot ".into(), token: " dckr_pat_x ".into() };
        assert_eq!(form.check(), Ok(("robot", "dckr_pat_x")));
        assert!(!format!("{form:?}").contains("dckr_pat_x"));
        assert_eq!(form.shown().token, "");
    }
}
