//! What strangers can pull from destinations: what was found when one asked, and what a person decided about it.

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::{StoreError, Tx, parsed};
use crate::model::{DestinationId, Digest, ExposedDestination, OrgName, Pause, RepoName};

/// A repository of a destination and what was asked for there.
pub struct Exposure {
    pub repository: RepoName,
    pub digest: Digest,
}

/// Destinations that wait for a decision, by name, each with the repositories that everybody can pull.
pub async fn waiting(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<Vec<ExposedDestination>, StoreError> {
    let rows = sqlx::query!(
        r#"select d.id as "id: DestinationId", d.name, d.exposed_at as "since!",
                  array(select d.host || '/' || e.repository from exposures e
                        where e.destination_id = d.id and e.is_public order by e.repository) as "repositories!"
           from destinations d where d.organization = $1 and d.exposed_at is not null order by lower(d.name)"#,
        organization.as_str()
    )
    .fetch_all(db)
    .await?;
    let exposed = |id, name, since, repositories| ExposedDestination { id, name, since, repositories };
    Ok(rows.into_iter().map(|row| exposed(row.id, row.name, row.since, row.repositories)).collect())
}

/// Whether a stranger asked for something of the repository since then.
pub async fn is_looked_at(
    db: impl PgExecutor<'_>,
    destination: DestinationId,
    repository: &RepoName,
    since: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let is = sqlx::query_scalar!(
        r#"select exists (
               select 1 from exposures where destination_id = $1 and repository = $2 and looked_at >= $3) as "is!""#,
        destination.0,
        repository.as_str(),
        since
    )
    .fetch_one(db)
    .await?;
    Ok(is)
}

/// The stranger was refused. What was found public before stays so until a person has it looked at again.
pub async fn note_refused(
    db: impl PgExecutor<'_>,
    destination: DestinationId,
    exposure: &Exposure,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into exposures as known (destination_id, repository, digest, is_public, since, looked_at)
         values ($1, $2, $3, false, $4, $4)
         on conflict (destination_id, repository) do update set digest = excluded.digest, looked_at = excluded.looked_at
         where not known.is_public",
        destination.0,
        exposure.repository.as_str(),
        exposure.digest.as_str(),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The stranger could pull it: unless a person has said that it is meant to be so, the destination waits for a decision.
/// Answers its name where that is news; none also where it is gone.
pub async fn note_public(
    tx: &mut Tx,
    destination: DestinationId,
    exposure: &Exposure,
    now: DateTime<Utc>,
) -> Result<Option<String>, StoreError> {
    // Locked first, as whoever decides does.
    let found =
        sqlx::query!("select name, public_accepted_at from destinations where id = $1 for update", destination.0)
            .fetch_optional(&mut **tx)
            .await?;
    let Some(found) = found.filter(|found| found.public_accepted_at.is_none()) else { return Ok(None) };
    let news = sqlx::query!(
        "insert into exposures as known (destination_id, repository, digest, is_public, since, looked_at)
         values ($1, $2, $3, true, $4, $4)
         on conflict (destination_id, repository) do update
         set digest = excluded.digest, is_public = true, since = excluded.since, looked_at = excluded.looked_at
         where not known.is_public",
        destination.0,
        exposure.repository.as_str(),
        exposure.digest.as_str(),
        now
    )
    .execute(&mut **tx)
    .await?;
    hold_back(tx, destination, now).await?;
    Ok((news.rows_affected() == 1).then_some(found.name))
}

async fn hold_back(tx: &mut Tx, destination: DestinationId, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        "update destinations set exposed_at = coalesce(exposed_at, $2), public_accepted_by = null,
                                 public_accepted_at = null
         where id = $1",
        destination.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What of a destination everybody could pull when it was last looked at.
pub async fn public_of(db: impl PgExecutor<'_>, destination: DestinationId) -> Result<Vec<Exposure>, StoreError> {
    let rows = sqlx::query!(
        "select repository, digest from exposures where destination_id = $1 and is_public order by repository",
        destination.0
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            let repository = parsed("exposures.repository", &row.repository)?;
            Ok(Exposure { repository, digest: parsed("exposures.digest", &row.digest)? })
        })
        .collect()
}

/// It is meant to be public; answers the destination's name, none where there is no such destination in the organization.
pub async fn accept(
    tx: &mut Tx,
    organization: &OrgName,
    id: DestinationId,
    who: &Pause,
) -> Result<Option<String>, StoreError> {
    let name = sqlx::query_scalar!(
        "update destinations set exposed_at = null, public_accepted_by = $3, public_accepted_at = $4
         where organization = $1 and id = $2 returning name",
        organization.as_str(),
        id.0,
        who.by,
        who.at
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(name)
}

/// What was found when it was looked at again: these are private now. Where none is left, the destination waits no longer;
/// otherwise it does, whatever was said before. Answers whether none is left.
pub async fn look_again(
    tx: &mut Tx,
    id: DestinationId,
    private: &[RepoName],
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let private: Vec<String> = private.iter().map(ToString::to_string).collect();
    sqlx::query_scalar!("select name from destinations where id = $1 for update", id.0)
        .fetch_optional(&mut **tx)
        .await?;
    sqlx::query!(
        "update exposures set is_public = false, since = $3, looked_at = $3
         where destination_id = $1 and repository = any($2) and is_public",
        id.0,
        &private,
        now
    )
    .execute(&mut **tx)
    .await?;
    let is_left = sqlx::query_scalar!(
        r#"select exists (select 1 from exposures where destination_id = $1 and is_public) as "is!""#,
        id.0
    )
    .fetch_one(&mut **tx)
    .await?;
    if is_left {
        hold_back(tx, id, now).await?;
    } else {
        sqlx::query!(
            "update destinations set exposed_at = null, public_accepted_by = null, public_accepted_at = null where id = $1",
            id.0
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(!is_left)
}
