//! Docker's mirroring log: a push is known even where no webhook tells of it.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::ForwardError;
use super::hint::settling;
use crate::app::App;
use crate::hub::{LogQuery, LogStatus, MirroringLog, Session};
use crate::model::{OrgName, RepoName, Tag};
use crate::store::hints::{self, Arrivals, Subject};
use crate::store::{self, triggers};
use crate::{connection, mirrors};

/// Most lines read at once; what is beyond is found by the rules' looks at everything.
const MOST: usize = 2_000;
/// Docker's pushes take a while from their begin, by which the log is asked, to their end, by which it is followed.
const LONGEST_PUSH: TimeDelta = TimeDelta::hours(6);
/// A delivery about a push comes so long before the log tells of it at most.
const EARLIER: TimeDelta = TimeDelta::minutes(2);
/// How long a job waits for Docker's rate limit.
const PATIENCE: Duration = Duration::from_mins(1);

/// Looks with the organization's own token whether its mirrors are private, and what their log says is new.
pub async fn follow(app: &App, organization: &OrgName) -> Result<(), ForwardError> {
    let Some(credential) = connection::credential(app, organization).await? else { return Ok(()) };
    let hub = app.hub.session(credential).with_patience(PATIENCE);
    // Trouble with the one must not hide the other.
    let looked = mirrors::visibility::look(app, organization, &hub).await;
    follow_log(app, organization, &hub).await?;
    Ok(looked?)
}

/// Reads what the log of the organization's mirrors says is new, and opens a hint for each tag that no delivery has told of.
async fn follow_log(app: &App, organization: &OrgName, hub: &Session) -> Result<(), ForwardError> {
    let Some(seen) = triggers::seen_until(&app.db, organization).await? else { return Ok(()) };
    let query =
        LogQuery { since: Some(seen - LONGEST_PUSH), included: vec![LogStatus::Succeeded], ..LogQuery::default() };
    let log = hub.whole_mirroring_log(organization.as_str(), &query, MOST).await?;
    let (pushes, until) = pushes(organization, &log.items, seen);
    if pushes.is_empty() {
        return Ok(());
    }
    let now = app.clock.now();
    let mut tx = store::begin(&app.db).await?;
    let told = hints::latest(&mut tx, organization, pushes.keys()).await?;
    let news = pushes.into_iter().filter(|(subject, at)| told.get(subject).is_none_or(|told| *told < *at - EARLIER));
    let arrivals: Vec<Arrivals> = news.map(|(subject, _)| Arrivals { subject, number: 0, last_at: now }).collect();
    let opened = hints::open(&mut tx, &arrivals).await?;
    let jobs = settling(app.config.settle, &arrivals, &opened);
    app.queue.add_all(&mut tx, &jobs).await?;
    triggers::set_seen_until(&mut *tx, organization, until).await?;
    store::commit(tx).await?;
    tracing::info!(
        tags = jobs.len(),
        "Docker's log tells of {} tags of {organization} that no webhook told of",
        jobs.len()
    );
    Ok(())
}

/// The tags pushed since then, each with the begin of its last push; and until when the log was read.
fn pushes(
    organization: &OrgName,
    log: &[MirroringLog],
    seen: DateTime<Utc>,
) -> (BTreeMap<Subject, DateTime<Utc>>, DateTime<Utc>) {
    let mut pushes: BTreeMap<Subject, DateTime<Utc>> = BTreeMap::new();
    let mut until = seen;
    for line in log.iter().filter(|line| line.status == LogStatus::Succeeded) {
        let Some(ended) = line.completed_at.or(line.pushed_at).or(line.triggered_at).filter(|ended| *ended > seen)
        else {
            continue;
        };
        until = until.max(ended);
        let Some((mirror, tag)) = mirror(organization, &line.destination_repository).zip(line.tag.parse::<Tag>().ok())
        else {
            continue;
        };
        let began = line.triggered_at.unwrap_or(ended);
        let subject = Subject { organization: organization.clone(), mirror, tag };
        let known = pushes.entry(subject).or_insert(began);
        *known = began.max(*known);
    }
    (pushes, until)
}

/// The contract does not say how the log spells a repository: with its host, its namespace, or neither.
fn mirror(organization: &OrgName, text: &str) -> Option<RepoName> {
    let name = text.rsplit('/').next()?;
    format!("{organization}/{name}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_since_is_new_once_for_each_tag() {
        let organization: OrgName = "acme".parse().expect("a name");
        let at = |minutes: i64| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        let line = |repository: &str, tag: &str, began: i64, ended: i64, status: LogStatus| MirroringLog {
            destination_repository: repository.to_owned(),
            tag: tag.to_owned(),
            triggered_at: Some(at(began)),
            completed_at: Some(at(ended)),
            status,
            ..MirroringLog::default()
        };
        let log = [
            line("acme/dhi-node", "22", 10, 20, LogStatus::Succeeded),
            line("docker.io/acme/dhi-node", "22", 12, 21, LogStatus::Succeeded),
            line("dhi-node", "20", 1, 5, LogStatus::Succeeded),
            line("acme/dhi-node", "18", 11, 30, LogStatus::Failed),
            line("acme/dhi-node", "no tag", 11, 25, LogStatus::Succeeded),
        ];
        let (pushes, until) = pushes(&organization, &log, at(15));
        let pushes: Vec<_> =
            pushes.into_iter().map(|(subject, began)| (format!("{}:{}", subject.mirror, subject.tag), began)).collect();
        assert_eq!(pushes, [("acme/dhi-node:22".to_owned(), at(12))]);
        assert_eq!(until, at(25), "what cannot be read is not read again");
    }
}
