//! `chaos`: a run of 500 tags while processes are killed and PostgreSQL is restarted, beside the same run undisturbed; and
//! whether what came of it is the same.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use sqlx::PgPool;

use crate::compare::{self, Same};
use crate::postgres::Postgres;
use crate::processes::Process;
use crate::run::{Progress, Run};
use crate::sandbox::Shape;
use crate::scene::Scene;
use crate::storm::{KILLS, RESTARTS, Storm};
use crate::table::Table;

/// 500 tags on 100 digests.
const SHAPE: Shape = Shape { mirrors: 4, digests: 25, tags: 5, platforms: 2 };
/// Between two looks at the run.
const PULSE: Duration = Duration::from_millis(200);
/// How long one run may take.
const PATIENCE: Duration = Duration::from_mins(20);
/// How long the database may be silent.
const SILENCE: Duration = Duration::from_mins(2);
/// How long jobs that are done may still stand in the queue.
const LEFTOVERS: Duration = Duration::from_mins(1);

/// The columns of its table.
pub const COLUMNS: [&str; 9] = [
    "what",
    "wall",
    "SIGKILLs",
    "restarts of PostgreSQL",
    "processes that gave up by themselves",
    "tags",
    "begun again",
    "most tries of a tag",
    "the same at the destination",
];

/// Notes every change of an item that had ended, also one that nobody happens to look at.
const WITNESS: &str = "
    create table changed_after_its_end (item uuid, was text, became text);
    create function witness() returns trigger language plpgsql as $$
    begin
        insert into changed_after_its_end
        values (old.id, row(old.state, old.finished_at, old.attempts)::text, row(new.state, new.finished_at, new.attempts)::text);
        return null;
    end $$;
    create trigger witness after update on items for each row
    when (old.state in ('succeeded', 'unchanged', 'failed', 'cancelled')
          and (old.state, old.finished_at, old.attempts) is distinct from (new.state, new.finished_at, new.attempts))
    execute function witness();";

/// Measures, and says what was wrong.
pub async fn measure(table: &mut Table) -> anyhow::Result<Vec<String>> {
    let postgres = Arc::new(Postgres::start().await?);
    let seed = std::env::var("SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let calm = round(&postgres, "undisturbed", None).await?;
    table.add(&calm.cells("undisturbed"));
    let undisturbed = Duration::from_secs_f64(calm.wall);
    let storm = round(&postgres, "disturbed", Some(Storm::new(&postgres, undisturbed, seed))).await?;
    table.add(&storm.cells(&format!("disturbed ({:.2})", storm.wall / calm.wall)));
    let wrong = |name: &'static str, round: Round| round.wrong.into_iter().map(move |one| format!("{name}: {one}"));
    Ok(wrong("undisturbed", calm).chain(wrong("disturbed", storm)).collect())
}

/// One run, and what is there after it.
struct Round {
    /// Seconds.
    wall: f64,
    kills: u32,
    restarts: u32,
    gave_up: u32,
    history: History,
    same: Same,
    wrong: Vec<String>,
}

impl Round {
    fn cells(&self, name: &str) -> [String; 9] {
        [
            name.to_owned(),
            format!("{:.1} s", self.wall),
            self.kills.to_string(),
            self.restarts.to_string(),
            self.gave_up.to_string(),
            self.history.tags.to_string(),
            self.history.begun_again.to_string(),
            self.history.most_tries.to_string(),
            self.same.words(),
        ]
    }
}

/// A fresh world and an empty database, so that neither run finds anything of the other.
async fn round(postgres: &Arc<Postgres>, name: &str, mut storm: Option<Storm>) -> anyhow::Result<Round> {
    let settings = [("FERRY_WORKER_TIMEOUT", "4")];
    let scene = Scene::set(name, SHAPE, postgres, &["serve"], &settings).await?;
    let rule = scene.rule().await?;
    let (ferry, database) = (&scene.ferry, &scene.database);
    sqlx::raw_sql(WITNESS).execute(database).await?;
    let workers = [ferry.start("work-1", &["work"])?, ferry.start("work-2", &["work"])?];
    let mut run = Run::new(scene.run(&rule).await?);
    let mut processes: Vec<Process> = [scene.serve].into_iter().chain(workers).collect();

    let (begun, mut seen, mut progress) = (Instant::now(), Instant::now(), Progress::default());
    while !progress.is_over() {
        match run.look(database).await {
            Ok(now) => (progress, seen) = (now, Instant::now()),
            Err(error) if storm.is_none() || seen.elapsed() > SILENCE => return Err(error.into()),
            Err(_) => {}
        }
        if progress.total == 0
            && let Ok(Some(failure)) = run.plan_failure(database).await
        {
            bail!("the run could not be planned: {failure}");
        }
        ensure!(begun.elapsed() < PATIENCE, "{} of {} tags are over", progress.over, progress.total);
        if let Some(storm) = &mut storm {
            storm.blow(ferry, &mut processes, progress).await?;
        }
        tokio::time::sleep(PULSE).await;
    }

    let mut wrong = Vec::new();
    if let Some(storm) = &mut storm {
        if !storm.is_over() {
            wrong.push(format!(
                "the run was over after {} of {KILLS} kills and {} of {RESTARTS} restarts",
                storm.kills, storm.restarts
            ));
        }
        storm.finish_restart().await?;
        // Whatever ended by itself in the last moment must not be missing for the rest.
        for process in &mut processes {
            if process.has_ended()? {
                ferry.again(process)?;
            }
        }
    }
    wrong.extend(leftovers(database).await?);
    run.look(database).await?;
    wrong.append(&mut run.changed);
    wrong.extend(run.not_arrived(database).await?);
    let history = History::read(database, &run).await?;
    wrong.extend(history.wrong());
    let same = compare::all(SHAPE, &scene.sandbox.addresses).await?;
    wrong.extend(same.wrong.iter().cloned());
    let (kills, restarts, gave_up) = storm.map_or((0, 0, 0), |storm| (storm.kills, storm.restarts, storm.gave_up));
    Ok(Round { wall: run.wall(database).await?, kills, restarts, gave_up, history, same, wrong })
}

/// Waits until nothing in the queue can begin: a job whose worker died after its work was done is taken once more, and does
/// nothing. One that was replaced by another of its key while its worker died never begins again; the sweep removes it.
async fn leftovers(database: &PgPool) -> anyhow::Result<Option<String>> {
    let begun = Instant::now();
    loop {
        let left: Vec<String> = sqlx::query_scalar(
            "select concat_ws(' ', key, case when locked_by is not null then 'held by ' || locked_by end,
                              'due in', extract(epoch from run_at - now())::integer, 's, attempt', attempts, last_error)
             from ferry_queue._private_jobs where attempts < max_attempts or locked_by is not null",
        )
        .fetch_all(database)
        .await?;
        if left.is_empty() {
            return Ok(None);
        }
        if begun.elapsed() > LEFTOVERS {
            return Ok(Some(format!("still in the queue: {}", left.join("; "))));
        }
        tokio::time::sleep(PULSE).await;
    }
}

/// What the history says of the run.
struct History {
    tags: i64,
    begun_again: i64,
    most_tries: i32,
    gaps: i64,
    /// Items that changed after their end.
    changed: Vec<String>,
}

impl History {
    async fn read(database: &PgPool, run: &Run) -> anyhow::Result<Self> {
        let (tags, begun_again, most_tries, gaps) = sqlx::query_as(
            "select count(*), count(*) filter (where attempts > 1), coalesce(max(attempts), 0),
                    count(*) filter (where attempts < 1 or started_at is null or finished_at is null
                                        or finished_at < started_at)
             from items where run_id = $1",
        )
        .bind(run.id)
        .fetch_one(database)
        .await
        .context("the history cannot be read")?;
        let changed =
            sqlx::query_scalar("select item::text || ': ' || was || ' became ' || became from changed_after_its_end");
        Ok(Self { tags, begun_again, most_tries, gaps, changed: changed.fetch_all(database).await? })
    }

    fn wrong(&self) -> Vec<String> {
        let mut wrong = self.changed.clone();
        if self.gaps > 0 {
            wrong.push(format!("{} tags have a gap in their history", self.gaps));
        }
        let all = i64::try_from(SHAPE.mirrors * SHAPE.digests * SHAPE.tags).unwrap_or(i64::MAX);
        if self.tags != all {
            wrong.push(format!("the run has {} tags and not {all}", self.tags));
        }
        wrong
    }
}
