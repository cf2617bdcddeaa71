//! The history as a file: one line a tag, in the order of the list, written while it is read.

use std::collections::HashMap;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use futures::stream::{self, Stream};
use serde::Serialize;

use super::HistoryError;
use crate::app::Visitor;
use crate::model::{OrgName, RunFilter, RunId, RunQuery, RunSummary};
use crate::store::history::{self, Line};
use crate::store::{PgPool, StoreError};

/// Lines of one file.
pub const MOST_LINES: usize = 100_000;
/// Runs that are listed at once.
const RUNS: usize = 50;
/// Tags that are read at once, as long as one run has no more.
const TAGS: u32 = 2_000;

/// How the file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
}

/// The columns, in their order.
const COLUMNS: [&str; 17] = [
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

    /// In the order of the columns.
    fn cells(self) -> [String; 17] {
        let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        let cells = [
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
        ];
        cells.map(harmless)
    }
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A table program takes what begins so for a formula and works it out: an apostrophe makes it a text.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
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
    let file = File { reader, format, is_begun: false, is_over: false, lines: 0 };
    Ok(stream::try_unfold(file, |mut file| async move { Ok(file.next().await?.map(|piece| (piece, file))) }))
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

impl Reader {
    /// The lines of the next runs; none where there is no run left.
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

/// Writes what is read.
struct File {
    reader: Reader,
    format: Format,
    is_begun: bool,
    is_over: bool,
    lines: usize,
}

impl File {
    async fn next(&mut self) -> Result<Option<Bytes>, HistoryError> {
        if self.is_over {
            return Ok(None);
        }
        let mut piece = Vec::new();
        if !self.is_begun {
            self.is_begun = true;
            piece.extend(begin(self.format));
        }
        match self.reader.next().await? {
            None => {
                self.is_over = true;
                piece.extend(end(self.format, false));
            }
            Some(mut records) => {
                let is_cut = records.len() > MOST_LINES - self.lines;
                records.truncate(MOST_LINES - self.lines);
                for record in records {
                    piece.extend(line(self.format, record, self.lines == 0));
                    self.lines += 1;
                }
                if is_cut {
                    self.is_over = true;
                    piece.extend(end(self.format, true));
                }
            }
        }
        Ok(Some(piece.into()))
    }
}

fn begin(format: Format) -> Vec<u8> {
    match format {
        Format::Csv => row(&COLUMNS),
        Format::Json => b"{\"items\":[".to_vec(),
    }
}

fn line(format: Format, record: Record, is_first: bool) -> Vec<u8> {
    match format {
        Format::Csv => row(&record.cells()),
        Format::Json => {
            let json = serde_json::to_vec(&record).unwrap_or_else(|_| b"null".to_vec());
            [if is_first { &b"\n"[..] } else { b",\n" }, &json].concat()
        }
    }
}

fn end(format: Format, is_cut: bool) -> Vec<u8> {
    match (format, is_cut) {
        (Format::Csv, false) => Vec::new(),
        (Format::Csv, true) => row(&[format!("Cut after {MOST_LINES} lines: narrow the filter, for example by time.")]),
        (Format::Json, _) => format!("\n],\"is_cut\":{is_cut}}}\n").into_bytes(),
    }
}

/// One line of a table.
fn row(cells: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    // Nothing can go wrong in memory; what did would leave the line out.
    let _ = writer.write_record(cells);
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(harmless(bad.to_owned()), format!("'{bad}"));
        }
        assert_eq!(harmless("1.29-dev".to_owned()), "1.29-dev");
        let record = Record { rule: "=cmd|' /C calc'!A0, \"x\"".into(), ..Record::default() };
        let text = String::from_utf8(line(Format::Csv, record, true)).expect("text");
        assert_eq!(text, ",,,,\"'=cmd|' /C calc'!A0, \"\"x\"\"\",,,,,,0,0,,,,,\n");
    }

    #[test]
    fn the_columns_are_those_of_the_record() {
        let json = serde_json::to_value(Record::default()).expect("JSON");
        let fields = json.as_object().expect("an object");
        assert_eq!(fields.len(), COLUMNS.len());
        assert!(COLUMNS.iter().all(|column| fields.contains_key(*column)), "{fields:?}");
    }

    #[test]
    fn a_file_that_is_cut_says_so() {
        let text = String::from_utf8(end(Format::Csv, true)).expect("text");
        assert!(text.contains("Cut after 100000 lines"), "{text}");
        let whole =
            [begin(Format::Json), line(Format::Json, Record::default(), true), end(Format::Json, true)].concat();
        let json: serde_json::Value = serde_json::from_slice(&whole).expect("JSON");
        assert_eq!((json["items"].as_array().map(Vec::len), json["is_cut"].as_bool()), (Some(1), Some(true)));
    }
}
