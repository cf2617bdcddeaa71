//! Mirrors that Docker listed once, with who started and who stopped them.

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::{StoreError, parsed};
use crate::model::{OrgName, RepoName};

/// A mirror as Docker lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub repository: RepoName,
    pub hostname: String,
    pub source: String,
    pub source_namespace: String,
    pub source_display_name: String,
}

/// A mirror that was listed, now or once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub listed: Listed,
    pub first_seen_at: DateTime<Utc>,
    /// None where that was outside of Ferry.
    pub started_by: Option<String>,
    pub started_at: Option<DateTime<Utc>>,
    pub stopped_at: Option<DateTime<Utc>>,
    /// None where that was outside of Ferry.
    pub stopped_by: Option<String>,
}

/// Notes what Docker listed when it was asked at `at`. One that was stopped before is started again, outside of Ferry.
pub async fn seen(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    listed: &[Listed],
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let column = |of: fn(&Listed) -> &str| -> Vec<String> { listed.iter().map(|one| of(one).to_owned()).collect() };
    // Written only where something changed: a page is read often.
    sqlx::query!(
        "insert into known_mirrors as known
             (organization, repository, hostname, source, source_namespace, source_display_name, first_seen_at, seen_at)
         select distinct on (repository) $1, repository, hostname, source, namespace, display_name, $7, $7
         from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
              as listed (repository, hostname, source, namespace, display_name)
         order by repository
         on conflict (organization, repository) do update
         set hostname = excluded.hostname, source = excluded.source, source_namespace = excluded.source_namespace,
             source_display_name = excluded.source_display_name, seen_at = excluded.seen_at,
             started_by = case when known.stopped_at is null then known.started_by end,
             started_at = case when known.stopped_at is null then known.started_at end,
             stopped_at = null, stopped_by = null
         where known.stopped_at < excluded.seen_at
            or known.stopped_at is null and (known.source <> excluded.source
                or known.hostname <> excluded.hostname or known.source_display_name <> excluded.source_display_name
                or known.seen_at < excluded.seen_at - interval '5 minutes')",
        organization.as_str(),
        &column(|one| one.repository.as_str()),
        &column(|one| &one.hostname),
        &column(|one| &one.source),
        &column(|one| &one.source_namespace),
        &column(|one| &one.source_display_name),
        at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that all others were stopped outside of Ferry, but for those that were started after Docker was asked; answers
/// which.
pub async fn vanished(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    listed: &[Listed],
    asked_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<String>, StoreError> {
    let listed: Vec<String> = listed.iter().map(|one| one.repository.to_string()).collect();
    let gone = sqlx::query_scalar!(
        "update known_mirrors set stopped_at = $4, stopped_by = null
         where organization = $1 and stopped_at is null and seen_at < $3 and repository <> all($2)
         returning repository",
        organization.as_str(),
        &listed,
        asked_at,
        now
    )
    .fetch_all(db)
    .await?;
    Ok(gone)
}

/// All of the organization, by name.
pub async fn list(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<Vec<Known>, StoreError> {
    let rows = sqlx::query!(
        "select repository, hostname, source, source_namespace, source_display_name, first_seen_at, started_by,
                started_at, stopped_at, stopped_by
         from known_mirrors where organization = $1 order by repository",
        organization.as_str()
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Known {
                listed: Listed {
                    repository: parsed("known_mirrors.repository", &row.repository)?,
                    hostname: row.hostname,
                    source: row.source,
                    source_namespace: row.source_namespace,
                    source_display_name: row.source_display_name,
                },
                first_seen_at: row.first_seen_at,
                started_by: row.started_by,
                started_at: row.started_at,
                stopped_at: row.stopped_at,
                stopped_by: row.stopped_by,
            })
        })
        .collect()
}

/// Notes who started a mirror.
pub async fn started(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    listed: &Listed,
    by: &str,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into known_mirrors
             (organization, repository, hostname, source, source_namespace, source_display_name, first_seen_at, seen_at,
              started_by, started_at)
         values ($1, $2, $3, $4, $5, $6, $8, $8, $7, $8)
         on conflict (organization, repository) do update
         set hostname = excluded.hostname, source = excluded.source, source_namespace = excluded.source_namespace,
             source_display_name = excluded.source_display_name, seen_at = excluded.seen_at,
             started_by = excluded.started_by, started_at = excluded.started_at, stopped_at = null, stopped_by = null",
        organization.as_str(),
        listed.repository.as_str(),
        listed.hostname,
        listed.source,
        listed.source_namespace,
        listed.source_display_name,
        by,
        at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Notes who stopped a mirror.
pub async fn stopped(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    repository: &RepoName,
    by: &str,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update known_mirrors set stopped_at = $4, stopped_by = $3 where organization = $1 and repository = $2",
        organization.as_str(),
        repository.as_str(),
        by,
        at
    )
    .execute(db)
    .await?;
    Ok(())
}
