//! The trouble of `chaos`: SIGKILL for one of the processes, again and again at random moments, each started again at once;
//! and restarts of PostgreSQL in between, every second one as if it had crashed.

use std::sync::Arc;
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::postgres::{Postgres, Stop};
use crate::processes::{Ferry, Process};
use crate::run::Progress;

/// Processes that are killed.
pub const KILLS: u32 = 50;
/// Restarts of PostgreSQL.
pub const RESTARTS: u32 = 10;
/// The shortest mean time between two kills.
const LEAST: Duration = Duration::from_millis(1_500);
/// By when, as a part of the run, all kills are to have happened: where the run is ahead of that, the next comes at once.
const BY: f64 = 0.7;

/// How far it is.
pub struct Storm {
    pub kills: u32,
    pub restarts: u32,
    /// Processes that ended by themselves, as where they find no database.
    pub gave_up: u32,
    postgres: Arc<Postgres>,
    restart: Option<JoinHandle<anyhow::Result<()>>>,
    chance: SmallRng,
    mean: Duration,
    next: Instant,
}

impl Storm {
    /// Over as long as an undisturbed run takes; `seed` decides its moments.
    pub fn new(postgres: &Arc<Postgres>, undisturbed: Duration, seed: u64) -> Self {
        let mean = (undisturbed / KILLS).max(LEAST);
        Self {
            kills: 0,
            restarts: 0,
            gave_up: 0,
            postgres: Arc::clone(postgres),
            restart: None,
            chance: SmallRng::seed_from_u64(seed),
            mean,
            next: Instant::now() + mean,
        }
    }

    /// Does what is due at this moment.
    pub async fn blow(&mut self, ferry: &Ferry, processes: &mut [Process], run: Progress) -> anyhow::Result<()> {
        for process in processes.iter_mut() {
            if process.has_ended()? {
                self.gave_up += 1;
                ferry.again(process)?;
            }
        }
        if self.restart.as_ref().is_some_and(JoinHandle::is_finished) {
            self.finish_restart().await?;
        }
        if self.restart.is_none() && self.restarts < RESTARTS && self.restarts < self.kills * RESTARTS / KILLS {
            self.begin_restart();
        }
        let is_late = run.share() > BY * f64::from(self.kills) / f64::from(KILLS) + 0.05;
        if self.kills < KILLS && (Instant::now() >= self.next || is_late) {
            let victim = &mut processes[self.chance.random_range(0..processes.len())];
            victim.kill().await?;
            ferry.again(victim)?;
            self.kills += 1;
            self.next = Instant::now() + self.mean.mul_f64(self.chance.random_range(0.1..1.9));
        }
        Ok(())
    }

    /// All of it has happened.
    pub fn is_over(&self) -> bool {
        self.kills == KILLS && self.restarts == RESTARTS && self.restart.is_none()
    }

    /// Waits for a restart that is under way.
    pub async fn finish_restart(&mut self) -> anyhow::Result<()> {
        match self.restart.take() {
            Some(restart) => restart.await?,
            None => Ok(()),
        }
    }

    fn begin_restart(&mut self) {
        let how = if self.restarts.is_multiple_of(2) { Stop::Immediate } else { Stop::Fast };
        // Also the moment within the next second is left to chance, and nothing waits for it.
        let pause = Duration::from_millis(self.chance.random_range(0..1_000));
        let postgres = Arc::clone(&self.postgres);
        self.restarts += 1;
        self.restart = Some(tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            postgres.restart(how).await
        }));
    }
}
