//! What is paused, and what waits for that to end.

use sqlx::PgExecutor;

use super::{StoreError, Tx, parsed};
use crate::model::{DestinationId, Digest, OrgName, Pause, RepoName, RunId};

/// The pause of the whole organization.
pub async fn of_organization(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<Option<Pause>, StoreError> {
    let pause = sqlx::query_as!(
        Pause,
        "select paused_by as by, paused_at as at from pauses where organization = $1",
        organization.as_str()
    )
    .fetch_optional(db)
    .await?;
    Ok(pause)
}

/// Pauses the organization; whoever did so first stays named.
pub async fn pause(db: impl PgExecutor<'_>, organization: &OrgName, pause: &Pause) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into pauses (organization, paused_by, paused_at) values ($1, $2, $3)
         on conflict (organization) do nothing",
        organization.as_str(),
        pause.by,
        pause.at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Ends the pause of the organization.
pub async fn resume(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<(), StoreError> {
    sqlx::query!("delete from pauses where organization = $1", organization.as_str()).execute(db).await?;
    Ok(())
}

/// Pauses a destination, or ends that; answers its name, none where there is no such destination in the organization.
pub async fn pause_destination(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    id: DestinationId,
    pause: Option<&Pause>,
) -> Result<Option<String>, StoreError> {
    let name = sqlx::query_scalar!(
        "update destinations set paused_by = $3, paused_at = $4 where organization = $1 and id = $2 returning name",
        organization.as_str(),
        id.0,
        pause.map(|pause| pause.by.as_str()),
        pause.map(|pause| pause.at)
    )
    .fetch_optional(db)
    .await?;
    Ok(name)
}

/// What keeps a run from writing now.
pub enum Hold {
    /// Somebody paused the organization.
    Everything(Pause),
    /// Somebody paused the destination of this name.
    Destination(String, Pause),
    /// Everybody can pull from the destination of this name, and nobody has decided about it.
    Exposed(String),
}

/// What keeps a run from writing now; it stays until the transaction ends.
pub async fn hold(
    tx: &mut Tx,
    organization: &OrgName,
    destination: Option<DestinationId>,
) -> Result<Option<Hold>, StoreError> {
    let all = sqlx::query_as!(
        Pause,
        "select paused_by as by, paused_at as at from pauses where organization = $1 for share",
        organization.as_str()
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(pause) = all {
        return Ok(Some(Hold::Everything(pause)));
    }
    let Some(destination) = destination else { return Ok(None) };
    let row = sqlx::query!(
        r#"select name, paused_by as by, paused_at as at from destinations
           where id = $1 and (paused_at is not null or exposed_at is not null) for share"#,
        destination.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| match row.by.zip(row.at) {
        Some((by, at)) => Hold::Destination(row.name, Pause { by, at }),
        None => Hold::Exposed(row.name),
    }))
}

/// The digests that wait for a pause to end, all or those of one destination.
pub async fn waiting(
    tx: &mut Tx,
    organization: &OrgName,
    destination: Option<DestinationId>,
) -> Result<Vec<(RunId, RepoName, Digest)>, StoreError> {
    let rows = sqlx::query!(
        r#"select distinct i.run_id as "run: RunId", i.mirror, i.digest
           from items i join runs r on r.id = i.run_id
           where r.organization = $1 and i.state = 'waiting' and i.next_try_at is null
             and ($2::uuid is null or r.destination_id = $2)"#,
        organization.as_str(),
        destination.map(|destination| destination.0)
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.run, parsed("items.mirror", &row.mirror)?, parsed("items.digest", &row.digest)?)))
        .collect()
}
