//! Selections of the catalog, and when it is looked through for each.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgExecutor;

use super::{StoreError, Tx, from_json, on_constraint, parsed, to_json};
use crate::model::{Look, OrgName, Selection, SelectionDraft, SelectionId};

/// How often the catalog is looked through for each.
const EVERY: TimeDelta = TimeDelta::minutes(10);

struct Row {
    id: SelectionId,
    name: String,
    filter: serde_json::Value,
    cap: i32,
    saved_by: String,
    saved_at: DateTime<Utc>,
    looked_at: Option<DateTime<Utc>>,
    look: Option<serde_json::Value>,
    trouble: Option<String>,
}

impl TryFrom<Row> for Selection {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            name: parsed("selections.name", &row.name)?,
            filter: from_json("selections.filter", row.filter)?,
            cap: u32::try_from(row.cap).unwrap_or_default(),
            saved_by: row.saved_by,
            saved_at: row.saved_at,
            looked_at: row.looked_at,
            look: row.look.map(|json| from_json("selections.look", json)).transpose()?,
            trouble: row.trouble,
        })
    }
}

/// The organization's selections by name, or the one of this id.
pub async fn list(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    id: Option<SelectionId>,
) -> Result<Vec<Selection>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id as "id: SelectionId", name, filter, cap, saved_by, saved_at, looked_at, look, trouble
           from selections where organization = $1 and ($2::uuid is null or id = $2) order by lower(name)"#,
        organization.as_str(),
        id.map(|id| id.0)
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Selection::try_from).collect()
}

/// Who saves a selection; whoever saves it looks through the catalog at once.
pub struct Saving<'a> {
    pub by: &'a str,
    /// Where their token is.
    pub session: Option<&'a str>,
    pub at: DateTime<Utc>,
}

/// Writes a new selection.
pub async fn insert(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    id: SelectionId,
    draft: &SelectionDraft,
    saving: &Saving<'_>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into selections (id, organization, name, filter, cap, saved_by, saved_at, session_id, due_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        organization.as_str(),
        draft.name.as_str(),
        to_json("selections.filter", &draft.filter)?,
        cap(draft),
        saving.by,
        saving.at,
        saving.session,
        saving.at + EVERY
    )
    .execute(db)
    .await
    .map_err(|e| on_constraint(e, "selections_name_taken", StoreError::NameTaken))?;
    Ok(())
}

/// Changes a selection; answers false where there is none of this id in the organization.
pub async fn update(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    id: SelectionId,
    draft: &SelectionDraft,
    saving: &Saving<'_>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update selections set name = $3, filter = $4, cap = $5, saved_by = $6, saved_at = $7, session_id = $8, due_at = $9
         where organization = $1 and id = $2",
        organization.as_str(),
        id.0,
        draft.name.as_str(),
        to_json("selections.filter", &draft.filter)?,
        cap(draft),
        saving.by,
        saving.at,
        saving.session,
        saving.at + EVERY
    )
    .execute(db)
    .await
    .map_err(|e| on_constraint(e, "selections_name_taken", StoreError::NameTaken))?;
    Ok(done.rows_affected() == 1)
}

fn cap(draft: &SelectionDraft) -> i32 {
    i32::try_from(draft.cap).unwrap_or(i32::MAX)
}

/// Removes a selection and gives its name; what it proposed stays in the history.
pub async fn delete(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    id: SelectionId,
) -> Result<Option<String>, StoreError> {
    let name = sqlx::query_scalar!(
        "delete from selections where organization = $1 and id = $2 returning name",
        organization.as_str(),
        id.0
    )
    .fetch_optional(db)
    .await?;
    Ok(name)
}

/// Locks a selection until the transaction ends, so that two looks do not propose at once.
pub async fn lock(tx: &mut Tx, organization: &OrgName, id: SelectionId) -> Result<(), StoreError> {
    sqlx::query_scalar!(
        "select id from selections where organization = $1 and id = $2 for update",
        organization.as_str(),
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps what a look found.
pub async fn set_look(
    db: impl PgExecutor<'_>,
    id: SelectionId,
    look: &Look,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let look = to_json("selections.look", look)?;
    sqlx::query!("update selections set look = $2, looked_at = $3, trouble = null where id = $1", id.0, look, at)
        .execute(db)
        .await?;
    Ok(())
}

/// Keeps what was in the way of a look; what the last good one found stays.
pub async fn set_trouble(db: impl PgExecutor<'_>, id: SelectionId, trouble: &str) -> Result<(), StoreError> {
    sqlx::query!("update selections set trouble = $2 where id = $1", id.0, trouble).execute(db).await?;
    Ok(())
}

/// The catalog is to be looked through for it from then on.
pub async fn set_due(db: impl PgExecutor<'_>, id: SelectionId, at: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!("update selections set due_at = $2 where id = $1", id.0, at).execute(db).await?;
    Ok(())
}

/// A selection that is due, locked until the transaction ends; another worker sees the next one.
pub async fn due(tx: &mut Tx, now: DateTime<Utc>) -> Result<Option<(OrgName, SelectionId)>, StoreError> {
    let row = sqlx::query!(
        r#"update selections set due_at = $2
           where id = (select id from selections where due_at <= $1 order by due_at limit 1 for update skip locked)
           returning organization, id as "id: SelectionId""#,
        now,
        now + EVERY
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok((parsed("selections.organization", &row.organization)?, row.id))).transpose()
}

/// The session of whoever saved it last.
pub async fn session(db: impl PgExecutor<'_>, id: SelectionId) -> Result<Option<String>, StoreError> {
    let session =
        sqlx::query_scalar!("select session_id from selections where id = $1", id.0).fetch_optional(db).await?;
    Ok(session.flatten())
}
