//! What Ferry remembers of mirrors: Docker's list knows only those there are.

use chrono::{DateTime, Utc};

use super::{MirrorError, repository_of, visibility};
use crate::app::{App, Visitor};
use crate::hub::{self, MirrorEnd};
use crate::model::{HubRefusal, OrgName, RepoName, Stopped};
use crate::store::known_mirrors::{self, Known, Listed};
use crate::store::{self, StoreError};

/// A mirror, there or stopped, before anything else was asked about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Docker's id; empty where it was stopped.
    pub id: String,
    pub listed: Listed,
    pub started_by: Option<String>,
    /// Since when Ferry knows of it as it is now.
    pub since: DateTime<Utc>,
    pub stopped: Option<Stopped>,
}

impl Found {
    /// The repository as Docker's log is asked for it.
    pub(super) fn end(&self) -> MirrorEnd {
        let Listed { repository, hostname, .. } = &self.listed;
        MirrorEnd {
            hostname: hostname.clone(),
            namespace: repository.namespace().to_owned(),
            name: repository.name().to_owned(),
            display_name: String::new(),
        }
    }
}

/// All mirrors of the organization by name, those that were stopped too; and whether Docker allows more.
pub(super) async fn all(visitor: &Visitor) -> Result<(Vec<Found>, bool), MirrorError> {
    let (app, organization) = (&visitor.app, &visitor.organization);
    let asked_at = app.clock.now();
    let found = visitor.hub.mirrors(organization.as_str()).await?;
    // People see the whole list; but one that is shorter than Docker says proves nothing of what is not on it.
    let is_whole = u64::try_from(found.mirrors.len()).is_ok_and(|number| number == found.total_count);
    let known = remember(app, organization, &found.mirrors, asked_at, is_whole).await?;
    Ok((merged(known, &found.mirrors, asked_at), found.can_mirror_more_repositories))
}

/// All mirrors as a page shows them.
pub(super) struct Seen {
    pub mirrors: Vec<Found>,
    pub can_mirror_more: bool,
    /// Why Docker Hub could not be asked.
    pub refusal: Option<HubRefusal>,
}

/// The same for a page, which only shows them: while Docker Hub cannot be asked, those it listed last.
pub(super) async fn shown(visitor: &Visitor) -> Result<Seen, MirrorError> {
    let (app, organization) = (&visitor.app, &visitor.organization);
    let error = match all(visitor).await {
        Ok((mirrors, can_mirror_more)) => return Ok(Seen { mirrors, can_mirror_more, refusal: None }),
        Err(MirrorError::Hub(error)) if error.retryable() => error,
        Err(error) => return Err(error),
    };
    let now = app.clock.now();
    let known = known_mirrors::list(&app.db, organization).await?;
    if known.is_empty() {
        return Err(error.into());
    }
    let mirrors = known.into_iter().map(|known| remembered(known, now)).collect();
    Ok(Seen { mirrors, can_mirror_more: true, refusal: Some(error.refusal(now)) })
}

/// A mirror as it was listed last.
fn remembered(known: Known, now: DateTime<Utc>) -> Found {
    let Known { listed, first_seen_at, started_by, started_at, stopped_at, stopped_by } = known;
    let since = started_at.unwrap_or(first_seen_at).min(now);
    let stopped = stopped_at.map(|at| Stopped { at, by: stopped_by });
    Found { id: String::new(), listed, started_by, since, stopped }
}

/// Keeps what Docker listed when it was asked at `asked_at`, and where that was all, what is there no more. An access
/// token of an organization is shown only a part (`contracts/hub.md` 3.5): `is_whole` is false then.
pub async fn remember(
    app: &App,
    organization: &OrgName,
    mirrors: &[hub::Mirror],
    asked_at: DateTime<Utc>,
    is_whole: bool,
) -> Result<Vec<Known>, StoreError> {
    let listed: Vec<Listed> = mirrors.iter().filter_map(listed).collect();
    known_mirrors::seen(&app.db, organization, &listed, asked_at).await?;
    if is_whole {
        let mut tx = store::begin(&app.db).await?;
        for repository in known_mirrors::vanished(&mut *tx, organization, &listed, asked_at, app.clock.now()).await? {
            tracing::info!(%organization, "{repository} is mirrored no more, and Ferry did not stop it");
            visibility::noticed(app, &mut tx, organization, "mirror.found-stopped", &repository).await?;
        }
        store::commit(tx).await?;
    }
    known_mirrors::list(&app.db, organization).await
}

/// A mirror of Docker's list; none where its name is no name.
pub(super) fn listed(mirror: &hub::Mirror) -> Option<Listed> {
    let hub::Mirror { source, repository, .. } = mirror;
    Some(Listed {
        repository: repository_of(mirror)?,
        hostname: repository.hostname.clone(),
        source: source.name.clone(),
        source_namespace: source.namespace.clone(),
        source_display_name: if source.display_name.is_empty() {
            source.name.clone()
        } else {
            source.display_name.clone()
        },
    })
}

/// What is there is as Docker lists it, whatever is remembered of it.
fn merged(known: Vec<Known>, mirrors: &[hub::Mirror], now: DateTime<Utc>) -> Vec<Found> {
    let there = |repository: &RepoName| mirrors.iter().find(|mirror| mirror.repository.is(repository));
    known
        .into_iter()
        .filter_map(|known| {
            let found = remembered(known, now);
            match there(&found.listed.repository) {
                Some(mirror) => Some(Found { id: mirror.id.clone(), stopped: None, ..found }),
                // Where it was not stopped, the list was not whole.
                None => found.stopped.is_some().then_some(found),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn known(name: &str, stopped_at: Option<DateTime<Utc>>) -> Known {
        Known {
            listed: Listed {
                repository: name.parse().expect("a name"),
                hostname: "docker.io".into(),
                source: "node".into(),
                source_namespace: "dhi".into(),
                source_display_name: "Node.js".into(),
            },
            first_seen_at: DateTime::UNIX_EPOCH,
            started_by: None,
            started_at: None,
            stopped_at,
            stopped_by: None,
        }
    }

    #[test]
    fn what_docker_lists_is_there_whatever_was_remembered() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let end = MirrorEnd { namespace: "acme".into(), name: "dhi-a".into(), ..MirrorEnd::default() };
        let there = hub::Mirror { id: "1".into(), repository: end, ..hub::Mirror::default() };
        let known = vec![known("acme/dhi-a", Some(now)), known("acme/dhi-b", Some(now)), known("acme/dhi-c", None)];
        let merged: Vec<_> = merged(known, &[there], now)
            .into_iter()
            .map(|found| (found.listed.repository.name().to_owned(), found.id, found.stopped.is_some()))
            .collect();
        assert_eq!(merged, [("dhi-a".to_owned(), "1".to_owned(), false), ("dhi-b".to_owned(), String::new(), true)]);
    }
}
