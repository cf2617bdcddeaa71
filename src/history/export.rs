//! The runs of the history as a file: one line a tag, in the order of the list.

use std::collections::HashMap;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use futures::stream::Stream;
use serde::Serialize;

use super::HistoryError;
use super::file::{self, Format, Lines};
use crate::app::Visitor;
use crate::model::{OrgName, RunFilter, RunId, RunQuery, RunSummary};
use crate::store::history::{self, Line};
use crate::store::{PgPool, StoreError};

/// Runs that are listed at once.
const RUNS: usize = 50;
/// Tags that are read at once, as long as one run has no more.
const TAGS: u32 = 2_000;

/// One line; for a run without tags, what is known of the run.
#[derive(Debug, Default, Serialize)]
struct Record {
    run: String,
    started: String,
    trigger: &'static str,
    person: Option<String>,
    rule: String,
    /// The repository that was written; the destination's address where there is no tag.
    destination: String,
    mirror: Option<String>,
    tag: Option<String>,
    digest: Option<String>,
    state: String,
    bytes: u64,
    attempts: u32,
    tag_started: Option<String>,
    tag_finished: Option<String>,
    coverage_held: Option<u32>,
    coverage_expected: Option<u32>,
    failure: Option<String>,
}

impl Record {
    fn of_run(run: &RunSummary, failure: Option<String>) -> Self {
        Self {
            run: run.id.to_string(),
            started: moment(run.created_at),
            trigger: run.trigger.as_str(),
            person: run.started_by.clone(),
            rule: run.rule_name.clone(),
            destination: run.destination.clone(),
            state: run.state.as_str().to_owned(),
            failure,
            ..Self::default()
        }
    }

    fn of_tag(run: &RunSummary, line: Line) -> Self {
        Self {
            destination: line.target,
            mirror: Some(line.mirror),
            tag: Some(line.tag),
            digest: Some(line.digest),
            state: line.state,
            bytes: line.bytes,
            attempts: line.attempts,
            tag_started: line.started_at.map(moment),
            tag_finished: line.finished_at.map(moment),
            coverage_held: line.coverage.map(|(held, _)| held),
            coverage_expected: line.coverage.map(|(_, expected)| expected),
            failure: line.failure,
            ..Self::of_run(run, None)
        }
    }
}

impl file::Record for Record {
    const COLUMNS: &'static [&'static str] = &[
        "run",
        "started",
        "trigger",
        "person",
        "rule",
        "destination",
        "mirror",
        "tag",
        "digest",
        "state",
        "bytes",
        "attempts",
        "tag_started",
        "tag_finished",
        "coverage_held",
        "coverage_expected",
        "failure",
    ];

    fn cells(self) -> Vec<String> {
        let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        vec![
            self.run,
            self.started,
            self.trigger.to_owned(),
            self.person.unwrap_or_default(),
            self.rule,
            self.destination,
            self.mirror.unwrap_or_default(),
            self.tag.unwrap_or_default(),
            self.digest.unwrap_or_default(),
            self.state,
            self.bytes.to_string(),
            self.attempts.to_string(),
            self.tag_started.unwrap_or_default(),
            self.tag_finished.unwrap_or_default(),
            number(self.coverage_held),
            number(self.coverage_expected),
            self.failure.unwrap_or_default(),
        ]
    }
}

pub(super) fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The file, piece by piece; a filter that means nothing is refused before the first.
pub fn export(
    visitor: &Visitor,
    filter: &RunFilter,
    format: Format,
) -> Result<impl Stream<Item = Result<Bytes, HistoryError>> + use<>, HistoryError> {
    let query = filter.check().map_err(HistoryError::Filter)?;
    let reader = Reader {
        db: visitor.app.db.clone(),
        organization: visitor.organization.clone(),
        query,
        after: None,
        listed: Vec::new(),
        is_last: false,
    };
    Ok(file::written(reader, format))
}

/// Reads runs with their tags, newest first.
struct Reader {
    db: PgPool,
    organization: OrgName,
    query: RunQuery,
    after: Option<RunId>,
    /// Listed and not read yet, the newest last.
    listed: Vec<RunSummary>,
    is_last: bool,
}

impl Lines for Reader {
    type Record = Record;

    async fn next(&mut self) -> Result<Option<Vec<Record>>, StoreError> {
        if self.listed.is_empty() && !self.is_last {
            let limit = i64::try_from(RUNS).unwrap_or(i64::MAX);
            let mut runs = history::page(&self.db, &self.organization, &self.query, self.after, limit).await?;
            self.is_last = runs.len() < RUNS;
            self.after = runs.last().map(|run| run.id);
            runs.reverse();
            self.listed = runs;
        }
        let (mut runs, mut tags) = (Vec::new(), 0);
        while tags < TAGS
            && let Some(run) = self.listed.pop()
        {
            tags += run.counts.total();
            runs.push(run);
        }
        if runs.is_empty() { Ok(None) } else { Ok(Some(self.read(&runs).await?)) }
    }
}

impl Reader {
    async fn read(&self, runs: &[RunSummary]) -> Result<Vec<Record>, StoreError> {
        let ids: Vec<RunId> = runs.iter().map(|run| run.id).collect();
        let mut lines: HashMap<RunId, Vec<Line>> = HashMap::new();
        for line in history::lines(&self.db, &self.organization, &ids, &self.query).await? {
            lines.entry(line.run).or_default().push(line);
        }
        let mut failures = history::plan_failures(&self.db, &ids).await?;
        let mut records = Vec::new();
        for run in runs {
            match lines.remove(&run.id) {
                Some(tags) => records.extend(tags.into_iter().map(|line| Record::of_tag(run, line))),
                None if run.counts.total() == 0 => records.push(Record::of_run(run, failures.remove(&run.id))),
                None => {}
            }
        }
        Ok(records)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use file::Record as _;

    #[test]
    fn the_columns_are_those_of_the_record() {
        let json = serde_json::to_value(Record::default()).expect("JSON");
        let fields = json.as_object().expect("an object");
        assert_eq!(fields.len(), Record::COLUMNS.len());
        assert!(Record::COLUMNS.iter().all(|column| fields.contains_key(*column)), "{fields:?}");
        assert_eq!(Record::default().cells().len(), Record::COLUMNS.len());
    }
}
