//! How Docker Hub showed each mirror when it was last asked: to its organization alone, or to everybody.

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::{StoreError, Tx, parsed};
use crate::model::{OrgName, PublicMirror, RepoName};

/// How a mirror was last seen.
pub struct Seen {
    pub repository: RepoName,
    pub is_private: bool,
    pub at: DateTime<Utc>,
}

/// A mirror that is seen for the first time, or otherwise than before.
pub struct Change {
    pub repository: RepoName,
    pub is_private: bool,
    pub is_new: bool,
}

/// Every mirror of the organization that was ever seen.
pub async fn seen(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<Vec<Seen>, StoreError> {
    let rows = sqlx::query!(
        "select repository, is_private, seen_at from mirror_visibility where organization = $1",
        organization.as_str()
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let repository = parsed("mirror_visibility.repository", &row.repository)?;
            Ok(Seen { repository, is_private: row.is_private, at: row.seen_at })
        })
        .collect()
}

/// The mirrors that everybody can pull, by name, those that were stopped too.
pub async fn public(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<Vec<PublicMirror>, StoreError> {
    let rows = sqlx::query!(
        r#"select repository, seen.since, known.stopped_at is not null as "is_stopped!"
           from mirror_visibility seen left join known_mirrors known using (organization, repository)
           where organization = $1 and not seen.is_private
           order by repository"#,
        organization.as_str()
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let repository = parsed("mirror_visibility.repository", &row.repository)?;
            Ok(PublicMirror { repository, since: Some(row.since), is_stopped: row.is_stopped })
        })
        .collect()
}

/// Notes how mirrors were shown at that moment, where nothing newer is known; answers what is different now. Who notes
/// something of the organization at the same time waits, so that each change is told once.
pub async fn note(
    tx: &mut Tx,
    organization: &OrgName,
    seen: &[(RepoName, bool)],
    at: DateTime<Utc>,
) -> Result<Vec<Change>, StoreError> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('mirror_visibility:' || $1, 0))",
        organization.as_str()
    )
    .execute(&mut **tx)
    .await?;
    let repositories: Vec<String> = seen.iter().map(|(repository, _)| repository.to_string()).collect();
    let private: Vec<bool> = seen.iter().map(|(_, is_private)| *is_private).collect();
    let rows = sqlx::query!(
        r#"with before as (select repository, is_private from mirror_visibility where organization = $1),
                written as (
                    insert into mirror_visibility as known (organization, repository, is_private, since, seen_at)
                    select $1, new.repository, new.is_private, $4, $4
                    from unnest($2::text[], $3::boolean[]) as new (repository, is_private)
                    on conflict (organization, repository) do update
                    set is_private = excluded.is_private, seen_at = excluded.seen_at,
                        since = case when known.is_private = excluded.is_private then known.since else excluded.since end
                    where known.seen_at <= excluded.seen_at
                    returning repository, is_private
                )
           select written.repository as "repository!", written.is_private as "is_private!",
                  before.repository is null as "is_new!"
           from written left join before using (repository)
           where before.is_private is distinct from written.is_private
           order by 1"#,
        organization.as_str(),
        &repositories,
        &private,
        at
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let repository = parsed("mirror_visibility.repository", &row.repository)?;
            Ok(Change { repository, is_private: row.is_private, is_new: row.is_new })
        })
        .collect()
}

/// Forgets a repository that Docker Hub does not show any more; answers whether it was known.
pub async fn forget(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    repository: &RepoName,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "delete from mirror_visibility where organization = $1 and repository = $2",
        organization.as_str(),
        repository.as_str()
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
