//! Where a tag or a digest was seen, as the history has it: at destinations, and in mirrors.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::history::escaped;
use super::{StoreError, from_json, parsed};
use crate::model::{Coverage, Held, Holding, MovedOn, OrgName, Place, RepoName, RunId, Sought, Tag};

/// Places that are ever listed; one more is asked for, to know whether there are more.
pub const MOST: usize = 100;
/// Items of one tag of a mirror that are looked at, the newest.
const MOST_ITEMS: i64 = 1_000;

/// What is asked for, as the queries take it.
struct Asked {
    tag: Option<String>,
    digest: Option<String>,
    host: Option<String>,
    repository: Option<String>,
    /// How the name of a repository ends that lies deeper; none where a host is named.
    ending: Option<String>,
    limit: i64,
}

impl Asked {
    fn new(sought: &Sought) -> Self {
        let ending = |name: &RepoName| format!("%/{}", escaped(name.as_str()));
        Self {
            tag: sought.tag.as_ref().map(ToString::to_string),
            digest: sought.digest.as_ref().map(|digest| format!("{}%", digest.as_str())),
            host: sought.host.as_ref().map(ToString::to_string),
            repository: sought.repository.as_ref().map(ToString::to_string),
            ending: sought.repository.as_ref().filter(|_| sought.host.is_none()).map(ending),
            limit: i64::try_from(MOST + 1).unwrap_or(i64::MAX),
        }
    }
}

struct Row {
    name: Option<String>,
    address: String,
    tag: String,
    digest: String,
    target_digest: Option<String>,
    since: Option<DateTime<Utc>>,
    seen_at: DateTime<Utc>,
    run: RunId,
    coverage: Option<serde_json::Value>,
    now_digest: String,
    now_since: DateTime<Utc>,
    now_run: RunId,
}

impl Row {
    fn holding(self, place: impl FnOnce(Option<String>) -> Place) -> Result<Holding, StoreError> {
        let has_moved = self.now_digest != self.digest;
        let coverage: Option<Coverage> = self.coverage.map(|json| from_json("items.coverage", json)).transpose()?;
        Ok(Holding {
            place: place(self.name),
            address: self.address,
            tag: parsed("items.tag", &self.tag)?,
            digest: parsed("items.digest", &self.digest)?,
            target_digest: self.target_digest.map(|text| parsed("items.target_digest", &text)).transpose()?,
            since: self.since.unwrap_or(self.seen_at),
            seen_at: self.seen_at,
            run: self.run,
            coverage: coverage.as_ref().map(Held::of).unwrap_or_default(),
            moved_on: has_moved
                .then(|| {
                    let digest = parsed("items.digest", &self.now_digest)?;
                    Ok::<_, StoreError>(MovedOn { digest, at: self.now_since, run: self.now_run })
                })
                .transpose()?,
        })
    }
}

/// The destinations' repositories that held it, by address and tag.
///
/// A tag is looked for in each repository there is: they are few, and found by jumping from one to the next in the index.
pub async fn destinations(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    sought: &Sought,
) -> Result<Vec<Holding>, StoreError> {
    let asked = Asked::new(sought);
    let rows = sqlx::query_as!(
        Row,
        r#"with recursive repositories as (
               (select target_host, target_repository from items order by target_host, target_repository limit 1)
               union all
               select following.target_host, following.target_repository
               from repositories r cross join lateral (
                   select i.target_host, i.target_repository from items i
                   where (i.target_host, i.target_repository) > (r.target_host, r.target_repository)
                   order by i.target_host, i.target_repository limit 1) following
           ), wanted as (
               select target_host, target_repository, $2::text as tag, false as by_digest from repositories
               where $2::text is not null
               union
               select target_host, target_repository, tag, true from items where digest like $3
               union
               select target_host, target_repository, tag, true from items where target_digest like $3
           )
           select d.name as "name?", w.target_host || '/' || w.target_repository as "address!", w.tag as "tag!",
                  seen.digest as "digest!", seen.target_digest as "target_digest?", first.finished_at as "since?",
                  coalesce(greatest(seen.finished_at, seen.checked_at), seen.updated_at) as "seen_at!", seen.run_id as "run!: RunId",
                  seen.coverage as "coverage?", latest.digest as "now_digest!", coalesce(latest.finished_at, latest.updated_at) as "now_since!",
                  latest.run_id as "now_run!: RunId"
           from wanted w
           cross join lateral (
               select i.*, r.destination_id from items i join runs r on r.id = i.run_id
               where i.target_host = w.target_host and i.target_repository = w.target_repository and i.tag = w.tag
                 and i.state in ('succeeded', 'unchanged') and r.organization = $1
                 and (not w.by_digest or i.digest like $3 or i.target_digest like $3)
               order by i.id desc limit 1) seen
           cross join lateral (
               select i.digest, i.finished_at, i.updated_at, i.run_id from items i join runs r on r.id = i.run_id
               where i.target_host = w.target_host and i.target_repository = w.target_repository and i.tag = w.tag
                 and i.state in ('succeeded', 'unchanged') and r.organization = $1
               order by i.id desc limit 1) latest
           left join lateral (
               select i.finished_at from items i join runs r on r.id = i.run_id
               where i.digest = seen.digest and i.target_host = w.target_host
                 and i.target_repository = w.target_repository and i.tag = w.tag
                 and i.state in ('succeeded', 'unchanged') and r.organization = $1
               order by i.run_id limit 1) first on true
           left join destinations d on d.id = seen.destination_id
           where ($4::text is null or w.target_host = $4)
             and ($5::text is null or w.target_repository = $5 or w.target_repository like $6)
           order by 2, 3 limit $7"#,
        organization.as_str(),
        asked.tag.as_deref(),
        asked.digest.as_deref(),
        asked.host.as_deref(),
        asked.repository.as_deref(),
        asked.ending.as_deref(),
        asked.limit
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(|row| row.holding(Place::Destination)).collect()
}

/// The mirrors that held it when a run last looked, by name and tag.
pub async fn mirrors(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    sought: &Sought,
) -> Result<Vec<Holding>, StoreError> {
    let asked = Asked::new(sought);
    let rows = sqlx::query_as!(
        Row,
        r#"with wanted as (
               select mirror, $2::text as tag, false as by_digest from items where tag = $2
               union
               select mirror, tag, true from items where digest like $3
           )
           select w.mirror as "name?", 'docker.io/' || w.mirror as "address!", w.tag as "tag!",
                  seen.digest as "digest!", null::text as target_digest, first.created_at as "since?",
                  seen.created_at as "seen_at!", seen.run_id as "run!: RunId", null::jsonb as coverage,
                  latest.digest as "now_digest!", latest.created_at as "now_since!", latest.run_id as "now_run!: RunId"
           from wanted w
           cross join lateral (
               select i.digest, i.run_id, r.created_at from items i join runs r on r.id = i.run_id
               where i.tag = w.tag and i.mirror = w.mirror and r.organization = $1
                 and (not w.by_digest or i.digest like $3)
               order by i.run_id desc limit 1) seen
           cross join lateral (
               select i.digest, i.run_id, r.created_at from items i join runs r on r.id = i.run_id
               where i.tag = w.tag and i.mirror = w.mirror and r.organization = $1
               order by i.run_id desc limit 1) latest
           left join lateral (
               select r.created_at from items i join runs r on r.id = i.run_id
               where i.digest = seen.digest and i.mirror = w.mirror and i.tag = w.tag and r.organization = $1
               order by i.run_id limit 1) first on true
           where ($4::text is null or w.mirror = $4 or w.mirror like $5)
           order by 2, 3 limit $6"#,
        organization.as_str(),
        asked.tag.as_deref(),
        asked.digest.as_deref(),
        asked.repository.as_deref(),
        asked.ending.as_deref(),
        asked.limit
    )
    .fetch_all(db)
    .await?;
    let name = |name: Option<String>| {
        Place::Mirror(name.unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned())
    };
    rows.into_iter().map(|row| row.holding(name)).collect()
}

/// What the destinations' repositories were last seen to hold of a tag of these mirrors, by mirror.
///
/// The newest of the tag's items are looked at: what is older than so many runs tells nothing of today.
pub async fn of_tag(
    db: impl PgExecutor<'_>,
    organization: &OrgName,
    mirrors: &[RepoName],
    tag: &Tag,
) -> Result<HashMap<RepoName, Vec<Holding>>, StoreError> {
    let names: Vec<String> = mirrors.iter().map(ToString::to_string).collect();
    let rows = sqlx::query!(
        r#"with looked as (
               select m.mirror, i.id, i.target_host, i.target_repository, i.digest, i.target_digest, i.coverage, i.run_id,
                      i.destination_id, coalesce(i.finished_at, i.updated_at) as arrived_at,
                      coalesce(greatest(i.finished_at, i.checked_at), i.updated_at) as seen_at
               from unnest($2::text[]) as m (mirror)
               cross join lateral (
                   select n.*, r.destination_id from items n join runs r on r.id = n.run_id
                   where n.tag = $3 and n.mirror = m.mirror and n.state in ('succeeded', 'unchanged')
                     and r.organization = $1
                   order by n.run_id desc limit $4) i
           )
           select distinct on (l.mirror, l.target_host, l.target_repository)
                  l.mirror as "mirror!", d.name as "name?", l.target_host || '/' || l.target_repository as "address!",
                  l.digest as "digest!", l.target_digest as "target_digest?", l.seen_at as "seen_at!",
                  l.run_id as "run!: RunId", l.coverage as "coverage?",
                  (select min(o.arrived_at) from looked o
                   where o.mirror = l.mirror and o.target_host = l.target_host
                     and o.target_repository = l.target_repository and o.digest = l.digest) as "since?"
           from looked l left join destinations d on d.id = l.destination_id
           order by l.mirror, l.target_host, l.target_repository, l.id desc"#,
        organization.as_str(),
        &names,
        tag.as_str(),
        MOST_ITEMS
    )
    .fetch_all(db)
    .await?;
    let mut found: HashMap<RepoName, Vec<Holding>> = HashMap::new();
    for row in rows {
        let seen = Row {
            name: row.name,
            address: row.address,
            tag: tag.to_string(),
            now_digest: row.digest.clone(),
            digest: row.digest,
            target_digest: row.target_digest,
            since: row.since,
            seen_at: row.seen_at,
            run: row.run,
            coverage: row.coverage,
            now_since: row.seen_at,
            now_run: row.run,
        };
        found.entry(parsed("items.mirror", &row.mirror)?).or_default().push(seen.holding(Place::Destination)?);
    }
    Ok(found)
}
