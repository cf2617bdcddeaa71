//! Tells a slow upload from a dead one: reqwest's own read time-out would end every upload that takes longer.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::time::Instant;

/// Beats whenever a piece of an upload is taken by the connection.
#[derive(Debug)]
pub(super) struct Heartbeat {
    born: Instant,
    last_ms: AtomicU64,
    all_sent: AtomicBool,
}

impl Heartbeat {
    pub(super) fn new() -> Self {
        Self { born: Instant::now(), last_ms: AtomicU64::new(0), all_sent: AtomicBool::new(false) }
    }

    pub(super) fn beat(&self) {
        self.last_ms.store(u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX), Relaxed);
    }

    /// Everything is handed over; what follows is the registry's own time.
    pub(super) fn last_beat(&self) {
        self.beat();
        self.all_sent.store(true, Relaxed);
    }

    /// Returns, with the length of the silence, when there was no beat for so long.
    pub(super) async fn stops(&self, while_sending: Duration, afterwards: Duration) -> Duration {
        loop {
            let allowed = if self.all_sent.load(Relaxed) { afterwards } else { while_sending };
            let last = self.born + Duration::from_millis(self.last_ms.load(Relaxed));
            let silence = last.elapsed();
            if silence >= allowed {
                return silence;
            }
            tokio::time::sleep(allowed.saturating_sub(silence).min(Duration::from_secs(5))).await;
        }
    }
}
