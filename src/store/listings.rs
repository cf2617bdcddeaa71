//! What Docker Hub last said to an organization, as JSON, with its age and the last refusal.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::PgExecutor;

use super::{StoreError, from_json, to_json};
use crate::model::{CatalogRefusal, OrgName};

/// What is kept of an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Catalog,
    Mirrors,
}

impl Subject {
    /// The one spelling: column and log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::Mirrors => "mirrors",
        }
    }
}

/// All about a listing but its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Of the content.
    pub hash: String,
    pub read_at: DateTime<Utc>,
    pub outdated_at: Option<DateTime<Utc>>,
    pub asked_at: Option<DateTime<Utc>>,
    /// None once a reading has succeeded again.
    pub refusal: Option<CatalogRefusal>,
}

/// A listing as it is written.
pub struct Content {
    value: Value,
    pub hash: String,
}

impl Content {
    /// The listing as JSON, with its hash.
    pub fn of<T: Serialize>(listing: &T) -> Result<Self, StoreError> {
        let value = to_json("content", listing)?;
        let hash = hex::encode(Sha256::digest(value.to_string()));
        Ok(Self { value, hash })
    }
}

/// What is known of the organization's catalog and of its mirrors, in this order.
pub async fn heads(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
) -> Result<(Option<Head>, Option<Head>), StoreError> {
    let rows = sqlx::query!(
        "select subject, hash, read_at, outdated_at, asked_at, refused_at, refusal from listings where organization = $1",
        organization.as_str()
    )
    .fetch_all(db)
    .await?;
    let (mut catalog, mut mirrors) = (None, None);
    for row in rows {
        let refusal = row.refused_at.zip(row.refusal).map(|(at, sentence)| CatalogRefusal { at, sentence });
        let (hash, read_at) = (row.hash, row.read_at);
        let head = Head { hash, read_at, outdated_at: row.outdated_at, asked_at: row.asked_at, refusal };
        if row.subject == Subject::Catalog.as_str() {
            catalog = Some(head);
        } else {
            mirrors = Some(head);
        }
    }
    Ok((catalog, mirrors))
}

/// A listing with the hash of its content.
pub async fn content<T: DeserializeOwned>(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    subject: Subject,
) -> Result<Option<(String, T)>, StoreError> {
    let row = sqlx::query!(
        "select hash, content from listings where organization = $1 and subject = $2",
        organization.as_str(),
        subject.as_str()
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((row.hash, from_json("content", row.content)?))).transpose()
}

/// Notes that a reading which began at `read_at` said the same; answers false where it says something else, or is the first.
pub async fn touch(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    subject: Subject,
    hash: &str,
    read_at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update listings set read_at = greatest(read_at, $4), refused_at = null, refusal = null
         where organization = $1 and subject = $2 and hash = $3",
        organization.as_str(),
        subject.as_str(),
        hash,
        read_at
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps what a reading said that began at `read_at`, unless a later one was kept meanwhile.
pub async fn write(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    subject: Subject,
    content: &Content,
    read_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into listings (organization, subject, content, hash, changed_at, read_at) values ($1, $2, $3, $4, $5, $5)
         on conflict (organization, subject) do update
         set content = excluded.content, hash = excluded.hash, changed_at = excluded.changed_at,
             read_at = excluded.read_at, refused_at = null, refusal = null
         where listings.read_at <= excluded.read_at",
        organization.as_str(),
        subject.as_str(),
        content.value,
        content.hash,
        read_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Asks for a reading; answers false where one was asked for since `before`.
pub async fn ask(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    subject: Subject,
    now: DateTime<Utc>,
    before: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update listings set asked_at = $3
         where organization = $1 and subject = $2 and (asked_at is null or asked_at <= $4)",
        organization.as_str(),
        subject.as_str(),
        now,
        before
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes why a reading failed, where something was read before.
pub async fn refuse(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    subject: Subject,
    refusal: &CatalogRefusal,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update listings set refused_at = $3, refusal = $4 where organization = $1 and subject = $2",
        organization.as_str(),
        subject.as_str(),
        refusal.at,
        refusal.sentence
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that it was changed through Ferry: what is kept is read again before it is shown.
pub async fn outdate(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    subject: Subject,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update listings set outdated_at = $3 where organization = $1 and subject = $2",
        organization.as_str(),
        subject.as_str(),
        at
    )
    .execute(db)
    .await?;
    Ok(())
}
