//! Deliveries: every call from Docker Hub, also those that were refused. Many are written at once.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{PgExecutor, PgPool};

use super::hints::{self, Subject};
use super::{StoreError, Tx, from_json, parsed, to_json};
use crate::model::{
    Changes, Delivery, DeliveryId, DeliveryOutcome, DeliveryRun, HintId, HookId, LedTo, OrgName, RepoName, Tag,
};

/// Writers of deliveries take turns, so that "seen before" is the truth in every process.
const TURN: i64 = 0x6665_7272_795f_6465;

/// A call that is written down.
#[derive(Default)]
pub struct NewDelivery<'a> {
    /// None where the address is unknown.
    pub organization: Option<&'a OrgName>,
    pub hook: Option<HookId>,
    pub mirror: Option<&'a RepoName>,
    pub tag: Option<&'a Tag>,
    pub pushed_at: Option<DateTime<Utc>>,
    pub pusher: Option<&'a str>,
    pub received_at: DateTime<Utc>,
    pub refusal: Option<String>,
    pub duplicate: bool,
    pub changes: Option<&'a Changes>,
    /// JSON that PostgreSQL can keep.
    pub body: Option<&'a str>,
    pub hint: Option<HintId>,
}

/// Waits until no other process writes deliveries; until the transaction ends no other does.
pub async fn take_turn(tx: &mut Tx) -> Result<(), StoreError> {
    sqlx::query!("select pg_advisory_xact_lock($1)", TURN).execute(&mut **tx).await?;
    Ok(())
}

/// For each push whether one of it was accepted before.
pub async fn are_known(tx: &mut Tx, pushes: &[(&Subject, DateTime<Utc>)]) -> Result<Vec<bool>, StoreError> {
    if pushes.is_empty() {
        return Ok(Vec::new());
    }
    let column = |value: fn(&Subject) -> &str| pushes.iter().map(|(s, _)| value(s).to_owned()).collect::<Vec<_>>();
    let moments: Vec<DateTime<Utc>> = pushes.iter().map(|(_, at)| *at).collect();
    let known = sqlx::query_scalar!(
        r#"select d.found is not null as "known!"
           from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) with ordinality
                as new (organization, mirror, tag, pushed_at, place)
           -- Not `exists`: for many pushes PostgreSQL would read all deliveries there are instead of the index.
           left join lateral (
               select true as found from deliveries d
               where d.organization = new.organization and d.mirror = new.mirror and d.tag = new.tag
                 and d.pushed_at = new.pushed_at and d.refusal is null
               limit 1) d on true
           order by new.place"#,
        &column(|s| s.organization.as_str()),
        &column(|s| s.mirror.as_str()),
        &column(|s| s.tag.as_str()),
        &moments
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(known)
}

/// Writes all of them, the first as the oldest.
pub async fn insert_all(tx: &mut Tx, deliveries: &[NewDelivery<'_>]) -> Result<(), StoreError> {
    if deliveries.is_empty() {
        return Ok(());
    }
    let ids: Vec<uuid::Uuid> = deliveries.iter().map(|_| uuid::Uuid::now_v7()).collect();
    let hooks: Vec<Option<uuid::Uuid>> = deliveries.iter().map(|d| d.hook.map(|hook| hook.0)).collect();
    let hints: Vec<Option<uuid::Uuid>> = deliveries.iter().map(|d| d.hint.map(|hint| hint.0)).collect();
    let pushed: Vec<Option<DateTime<Utc>>> = deliveries.iter().map(|d| d.pushed_at).collect();
    let received: Vec<DateTime<Utc>> = deliveries.iter().map(|d| d.received_at).collect();
    let duplicates: Vec<bool> = deliveries.iter().map(|d| d.duplicate).collect();
    let changes = deliveries.iter().map(|d| {
        let json = d.changes.map(|changes| to_json("deliveries.changes", changes)).transpose()?;
        Ok(json.map(|json| json.to_string()))
    });
    let changes: Vec<Option<String>> = changes.collect::<Result<_, StoreError>>()?;
    let column = |value: fn(&NewDelivery<'_>) -> Option<String>| deliveries.iter().map(value).collect::<Vec<_>>();
    sqlx::query!(
        r#"insert into deliveries (id, organization, hook_id, mirror, tag, pushed_at, pusher, received_at, refusal,
                                   duplicate, changes, body, hint_id)
           select new.id, new.organization, new.hook, new.mirror, new.tag, new.pushed_at, new.pusher, new.received_at,
                  new.refusal, new.duplicate, new.changes::jsonb, new.body::jsonb, new.hint
           from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::text[],
                       $8::timestamptz[], $9::text[], $10::boolean[], $11::text[], $12::text[], $13::uuid[])
                as new (id, organization, hook, mirror, tag, pushed_at, pusher, received_at, refusal, duplicate,
                        changes, body, hint)"#,
        &ids,
        &column(|d| d.organization.map(ToString::to_string)) as &[Option<String>],
        &hooks as &[Option<uuid::Uuid>],
        &column(|d| d.mirror.map(ToString::to_string)) as &[Option<String>],
        &column(|d| d.tag.map(ToString::to_string)) as &[Option<String>],
        &pushed as &[Option<DateTime<Utc>>],
        &column(|d| d.pusher.map(str::to_owned)) as &[Option<String>],
        &received,
        &column(|d| d.refusal.clone()) as &[Option<String>],
        &duplicates,
        &changes as &[Option<String>],
        &column(|d| d.body.map(str::to_owned)) as &[Option<String>],
        &hints as &[Option<uuid::Uuid>]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct Row {
    id: DeliveryId,
    mirror: Option<String>,
    tag: Option<String>,
    pushed_at: Option<DateTime<Utc>>,
    pusher: Option<String>,
    received_at: DateTime<Utc>,
    refusal: Option<String>,
    duplicate: bool,
    changes: Option<serde_json::Value>,
    hint: Option<HintId>,
    is_taken: bool,
}

impl Row {
    /// The delivery, `runs` has those of its hint.
    fn delivery(self, runs: &HashMap<HintId, Vec<DeliveryRun>>) -> Result<Delivery, StoreError> {
        let led_to = match self.hint {
            None => LedTo::Nothing,
            Some(_) if !self.is_taken => LedTo::Settling,
            Some(hint) => LedTo::Runs(runs.get(&hint).cloned().unwrap_or_default()),
        };
        Ok(Delivery {
            id: self.id,
            mirror: self.mirror.map(|text| parsed("deliveries.mirror", &text)).transpose()?,
            tag: self.tag.map(|text| parsed("deliveries.tag", &text)).transpose()?,
            pushed_at: self.pushed_at,
            pusher: self.pusher,
            received_at: self.received_at,
            outcome: match (&self.refusal, self.duplicate) {
                (Some(_), _) => DeliveryOutcome::Refused,
                (None, true) => DeliveryOutcome::Repeated,
                (None, false) => DeliveryOutcome::Accepted,
            },
            refusal: self.refusal,
            changes: self.changes.map(|json| from_json("deliveries.changes", json)).transpose()?,
            led_to,
        })
    }
}

/// Up to `limit` deliveries older than `after`, newest first, of one mirror or of all, with one outcome or any.
pub async fn page(
    db: &PgPool,
    organization: &OrgName,
    mirror: Option<&RepoName>,
    outcome: Option<DeliveryOutcome>,
    after: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"select d.id as "id: DeliveryId", d.mirror, d.tag, d.pushed_at, d.pusher, d.received_at, d.refusal, d.duplicate,
                  d.changes, d.hint_id as "hint: HintId", h.taken_at is not null as "is_taken!"
           from deliveries d left join hints h on h.id = d.hint_id
           where d.organization = $1 and ($2::text is null or d.mirror = $2)
             and ($3::text is null
                  or $3 = case when d.refusal is not null then 'refused' when d.duplicate then 'repeated'
                               else 'accepted' end)
             and ($4::uuid is null or d.id < $4)
           order by d.id desc limit $5"#,
        organization.as_str(),
        mirror.map(RepoName::as_str),
        outcome.map(DeliveryOutcome::as_str),
        after.map(|after| after.0),
        limit
    )
    .fetch_all(db)
    .await?;
    let hints: Vec<HintId> = rows.iter().filter_map(|row| row.hint).collect();
    let runs = hints::runs(db, &hints).await?;
    rows.into_iter().map(|row| row.delivery(&runs)).collect()
}

/// When the last delivery of a mirror was accepted.
pub async fn last_accepted(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    mirror: &RepoName,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let last = sqlx::query_scalar!(
        "select received_at from deliveries
         where organization = $1 and mirror = $2 and refusal is null order by id desc limit 1",
        organization.as_str(),
        mirror.as_str()
    )
    .fetch_optional(db)
    .await?;
    Ok(last)
}
