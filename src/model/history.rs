//! Which runs of the history are looked for: what stands in an address, checked.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::error::FieldErrors;
use super::filter::TypedFilter;
use super::ids::{DestinationId, RuleId};
use super::image::{Digest, RepoName, Tag};
use super::mirror::MirrorName;
use super::run::{RunState, RunSummary, Trigger};
use super::sought::Sought;

/// No name on Docker Hub is longer.
pub(super) const LONGEST_NAME: usize = 255;

/// A filter as it was typed; in an address by its field names, those that are empty left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunFilter {
    /// Id of a rule.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub rule: String,
    /// Name of a mirror, without the organization.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mirror: String,
    /// Id of a destination.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub destination: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub state: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub trigger: String,
    /// Username of whoever started it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub person: String,
    /// The first day, or moment.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// The last day, or the moment after the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub until: String,
    /// A tag, a digest or a reference.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub q: String,
}

impl TypedFilter for RunFilter {
    fn fields(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("q", &self.q),
            ("rule", &self.rule),
            ("state", &self.state),
            ("mirror", &self.mirror),
            ("destination", &self.destination),
            ("trigger", &self.trigger),
            ("person", &self.person),
            ("from", &self.from),
            ("until", &self.until),
        ]
    }

    fn field(&mut self, name: &str) -> Option<&mut String> {
        match name {
            "q" => Some(&mut self.q),
            "rule" => Some(&mut self.rule),
            "state" => Some(&mut self.state),
            "mirror" => Some(&mut self.mirror),
            "destination" => Some(&mut self.destination),
            "trigger" => Some(&mut self.trigger),
            "person" => Some(&mut self.person),
            "from" => Some(&mut self.from),
            "until" => Some(&mut self.until),
            _ => None,
        }
    }
}

impl RunFilter {
    /// What it means, or a sentence for each field that means nothing.
    pub fn check(&self) -> Result<RunQuery, FieldErrors> {
        let mut errors = FieldErrors::default();
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let query = RunQuery {
            rule: said(&self.rule).and_then(|text| errors.parse("rule", &text)),
            mirror: said(&self.mirror).and_then(|text| errors.parse("mirror", &text)),
            destination: said(&self.destination).and_then(|text| errors.parse("destination", &text)),
            state: said(&self.state).and_then(|text| {
                let refused = || format!("No run is ever {text}: choose a state from the list.");
                RunState::parse(&text).or_else(|| refuse(&mut errors, "state", refused()))
            }),
            trigger: said(&self.trigger).and_then(|text| {
                let refused = || format!("Nothing called {text} starts runs: choose from the list.");
                Trigger::parse(&text).or_else(|| refuse(&mut errors, "trigger", refused()))
            }),
            person: said(&self.person).and_then(|text| {
                let refused = || format!("A username has at most {LONGEST_NAME} characters.");
                Some(text)
                    .filter(|name| name.len() <= LONGEST_NAME)
                    .or_else(|| refuse(&mut errors, "person", refused()))
            }),
            from: moment_field(&mut errors, "from", &self.from, 0),
            until: moment_field(&mut errors, "until", &self.until, 1),
            q: said(&self.q).and_then(|text| errors.parse("q", &text)),
        };
        check_times(&mut errors, query.from, query.until);
        if errors.is_empty() { Ok(query) } else { Err(errors) }
    }
}

const DATE: &str = "Write a day as 2026-11-25, or a moment as 2026-11-25T08:30:00Z.";

fn refuse<T>(errors: &mut FieldErrors, field: &str, sentence: impl Into<String>) -> Option<T> {
    errors.add(field, sentence);
    None
}

/// What a field of the time means; none where it is empty, or means nothing.
pub(super) fn moment_field(errors: &mut FieldErrors, field: &str, text: &str, days: u64) -> Option<DateTime<Utc>> {
    let text = Some(text.trim()).filter(|text| !text.is_empty())?;
    moment(text, days).or_else(|| refuse(errors, field, DATE))
}

/// Notes where the time that is asked for ends before it begins.
pub(super) fn check_times(errors: &mut FieldErrors, from: Option<DateTime<Utc>>, until: Option<DateTime<Utc>>) {
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        errors.add("until", "The last day is before the first one.");
    }
}

/// A moment, or midnight so many days after the begin of a day; years that people mean.
fn moment(text: &str, days: u64) -> Option<DateTime<Utc>> {
    let moment = match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(day) => day.checked_add_days(Days::new(days))?.and_time(NaiveTime::MIN).and_utc(),
        Err(_) => DateTime::parse_from_rfc3339(text).ok()?.to_utc(),
    };
    let ancient = NaiveDate::from_ymd_opt(2000, 1, 1)?.and_time(NaiveTime::MIN).and_utc();
    let distant = NaiveDate::from_ymd_opt(9999, 1, 1)?.and_time(NaiveTime::MIN).and_utc();
    (ancient..distant).contains(&moment).then_some(moment)
}

/// Which runs are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunQuery {
    pub rule: Option<RuleId>,
    pub mirror: Option<MirrorName>,
    pub destination: Option<DestinationId>,
    pub state: Option<RunState>,
    pub trigger: Option<Trigger>,
    pub person: Option<String>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
    /// Its tag is what a tag begins with.
    pub q: Option<Sought>,
}

/// A tag of a run for which the run was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundTag {
    pub mirror: RepoName,
    pub tag: Tag,
    pub digest: Digest,
}

/// A run of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundRun {
    #[serde(flatten)]
    pub run: RunSummary,
    /// The first of the tags that were searched for.
    #[serde(default)]
    pub found: Vec<FoundTag>,
    /// How many there are of those.
    #[serde(default)]
    pub found_in_all: u32,
}

/// What the filter's lists offer: what the organization's history has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterNames {
    pub rules: Vec<(RuleId, String)>,
    pub destinations: Vec<(DestinationId, String)>,
    /// Without the organization.
    pub mirrors: Vec<String>,
    pub persons: Vec<String>,
}

impl RunState {
    /// In the order of the filter.
    pub const ALL: [Self; 7] =
        [Self::Failed, Self::Held, Self::Running, Self::Queued, Self::Succeeded, Self::Unchanged, Self::Cancelled];

    /// Reads the spelling of `as_str`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl Trigger {
    /// In the order of the filter.
    pub const ALL: [Self; 4] = [Self::Webhook, Self::Schedule, Self::Reconcile, Self::Manual];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_only_what_is_asked_for() {
        let filter =
            RunFilter { state: "failed".into(), q: "a b&c".into(), person: "  ".into(), ..RunFilter::default() };
        assert_eq!(RunFilter::default().query(), "");
        assert_eq!(filter.query(), "q=a+b%26c&state=failed");
        assert_eq!(filter.without("q").query(), "state=failed");
        assert_eq!(filter.without("nothing"), filter);
        assert!(RunFilter { person: " ".into(), ..RunFilter::default() }.is_empty() && !filter.is_empty());
        let read: RunFilter = serde_urlencoded::from_str("state=failed&after=x").expect("others are left alone");
        assert_eq!(read, RunFilter { state: "failed".into(), ..RunFilter::default() });
    }

    #[test]
    fn every_bad_field_is_named_at_once() {
        let bad = RunFilter {
            rule: "x".into(),
            mirror: "nginx".into(),
            destination: "x".into(),
            state: "lost".into(),
            trigger: "luck".into(),
            person: "x".repeat(300),
            from: "yesterday".into(),
            until: "0001-01-01".into(),
            q: "two words".into(),
        };
        let errors = bad.check().expect_err("all are bad");
        for (name, _) in bad.fields() {
            assert!(errors.get(name).is_some(), "{name}");
        }
    }

    #[test]
    fn the_last_day_is_part_of_the_time_asked_for() {
        let times = |from: &str, until: &str| {
            let filter = RunFilter { from: from.into(), until: until.into(), ..RunFilter::default() };
            filter.check().map(|query| (query.until.expect("a moment") - query.from.expect("a moment")).num_minutes())
        };
        assert_eq!(times("2026-11-25", "2026-11-25"), Ok(24 * 60));
        assert_eq!(times("2026-11-25T08:00:00+01:00", "2026-11-25T08:30:00Z"), Ok(90));
        assert!(times("2026-11-25", "2026-11-24").is_err_and(|errors| errors.get("until").is_some()));
    }

    #[test]
    fn every_choice_of_the_filter_has_one_spelling() {
        for state in RunState::ALL {
            assert_eq!(RunState::parse(state.as_str()), Some(state));
        }
        for trigger in Trigger::ALL {
            assert_eq!(Trigger::parse(trigger.as_str()), Some(trigger));
        }
    }
}
