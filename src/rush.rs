//! A rush: while many callers wait to be answered, work that nobody waits for stands back.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How long a rush goes on after it was last noticed.
const LASTS: Duration = Duration::from_millis(250);
/// How long work stands back at most, so that a rush without an end does not stop it.
const LONGEST: Duration = Duration::from_secs(2);

/// Whether there is a rush in this process.
#[derive(Clone, Debug, Default)]
pub struct Rush(Arc<Mutex<Option<Instant>>>);

impl Rush {
    /// Many wait at this moment.
    pub fn notice(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + LASTS);
    }

    /// Waits until the rush is over, for two seconds at most.
    pub async fn over(&self) {
        let latest = Instant::now() + LONGEST;
        while let Some(until) = self.until().filter(|_| Instant::now() < latest) {
            sleep_until(until.min(latest)).await;
        }
    }

    fn until(&self) -> Option<Instant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).filter(|until| Instant::now() < *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_stands_back_while_there_is_a_rush_and_goes_on_all_the_same() {
        let (rush, begun) = (Rush::default(), Instant::now());
        rush.over().await;
        assert!(begun.elapsed() < LASTS, "nobody waits");
        rush.notice();
        rush.over().await;
        assert!(begun.elapsed() >= LASTS && begun.elapsed() < LONGEST);
        let (again, noticing) = (Instant::now(), rush.clone());
        let callers = tokio::spawn(async move {
            loop {
                noticing.notice();
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        tokio::time::sleep(Duration::from_millis(1)).await;
        rush.over().await;
        callers.abort();
        assert!(again.elapsed() >= LONGEST && again.elapsed() < LONGEST * 2, "{:?}", again.elapsed());
    }
}
