//! What an organization reads Docker Hub with where no person is behind a run.

use sqlx::PgExecutor;

use super::StoreError;
use crate::model::{Connection, OrgName};

/// A connection with what opens it.
pub struct Kept {
    pub connection: Connection,
    /// Sealed for this organization.
    pub sealed_token: Vec<u8>,
}

/// The organization's connection.
pub async fn find(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<Option<Kept>, StoreError> {
    let row = sqlx::query!(
        "select username, sealed_token, saved_by, saved_at from connections where organization = $1",
        organization.as_str()
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Kept {
        connection: Connection { username: row.username, saved_by: row.saved_by, saved_at: row.saved_at },
        sealed_token: row.sealed_token,
    }))
}

/// Keeps a connection in place of the one before.
pub async fn save(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    connection: &Connection,
    sealed_token: &[u8],
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into connections (organization, username, sealed_token, saved_by, saved_at) values ($1, $2, $3, $4, $5)
         on conflict (organization) do update
         set username = excluded.username, sealed_token = excluded.sealed_token, saved_by = excluded.saved_by,
             saved_at = excluded.saved_at",
        organization.as_str(),
        connection.username,
        sealed_token,
        connection.saved_by,
        connection.saved_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets the connection; answers false where there was none.
pub async fn delete(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<bool, StoreError> {
    let done =
        sqlx::query!("delete from connections where organization = $1", organization.as_str()).execute(db).await?;
    Ok(done.rows_affected() == 1)
}
