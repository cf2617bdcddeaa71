//! The audit log: who did what, with the page of what it was done to, and the same as a file.

use std::collections::HashMap;

use bytes::Bytes;
use futures::stream::Stream;
use serde::Serialize;

use super::HistoryError;
use super::export::moment;
use super::file::{self, Format, Lines};
use crate::app::Visitor;
use crate::model::{
    About, AuditEntry, AuditFilter, AuditId, AuditQuery, DestinationId, MirrorName, OrgName, Page, RuleId, RunId, deed,
};
use crate::store::audit::{self, Line};
use crate::store::{PgPool, StoreError};

/// Lines on one page.
const PAGE: usize = 50;
/// Lines of a file that are read at once.
const AT_ONCE: i64 = 1_000;

/// Lines that the filter takes, newest first; `after` continues a page's `next`.
pub async fn audit(
    visitor: &Visitor,
    filter: &AuditFilter,
    after: Option<AuditId>,
) -> Result<Page<AuditEntry>, HistoryError> {
    let (db, organization) = (&visitor.app.db, &visitor.organization);
    let query = filter.check().map_err(HistoryError::Filter)?;
    // One more than shown tells whether there is a next page.
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut lines = audit::page(db, organization, &query, after, limit).await?;
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let next = lines.last().filter(|_| more).map(|line| line.id.to_string());
    let names = Names::read(db, organization, &lines).await?;
    Ok(Page { rows: lines.into_iter().map(|line| names.entry(organization, line)).collect(), next })
}

/// Everybody who is named in the log, by name.
pub async fn actors(visitor: &Visitor) -> Result<Vec<String>, HistoryError> {
    Ok(audit::actors(&visitor.app.db, &visitor.organization).await?)
}

/// What there is now of what the lines name.
#[derive(Default)]
struct Names {
    rules: HashMap<String, (RuleId, String)>,
    destinations: HashMap<String, DestinationId>,
}

impl Names {
    async fn read(db: &PgPool, organization: &OrgName, lines: &[Line]) -> Result<Self, StoreError> {
        let texts: Vec<String> = lines.iter().map(|line| head(&line.subject).to_owned()).collect();
        let mut names = Self::default();
        for named in audit::named(db, organization, &texts).await? {
            if named.kind == "rule" {
                let rule = (RuleId(named.id), named.name.clone());
                // Older releases wrote a rule's id.
                names.rules.insert(named.id.to_string(), rule.clone());
                names.rules.insert(named.name, rule);
            } else {
                names.destinations.insert(named.name, DestinationId(named.id));
            }
        }
        Ok(names)
    }

    fn entry(&self, organization: &OrgName, line: Line) -> AuditEntry {
        let Line { id, at, actor, action, subject } = line;
        let rule = self.rules.get(&subject).filter(|_| action.starts_with("rule."));
        let about = match action.split('.').next().unwrap_or_default() {
            "mirror" | "hook" => mirror(organization, &subject).map(About::Mirror),
            "rule" => rule.map(|(id, _)| About::Rule(*id)),
            "destination" => self.destinations.get(head(&subject)).map(|id| About::Destination(*id)),
            "run" | "item" => subject.split(' ').next().and_then(|text| text.parse::<RunId>().ok()).map(About::Run),
            "forwarding" => Some(About::Runs),
            "key" => Some(About::Keys),
            "connection" => Some(About::Connection),
            _ => None,
        };
        let subject = rule.map_or(subject, |(_, name)| name.clone());
        AuditEntry { id, at, actor, action, subject, about }
    }
}

/// What is named before what is said of it: `Harbor` of `Harbor: team/dhi-nginx`.
fn head(subject: &str) -> &str {
    subject.rsplit_once(": ").map_or(subject, |(head, _)| head)
}

/// The last of the organization's mirrors that is named, as `dhi-node` in `dhi/node to acme/dhi-node`.
fn mirror(organization: &OrgName, subject: &str) -> Option<MirrorName> {
    let own = |word: &str| word.strip_prefix(organization.as_str())?.strip_prefix('/')?.parse().ok();
    subject.split([' ', ',']).rev().find_map(own)
}

/// One line of the file.
#[derive(Serialize)]
struct Record {
    at: String,
    person: String,
    action: String,
    what: String,
    subject: String,
}

impl file::Record for Record {
    const COLUMNS: &'static [&'static str] = &["at", "person", "action", "what", "subject"];

    fn cells(self) -> Vec<String> {
        vec![self.at, self.person, self.action, self.what, self.subject]
    }
}

impl From<Line> for Record {
    fn from(line: Line) -> Self {
        let what = deed(&line.action).to_owned();
        Self { at: moment(line.at), person: line.actor, action: line.action, what, subject: line.subject }
    }
}

/// The log as a file, piece by piece; a filter that means nothing is refused before the first.
pub fn export_audit(
    visitor: &Visitor,
    filter: &AuditFilter,
    format: Format,
) -> Result<impl Stream<Item = Result<Bytes, HistoryError>> + use<>, HistoryError> {
    let query = filter.check().map_err(HistoryError::Filter)?;
    let (db, organization) = (visitor.app.db.clone(), visitor.organization.clone());
    Ok(file::written(Reader { db, organization, query, after: None }, format))
}

/// Reads the log, newest first.
struct Reader {
    db: PgPool,
    organization: OrgName,
    query: AuditQuery,
    after: Option<AuditId>,
}

impl Lines for Reader {
    type Record = Record;

    async fn next(&mut self) -> Result<Option<Vec<Record>>, StoreError> {
        let lines = audit::page(&self.db, &self.organization, &self.query, self.after, AT_ONCE).await?;
        let Some(last) = lines.last() else { return Ok(None) };
        self.after = Some(last.id);
        Ok(Some(lines.into_iter().map(Record::from).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    #[test]
    fn what_a_line_is_about_follows_from_its_action_and_subject() {
        let acme: OrgName = "acme".parse().expect("a name");
        let (rule, run) = (RuleId(uuid::Uuid::from_u128(1)), RunId(uuid::Uuid::from_u128(2)));
        let harbor = DestinationId(uuid::Uuid::from_u128(3));
        let mut names = Names::default();
        names.rules.insert(rule.to_string(), (rule, "out".into()));
        names.destinations.insert("Harbor".into(), harbor);
        let entry = |action: &str, subject: &str| {
            let line = Line {
                id: AuditId(uuid::Uuid::nil()),
                at: DateTime::UNIX_EPOCH,
                actor: "olivia".into(),
                action: action.into(),
                subject: subject.into(),
            };
            names.entry(&acme, line)
        };
        let mirror = |name: &str| Some(About::Mirror(name.parse().expect("a name")));
        assert_eq!(entry("mirror.start", "dhi/node to acme/dhi-node").about, mirror("dhi-node"));
        assert_eq!(entry("mirror.stop", "other/dhi-node").about, None);
        assert_eq!(entry("hook.create", "acme/dhi-nginx").about, mirror("dhi-nginx"));
        let enabled = entry("rule.enable", &rule.to_string());
        assert_eq!((enabled.subject.as_str(), enabled.about), ("out", Some(About::Rule(rule))));
        assert_eq!(entry("rule.delete", "gone").about, None);
        assert_eq!(entry("destination.found-public", "Harbor: team/dhi-nginx").about, Some(About::Destination(harbor)));
        assert_eq!(entry("item.cancel", &format!("{run} {rule}")).about, Some(About::Run(run)));
        assert_eq!(entry("item.release", "r.example/a:1@sha256:00").about, None);
        assert_eq!(entry("forwarding.pause", "acme").about, Some(About::Runs));
        assert_eq!(entry("selection.create", "acme/dhi-node").about, None);
    }
}
