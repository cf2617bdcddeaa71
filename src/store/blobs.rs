//! Where a registry is known to hold a blob. A hint: whoever uses it must be able to go on when it is wrong.

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::{StoreError, parsed};
use crate::model::{Digest, Host, RepoName};

/// The repository last seen to hold the blob.
pub async fn home(db: impl PgExecutor<'_>, host: &Host, digest: &Digest) -> Result<Option<RepoName>, StoreError> {
    let repository = sqlx::query_scalar!(
        "select repository from blob_homes where host = $1 and digest = $2",
        host.as_str(),
        digest.as_str()
    )
    .fetch_optional(db)
    .await?;
    repository.map(|text| parsed("blob_homes.repository", &text)).transpose()
}

/// Notes that the repository holds the blob.
pub async fn remember(
    db: impl PgExecutor<'_>,
    host: &Host,
    digest: &Digest,
    repository: &RepoName,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into blob_homes (host, digest, repository, seen_at) values ($1, $2, $3, $4)
         on conflict (host, digest) do update set repository = excluded.repository, seen_at = excluded.seen_at",
        host.as_str(),
        digest.as_str(),
        repository.as_str(),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}
