//! When Docker's rate limit lets us go on (2.1).

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::HeaderMap;

/// Above this a number is a moment in Unix seconds, below it a number of seconds from now (trap 9).
const FIRST_TIMESTAMP: i64 = 1_000_000_000;
/// How long to pause where a 429 does not say; the window of 2.1 is a minute.
const UNSAID: TimeDelta = TimeDelta::seconds(60);
/// Nothing is believed to close a host for longer without asking again.
const LONGEST: TimeDelta = TimeDelta::minutes(15);

/// The end of the pause that a refusing answer asks for.
pub(super) fn until(headers: &HeaderMap, now: DateTime<Utc>) -> DateTime<Utc> {
    stated(headers, now).unwrap_or(now + UNSAID).max(now)
}

/// The same, where the answer says one.
fn stated(headers: &HeaderMap, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    ["retry-after", "x-retry-after", "x-ratelimit-reset"].into_iter().find_map(|name| {
        let text = headers.get(name)?.to_str().ok()?.trim();
        let Ok(number) = text.parse::<i64>() else {
            return DateTime::parse_from_rfc2822(text).ok().map(|date| date.to_utc());
        };
        if number > FIRST_TIMESTAMP {
            DateTime::from_timestamp(number, 0)
        } else {
            TimeDelta::try_seconds(number).map(|wait| now + wait)
        }
    })
}

/// Until when one credential leaves one host alone, so that a second call does not run into the same 429.
#[derive(Debug, Default)]
pub(super) struct Quiet(Mutex<Option<DateTime<Utc>>>);

impl Quiet {
    pub(super) fn note(&self, until: DateTime<Utc>, now: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(until.min(now + LONGEST));
    }

    pub(super) fn until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).filter(|until| *until > now)
    }
}
