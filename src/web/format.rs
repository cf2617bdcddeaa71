//! Numbers and moments in words, the same on every page.

use std::fmt::Display;

use chrono::{DateTime, TimeDelta, Utc};

/// A count of bytes with three significant figures in decimal units, as registries bill them: `14.2 MB`.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if count < 1000 {
        return format!("{count} B");
    }
    // Tenths of the unit in whole numbers: no figure depends on how floats round.
    let (mut tenths, mut unit) = (count.saturating_add(50) / 100, 0);
    while tenths >= 9995 && unit + 1 < UNITS.len() {
        tenths = (tenths + 500) / 1000;
        unit += 1;
    }
    if tenths < 1000 {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    } else {
        format!("{} {}", (tenths + 5) / 10, UNITS[unit])
    }
}

/// A count with thin groups of three: `12 480`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join("\u{202f}")
}

/// `1 tag`, `24 tags`.
pub fn counted<N: Copy + Display + PartialEq + From<u8>>(number: N, one: &str) -> String {
    if number == N::from(1) { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// A length of time in its two largest units: `48 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
pub fn duration(length: TimeDelta) -> String {
    let seconds = length.num_seconds().max(0);
    let (large, large_unit, small, small_unit) = match seconds {
        0 => return format!("{} ms", length.num_milliseconds().max(0)),
        1..=59 => return format!("{seconds} s"),
        60..=3599 => (seconds / 60, "min", seconds % 60, "s"),
        3600..=86_399 => (seconds / 3600, "h", seconds % 3600 / 60, "min"),
        _ => (seconds / 86_400, "d", seconds % 86_400 / 3600, "h"),
    };
    if small == 0 { format!("{large} {large_unit}") } else { format!("{large} {large_unit} {small} {small_unit}") }
}

/// How long before `now` a moment was, or how long after it will be: `just now`, `5 min ago`, `in 2 h`.
pub fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (now - at).num_seconds();
    let (number, unit) = match seconds.abs() {
        0..=9 => return "just now".to_owned(),
        length @ 10..=59 => (length, "s"),
        length @ 60..=3599 => (length / 60, "min"),
        length @ 3600..=86_399 => (length / 3600, "h"),
        length => (length / 86_400, "d"),
    };
    if number > 30 && unit == "d" {
        return at.format("%-d %b %Y").to_string();
    }
    if seconds < 0 { format!("in {number} {unit}") } else { format!("{number} {unit} ago") }
}

/// A moment in full: `2026-11-23 20:10:36 UTC`.
pub fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_at_most_three_figures_before_the_unit() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (14_240_000, "14.2 MB"),
            (142_400_000, "142 MB"),
            (999_960_000, "1.0 GB"),
            (u64::MAX, "18447 PB"),
        ];
        for (count, words) in cases {
            assert_eq!(bytes(count), words);
        }
    }

    #[test]
    fn counts_are_grouped_by_three() {
        assert_eq!(count(7), "7");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
    }

    #[test]
    fn moments_are_counted_from_now_in_both_directions() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a moment");
        assert_eq!(ago(now, now), "just now");
        assert_eq!(ago(now - TimeDelta::minutes(5), now), "5 min ago");
        assert_eq!(ago(now + TimeDelta::hours(2), now), "in 2 h");
        assert_eq!(ago(now - TimeDelta::days(60), now), "16 Nov 2026");
    }

    #[test]
    fn lengths_name_their_two_largest_units() {
        assert_eq!(duration(TimeDelta::milliseconds(240)), "240 ms");
        assert_eq!(duration(TimeDelta::seconds(200)), "3 min 20 s");
        assert_eq!(duration(TimeDelta::hours(52)), "2 d 4 h");
    }
}
