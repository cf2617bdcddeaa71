//! From a refusing HTTP answer to a [`HubError`]: the one tolerant decoder of the error bodies in 1.5.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use reqwest::StatusCode;
use serde_json::Value;

use super::HubError;

/// Longest message taken over from Docker, in characters.
const LONGEST: usize = 400;

/// What an answer that is no success means; `until` is the end of the pause a 429 asks for.
pub(super) fn error_of(status: StatusCode, body: &[u8], until: DateTime<Utc>) -> HubError {
    let (said, fields) = read(body);
    let message = said.unwrap_or_else(|| status.canonical_reason().unwrap_or("no reason given").to_owned());
    match status.as_u16() {
        401 => HubError::BadCredential { message },
        402 => HubError::Entitlement { message },
        403 => forbidden(message),
        // A route that is gone or takes no such method is as absent to a caller as a missing repository.
        404 | 405 | 410 => HubError::NotFound,
        429 => HubError::RateLimited { until },
        408 | 425 | 500.. => HubError::unavailable(message, Some(status.as_u16())),
        400..=499 => HubError::Refused { message, fields },
        other => HubError::unexpected(format!("status {other}")),
    }
}

/// A 403 has three meanings (trap 5); the kind of token is the one that can be told by its text (1.4).
pub(super) fn forbidden(message: String) -> HubError {
    let text = message.to_ascii_lowercase();
    if text.contains("access token") && text.contains("is not allowed") {
        HubError::WrongKindOfCredential { message }
    } else {
        HubError::Forbidden { message }
    }
}

/// One line of Docker's text: no control characters, of bounded length.
pub(super) fn tidy(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    words.join(" ").chars().take(LONGEST).collect()
}

fn read(body: &[u8]) -> (Option<String>, BTreeMap<String, Vec<String>>) {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
        return (plain(body), BTreeMap::new());
    };
    let own = ["message", "detail", "text"].into_iter().find_map(|name| body.get(name).and_then(said));
    let nested = || ["errinfo", "error"].into_iter().find_map(|name| body.get(name)?.get("message").and_then(said));
    let fields = match body.get("fields") {
        Some(Value::Object(fields)) => fields.iter().filter_map(|(k, v)| Some((k.clone(), lines(v)?))).collect(),
        // Older routes put the fields at the top: `{"name": ["…"]}`.
        _ => body.iter().filter(|(_, v)| v.is_array()).filter_map(|(k, v)| Some((k.clone(), lines(v)?))).collect(),
    };
    (own.or_else(nested), fields)
}

fn said(value: &Value) -> Option<String> {
    value.as_str().map(tidy).filter(|text| !text.is_empty())
}

fn lines(value: &Value) -> Option<Vec<String>> {
    let lines: Vec<String> = match value {
        Value::Array(items) => items.iter().filter_map(said).collect(),
        one => said(one).into_iter().collect(),
    };
    (!lines.is_empty()).then_some(lines)
}

/// The short plain text of the abuse limit (2.2) and of proxies; a page of HTML says nothing to anybody.
fn plain(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    (!text.trim_start().starts_with(['<', '{', '['])).then(|| tidy(text)).filter(|text| !text.is_empty())
}
