//! The one error that crosses from server to browser, and what is wrong with a form's fields.

use std::collections::BTreeMap;
use std::str::FromStr;

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;

use super::text::Refused;

/// What is wrong, by the name of the form's field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldErrors(pub BTreeMap<String, String>);

impl FieldErrors {
    /// One field's trouble.
    pub fn one(field: &str, sentence: impl Into<String>) -> Self {
        Self(BTreeMap::from([(field.to_owned(), sentence.into())]))
    }

    /// The sentence for this field.
    pub fn get(&self, field: &str) -> Option<String> {
        self.0.get(field).cloned()
    }

    /// Notes trouble with a field; the first sentence for it stays.
    pub fn add(&mut self, field: &str, sentence: impl Into<String>) {
        self.0.entry(field.to_owned()).or_insert_with(|| sentence.into());
    }

    /// Parses a field's text, noting the refusal.
    pub fn parse<T: FromStr<Err = Refused>>(&mut self, field: &str, text: &str) -> Option<T> {
        text.trim().parse().map_err(|Refused(sentence)| self.add(field, sentence)).ok()
    }

    /// Takes over what is wrong elsewhere.
    pub fn append(&mut self, others: Self) {
        for (field, sentence) in others.0 {
            self.add(&field, sentence);
        }
    }

    /// True while nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a server function answers when it cannot do what was asked. The sentences are for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ApiError {
    /// Nobody is signed in, or the session has ended.
    #[error("Sign in to go on.")]
    SignedOut,
    /// The role is not enough; the sentence says which one is needed.
    #[error("{0}")]
    Forbidden(String),
    /// There is no such thing, or it belongs to somebody else.
    #[error("{0}")]
    NotFound(String),
    /// The form's fields need another look.
    #[error("Some fields need another look.")]
    Invalid(FieldErrors),
    /// It cannot be done in the present state.
    #[error("{0}")]
    Conflict(String),
    /// Docker Hub or a registry refused or cannot be reached.
    #[error("{0}")]
    Upstream(String),
    /// Ferry itself failed; the log has the details.
    #[error("Something went wrong in Ferry. It is in the log; try again in a moment.")]
    Internal,
    /// The request did not reach Ferry or could not be read.
    #[error("{0}")]
    Transport(String),
}

impl ApiError {
    /// The fields' sentences, when that is the trouble.
    pub fn fields(&self) -> FieldErrors {
        if let Self::Invalid(fields) = self { fields.clone() } else { FieldErrors::default() }
    }

    /// All of it as sentences, also what is wrong with fields, for where no field shows it.
    pub fn sentence(&self) -> String {
        match self {
            Self::Invalid(FieldErrors(fields)) if !fields.is_empty() => {
                fields.values().map(String::as_str).collect::<Vec<_>>().join(" ")
            }
            other => other.to_string(),
        }
    }

    /// The status of a page or an answer that ends with this.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignedOut => 401,
            Self::Forbidden(_) => 403,
            Self::NotFound(_) => 404,
            Self::Invalid(_) => 422,
            Self::Conflict(_) => 409,
            Self::Upstream(_) => 502,
            Self::Internal => 500,
            Self::Transport(_) => 400,
        }
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::Transport("The request could not be read: reload the page and try again.".to_owned())
            }
            ServerFnErrorErr::Request(_) => {
                Self::Transport("Ferry cannot be reached: check your connection and try again.".to_owned())
            }
            _ => Self::Internal,
        }
    }
}
