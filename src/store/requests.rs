//! Mirrors that people and selections ask for.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::{StoreError, Tx, parsed, small};
use crate::model::{
    Asker, CatalogName, Decision, MirrorName, MirrorRequest, OrgName, RequestId, RequestState, SelectionId,
};

struct Row {
    id: RequestId,
    source: String,
    name: String,
    note: String,
    requested_by: Option<String>,
    selection_id: Option<SelectionId>,
    selection_name: Option<String>,
    requested_at: DateTime<Utc>,
    state: String,
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    reason: String,
    trouble: Option<String>,
}

impl TryFrom<Row> for MirrorRequest {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        let (by, reason) = (row.decided_by, row.reason);
        Ok(Self {
            id: row.id,
            source: parsed("mirror_requests.source", &row.source)?,
            name: parsed("mirror_requests.name", &row.name)?,
            note: row.note,
            asker: match row.requested_by {
                Some(username) => Asker::Person(username),
                None => Asker::Selection { id: row.selection_id, name: row.selection_name.unwrap_or_default() },
            },
            requested_at: row.requested_at,
            state: state(&row.state)?,
            decision: row.decided_at.map(|at| Decision { by, at, reason }),
            trouble: row.trouble,
        })
    }
}

fn state(text: &str) -> Result<RequestState, StoreError> {
    RequestState::parse(text).ok_or_else(|| StoreError::Inconsistent {
        column: "mirror_requests.state",
        value: text.to_owned(),
        reason: "no state has this name".to_owned(),
    })
}

/// Which requests of an organization are read; what is not set is not looked at.
#[derive(Clone, Copy, Default)]
pub struct Asked<'a> {
    pub id: Option<RequestId>,
    pub source: Option<&'a CatalogName>,
    /// Decided or withdrawn, or open.
    pub decided: Option<bool>,
    /// Older than this one.
    pub after: Option<RequestId>,
}

/// Up to `limit` of those requests, newest first.
pub async fn page(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    asked: Asked<'_>,
    limit: i64,
) -> Result<Vec<MirrorRequest>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id as "id: RequestId", source, name, note, requested_by,
                  selection_id as "selection_id: SelectionId", selection_name, requested_at, state, decided_by,
                  decided_at, reason, trouble
           from mirror_requests
           where organization = $1 and ($2::uuid is null or id = $2) and ($3::text is null or source = $3)
             and ($4::boolean is null or (state <> 'open') = $4) and ($5::uuid is null or id < $5)
           order by id desc limit $6"#,
        organization.as_str(),
        asked.id.map(|id| id.0),
        asked.source.map(CatalogName::as_str),
        asked.decided,
        asked.after.map(|id| id.0),
        limit
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(MirrorRequest::try_from).collect()
}

/// How many nobody decided yet.
pub async fn count_open(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<u32, StoreError> {
    let number = sqlx::query_scalar!(
        r#"select count(*) as "number!" from mirror_requests where organization = $1 and state = 'open'"#,
        organization.as_str()
    )
    .fetch_one(db)
    .await?;
    Ok(small(number))
}

/// Locks a request until the transaction ends, where it is open; none also where somebody else is deciding it just now.
pub async fn lock_open(tx: &mut Tx, organization: &OrgName, id: RequestId) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar!(
        "select id from mirror_requests where organization = $1 and id = $2 and state = 'open' for update skip locked",
        organization.as_str(),
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found.is_some())
}

/// A request of a person.
pub struct NewRequest<'a> {
    pub id: RequestId,
    pub organization: &'a OrgName,
    pub source: &'a CatalogName,
    pub name: &'a MirrorName,
    pub note: &'a str,
    pub requested_by: &'a str,
    pub requested_at: DateTime<Utc>,
}

/// Writes it; answers false where the same is asked for already and open.
pub async fn insert(db: impl PgExecutor<'_>, new: &NewRequest<'_>) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "insert into mirror_requests (id, organization, source, name, note, requested_by, requested_at, state)
         values ($1, $2, $3, $4, $5, $6, $7, 'open')
         on conflict (organization, source, name) where state = 'open' do nothing",
        new.id.0,
        new.organization.as_str(),
        new.source.as_str(),
        new.name.as_str(),
        new.note,
        new.requested_by,
        new.requested_at
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What became of an open request.
pub struct Settled<'a> {
    pub state: RequestState,
    pub by: &'a str,
    pub at: DateTime<Utc>,
    pub reason: &'a str,
}

/// Settles it; answers false where it is not open any more.
pub async fn settle(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    id: RequestId,
    settled: &Settled<'_>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update mirror_requests
         set state = $3, decided_by = $4, decided_at = $5, reason = $6, trouble = null
         where organization = $1 and id = $2 and state = 'open'",
        organization.as_str(),
        id.0,
        settled.state.as_str(),
        settled.by,
        settled.at,
        settled.reason
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes what Docker said when an approval could not be carried out.
pub async fn note_trouble(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    id: RequestId,
    trouble: &str,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update mirror_requests set trouble = $3 where organization = $1 and id = $2",
        organization.as_str(),
        id.0,
        trouble
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What of an organization's requests a selection must know; sources by their names in the catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Asked for and open, by whomever.
    pub open: BTreeSet<String>,
    /// Of those, proposed by this selection.
    pub own: BTreeSet<String>,
    /// Declined from this selection.
    pub declined: BTreeSet<String>,
    /// Names of mirrors that were approved from it.
    pub approved: BTreeSet<String>,
}

/// What is known about a selection, or with none about one that is not kept yet.
pub async fn known(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    selection: Option<SelectionId>,
) -> Result<Known, StoreError> {
    let rows = sqlx::query!(
        r#"select source, name, state, coalesce(selection_id = $2, false) as "own!"
           from mirror_requests where organization = $1 and (state = 'open' or selection_id = $2)"#,
        organization.as_str(),
        selection.map(|id| id.0)
    )
    .fetch_all(db)
    .await?;
    let mut known = Known::default();
    for row in rows {
        match state(&row.state)? {
            RequestState::Open => {
                if row.own {
                    known.own.insert(row.source.clone());
                }
                known.open.insert(row.source);
            }
            RequestState::Declined => {
                known.declined.insert(row.source);
            }
            RequestState::Approved => {
                known.approved.insert(row.name);
            }
            RequestState::Withdrawn => {}
        }
    }
    Ok(known)
}

/// Writes a selection's proposals, each source with the mirror's name; what is asked for already stays as it is.
pub async fn propose(
    tx: &mut Tx,
    organization: &OrgName,
    (selection, selection_name): (SelectionId, &str),
    proposals: &[(CatalogName, MirrorName)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let ids: Vec<uuid::Uuid> = proposals.iter().map(|_| uuid::Uuid::now_v7()).collect();
    let sources: Vec<String> = proposals.iter().map(|(source, _)| source.to_string()).collect();
    let names: Vec<String> = proposals.iter().map(|(_, name)| name.to_string()).collect();
    sqlx::query!(
        "insert into mirror_requests
             (id, organization, source, name, selection_id, selection_name, requested_at, state)
         select new.id, $1, new.source, new.name, $2, $3, $4, 'open'
         from unnest($5::uuid[], $6::text[], $7::text[]) as new (id, source, name)
         on conflict (organization, source, name) where state = 'open' do nothing",
        organization.as_str(),
        selection.0,
        selection_name,
        now,
        &ids,
        &sources,
        &names
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Withdraws a selection's open proposals of these sources; `by` is none where no person did.
pub async fn withdraw(
    db: impl PgExecutor<'_>,
    selection: SelectionId,
    sources: &[String],
    by: Option<&str>,
    (at, reason): (DateTime<Utc>, &str),
) -> Result<(), StoreError> {
    sqlx::query!(
        "update mirror_requests set state = 'withdrawn', decided_by = $3, decided_at = $4, reason = $5
         where selection_id = $1 and state = 'open' and source = any($2)",
        selection.0,
        sources,
        by,
        at,
        reason
    )
    .execute(db)
    .await?;
    Ok(())
}
