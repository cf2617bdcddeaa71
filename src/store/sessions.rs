//! Sessions of tower-sessions in PostgreSQL: no published store matches our sqlx yet.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{PgExecutor, PgPool};
use time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result as SessionResult, SessionStore};

use super::{StoreError, from_json};
use crate::clock::Clock;

/// The session store.
#[derive(Clone, Debug)]
pub struct Sessions {
    db: PgPool,
    clock: Clock,
}

impl Sessions {
    /// Keeps sessions in this database.
    pub fn new(db: PgPool, clock: Clock) -> Self {
        Self { db, clock }
    }
}

/// What a live session holds; none when it has ended.
pub async fn data(
    db: impl PgExecutor<'_>,
    id: &str,
    now: DateTime<Utc>,
) -> Result<Option<HashMap<String, serde_json::Value>>, StoreError> {
    let data = sqlx::query_scalar!("select data from sessions where id = $1 and expires_at > $2", id, now)
        .fetch_optional(db)
        .await?;
    data.map(|data| from_json("sessions.data", data)).transpose()
}

/// Removes the sessions that have ended; answers how many.
pub async fn sweep(db: impl PgExecutor<'_>, now: DateTime<Utc>) -> Result<u64, StoreError> {
    Ok(sqlx::query!("delete from sessions where expires_at <= $1", now).execute(db).await?.rows_affected())
}

#[async_trait::async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> SessionResult<()> {
        // Ids are 128 random bits; a collision is still not allowed to hand one person another's session.
        loop {
            let (data, expires) = columns(record)?;
            let inserted = sqlx::query!(
                "insert into sessions (id, data, expires_at) values ($1, $2, $3) on conflict (id) do nothing",
                record.id.to_string(),
                data,
                expires
            )
            .execute(&self.db)
            .await
            .map_err(backend)?;
            if inserted.rows_affected() == 1 {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> SessionResult<()> {
        let (data, expires) = columns(record)?;
        sqlx::query!(
            "insert into sessions (id, data, expires_at) values ($1, $2, $3)
             on conflict (id) do update set data = excluded.data, expires_at = excluded.expires_at",
            record.id.to_string(),
            data,
            expires
        )
        .execute(&self.db)
        .await
        .map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> SessionResult<Option<Record>> {
        let row = sqlx::query!(
            "select data, expires_at from sessions where id = $1 and expires_at > $2",
            id.to_string(),
            self.clock.now()
        )
        .fetch_optional(&self.db)
        .await
        .map_err(backend)?;
        row.map(|row| {
            let data = serde_json::from_value(row.data).map_err(|e| Error::Decode(e.to_string()))?;
            let expiry_date = OffsetDateTime::from_unix_timestamp(row.expires_at.timestamp())
                .map_err(|e| Error::Decode(e.to_string()))?;
            Ok(Record { id: *id, data, expiry_date })
        })
        .transpose()
    }

    async fn delete(&self, id: &Id) -> SessionResult<()> {
        sqlx::query!("delete from sessions where id = $1", id.to_string()).execute(&self.db).await.map_err(backend)?;
        Ok(())
    }
}

fn columns(record: &Record) -> SessionResult<(serde_json::Value, DateTime<Utc>)> {
    let data = serde_json::to_value(&record.data).map_err(|e| Error::Encode(e.to_string()))?;
    let expires = DateTime::from_timestamp(record.expiry_date.unix_timestamp(), 0)
        .ok_or_else(|| Error::Encode("the session's end is out of range".to_owned()))?;
    Ok((data, expires))
}

#[expect(clippy::needless_pass_by_value, reason = "the form `map_err` takes")]
fn backend(error: sqlx::Error) -> Error {
    Error::Backend(error.to_string())
}
