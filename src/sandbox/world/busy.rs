//! Counts what runs in the background, so that a test can wait until the world is quiet.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::World;

/// The count.
#[derive(Debug, Default)]
pub struct Busy {
    running: AtomicUsize,
    quiet: Notify,
}

/// Something that runs; dropping it says it ended.
pub struct Task {
    world: World,
}

impl Busy {
    /// Counts one more.
    pub fn begin(&self, world: World) -> Task {
        self.running.fetch_add(1, Ordering::SeqCst);
        Task { world }
    }

    /// Waits until nothing runs.
    pub async fn wait(&self) {
        loop {
            // Asked for before the count is read, so that an end in between is not missed.
            let quiet = self.quiet.notified();
            if self.running.load(Ordering::SeqCst) == 0 {
                return;
            }
            quiet.await;
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        let busy = self.world.busy();
        if busy.running.fetch_sub(1, Ordering::SeqCst) == 1 {
            busy.quiet.notify_waiters();
        }
    }
}
