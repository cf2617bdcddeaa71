//! How fast one registry is asked: requests and bytes per second, and until when it wants to be left alone.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::time::Instant;

use super::registry::Budget;

/// The rates of one registry; without a limit nothing waits here.
pub(super) struct Pace {
    requests: Option<DefaultDirectRateLimiter>,
    bytes: Option<(DefaultDirectRateLimiter, NonZeroU32)>,
}

impl Pace {
    pub(super) fn new(budget: Budget) -> Self {
        // A tenth of a second's worth at once: a registry that counts by the second must not meet two seconds' worth in one.
        let burst = |rate: NonZeroU32| NonZeroU32::new(rate.get() / 10).unwrap_or(NonZeroU32::MIN);
        let limiter = |rate, burst| RateLimiter::direct(Quota::per_second(rate).allow_burst(burst));
        Self {
            requests: budget.requests_per_second.map(|rate| limiter(rate, burst(rate))),
            bytes: budget.bytes_per_second.map(|rate| (limiter(rate, burst(rate)), burst(rate))),
        }
    }

    /// Returns when one more request may leave.
    pub(super) async fn request(&self) {
        if let Some(limiter) = &self.requests {
            limiter.until_ready().await;
        }
    }

    /// Returns when that many more bytes may have crossed.
    pub(super) async fn bytes(&self, count: usize) {
        let Some((limiter, burst)) = &self.bytes else { return };
        let mut left = u32::try_from(count).unwrap_or(u32::MAX);
        while let Some(piece) = NonZeroU32::new(left.min(burst.get())) {
            // More than the burst is never asked for, so there is always a moment at which it fits.
            if limiter.until_n_ready(piece).await.is_err() {
                return;
            }
            left -= piece.get();
        }
    }
}

/// Until when everybody leaves this registry alone, after it asked for that.
#[derive(Default)]
pub(super) struct Pause(Mutex<Option<Instant>>);

impl Pause {
    pub(super) async fn over(&self) {
        while let Some(left) = self.left() {
            tokio::time::sleep(left).await;
        }
    }

    pub(super) fn extend(&self, by: Duration) {
        let until = Instant::now() + by;
        let mut pause = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *pause = Some(pause.map_or(until, |old| old.max(until)));
    }

    /// The end of the pause that is on, by the clock of people.
    pub(super) fn until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        now.checked_add_signed(TimeDelta::from_std(self.left()?).ok()?)
    }

    fn left(&self) -> Option<Duration> {
        let until = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        Some(until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_rate_lets_no_more_through_than_it_says() {
        let budget = Budget {
            requests_per_second: NonZeroU32::new(50),
            bytes_per_second: NonZeroU32::new(1_000_000),
            ..Budget::default()
        };
        let pace = Pace::new(budget);
        let began = Instant::now();
        for _ in 0..30 {
            pace.request().await;
        }
        // Five at once, then one every 20 ms.
        assert!(began.elapsed() >= Duration::from_millis(490), "{:?}", began.elapsed());

        let began = Instant::now();
        for _ in 0..3 {
            pace.bytes(200_000).await;
        }
        assert!(began.elapsed() >= Duration::from_millis(490), "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn without_a_limit_nothing_waits() {
        let pace = Pace::new(Budget::default());
        let waited = async {
            for _ in 0..10_000 {
                pace.request().await;
                pace.bytes(usize::MAX).await;
            }
        };
        assert!(tokio::time::timeout(Duration::from_secs(5), waited).await.is_ok());
    }
}
