//! What Docker Hub last said to an organization, as JSON, with its age and the last refusal.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::PgExecutor;

use super::{StoreError, from_json, to_json};
use crate::model::{CatalogName, HubRefusal, OrgName};

/// What is kept of an organization; its text is the one spelling, column and log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject(Cow<'static, str>);

impl Subject {
    pub const CATALOG: Self = Self(Cow::Borrowed("catalog"));
    pub const MIRRORS: Self = Self(Cow::Borrowed("mirrors"));

    /// One repository of the catalog.
    pub fn repository(name: &CatalogName) -> Self {
        Self(Cow::Owned(format!("repository/{name}")))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
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
    pub refusal: Option<HubRefusal>,
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

/// What is known of each of these subjects, in their order.
pub async fn heads<const N: usize>(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    subjects: [&Subject; N],
) -> Result<[Option<Head>; N], StoreError> {
    let names = subjects.map(|subject| subject.as_str().to_owned());
    let rows = sqlx::query!(
        "select subject, hash, read_at, outdated_at, asked_at, refused_at, refusal from listings
         where organization = $1 and subject = any($2)",
        organization.as_str(),
        &names
    )
    .fetch_all(db)
    .await?;
    let mut heads = [const { None }; N];
    for row in rows {
        let refusal = row.refused_at.zip(row.refusal).map(|(at, sentence)| HubRefusal { at, sentence });
        let (hash, read_at) = (row.hash, row.read_at);
        let head = Head { hash, read_at, outdated_at: row.outdated_at, asked_at: row.asked_at, refusal };
        let places = names.iter().zip(&mut heads).filter(|(name, _)| **name == row.subject);
        places.for_each(|(_, place)| *place = Some(head.clone()));
    }
    Ok(heads)
}

/// A listing with the hash of its content.
pub async fn content<T: DeserializeOwned>(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    subject: &Subject,
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
    subject: &Subject,
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
    subject: &Subject,
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
    subject: &Subject,
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
    subject: &Subject,
    refusal: &HubRefusal,
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
    subject: &Subject,
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

/// Forgets what Docker Hub has no more.
pub async fn remove(db: impl PgExecutor<'_>, organization: &OrgName, subject: &Subject) -> Result<(), StoreError> {
    sqlx::query!(
        "delete from listings where organization = $1 and subject = $2",
        organization.as_str(),
        subject.as_str()
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets repositories that nobody has opened since that moment.
pub async fn remove_repositories_before(db: impl PgExecutor<'_>, moment: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!("delete from listings where subject like 'repository/%' and read_at < $1", moment).execute(db).await?;
    Ok(())
}
