//! The addresses that Docker Hub calls. A mirror has at most one that counts, and for a while after a rotation those
//! before it.

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::{StoreError, Tx, on_constraint, parsed};
use crate::model::{HookId, OrgName, RepoName};

/// An address that was just made.
pub struct NewHook<'a> {
    pub id: HookId,
    pub organization: &'a OrgName,
    pub mirror: &'a RepoName,
    /// SHA-256 of the secret.
    pub secret_hash: &'a [u8],
    pub sealed_secret: &'a [u8],
    pub created_by: &'a str,
    pub created_at: DateTime<Utc>,
}

/// The address of a mirror that counts.
pub struct Kept {
    pub id: HookId,
    pub sealed_secret: Vec<u8>,
    /// Docker's name of the webhook, where Ferry made it there.
    pub slug: Option<String>,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    /// Until when one before it is still heard.
    pub old_until: Option<DateTime<Utc>>,
}

/// An address that is heard, by its secret.
pub struct Known {
    pub id: HookId,
    pub organization: OrgName,
    pub mirror: RepoName,
    pub secret_hash: Vec<u8>,
}

/// Writes a new address; [`StoreError::NameTaken`] where the mirror has one that counts.
pub async fn insert(db: impl PgExecutor<'_>, hook: &NewHook<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into hooks (id, organization, mirror, secret_hash, sealed_secret, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        hook.id.0,
        hook.organization.as_str(),
        hook.mirror.as_str(),
        hook.secret_hash,
        hook.sealed_secret,
        hook.created_by,
        hook.created_at
    )
    .execute(db)
    .await
    .map_err(|e| on_constraint(e, "hooks_current", StoreError::NameTaken))?;
    Ok(())
}

/// The address of a mirror that counts.
pub async fn current(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    mirror: &RepoName,
    now: DateTime<Utc>,
) -> Result<Option<Kept>, StoreError> {
    let kept = sqlx::query_as!(
        Kept,
        r#"select id as "id: HookId", sealed_secret, slug, created_by, created_at,
                  (select max(old.ends_at) from hooks old
                   where old.organization = $1 and old.mirror = $2 and old.ends_at > $3) as old_until
           from hooks where organization = $1 and mirror = $2 and ends_at is null"#,
        organization.as_str(),
        mirror.as_str(),
        now
    )
    .fetch_optional(db)
    .await?;
    Ok(kept)
}

/// The addresses that are heard among those with these hashes; none of them goes away before the transaction ends.
pub async fn by_secrets(tx: &mut Tx, hashes: &[Vec<u8>], now: DateTime<Utc>) -> Result<Vec<Known>, StoreError> {
    let rows = sqlx::query!(
        r#"select id as "id: HookId", organization, mirror, secret_hash
           from hooks where secret_hash = any($1) and (ends_at is null or ends_at > $2)
           for key share"#,
        hashes,
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    let known = rows.into_iter().map(|row| {
        Ok(Known {
            id: row.id,
            organization: parsed("hooks.organization", &row.organization)?,
            mirror: parsed("hooks.mirror", &row.mirror)?,
            secret_hash: row.secret_hash,
        })
    });
    known.collect()
}

/// The mirrors of the organization that have an address, by name.
pub async fn mirrors(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<Vec<RepoName>, StoreError> {
    let names = sqlx::query_scalar!(
        "select mirror from hooks where organization = $1 and ends_at is null order by mirror",
        organization.as_str()
    )
    .fetch_all(db)
    .await?;
    names.iter().map(|name| parsed("hooks.mirror", name)).collect()
}

/// What a mirror's address has heard.
pub struct Heard {
    pub mirror: String,
    pub created_at: DateTime<Utc>,
    /// The last delivery that was accepted.
    pub last: Option<DateTime<Utc>>,
    /// Changes found without a delivery.
    pub missed: u32,
}

/// What each address that counts has heard, with the changes that came without a delivery since `since`.
pub async fn heard(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    since: DateTime<Utc>,
) -> Result<Vec<Heard>, StoreError> {
    let rows = sqlx::query!(
        r#"select hooks.mirror, hooks.created_at,
                  (select d.received_at from deliveries d
                   where d.organization = $1 and d.mirror = hooks.mirror and d.refusal is null
                   order by d.id desc limit 1) as last,
                  (select count(*) from missed_hooks m
                   where m.organization = $1 and m.mirror = hooks.mirror and m.found_at >= $2) as "missed!"
           from hooks where hooks.organization = $1 and hooks.ends_at is null"#,
        organization.as_str(),
        since
    )
    .fetch_all(db)
    .await?;
    let heard = |mirror, created_at, last, missed| Heard { mirror, created_at, last, missed: super::small(missed) };
    Ok(rows.into_iter().map(|row| heard(row.mirror, row.created_at, row.last, row.missed)).collect())
}

/// Notes under which name Docker Hub has it.
pub async fn set_slug(db: impl PgExecutor<'_>, id: HookId, slug: &str) -> Result<(), StoreError> {
    sqlx::query!("update hooks set slug = $2 where id = $1", id.0, slug).execute(db).await?;
    Ok(())
}

/// Docker's names of the webhooks that Ferry made for a mirror, also of those before a rotation.
pub async fn slugs(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    mirror: &RepoName,
) -> Result<Vec<String>, StoreError> {
    let slugs = sqlx::query_scalar!(
        r#"select slug as "slug!" from hooks where organization = $1 and mirror = $2 and slug is not null"#,
        organization.as_str(),
        mirror.as_str()
    )
    .fetch_all(db)
    .await?;
    Ok(slugs)
}

/// Another one takes its place; answers false where one has already.
pub async fn end(db: impl PgExecutor<'_>, id: HookId, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let done =
        sqlx::query!("update hooks set ends_at = $2 where id = $1 and ends_at is null", id.0, at).execute(db).await?;
    Ok(done.rows_affected() == 1)
}

/// Removes every address of a mirror, those before a rotation too; answers false where there is none.
pub async fn delete(db: impl PgExecutor<'_>, organization: &OrgName, mirror: &RepoName) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "delete from hooks where organization = $1 and mirror = $2",
        organization.as_str(),
        mirror.as_str()
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Removes the addresses of a mirror that are heard no more.
pub async fn delete_ended(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    mirror: &RepoName,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "delete from hooks where organization = $1 and mirror = $2 and ends_at <= $3",
        organization.as_str(),
        mirror.as_str(),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}
