//! `pace`: a run of 2,000 small digests with one worker, then the same with two, and whose CPU it takes. Each has a world, a
//! database and a destination of its own.

use std::time::{Duration, Instant};

use anyhow::{bail, ensure};

use crate::cost;
use crate::postgres::Postgres;
use crate::processes::Process;
use crate::run::{Progress, Run};
use crate::sandbox::Shape;
use crate::scene::Scene;
use crate::table::Table;

/// 2,000 digests.
const SHAPE: Shape = Shape { mirrors: 4, digests: 500, tags: 1, platforms: 1 };
/// Between two looks at the run: seldom, since looking costs too.
const PULSE: Duration = Duration::from_secs(1);
/// How long one run may take.
const PATIENCE: Duration = Duration::from_mins(30);

/// The columns of its table.
pub const COLUMNS: [&str; 9] = [
    "what",
    "wall",
    "digests a second",
    "CPU of each worker",
    "CPU of serve",
    "CPU of the sandbox",
    "CPU of PostgreSQL",
    "cores busy with it",
    "peak memory of a worker",
];

/// Measures, and says what was wrong.
pub async fn measure(table: &mut Table) -> anyhow::Result<Vec<String>> {
    let (one, mut wrong) = run(table, 1, None).await?;
    let (_, more) = run(table, 2, Some(one)).await?;
    wrong.extend(more);
    Ok(wrong)
}

/// One run with so many workers, `base` seconds are what one worker took; its seconds, and what did not arrive.
async fn run(table: &mut Table, number: usize, base: Option<f64>) -> anyhow::Result<(f64, Vec<String>)> {
    let name = format!("pace-{number}");
    let postgres = Postgres::start().await?;
    let scene = Scene::set(&name, SHAPE, &postgres, &["serve", "--no-work"], &[]).await?;
    let workers = (1..=number).map(|worker| scene.ferry.start(&format!("work-{worker}"), &["work"]));
    let workers: Vec<Process> = workers.collect::<Result<_, _>>()?;
    let rule = scene.rule().await?;
    // Their start is not what is measured.
    tokio::time::sleep(Duration::from_secs(3)).await;

    let spent = || Spent {
        workers: workers.iter().map(Process::cpu).collect(),
        serve: scene.serve.cpu(),
        sandbox: cost::of_family(scene.sandbox.id()),
        postgres: postgres.cpu(),
    };
    let (before, begun) = (spent(), Instant::now());
    let mut run = Run::new(scene.run(&rule).await?);
    let mut progress = Progress::default();
    while !progress.is_over() {
        tokio::time::sleep(PULSE).await;
        progress = run.look(&scene.database).await?;
        if progress.total == 0
            && let Some(failure) = run.plan_failure(&scene.database).await?
        {
            bail!("the run could not be planned: {failure}");
        }
        ensure!(begun.elapsed() < PATIENCE, "{} of {} tags are over", progress.over, progress.total);
    }
    let spent = spent().since(&before);
    let wall = run.wall(&scene.database).await?;
    let ratio = base.map(|base| format!(" ({:.2})", wall / base)).unwrap_or_default();
    let memory = workers.iter().map(Process::peak_memory).fold(0.0, f64::max);
    let each: Vec<String> = spent.workers.iter().map(|seconds| format!("{seconds:.1} s")).collect();
    table.add(&[
        format!("{number} worker{}", if number == 1 { "" } else { "s" }),
        format!("{wall:.1} s{ratio}"),
        format!("{:.1}", f64::from(progress.total) / wall),
        each.join(", "),
        format!("{:.1} s", spent.serve),
        format!("{:.1} s", spent.sandbox),
        format!("{:.1} s", spent.postgres),
        format!("{:.2}", spent.all() / wall),
        format!("{memory:.1} MiB"),
    ]);
    Ok((wall, run.not_arrived(&scene.database).await?))
}

/// Seconds of CPU.
struct Spent {
    workers: Vec<f64>,
    serve: f64,
    sandbox: f64,
    postgres: f64,
}

impl Spent {
    fn since(self, before: &Self) -> Self {
        Self {
            workers: self.workers.iter().zip(&before.workers).map(|(now, then)| now - then).collect(),
            serve: self.serve - before.serve,
            sandbox: self.sandbox - before.sandbox,
            postgres: self.postgres - before.postgres,
        }
    }

    fn all(&self) -> f64 {
        self.workers.iter().sum::<f64>() + self.serve + self.sandbox + self.postgres
    }
}
