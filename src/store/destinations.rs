//! Destinations, each of one organization.

use sqlx::PgExecutor;

use super::{StoreError, on_constraint, parsed};
use crate::model::{Destination, DestinationDraft, DestinationId, OrgName, Pause, Rates};

/// A destination with what opens it.
pub struct Kept {
    pub destination: Destination,
    /// Sealed for this destination.
    pub sealed_secret: Option<Vec<u8>>,
}

struct Row {
    id: DestinationId,
    name: String,
    host: String,
    prefix: Option<String>,
    username: Option<String>,
    sealed_secret: Option<Vec<u8>>,
    plain_http: bool,
    authority: Option<String>,
    requests_per_second: Option<i32>,
    megabytes_per_second: Option<i32>,
    paused_by: Option<String>,
    paused_at: Option<chrono::DateTime<chrono::Utc>>,
    exposed_at: Option<chrono::DateTime<chrono::Utc>>,
    public_accepted_by: Option<String>,
    public_accepted_at: Option<chrono::DateTime<chrono::Utc>>,
    created_by: String,
    created_at: chrono::DateTime<chrono::Utc>,
    rules: Vec<String>,
}

impl TryFrom<Row> for Kept {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        let destination = Destination {
            id: row.id,
            name: parsed("destinations.name", &row.name)?,
            host: parsed("destinations.host", &row.host)?,
            prefix: row.prefix.map(|prefix| parsed("destinations.prefix", &prefix)).transpose()?,
            username: row.username,
            has_secret: row.sealed_secret.is_some(),
            plain_http: row.plain_http,
            authority: row.authority,
            rates: Rates {
                requests_per_second: row.requests_per_second.and_then(|rate| u32::try_from(rate).ok()),
                megabytes_per_second: row.megabytes_per_second.and_then(|rate| u32::try_from(rate).ok()),
            },
            pause: row.paused_by.zip(row.paused_at).map(|(by, at)| Pause { by, at }),
            exposed_at: row.exposed_at,
            public_accepted: row.public_accepted_by.zip(row.public_accepted_at).map(|(by, at)| Pause { by, at }),
            created_by: row.created_by,
            created_at: row.created_at,
            rules: row.rules,
        };
        Ok(Self { destination, sealed_secret: row.sealed_secret })
    }
}

/// The organization's destinations, by name.
pub async fn list(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<Vec<Destination>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select d.id as "id: DestinationId", d.name, d.host, d.prefix, d.username, d.sealed_secret, d.plain_http,
                  d.authority, d.requests_per_second, d.megabytes_per_second, d.paused_by, d.paused_at, d.exposed_at,
                  d.public_accepted_by, d.public_accepted_at, d.created_by, d.created_at,
                  array(select r.name from rules r where r.destination_id = d.id order by lower(r.name)) as "rules!"
           from destinations d where d.organization = $1 order by lower(d.name)"#,
        organization.as_str()
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(|row| Kept::try_from(row).map(|kept| kept.destination)).collect()
}

/// One destination of the organization; somebody else's is none.
pub async fn find(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    id: DestinationId,
) -> Result<Option<Kept>, StoreError> {
    let row = sqlx::query_as!(
        Row,
        r#"select d.id as "id: DestinationId", d.name, d.host, d.prefix, d.username, d.sealed_secret, d.plain_http,
                  d.authority, d.requests_per_second, d.megabytes_per_second, d.paused_by, d.paused_at, d.exposed_at,
                  d.public_accepted_by, d.public_accepted_at, d.created_by, d.created_at,
                  array(select r.name from rules r where r.destination_id = d.id order by lower(r.name)) as "rules!"
           from destinations d where d.organization = $1 and d.id = $2"#,
        organization.as_str(),
        id.0
    )
    .fetch_optional(db)
    .await?;
    row.map(Kept::try_from).transpose()
}

/// Writes a new destination.
pub async fn insert(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    id: DestinationId,
    draft: &DestinationDraft,
    sealed_secret: Option<&[u8]>,
    created_by: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into destinations
             (id, organization, name, host, prefix, username, sealed_secret, plain_http, authority, created_by,
              created_at, requests_per_second, megabytes_per_second)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        id.0,
        organization.as_str(),
        draft.name.as_str(),
        draft.host.as_str(),
        draft.prefix.as_ref().map(AsRef::as_ref) as Option<&str>,
        draft.username,
        sealed_secret,
        draft.plain_http,
        draft.authority,
        created_by,
        now,
        number(draft.rates.requests_per_second),
        number(draft.rates.megabytes_per_second)
    )
    .execute(db)
    .await
    .map_err(|e| on_constraint(e, "destinations_name_taken", StoreError::NameTaken))?;
    Ok(())
}

/// Changes a destination; answers false where there is none of this id in the organization.
pub async fn update(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    id: DestinationId,
    draft: &DestinationDraft,
    sealed_secret: Option<&[u8]>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update destinations set name = $3, host = $4, prefix = $5, username = $6, sealed_secret = $7, plain_http = $8,
             authority = $9, requests_per_second = $10, megabytes_per_second = $11,
             -- What was said of another place says nothing of this one.
             public_accepted_by = case when host = $4 and prefix is not distinct from $5 then public_accepted_by end,
             public_accepted_at = case when host = $4 and prefix is not distinct from $5 then public_accepted_at end
         where organization = $1 and id = $2",
        organization.as_str(),
        id.0,
        draft.name.as_str(),
        draft.host.as_str(),
        draft.prefix.as_ref().map(AsRef::as_ref) as Option<&str>,
        draft.username,
        sealed_secret,
        draft.plain_http,
        draft.authority,
        number(draft.rates.requests_per_second),
        number(draft.rates.megabytes_per_second)
    )
    .execute(db)
    .await
    .map_err(|e| on_constraint(e, "destinations_name_taken", StoreError::NameTaken))?;
    Ok(done.rows_affected() == 1)
}

/// Removes a destination no rule uses; answers false where there is none of this id in the organization.
pub async fn delete(db: impl PgExecutor<'_>, organization: &OrgName, id: DestinationId) -> Result<bool, StoreError> {
    let done =
        sqlx::query!("delete from destinations where organization = $1 and id = $2", organization.as_str(), id.0)
            .execute(db)
            .await
            .map_err(|e| on_constraint(e, "rules_destination", StoreError::InUse))?;
    Ok(done.rows_affected() == 1)
}

fn number(rate: Option<u32>) -> Option<i32> {
    rate.and_then(|rate| i32::try_from(rate).ok())
}
