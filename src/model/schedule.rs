//! When a rule runs by itself.

use serde::{Deserialize, Serialize};

use super::error::FieldErrors;
use super::text::{Refused, checked_text};

checked_text! {
    /// A time of day, `22:00`, from 00:00 to 23:59.
    TimeOfDay, |text| {
        let part = |text: &str, most: u32| text.len() == 2 && text.parse::<u32>().is_ok_and(|number| number <= most);
        match text.split_once(':') {
            Some((hours, minutes)) if part(hours, 23) && part(minutes, 59) => Ok(()),
            _ => Err(Refused::because("Write a time of day as 22:00, from 00:00 to 23:59.")),
        }
    }
}

impl TimeOfDay {
    /// Minutes since midnight.
    pub fn minutes(&self) -> u32 {
        let number = |text: &str| text.parse::<u32>().unwrap_or_default();
        self.as_str().split_once(':').map_or(0, |(hours, minutes)| number(hours) * 60 + number(minutes))
    }
}

/// Hours of each day, by the clock of the schedule's zone; past midnight where the end is before the begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    pub from: TimeOfDay,
    pub until: TimeOfDay,
}

/// When a rule runs without being told to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Schedule {
    /// Five fields of cron; none for no schedule.
    pub cron: Option<String>,
    /// Name in the IANA database, `Europe/Berlin`.
    pub zone: String,
    /// Each start is put off by up to so many minutes, another time each time.
    pub jitter_minutes: u32,
    /// Runs that start by themselves do so only within; those due outside wait for it.
    pub window: Option<Window>,
    /// Minutes after which everything is looked at again.
    pub reconcile_minutes: u32,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            cron: None,
            zone: "UTC".to_owned(),
            jitter_minutes: 0,
            window: None,
            reconcile_minutes: Self::RECONCILE_MINUTES,
        }
    }
}

/// The part of a rule's form about this.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScheduleForm {
    pub cron: String,
    pub zone: String,
    pub jitter: String,
    pub window_from: String,
    pub window_until: String,
    pub reconcile: String,
}

impl Schedule {
    /// Every hour.
    pub const RECONCILE_MINUTES: u32 = 60;
    const MOST_JITTER: u32 = 120;
    const LEAST_RECONCILE: u32 = 15;
    const MOST_RECONCILE: u32 = 10_080;

    /// Reads the form; whether cron and zone are real is for `rules::timing` to say.
    pub fn of_form(form: &ScheduleForm, errors: &mut FieldErrors) -> Self {
        let text = |value: &str| Some(value.trim().to_owned()).filter(|text| !text.is_empty());
        let mut number = |field, value: &str, least: u32, most: u32, unset: u32| {
            let Some(text) = text(value) else { return unset };
            let number = text.parse().ok().filter(|number| (least..=most).contains(number));
            if number.is_none() {
                errors.add(field, format!("Minutes as a whole number from {least} to {most}."));
            }
            number.unwrap_or(unset)
        };
        let jitter_minutes = number("jitter", &form.jitter, 0, Self::MOST_JITTER, 0);
        let (least, most) = (Self::LEAST_RECONCILE, Self::MOST_RECONCILE);
        let reconcile_minutes = number("reconcile", &form.reconcile, least, most, Self::RECONCILE_MINUTES);
        let window = match (text(&form.window_from), text(&form.window_until)) {
            (None, None) => None,
            (Some(from), Some(until)) => {
                let from = errors.parse::<TimeOfDay>("window_from", &from);
                let until = errors.parse::<TimeOfDay>("window_until", &until);
                if from.is_some() && from == until {
                    errors.add("window_until", "These hours end when they begin: leave both empty for the whole day.");
                }
                from.zip(until).map(|(from, until)| Window { from, until })
            }
            (Some(_), None) => {
                errors.add("window_until", "Say when the hours end, or leave both empty.");
                None
            }
            (None, Some(_)) => {
                errors.add("window_from", "Say when the hours begin, or leave both empty.");
                None
            }
        };
        Self {
            cron: text(&form.cron),
            zone: text(&form.zone).unwrap_or_else(|| "UTC".to_owned()),
            jitter_minutes,
            window,
            reconcile_minutes,
        }
    }

    /// What the form holds of it.
    pub fn form(&self) -> ScheduleForm {
        let window = |pick: fn(&Window) -> &TimeOfDay| self.window.as_ref().map(|w| pick(w).to_string());
        ScheduleForm {
            cron: self.cron.clone().unwrap_or_default(),
            zone: self.zone.clone(),
            jitter: if self.jitter_minutes == 0 { String::new() } else { self.jitter_minutes.to_string() },
            window_from: window(|window| &window.from).unwrap_or_default(),
            window_until: window(|window| &window.until).unwrap_or_default(),
            reconcile: self.reconcile_minutes.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: &ScheduleForm) -> Result<Schedule, FieldErrors> {
        let mut errors = FieldErrors::default();
        let schedule = Schedule::of_form(form, &mut errors);
        if errors.is_empty() { Ok(schedule) } else { Err(errors) }
    }

    #[test]
    fn an_empty_form_looks_every_hour_and_has_no_schedule() {
        assert_eq!(read(&ScheduleForm::default()), Ok(Schedule::default()));
        assert_eq!(serde_json::from_str::<Schedule>("{}").ok(), Some(Schedule::default()), "older rules");
    }

    #[test]
    fn a_form_comes_back_as_it_was() {
        let form = ScheduleForm {
            cron: "0 3 * * 1-5".into(),
            zone: "Europe/Berlin".into(),
            jitter: "10".into(),
            window_from: "22:00".into(),
            window_until: "06:00".into(),
            reconcile: "30".into(),
        };
        assert_eq!(read(&form).map(|schedule| schedule.form()), Ok(form));
    }

    #[test]
    fn each_trouble_is_named_at_its_field() {
        let cases = [
            ("jitter", ScheduleForm { jitter: "often".into(), ..ScheduleForm::default() }),
            ("reconcile", ScheduleForm { reconcile: "1".into(), ..ScheduleForm::default() }),
            ("window_until", ScheduleForm { window_from: "22:00".into(), ..ScheduleForm::default() }),
            ("window_from", ScheduleForm { window_until: "22:00".into(), ..ScheduleForm::default() }),
            (
                "window_from",
                ScheduleForm { window_from: "24:00".into(), window_until: "6:00".into(), ..ScheduleForm::default() },
            ),
            (
                "window_until",
                ScheduleForm { window_from: "06:00".into(), window_until: "06:00".into(), ..ScheduleForm::default() },
            ),
        ];
        for (field, form) in cases {
            assert!(read(&form).is_err_and(|errors| errors.get(field).is_some()), "{field}: {form:?}");
        }
    }
}
