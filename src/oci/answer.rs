//! A refusal as the registry gave it, and the table that says what it means.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use serde::Deserialize;

use super::error::{Meaning, Place};

/// Who answered, and as whom we asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The registry, without credentials.
    Anonymously,
    /// The registry, with username and password.
    Basic,
    /// The registry, with a token fetched for this.
    Bearer,
    /// The sign-in service.
    TokenService,
    /// Another host the registry sent us to.
    Elsewhere,
}

/// A refusal: status, the registry's own code and text, and when to come back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub method: Method,
    pub place: Place,
    pub status: StatusCode,
    /// `MANIFEST_UNKNOWN` and the like.
    pub code: Option<String>,
    pub message: Option<String>,
    /// From `Retry-After`, seconds or date.
    pub until: Option<DateTime<Utc>>,
    pub asked: Asked,
}

#[derive(Deserialize)]
struct ErrorList {
    errors: Option<Vec<ErrorEntry>>,
    /// Some sign-in services answer `{"details": "…"}` or `{"message": "…"}`.
    details: Option<String>,
    message: Option<String>,
}

#[derive(Deserialize)]
struct ErrorEntry {
    code: Option<String>,
    message: Option<String>,
    detail: Option<serde_json::Value>,
}

impl Answer {
    /// Reads what there is to read; a body that is no error list is only missing its code.
    pub(super) fn read(
        method: &Method,
        place: Place,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        asked: Asked,
        now: DateTime<Utc>,
    ) -> Self {
        let list = serde_json::from_slice::<ErrorList>(body).ok();
        let (mut code, mut message) = (None, None);
        if let Some(list) = list {
            message = list.details.or(list.message);
            if let Some(first) = list.errors.and_then(|errors| errors.into_iter().next()) {
                code = first.code;
                message = first.message.or(message);
                if let Some(serde_json::Value::String(detail)) = first.detail {
                    message = Some(message.map_or(detail.clone(), |text| format!("{text} ({detail})")));
                }
            }
        }
        let message = message.map(|text| one_line(&text));
        Self { method: method.clone(), place, status, code, message, until: retry_after(headers, now), asked }
    }

    fn has(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    fn says(&self, word: &str) -> bool {
        self.message.as_deref().is_some_and(|text| text.to_ascii_lowercase().contains(word))
    }

    /// One meaning for many answers (`contracts/registries.md` section 6).
    pub fn meaning(&self) -> Meaning {
        let throttled = self.has("TOOMANYREQUESTS") || self.says("throttlingexception");
        match self.status.as_u16() {
            _ if self.status == StatusCode::TOO_MANY_REQUESTS || throttled => Meaning::RateLimit { until: self.until },
            401 if self.asked == Asked::Bearer => Meaning::Permission,
            401 => Meaning::SignIn,
            403 if self.asked == Asked::TokenService => Meaning::SignIn,
            403 if self.says("quota") || self.says("exceed") => Meaning::Quota,
            402 | 507 => Meaning::Quota,
            400 if self.has("TAG_INVALID") && self.says("immutable") => Meaning::ImmutableTag,
            409 if self.has("TAG_IMMUTABLE") || self.has("TAG_ALREADY_EXISTS") => Meaning::ImmutableTag,
            // Harbor says 412 for an immutable tag on PUT, and for a policy that forbids the pull on GET.
            412 if self.method == Method::PUT => Meaning::ImmutableTag,
            403 | 412 => Meaning::Permission,
            400 | 404 if self.method == Method::PUT && self.names_a_missing_child() => Meaning::ChildMissing,
            404 | 410 => Meaning::NotFound,
            408 => Meaning::Network,
            500..=599 => Meaning::Storage,
            _ => Meaning::Unsupported,
        }
    }

    fn names_a_missing_child(&self) -> bool {
        let code = self.has("MANIFEST_BLOB_UNKNOWN") || self.has("BLOB_UNKNOWN") || self.has("MANIFEST_UNKNOWN");
        // GitLab and Quay use this one for a missing subject too; a manifest that is truly invalid fails again and stays.
        code || self.has("MANIFEST_INVALID") || self.says("referencedimagesnotfound") || self.says("blob unknown")
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.method, self.place, self.status.as_u16())?;
        if let Some(code) = &self.code {
            write!(f, " {code}")?;
        }
        self.message.as_ref().map_or(Ok(()), |message| write!(f, ": {message}"))
    }
}

/// `Retry-After`, as seconds or as an HTTP date. A date is meant by the registry's own clock, which `Date` shows: ours may
/// be another.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(now + TimeDelta::seconds(i64::from(seconds)));
    }
    let date = |text: &str| DateTime::parse_from_rfc2822(text).ok().map(|date| date.with_timezone(&Utc));
    let theirs = headers.get(DATE).and_then(|value| date(value.to_str().ok()?.trim())).unwrap_or(now);
    now.checked_add_signed(date(text)? - theirs)
}

/// Text of a stranger, short enough and harmless for a log line and a page.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect()
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn answer(method: Method, status: u16, code: &str, message: &str, asked: Asked) -> Answer {
        Answer {
            method,
            place: Place::from(&"https://r.example/v2/".parse().expect("an address")),
            status: StatusCode::from_u16(status).expect("a status"),
            code: Some(code.to_owned()).filter(|c| !c.is_empty()),
            message: Some(message.to_owned()).filter(|m| !m.is_empty()),
            until: None,
            asked,
        }
    }

    #[test]
    fn every_registrys_answer_has_one_meaning() {
        let (get, put, post) = (Method::GET, Method::PUT, Method::POST);
        let table = [
            (&get, 401, "UNAUTHORIZED", "", Asked::Bearer, Meaning::Permission),
            (&get, 401, "UNAUTHORIZED", "", Asked::Basic, Meaning::SignIn),
            (&get, 401, "", "incorrect username or password", Asked::TokenService, Meaning::SignIn),
            (&post, 403, "DENIED", "permission_denied: write_package", Asked::Bearer, Meaning::Permission),
            (&put, 403, "DENIED", "will exceed the configured upper limit", Asked::Bearer, Meaning::Quota),
            (&post, 404, "NAME_UNKNOWN", "", Asked::Basic, Meaning::NotFound),
            (&put, 400, "MANIFEST_BLOB_UNKNOWN", "", Asked::Bearer, Meaning::ChildMissing),
            (&put, 404, "BLOB_UNKNOWN", "", Asked::Bearer, Meaning::ChildMissing),
            (&put, 400, "TAG_INVALID", "tag already exists and is immutable", Asked::Basic, Meaning::ImmutableTag),
            (&put, 409, "TAG_IMMUTABLE", "", Asked::Bearer, Meaning::ImmutableTag),
            (&put, 412, "PRECONDITION", "", Asked::Basic, Meaning::ImmutableTag),
            (&get, 412, "PROJECTPOLICYVIOLATION", "", Asked::Basic, Meaning::Permission),
            (&put, 405, "UNSUPPORTED", "", Asked::Basic, Meaning::Unsupported),
            (&put, 415, "", "", Asked::Basic, Meaning::Unsupported),
            (&get, 429, "TOOMANYREQUESTS", "", Asked::Bearer, Meaning::RateLimit { until: None }),
            (&get, 400, "", "ThrottlingException", Asked::Basic, Meaning::RateLimit { until: None }),
            (&get, 503, "", "", Asked::Bearer, Meaning::Storage),
        ];
        for (method, status, code, message, asked, meaning) in table {
            assert_eq!(answer(method.clone(), status, code, message, asked).meaning(), meaning, "{status} {code}");
        }
    }

    #[test]
    fn a_time_to_come_back_is_read_as_seconds_or_as_a_date() {
        let now = DateTime::parse_from_rfc3339("2026-10-21T07:28:00Z").expect("a time").with_timezone(&Utc);
        let read = |text: &'static str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]);
            retry_after(&headers, now).map(|at| (at - now).num_seconds())
        };
        assert_eq!(read("120"), Some(120));
        assert_eq!(read("Wed, 21 Oct 2026 07:29:00 GMT"), Some(60));
        assert_eq!(read("soon"), None);
    }

    #[test]
    fn a_date_to_come_back_is_meant_by_the_registrys_clock() {
        let now = DateTime::parse_from_rfc3339("2026-10-21T07:28:00Z").expect("a time").with_timezone(&Utc);
        let headers = HeaderMap::from_iter([
            (RETRY_AFTER, HeaderValue::from_static("Wed, 21 Oct 2026 09:00:30 GMT")),
            (DATE, HeaderValue::from_static("Wed, 21 Oct 2026 09:00:00 GMT")),
        ]);
        assert_eq!(retry_after(&headers, now).map(|at| (at - now).num_seconds()), Some(30));
    }

    #[test]
    fn a_refusal_is_read_from_an_error_list_and_from_nothing() {
        let place = || Place::from(&"https://u:p@r.example/v2/x?sig=secret".parse().expect("an address"));
        let now = DateTime::UNIX_EPOCH;
        let read = |body: &[u8]| {
            let headers = HeaderMap::new();
            Answer::read(&Method::GET, place(), StatusCode::NOT_FOUND, &headers, body, Asked::Basic, now).to_string()
        };
        let list = br#"{"errors":[{"code":"NAME_UNKNOWN","message":"not\nhere","detail":{"a":1}}]}"#;
        assert_eq!(read(list), "GET https://r.example/v2/x: 404 NAME_UNKNOWN: not here");
        assert_eq!(read(b"<html>"), "GET https://r.example/v2/x: 404");
    }
}
