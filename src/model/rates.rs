//! How fast a destination may be asked.

use serde::{Deserialize, Serialize};

use super::error::FieldErrors;

/// Limits a person sets for one destination; without one, as fast as the registry answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rates {
    /// 1 to 10,000.
    pub requests_per_second: Option<u32>,
    /// Both ways together, a megabyte being 1,000,000 bytes; 1 to 4,000.
    pub megabytes_per_second: Option<u32>,
}

impl Rates {
    /// Most requests in a second that can be asked for.
    pub const MOST_REQUESTS: u32 = 10_000;
    /// Most megabytes in a second that can be asked for.
    pub const MOST_MEGABYTES: u32 = 4_000;

    /// Reads both fields of a form, named like ours; empty is no limit.
    pub fn check(requests: &str, megabytes: &str, errors: &mut FieldErrors) -> Self {
        let mut read = |field, text: &str, most: u32, words: &str| {
            let text = text.trim();
            if text.is_empty() {
                return None;
            }
            let number = text.parse().ok().filter(|number| (1..=most).contains(number));
            if number.is_none() {
                errors.add(field, format!("{words}: a whole number from 1 to {most}. Leave it empty for no limit."));
            }
            number
        };
        Self {
            requests_per_second: read("requests_per_second", requests, Self::MOST_REQUESTS, "Requests a second"),
            megabytes_per_second: read("megabytes_per_second", megabytes, Self::MOST_MEGABYTES, "Megabytes a second"),
        }
    }

    /// `20 requests/s, 50 MB/s`; nothing where there is no limit.
    pub fn words(self) -> Option<String> {
        let requests = self.requests_per_second.map(|number| format!("{number} requests/s"));
        let megabytes = self.megabytes_per_second.map(|number| format!("{number} MB/s"));
        let words: Vec<_> = [requests, megabytes].into_iter().flatten().collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_whole_numbers_or_none() {
        let read = |requests: &str, megabytes: &str| {
            let mut errors = FieldErrors::default();
            let rates = Rates::check(requests, megabytes, &mut errors);
            (rates.requests_per_second, rates.megabytes_per_second, errors.is_empty())
        };
        assert_eq!(read("", " "), (None, None, true));
        assert_eq!(read("20", " 50 "), (Some(20), Some(50), true));
        for bad in ["0", "-1", "1.5", "10001", "many"] {
            assert_eq!(read(bad, ""), (None, None, false), "{bad}");
        }
        assert_eq!(read("", "4001"), (None, None, false));
    }

    #[test]
    fn limits_are_said_in_words() {
        let rates = |requests_per_second, megabytes_per_second| Rates { requests_per_second, megabytes_per_second };
        assert_eq!(rates(None, None).words(), None);
        assert_eq!(rates(Some(20), Some(50)).words().as_deref(), Some("20 requests/s, 50 MB/s"));
    }
}
