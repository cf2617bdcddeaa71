//! `deliveries`: a thousand calls of Docker Hub a second for a minute, to a console that works on the runs they lead to.

use std::time::{Duration, Instant};

use anyhow::ensure;
use sqlx::PgPool;

use crate::arrivals::{self, Answer, Hook, Kind, Sent};
use crate::postgres::Postgres;
use crate::sandbox::Shape;
use crate::scene::Scene;
use crate::table::Table;

/// 20 mirrors with 30 tags each.
const SHAPE: Shape = Shape { mirrors: 20, digests: 5, tags: 6, platforms: 1 };
/// Calls.
const NUMBER: usize = 60_000;
/// Between two of them.
const EACH: Duration = Duration::from_millis(1);
/// How long the runs may take that they led to.
const PATIENCE: Duration = Duration::from_mins(10);

/// The columns of its table.
pub const COLUMNS: [&str; 15] = [
    "what",
    "sent",
    "answered",
    "accepted",
    "repeated",
    "refused",
    "unknown address",
    "sent away (503)",
    "p50",
    "p99",
    "max",
    "hints and runs",
    "all over after",
    "CPU of serve",
    "its peak memory",
];

/// Measures, and says what was wrong.
pub async fn measure(table: &mut Table) -> anyhow::Result<Vec<String>> {
    let postgres = Postgres::start().await?;
    let scene = Scene::set("deliveries", SHAPE, &postgres, &["serve"], &[]).await?;
    scene.rule().await?;
    let mut hooks = Vec::new();
    for mirror in SHAPE.mirrors() {
        hooks.push(Hook { address: scene.hook(&mirror).await?, mirror });
    }
    let tags: Vec<String> = (0..SHAPE.digests).flat_map(|digest| SHAPE.tags_of(digest)).collect();
    let calls = arrivals::calls(&hooks, &tags, NUMBER);

    let (cpu, begun) = (scene.serve.cpu(), Instant::now());
    let sent = arrivals::send(calls, EACH).await?;
    let under_load = scene.serve.cpu() - cpu;
    eprintln!("deliveries: the last answer came after {:.1} s; waiting for the runs", begun.elapsed().as_secs_f64());
    let answered_after = begun.elapsed();
    let kept = Kept::read(&scene.database).await?;
    settle(&scene.database).await?;
    let after = begun.elapsed().saturating_sub(answered_after);
    let led_to = LedTo::read(&scene.database).await?;

    let times = Times::of(&sent.answers);
    table.add(&[
        "deliveries".to_owned(),
        sent.answers.len().to_string(),
        sent.answers.iter().filter(|one| one.status.is_some()).count().to_string(),
        kept.accepted.to_string(),
        kept.repeated.to_string(),
        kept.refused.to_string(),
        count(&sent.answers, |one| one.status == Some(404)).to_string(),
        count(&sent.answers, |one| one.status == Some(503)).to_string(),
        milliseconds(times.half),
        milliseconds(times.most),
        milliseconds(times.longest),
        format!("{} and {}", led_to.hints, led_to.runs),
        format!("{:.1} s", after.as_secs_f64()),
        format!("{under_load:.1} s ({:.1} s with all runs)", scene.serve.cpu() - cpu),
        format!("{:.1} MiB", scene.serve.peak_memory()),
    ]);
    eprintln!("deliveries: we were behind our own schedule by {} at most", milliseconds(sent.late));
    Ok(judged(&sent, &kept, &led_to))
}

/// What does not add up.
fn judged(sent: &Sent, kept: &Kept, led_to: &LedTo) -> Vec<String> {
    let answers = &sent.answers;
    let mut wrong = Vec::new();
    let mut same = |what: &str, one: i64, other: i64| {
        if one != other {
            wrong.push(format!("{what}: {one} and not {other}"));
        }
    };
    same("calls that were answered", count(answers, |one| one.status.is_some()), count(answers, |_| true));
    same("calls that were sent away", count(answers, |one| one.status == Some(503)), 0);
    let otherwise = |one: &Answer| one.status.is_some_and(|status| status != one.kind.status() && status != 503);
    same("calls with another answer than theirs", count(answers, otherwise), 0);
    let pushes = |status: u16| move |one: &Answer| one.kind == Kind::Push && one.status == Some(status);
    same("deliveries kept of those answered 202", kept.accepted + kept.repeated, count(answers, pushes(202)));
    let refused = |one: &Answer| matches!(one.status, Some(400 | 413 | 422));
    same("refusals kept of those answered so", kept.refused, count(answers, refused));
    // Whichever of a burst comes first is the one that is accepted.
    let first = |one: &Answer| one.kind == Kind::Push && !one.is_repeat;
    same("pushes that were accepted", kept.accepted, count(answers, first));
    same("deliveries that were accepted without a hint", kept.without_hint, 0);
    same("deliveries counted by their hints", led_to.counted, kept.with_hint);
    same("runs that hints led to", led_to.runs, led_to.hints);
    same("tags that did not arrive", led_to.not_arrived, 0);
    same("runs that could not be planned", led_to.not_planned, 0);
    wrong
}

/// The deliveries that were written; calls to unknown addresses are only counted, a line a minute at most.
struct Kept {
    accepted: i64,
    repeated: i64,
    refused: i64,
    with_hint: i64,
    without_hint: i64,
}

impl Kept {
    async fn read(database: &PgPool) -> anyhow::Result<Self> {
        let (accepted, repeated, refused, with_hint, without_hint) = sqlx::query_as(
            "select count(*) filter (where refusal is null and not duplicate),
                    count(*) filter (where refusal is null and duplicate),
                    count(*) filter (where refusal is not null),
                    count(*) filter (where hint_id is not null),
                    count(*) filter (where refusal is null and not duplicate and hint_id is null)
             from deliveries where organization is not null",
        )
        .fetch_one(database)
        .await?;
        Ok(Self { accepted, repeated, refused, with_hint, without_hint })
    }
}

/// What the deliveries led to.
struct LedTo {
    hints: i64,
    counted: i64,
    runs: i64,
    not_planned: i64,
    not_arrived: i64,
}

impl LedTo {
    async fn read(database: &PgPool) -> anyhow::Result<Self> {
        let (hints, counted, runs, not_planned, not_arrived) = sqlx::query_as(
            "select (select count(*) from hints), (select coalesce(sum(deliveries), 0)::bigint from hints),
                    (select count(*) from hint_runs),
                    (select count(*) from runs where planned_at is null or plan_failure is not null),
                    (select count(*) from items where state not in ('succeeded', 'unchanged'))",
        )
        .fetch_one(database)
        .await?;
        Ok(Self { hints, counted, runs, not_planned, not_arrived })
    }
}

/// Waits until each hint is taken and each run it led to is over.
async fn settle(database: &PgPool) -> anyhow::Result<()> {
    let begun = Instant::now();
    loop {
        let left: i64 = sqlx::query_scalar(
            "select (select count(*) from hints where taken_at is null)
                  + (select count(*) from runs where planned_at is null and plan_failure is null)
                  + (select count(*) from items where state in ('queued', 'running', 'waiting', 'retrying'))",
        )
        .fetch_one(database)
        .await?;
        if left == 0 {
            return Ok(());
        }
        ensure!(begun.elapsed() < PATIENCE, "{left} hints, runs and tags are still open");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// How long answers took.
struct Times {
    half: Duration,
    most: Duration,
    longest: Duration,
}

impl Times {
    fn of(answers: &[Answer]) -> Self {
        let mut took: Vec<Duration> = answers.iter().filter(|one| one.status.is_some()).map(|one| one.took).collect();
        took.sort_unstable();
        let at = |hundredths: usize| took.get(took.len() * hundredths / 100).copied().unwrap_or_default();
        Self { half: at(50), most: at(99), longest: took.last().copied().unwrap_or_default() }
    }
}

fn count(answers: &[Answer], fits: impl Fn(&Answer) -> bool) -> i64 {
    i64::try_from(answers.iter().filter(|one| fits(one)).count()).unwrap_or(i64::MAX)
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
