//! Hints: what deliveries about one tag amount to. One is open until its runs are started; then the next delivery opens
//! another.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::{StoreError, Tx, parsed};
use crate::model::{DeliveryRun, HintId, OrgName, RepoName, RunId, Tag};

/// The tag that a hint is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    pub organization: OrgName,
    pub mirror: RepoName,
    pub tag: Tag,
}

/// Deliveries about one tag that are written together.
pub struct Arrivals {
    pub subject: Subject,
    pub number: i32,
    pub last_at: DateTime<Utc>,
}

/// A hint whose runs are not started yet.
pub struct Hint {
    pub subject: Subject,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
}

/// The hint that deliveries came to.
#[derive(Clone, Copy)]
pub struct Joined {
    pub id: HintId,
    /// They opened it.
    pub is_new: bool,
}

struct Row {
    id: HintId,
    organization: String,
    mirror: String,
    tag: String,
}

impl Row {
    fn subject(&self) -> Result<Subject, StoreError> {
        Ok(Subject {
            organization: parsed("hints.organization", &self.organization)?,
            mirror: parsed("hints.mirror", &self.mirror)?,
            tag: parsed("hints.tag", &self.tag)?,
        })
    }
}

fn column(arrivals: &[Arrivals], value: fn(&Subject) -> &str) -> Vec<String> {
    arrivals.iter().map(|one| value(&one.subject).to_owned()).collect()
}

/// Adds deliveries to the open hint about their tag, or opens one. Each subject only once.
pub async fn open(tx: &mut Tx, arrivals: &[Arrivals]) -> Result<HashMap<Subject, Joined>, StoreError> {
    if arrivals.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<uuid::Uuid> = arrivals.iter().map(|_| uuid::Uuid::now_v7()).collect();
    let moments: Vec<DateTime<Utc>> = arrivals.iter().map(|one| one.last_at).collect();
    let numbers: Vec<i32> = arrivals.iter().map(|one| one.number).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"insert into hints (id, organization, mirror, tag, first_at, last_at, deliveries)
           select new.id, new.organization, new.mirror, new.tag, new.at, new.at, new.number
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::integer[])
                as new (id, organization, mirror, tag, at, number)
           on conflict (organization, mirror, tag) where taken_at is null
           do update set last_at = greatest(hints.last_at, excluded.last_at),
                         deliveries = hints.deliveries + excluded.deliveries
           returning id as "id: HintId", organization, mirror, tag"#,
        &ids,
        &column(arrivals, |s| s.organization.as_str()),
        &column(arrivals, |s| s.mirror.as_str()),
        &column(arrivals, |s| s.tag.as_str()),
        &moments,
        &numbers
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(|row| Ok((row.subject()?, Joined { id: row.id, is_new: ids.contains(&row.id.0) }))).collect()
}

/// Adds deliveries to the open hint about their tag, where there is one.
pub async fn join(tx: &mut Tx, arrivals: &[Arrivals]) -> Result<HashMap<Subject, Joined>, StoreError> {
    if arrivals.is_empty() {
        return Ok(HashMap::new());
    }
    let moments: Vec<DateTime<Utc>> = arrivals.iter().map(|one| one.last_at).collect();
    let numbers: Vec<i32> = arrivals.iter().map(|one| one.number).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"update hints set last_at = greatest(hints.last_at, new.at), deliveries = hints.deliveries + new.number
           from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::integer[])
                as new (organization, mirror, tag, at, number)
           where hints.organization = new.organization and hints.mirror = new.mirror and hints.tag = new.tag
             and hints.taken_at is null
           returning hints.id as "id: HintId", hints.organization, hints.mirror, hints.tag"#,
        &column(arrivals, |s| s.organization.as_str()),
        &column(arrivals, |s| s.mirror.as_str()),
        &column(arrivals, |s| s.tag.as_str()),
        &moments,
        &numbers
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(|row| Ok((row.subject()?, Joined { id: row.id, is_new: false }))).collect()
}

/// An open hint, which stays as it is until the transaction ends; none where its runs are started already.
pub async fn hold(tx: &mut Tx, id: HintId) -> Result<Option<Hint>, StoreError> {
    let row = sqlx::query!(
        "select organization, mirror, tag, first_at, last_at from hints where id = $1 and taken_at is null for update",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        let subject = Row { id, organization: row.organization, mirror: row.mirror, tag: row.tag }.subject()?;
        Ok(Hint { subject, first_at: row.first_at, last_at: row.last_at })
    })
    .transpose()
}

/// Its runs are started now.
pub async fn take(tx: &mut Tx, id: HintId, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!("update hints set taken_at = $2 where id = $1", id.0, now).execute(&mut **tx).await?;
    Ok(())
}

/// Notes a run that it led to.
pub async fn led_to(tx: &mut Tx, id: HintId, run: RunId) -> Result<(), StoreError> {
    sqlx::query!("insert into hint_runs (hint_id, run_id) values ($1, $2)", id.0, run.0).execute(&mut **tx).await?;
    Ok(())
}

/// The runs that hints led to, oldest first.
pub async fn runs(db: impl PgExecutor<'_>, hints: &[HintId]) -> Result<HashMap<HintId, Vec<DeliveryRun>>, StoreError> {
    let ids: Vec<uuid::Uuid> = hints.iter().map(|hint| hint.0).collect();
    let rows = sqlx::query!(
        r#"select hint_runs.hint_id as "hint: HintId", runs.id as "id: RunId", runs.rule_name
           from hint_runs join runs on runs.id = hint_runs.run_id
           where hint_runs.hint_id = any($1) order by runs.id"#,
        &ids
    )
    .fetch_all(db)
    .await?;
    let mut runs: HashMap<HintId, Vec<DeliveryRun>> = HashMap::new();
    for row in rows {
        runs.entry(row.hint).or_default().push(DeliveryRun { id: row.id, rule_name: row.rule_name });
    }
    Ok(runs)
}

/// When these tags of the organization were told of last.
pub async fn latest<'a>(
    tx: &mut Tx,
    organization: &OrgName,
    subjects: impl Iterator<Item = &'a Subject>,
) -> Result<HashMap<Subject, DateTime<Utc>>, StoreError> {
    let subjects: Vec<&Subject> = subjects.collect();
    let mirrors: Vec<String> = subjects.iter().map(|subject| subject.mirror.to_string()).collect();
    let tags: Vec<String> = subjects.iter().map(|subject| subject.tag.to_string()).collect();
    let rows = sqlx::query!(
        r#"select h.mirror, h.tag, max(h.last_at) as "last_at!" from hints h
           join unnest($2::text[], $3::text[]) as asked (mirror, tag) on h.mirror = asked.mirror and h.tag = asked.tag
           where h.organization = $1 group by h.mirror, h.tag"#,
        organization.as_str(),
        &mirrors,
        &tags
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let mirror = parsed("hints.mirror", &row.mirror)?;
            let subject = Subject { organization: organization.clone(), mirror, tag: parsed("hints.tag", &row.tag)? };
            Ok((subject, row.last_at))
        })
        .collect()
}
