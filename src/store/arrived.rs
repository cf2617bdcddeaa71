//! What destinations were seen to hold, whole: knowledge that spares a run a full look at each digest.

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;
use uuid::Uuid;

use super::{StoreError, parsed, to_json};
use crate::model::{Coverage, DestinationId, Digest, RepoRef};

/// A repository at a destination, and what had to arrive there.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub destination: DestinationId,
    pub target: &'a RepoRef,
    /// Settings and keys; knowledge under other terms answers nothing.
    pub terms: &'a str,
}

/// One digest that is known to be there.
pub struct Arrived {
    pub id: Uuid,
    /// The source's digest.
    pub digest: Digest,
    /// As the engine wrote it.
    pub known: serde_json::Value,
}

/// What is known of the place.
pub async fn list(db: impl PgExecutor<'_>, place: Place<'_>) -> Result<Vec<Arrived>, StoreError> {
    let rows = sqlx::query!(
        "select id, digest, known from arrived
         where destination_id = $1 and target_host = $2 and target_repository = $3 and terms = $4",
        place.destination.0,
        place.target.host.as_str(),
        place.target.repository.as_str(),
        place.terms
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| Ok(Arrived { id: row.id, digest: parsed("arrived.digest", &row.digest)?, known: row.known }))
        .collect()
}

/// All of the digest was seen there now.
pub async fn confirm(
    db: impl PgExecutor<'_>,
    place: Place<'_>,
    digest: &Digest,
    known: &impl serde::Serialize,
    coverage: Option<&Coverage>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into arrived (id, destination_id, target_host, target_repository, digest, terms, known, coverage,
                              confirmed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (destination_id, target_host, target_repository, digest, terms)
         do update set known = excluded.known, coverage = excluded.coverage, confirmed_at = excluded.confirmed_at",
        Uuid::now_v7(),
        place.destination.0,
        place.target.host.as_str(),
        place.target.repository.as_str(),
        digest.as_str(),
        place.terms,
        to_json("arrived.known", known)?,
        coverage.map(|coverage| to_json("arrived.coverage", coverage)).transpose()?,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Something of the digest is gone there.
pub async fn forget(
    db: impl PgExecutor<'_>,
    destination: DestinationId,
    target: &RepoRef,
    digest: &Digest,
) -> Result<(), StoreError> {
    sqlx::query!(
        "delete from arrived
         where destination_id = $1 and target_host = $2 and target_repository = $3 and digest = $4",
        destination.0,
        target.host.as_str(),
        target.repository.as_str(),
        digest.as_str()
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What nobody has looked at since then is no longer believed.
pub async fn forget_older(
    db: impl PgExecutor<'_>,
    destination: DestinationId,
    than: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!("delete from arrived where destination_id = $1 and confirmed_at < $2", destination.0, than)
        .execute(db)
        .await?;
    Ok(())
}
