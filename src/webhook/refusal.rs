//! Why a delivery is refused: the words for its sender and for the list of deliveries, and the answer's status.

use crate::model::RepoName;

/// What is wrong with a delivery to an address that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    NotJson,
    TooLarge,
    /// The sender went away before its end.
    Broken,
    NoTag,
    /// The text is no tag.
    BadTag(String),
    /// It is about another repository than the one this address was made for.
    OtherRepository {
        named: String,
        expected: RepoName,
    },
}

impl Refusal {
    /// The answer's status.
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::NotJson | Self::Broken => 400,
            Self::TooLarge => 413,
            Self::NoTag | Self::BadTag(_) | Self::OtherRepository { .. } => 422,
        }
    }

    /// The words.
    pub(super) fn sentence(&self) -> String {
        match self {
            Self::NotJson => "The body is no JSON.".to_owned(),
            Self::TooLarge => "The body has more than 1 MiB.".to_owned(),
            Self::Broken => "The connection ended before the body did.".to_owned(),
            Self::NoTag => "It names no tag in push_data.".to_owned(),
            Self::BadTag(text) => format!("“{text}” is no tag."),
            Self::OtherRepository { named, expected } => {
                format!("It is about {named}, and this address was made for {expected}.")
            }
        }
    }
}
