//! The history, looked through: which runs a filter takes, the tags a search found, the lines of an export.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{PgExecutor, PgPool};

use super::{StoreError, parsed, runs, small, unsigned};
use crate::model::{
    DestinationId, FilterNames, FoundTag, OrgName, RepoName, RuleId, RunId, RunQuery, RunState, RunSummary, Sought,
};

/// Entries of each of the filter's lists.
const MOST_NAMES: i64 = 500;
/// The newest runs whose mirrors the filter offers, beside those of the rules.
const RECENT: i64 = 200;
/// Tags of a run that are named because they were searched for.
const FOUND: i64 = 3;
/// A tag is searched by its beginning where that has so many characters; a shorter text is the tag itself.
const SHORTEST_BEGINNING: usize = 3;
/// Tags of runs from which on nearly every run has one: then each is asked, and else those tags lead to their runs.
const MANY: i64 = 20_000;

/// What is searched for, as patterns; all none: nothing is searched for.
#[derive(Default)]
struct Patterns {
    tag: Option<String>,
    digest: Option<String>,
    host: Option<String>,
    /// The repository's whole name, and the end of a longer one.
    repository: Option<(String, String)>,
}

impl Patterns {
    fn new(sought: Option<&Sought>) -> Self {
        let Some(sought) = sought else { return Self::default() };
        // In a reference the tag is whole.
        let is_whole = |text: &str| sought.repository.is_some() || text.len() < SHORTEST_BEGINNING;
        let pattern = |text: &str| if is_whole(text) { escaped(text) } else { escaped(text) + "%" };
        Self {
            tag: sought.tag.as_ref().map(|tag| pattern(tag.as_str())),
            digest: sought.digest.as_ref().map(|digest| format!("{}%", digest.as_str())),
            // At Docker Hub a repository is a mirror, whatever the target.
            host: sought.host.as_ref().filter(|host| !host.is_docker_hub()).map(ToString::to_string),
            repository: sought
                .repository
                .as_ref()
                .map(|name| (name.to_string(), format!("%/{}", escaped(name.as_str())))),
        }
    }

    fn repository(&self) -> Option<&str> {
        self.repository.as_ref().map(|(whole, _)| whole.as_str())
    }

    fn ending(&self) -> Option<&str> {
        self.repository.as_ref().map(|(_, ending)| ending.as_str())
    }
}

/// As `like` takes it literally.
pub(super) fn escaped(text: &str) -> String {
    text.chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect()
}

/// Whether nearly every run has such a tag.
async fn are_many(db: impl PgExecutor<'_>, pattern: &str) -> Result<bool, StoreError> {
    let number = sqlx::query_scalar!(
        r#"select count(*) as "number!" from (select 1 from items where tag like $1 limit $2) matching"#,
        pattern,
        MANY
    )
    .fetch_one(db)
    .await?;
    Ok(number >= MANY)
}

/// Up to `limit` runs older than `after` that the filter takes, newest first.
///
/// How a run stands follows from its items, as `RunState::from_items` says; here only those that are neither
/// succeeded nor unchanged are looked at, which are few.
pub async fn page(
    db: &PgPool,
    organization: &OrgName,
    query: &RunQuery,
    after: Option<RunId>,
    limit: i64,
) -> Result<Vec<RunSummary>, StoreError> {
    let patterns = Patterns::new(query.q.as_ref());
    let are_many = match patterns.tag.as_deref().filter(|_| patterns.repository.is_none()) {
        Some(pattern) => are_many(db, pattern).await?,
        None => false,
    };
    let ids = sqlx::query_scalar!(
        r#"select r.id as "id!: RunId"
           from runs r
           left join (select run_id, bool_or(state in ('queued', 'running', 'waiting', 'retrying')) as open,
                             bool_and(state = 'queued') as queued, bool_or(state = 'held') as held,
                             bool_or(state = 'failed') as failed, bool_or(state = 'cancelled') as cancelled
                      from items
                      where $9::text is not null
                        and state in ('queued', 'running', 'waiting', 'retrying', 'held', 'failed', 'cancelled')
                      group by run_id) i on i.run_id = r.id
           left join (select run_id from items where not $17::boolean and tag like $11
                        and ($14::text is null or target_host = $14)
                        and ($15::text is null or mirror = $15 or target_repository = $15
                             or mirror like $16 or target_repository like $16)
                      union select run_id from items where digest like $12
                        and ($14::text is null or target_host = $14)
                        and ($15::text is null or mirror = $15 or target_repository = $15
                             or mirror like $16 or target_repository like $16)
                      union select run_id from items where target_digest like $12
                        and ($14::text is null or target_host = $14)
                        and ($15::text is null or mirror = $15 or target_repository = $15
                             or mirror like $16 or target_repository like $16)) f on f.run_id = r.id
           left join lateral (select n.run_id from items n
                              where $17::boolean and n.run_id = r.id and n.tag like $11 limit 1) one on true
           where r.organization = $1 and ($2::uuid is null or r.rule_id = $2)
             and ($3::uuid is null or r.destination_id = $3) and ($4::text is null or r.trigger = $4)
             and ($5::text is null or r.started_by = $5) and ($6::timestamptz is null or r.created_at >= $6)
             and ($7::timestamptz is null or r.created_at < $7)
             and ($8::text is null or r.scope_mirror = $8
                  or exists (select 1 from items n where n.run_id = r.id and n.mirror = $8))
             and ($9::text is null or $9 = case
                   when r.swept is not null then r.swept ->> 'state'
                   when r.plan_failure is not null and i.open is not true and i.held is not true then 'failed'
                   when r.plan_failure is null and r.planned_at is null
                     then case when r.cancelled_at is null then 'queued' else 'cancelled' end
                   when i.open
                     then case when i.queued and not exists (
                                    select 1 from items n where n.run_id = r.id and n.state in ('succeeded', 'unchanged'))
                               then 'queued' else 'running' end
                   when i.failed then 'failed'
                   when i.held then 'held'
                   when i.cancelled then 'cancelled'
                   -- Which of both it is costs a look for each run: only where one of them was asked for.
                   when $9 in ('succeeded', 'unchanged')
                        and exists (select 1 from items n where n.run_id = r.id and n.state = 'succeeded')
                     then 'succeeded'
                   else 'unchanged' end)
             and (($11::text is null and $12::text is null) or f.run_id is not null or one.run_id is not null)
             and ($10::uuid is null or r.id < $10)
           order by r.id desc limit $13"#,
        organization.as_str(),
        query.rule.map(|rule| rule.0),
        query.destination.map(|destination| destination.0),
        query.trigger.map(crate::model::Trigger::as_str),
        query.person.as_deref(),
        query.from,
        query.until,
        query.mirror.as_ref().map(|mirror| format!("{organization}/{mirror}")),
        query.state.map(RunState::as_str),
        after.map(|after| after.0),
        patterns.tag.as_deref(),
        patterns.digest.as_deref(),
        limit,
        patterns.host.as_deref(),
        patterns.repository(),
        patterns.ending(),
        are_many
    )
    .fetch_all(db)
    .await?;
    runs::by_id(db, &ids).await
}

/// The tags of these runs that were searched for: the first of each run, and how many there are.
pub async fn found(
    db: impl PgExecutor<'_>,
    runs: &[RunId],
    sought: &Sought,
) -> Result<HashMap<RunId, (Vec<FoundTag>, u32)>, StoreError> {
    let ids: Vec<uuid::Uuid> = runs.iter().map(|run| run.0).collect();
    let patterns = Patterns::new(Some(sought));
    let rows = sqlx::query!(
        r#"select run_id as "run_id!: RunId", mirror as "mirror!", tag as "tag!", digest as "digest!",
                  in_all as "in_all!"
           from (select run_id, mirror, tag, digest, count(*) over (partition by run_id) as in_all,
                        row_number() over (partition by run_id order by mirror, tag) as place
                 from items
                 where run_id = any($1)
                   and (tag like $2 or digest like $3 or target_digest like $3)
                   and ($4::text is null or target_host = $4)
                   and ($5::text is null or mirror = $5 or target_repository = $5
                        or mirror like $6 or target_repository like $6)) matching
           where place <= $7 order by run_id, place"#,
        &ids,
        patterns.tag.as_deref(),
        patterns.digest.as_deref(),
        patterns.host.as_deref(),
        patterns.repository(),
        patterns.ending(),
        FOUND
    )
    .fetch_all(db)
    .await?;
    let mut found: HashMap<RunId, (Vec<FoundTag>, u32)> = HashMap::new();
    for row in rows {
        let entry = found.entry(row.run_id).or_default();
        entry.0.push(FoundTag {
            mirror: parsed("items.mirror", &row.mirror)?,
            tag: parsed("items.tag", &row.tag)?,
            digest: parsed("items.digest", &row.digest)?,
        });
        entry.1 = small(row.in_all);
    }
    Ok(found)
}

/// What the filter's lists offer.
pub async fn names(db: impl PgExecutor<'_>, organization: &OrgName) -> Result<FilterNames, StoreError> {
    let rows = sqlx::query!(
        r#"select kind as "kind!", id, name as "name!"
           from ((select 'rule' as kind, id, name from rules where organization = $1 order by lower(name) limit $2)
                 union all
                 (select 'destination', id, name from destinations where organization = $1 order by lower(name) limit $2)
                 union all
                 (select 'person', null, started_by from runs
                  where organization = $1 and started_by is not null group by started_by order by started_by limit $2)
                 union all
                 (select distinct 'mirror', null::uuid, repository
                  from (select m.repository from rule_mirrors m join rules on rules.id = m.rule_id
                        where rules.organization = $1
                        union select i.mirror from items i
                        where i.run_id in (select id from runs where organization = $1 order by id desc limit $3)) m
                  order by repository limit $2)) listed"#,
        organization.as_str(),
        MOST_NAMES,
        RECENT
    )
    .fetch_all(db)
    .await?;
    let mut names = FilterNames::default();
    for row in rows {
        match (row.kind.as_str(), row.id) {
            ("rule", Some(id)) => names.rules.push((RuleId(id), row.name)),
            ("destination", Some(id)) => names.destinations.push((DestinationId(id), row.name)),
            ("person", _) => names.persons.push(row.name),
            _ => names.mirrors.push(parsed::<RepoName>("items.mirror", &row.name)?.name().to_owned()),
        }
    }
    Ok(names)
}

/// One tag of a run, as an export says it.
pub struct Line {
    pub run: RunId,
    pub mirror: String,
    pub tag: String,
    pub target: String,
    pub digest: String,
    pub state: String,
    pub bytes: u64,
    pub attempts: u32,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    /// Attestations that the destination was seen to hold, of those there are; none where nobody looked.
    pub coverage: Option<(u32, u32)>,
    pub failure: Option<String>,
}

/// The tags of these runs that the filter is about: those of its mirror, and those that were searched for.
pub async fn lines(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    runs: &[RunId],
    query: &RunQuery,
) -> Result<Vec<Line>, StoreError> {
    let ids: Vec<uuid::Uuid> = runs.iter().map(|run| run.0).collect();
    let patterns = Patterns::new(query.q.as_ref());
    let rows = sqlx::query!(
        r#"select i.run_id as "run: RunId", i.mirror, i.tag, i.target_host || '/' || i.target_repository as "target!",
                  i.digest, i.state, i.bytes, i.attempts, i.started_at, i.finished_at,
                  i.failure ->> 'sentence' as failure, i.coverage is not null as "seen!",
                  c.held as "held!", c.expected as "expected!"
           from items i
           cross join lateral (
               select count(*) filter (where (a ->> 'present')::boolean) as held, count(*) as expected
               from jsonb_array_elements(i.coverage -> 'platforms') p,
                    jsonb_array_elements(p -> 'attestations') a) c
           where i.run_id = any($1) and ($2::text is null or i.mirror = $2)
             and (($3::text is null and $4::text is null)
                  or i.tag like $3 or i.digest like $4 or i.target_digest like $4)
             and ($5::text is null or i.target_host = $5)
             and ($6::text is null or i.mirror = $6 or i.target_repository = $6
                  or i.mirror like $7 or i.target_repository like $7)
           order by i.run_id desc, i.mirror, i.tag"#,
        &ids,
        query.mirror.as_ref().map(|mirror| format!("{organization}/{mirror}")),
        patterns.tag.as_deref(),
        patterns.digest.as_deref(),
        patterns.host.as_deref(),
        patterns.repository(),
        patterns.ending()
    )
    .fetch_all(db)
    .await?;
    let lines = rows.into_iter().map(|row| Line {
        run: row.run,
        mirror: row.mirror,
        tag: row.tag,
        target: row.target,
        digest: row.digest,
        state: row.state,
        bytes: unsigned(row.bytes),
        attempts: u32::try_from(row.attempts).unwrap_or_default(),
        started_at: row.started_at,
        finished_at: row.finished_at,
        coverage: row.seen.then(|| (small(row.held), small(row.expected))),
        failure: row.failure,
    });
    Ok(lines.collect())
}

/// Why tags of these runs could not be listed, for those of which they could not.
pub async fn plan_failures(db: impl PgExecutor<'_>, runs: &[RunId]) -> Result<HashMap<RunId, String>, StoreError> {
    let ids: Vec<uuid::Uuid> = runs.iter().map(|run| run.0).collect();
    let rows = sqlx::query!(
        r#"select id as "id: RunId", plan_failure ->> 'sentence' as "sentence!"
           from runs where id = any($1) and plan_failure is not null"#,
        &ids
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.sentence)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_what_was_typed() {
        assert_eq!(escaped(r"a_b%c\d"), r"a\_b\%c\\d");
        let tag = |text: &str| Patterns::new(Some(&text.parse().expect("a tag"))).tag;
        assert_eq!(tag("22"), Some("22".to_owned()));
        assert_eq!(tag("1.2_x"), Some(r"1.2\_x%".to_owned()));
        let image: Sought = "nginx:1".parse().expect("a reference");
        assert_eq!(Patterns::new(Some(&image)).ending(), Some("%/nginx"));
        let image: Sought = "nginx:1.29".parse().expect("a reference");
        assert_eq!(Patterns::new(Some(&image)).tag.as_deref(), Some("1.29"), "whole");
    }
}
