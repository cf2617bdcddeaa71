//! A part of a long list, and how figures read.

use serde::{Deserialize, Serialize};

/// Some rows and where the next ones begin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Goes into the address as `after`; none on the last page.
    pub next: Option<String>,
}

/// A number of bytes as people read it: `0 B`, `312 kB`, `4.7 MB`, `1.2 GB` (powers of 1000, as registries count).
pub fn human_bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut value = bytes as f64 / 1_000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1_000.0;
        unit += 1;
    }
    if value < 99.95 { format!("{value:.1} {}", UNITS[unit]) } else { format!("{value:.0} {}", UNITS[unit]) }
}

/// A length of time as people read it: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`.
pub fn human_duration(duration: chrono::TimeDelta) -> String {
    let millis = duration.num_milliseconds().max(0);
    let seconds = millis / 1_000;
    match seconds {
        0..10 => format!("{}.{} s", seconds, millis % 1_000 / 100),
        10..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn figures_read_as_people_say_them() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (312_400, "312 kB"),
            (4_720_000, "4.7 MB"),
            (999_999, "1.0 MB"),
        ] {
            assert_eq!(human_bytes(bytes), text);
        }
        for (seconds, text) in [(3, "3.0 s"), (59, "59 s"), (185, "3 min 5 s"), (7_800, "2 h 10 min")] {
            assert_eq!(human_duration(TimeDelta::seconds(seconds)), text);
        }
    }
}
