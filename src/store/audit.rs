//! Who did what. Rows are added and read; the database refuses everything else.

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::StoreError;
use crate::model::{AuditId, AuditQuery, OrgName};

/// One thing a person did.
pub struct Deed<'a> {
    pub organization: &'a OrgName,
    /// Docker Hub username.
    pub actor: &'a str,
    /// A verb, for example `mirror.start`.
    pub action: &'static str,
    /// What it was done to.
    pub subject: &'a str,
    pub at: DateTime<Utc>,
}

/// Writes it down.
pub async fn record(db: impl PgExecutor<'_>, deed: Deed<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into audit (id, organization, actor, action, subject, happened_at) values ($1, $2, $3, $4, $5, $6)",
        uuid::Uuid::now_v7(),
        deed.organization.as_str(),
        deed.actor,
        deed.action,
        deed.subject,
        deed.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Persons and other names that are offered.
const MOST_NAMES: i64 = 200;

/// A line as it is kept; what it is about follows from its action and subject.
pub struct Line {
    pub id: AuditId,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub action: String,
    pub subject: String,
}

/// Up to `limit` lines that the query takes, older than `after`, newest first.
pub async fn page(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    query: &AuditQuery,
    after: Option<AuditId>,
    limit: i64,
) -> Result<Vec<Line>, StoreError> {
    let lines = sqlx::query_as!(
        Line,
        r#"select id as "id: AuditId", happened_at as at, actor, action, subject
           from audit
           where organization = $1 and ($2::uuid is null or id < $2)
             and ($3::text is null or actor = $3) and ($4::text is null or action = $4)
             and ($5::text is null or strpos(lower(subject), lower($5)) > 0)
             and ($6::timestamptz is null or happened_at >= $6) and ($7::timestamptz is null or happened_at < $7)
           order by id desc limit $8"#,
        organization.as_str(),
        after.map(|after| after.0),
        query.person,
        query.action,
        query.q,
        query.from,
        query.until,
        limit
    )
    .fetch_all(db)
    .await?;
    Ok(lines)
}

/// Everybody who is named in the organization's log, by name; from one to the next by the index, however long the log is.
pub async fn actors(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<Vec<String>, StoreError> {
    let actors = sqlx::query_scalar!(
        r#"with recursive named as (
               (select min(actor) as actor from audit where organization = $1)
               union all
               select (select min(a.actor) from audit a where a.organization = $1 and a.actor > named.actor)
               from named where named.actor is not null
           )
           select actor as "actor!" from named where actor is not null limit $2"#,
        organization.as_str(),
        MOST_NAMES
    )
    .fetch_all(db)
    .await?;
    Ok(actors)
}

/// A rule or a destination that is there now.
pub struct Named {
    /// `rule` or `destination`.
    pub kind: String,
    pub id: uuid::Uuid,
    pub name: String,
}

/// The organization's rules and destinations that these texts name, by name or id.
pub async fn named(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    texts: &[String],
) -> Result<Vec<Named>, StoreError> {
    let named = sqlx::query_as!(
        Named,
        r#"select 'rule' as "kind!", id as "id!", name as "name!" from rules
           where organization = $1 and (name = any($2) or id::text = any($2))
           union all
           select 'destination', id, name from destinations where organization = $1 and name = any($2)"#,
        organization.as_str(),
        texts
    )
    .fetch_all(db)
    .await?;
    Ok(named)
}
