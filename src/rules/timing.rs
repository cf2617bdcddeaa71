//! A schedule that can be asked: when next, and whether now.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds};
use rand::Rng as _;

use crate::model::{FieldErrors, Schedule, Window};

/// A schedule whose cron and zone are real.
pub struct Timing<'a> {
    schedule: &'a Schedule,
    cron: Option<Cron>,
    zone: Tz,
}

impl<'a> Timing<'a> {
    /// Reads cron and zone, and names what is wrong with each.
    pub fn new(schedule: &'a Schedule) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let zone = schedule.zone.parse::<Tz>().map_err(|_| {
            errors.add("zone", "There is no such time zone: write it like Europe/Berlin, America/New_York or UTC.");
        });
        let parser = CronParser::builder().seconds(Seconds::Disallowed).build();
        let cron = schedule.cron.as_deref().and_then(|text| {
            let refused = |error: croner::errors::CronError| {
                errors.add(
                    "cron",
                    format!(
                        "This is no schedule ({error}): write five fields, minute hour day month weekday, for example 0 3 * * 1-5."
                    ),
                );
            };
            parser.parse(text).map_err(refused).ok()
        });
        let timing = zone.map(|zone| Self { schedule, cron, zone });
        let timing = timing.ok().filter(|_| errors.is_empty()).ok_or(errors)?;
        if timing.cron.is_some() && timing.next(DateTime::UNIX_EPOCH).is_none() {
            return Err(FieldErrors::one("cron", "This never comes: there is no such day."));
        }
        Ok(timing)
    }

    /// In words: `At 03:00 AM, Monday through Friday`; none without a schedule.
    pub fn words(&self) -> Option<String> {
        self.cron.as_ref().map(Cron::describe)
    }

    /// The first moment after this one that the schedule names, without jitter.
    pub fn next(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let next = self.cron.as_ref()?.find_next_occurrence(&after.with_timezone(&self.zone), false).ok()?;
        Some(next.with_timezone(&Utc))
    }

    /// The next moments that the schedule names, where its hours allow them.
    pub fn upcoming(&self, after: DateTime<Utc>, number: usize) -> Vec<DateTime<Utc>> {
        let moments = std::iter::successors(self.next(after), |last| self.next(*last));
        moments.take(number).map(|moment| self.opens(moment)).collect()
    }

    /// The next start, put off by chance.
    pub fn next_start(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let jitter = i64::from(self.schedule.jitter_minutes) * 60;
        let chance = if jitter > 0 { rand::rng().random_range(0..=jitter) } else { 0 };
        self.next(after).map(|next| next + TimeDelta::seconds(chance))
    }

    /// This moment, or where the hours do not allow it, their next begin.
    pub fn opens(&self, moment: DateTime<Utc>) -> DateTime<Utc> {
        let Some(window) = &self.schedule.window else { return moment };
        let local = moment.with_timezone(&self.zone);
        if holds(window, local.time()) {
            return moment;
        }
        let from = time(window.from.minutes());
        let today = if local.time() < from { Some(local.date_naive()) } else { local.date_naive().succ_opt() };
        today.and_then(|day| self.at(day, from)).map_or(moment, |begin| begin.max(moment))
    }

    /// A moment of a day in the zone. One that the clocks skip begins where they go on.
    fn at(&self, day: NaiveDate, time: NaiveTime) -> Option<DateTime<Utc>> {
        let local = day.and_time(time);
        let found =
            (0..4).find_map(|hours| self.zone.from_local_datetime(&(local + TimeDelta::hours(hours))).earliest());
        found.map(|found| found.with_timezone(&Utc))
    }
}

fn time(minutes: u32) -> NaiveTime {
    NaiveTime::from_num_seconds_from_midnight_opt(minutes * 60, 0).unwrap_or(NaiveTime::MIN)
}

fn holds(window: &Window, now: NaiveTime) -> bool {
    let (from, until) = (time(window.from.minutes()), time(window.until.minutes()));
    if from < until { now >= from && now < until } else { now >= from || now < until }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(cron: Option<&str>, zone: &str, window: Option<(&str, &str)>) -> Schedule {
        let time = |text: &str| text.parse().expect("a time");
        let window = window.map(|(from, until)| Window { from: time(from), until: time(until) });
        Schedule { cron: cron.map(str::to_owned), zone: zone.to_owned(), window, ..Schedule::default() }
    }

    fn moment(text: &str) -> DateTime<Utc> {
        text.parse().expect("a moment")
    }

    #[test]
    fn a_schedule_follows_the_clock_of_its_zone_over_the_change_of_the_clocks() {
        let berlin = schedule(Some("30 3 * * *"), "Europe/Berlin", None);
        let timing = Timing::new(&berlin).unwrap_or_else(|errors| panic!("{errors:?}"));
        let next = timing.upcoming(moment("2026-10-24T00:00:00Z"), 3);
        let expected = ["2026-10-24T01:30:00Z", "2026-10-25T02:30:00Z", "2026-10-26T02:30:00Z"];
        assert_eq!(next, expected.map(moment));
    }

    #[test]
    fn hours_past_midnight_put_off_what_is_due_by_day() {
        let night = schedule(None, "UTC", Some(("22:00", "06:00")));
        let timing = Timing::new(&night).unwrap_or_else(|errors| panic!("{errors:?}"));
        for (due, begin) in [
            ("2026-11-25T12:00:00Z", "2026-11-25T22:00:00Z"),
            ("2026-11-25T23:30:00Z", "2026-11-25T23:30:00Z"),
            ("2026-11-25T05:59:00Z", "2026-11-25T05:59:00Z"),
            ("2026-11-25T06:00:00Z", "2026-11-25T22:00:00Z"),
        ] {
            assert_eq!(timing.opens(moment(due)), moment(begin), "{due}");
        }
        let day = schedule(None, "America/New_York", Some(("09:00", "17:00")));
        let timing = Timing::new(&day).unwrap_or_else(|errors| panic!("{errors:?}"));
        assert_eq!(timing.opens(moment("2026-11-25T23:00:00Z")), moment("2026-11-26T14:00:00Z"));
    }

    #[test]
    fn jitter_only_puts_off() {
        let often = Schedule { jitter_minutes: 10, ..schedule(Some("0 * * * *"), "UTC", None) };
        let timing = Timing::new(&often).unwrap_or_else(|errors| panic!("{errors:?}"));
        let due = moment("2026-11-25T13:00:00Z");
        for _ in 0..50 {
            let start = timing.next_start(moment("2026-11-25T12:10:00Z")).expect("it comes");
            assert!(start >= due && start <= due + TimeDelta::minutes(10), "{start}");
        }
    }

    #[test]
    fn what_is_no_schedule_is_said_at_its_field() {
        for (field, schedule) in [
            ("cron", schedule(Some("every night"), "UTC", None)),
            ("cron", schedule(Some("61 * * * *"), "UTC", None)),
            ("cron", schedule(Some("0 0 30 2 *"), "UTC", None)),
            ("cron", schedule(Some("0 0 3 * * *"), "UTC", None)),
            ("zone", schedule(None, "Mars/Olympus", None)),
        ] {
            assert!(Timing::new(&schedule).is_err_and(|errors| errors.get(field).is_some()), "{field} {schedule:?}");
        }
    }
}
