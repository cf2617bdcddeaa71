//! Decoding that forgives: reference and service disagree (trap 7), so nothing is required and `null` is absence.
//! Result structs say `#[serde(default)]` and use these functions where a type is known to vary.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::Value;

use crate::model::Digest;

/// Decodes an answer after taking every `null` out of it.
pub(super) fn decode<T: DeserializeOwned>(mut value: Value) -> Result<T, serde_json::Error> {
    prune(&mut value);
    serde_json::from_value(value)
}

fn prune(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(prune);
        }
        Value::Array(items) => {
            items.retain(|item| !item.is_null());
            items.iter_mut().for_each(prune);
        }
        _ => {}
    }
}

/// A whole number that may come as a float or as text.
pub(super) fn count<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    optional_count(from).map(Option::unwrap_or_default)
}

/// The same, kept apart from zero where it is not there or no number.
pub(super) fn optional_count<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    let number = match Value::deserialize(from)? {
        Value::Number(number) => number,
        Value::String(text) => match text.trim().parse() {
            Ok(number) => number,
            Err(_) => return Ok(None),
        },
        _ => return Ok(None),
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes and counts; `as` saturates")]
    Ok(number.as_u64().or_else(|| number.as_f64().map(|float| float as u64)))
}

/// A text; anything else than a text counts as none.
pub(super) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    })
}

/// A list that may come as its single entry.
pub(super) fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Vec<T>, D::Error> {
    let entries = match Value::deserialize(from)? {
        Value::Array(entries) => entries,
        Value::Null => Vec::new(),
        one => vec![one],
    };
    entries.into_iter().map(|entry| serde_json::from_value(entry).map_err(serde::de::Error::custom)).collect()
}

/// A moment; none where it is absent, empty, year one (Go's way to say never) or not RFC 3339.
pub(super) fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let value = Value::deserialize(from)?;
    let date = value.as_str().and_then(|text| DateTime::parse_from_rfc3339(text.trim()).ok());
    Ok(date.map(|date| date.to_utc()).filter(|date| date.timestamp() > 0))
}

/// A digest; none where it is absent or malformed.
pub(super) fn digest<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Digest>, D::Error> {
    Ok(Value::deserialize(from)?.as_str().and_then(|text| text.parse().ok()))
}

/// Declares an enum of Docker's that may grow: a value this list lacks is kept as `Other`; case does not matter.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A value Docker added since, as it spelled it.
            Other(String),
        }

        impl $name {
            /// Docker's spelling.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                $(if word.eq_ignore_ascii_case($word) {
                    return Self::$variant;
                })+
                Self::Other(word)
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::hub::lenient::text(from).map(Self::from)
            }
        }
    };
}
pub(super) use open_enum;
