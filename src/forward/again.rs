//! When what failed is tried again: after a pause that the other side asked for, or later each time.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use chrono::{DateTime, TimeDelta, Utc};

use super::ForwardError;
use crate::app::App;
use crate::queue::{Job, Retried};
use crate::store;

/// Pauses between tries: 3 s, 9 s, 27 s and 81 s, each up to twice as long, so that what failed together does not come
/// back together.
const SHORTEST: Duration = Duration::from_secs(3);
const FACTOR: f32 = 3.0;
/// What is asked to wait for longer has failed: somebody should know.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(24);

/// What happens after a try that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The other side named the moment from which it may be asked again; this does not count as a try.
    Wait(DateTime<Utc>),
    Retry(DateTime<Utc>),
    Over,
}

impl Next {
    /// Decides; `since`: when the work was begun, `last`: the queue will not begin this job again.
    pub(super) fn after(
        error: &ForwardError,
        job: &impl Retried,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
        last: bool,
    ) -> Self {
        if last || !error.retryable() {
            return Self::Over;
        }
        match error.until() {
            Some(until) if until - since <= LONGEST_WAIT => Self::Wait(until.max(now + TimeDelta::seconds(1))),
            Some(_) => Self::Over,
            None if job.is_last() => Self::Over,
            None => Self::Retry(now + pause(job.tries())),
        }
    }

    /// When it is tried again.
    pub(super) fn at(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Wait(at) | Self::Retry(at) => Some(at),
            Self::Over => None,
        }
    }
}

/// Queues the job for that moment.
pub async fn later(app: &App, job: &impl Job, at: DateTime<Utc>) -> Result<(), ForwardError> {
    let mut tx = store::begin(&app.db).await?;
    app.queue.add_at(&mut tx, job, Some(at)).await?;
    Ok(store::commit(tx).await?)
}

fn pause(tries: u32) -> TimeDelta {
    let pauses = ExponentialBuilder::default().with_min_delay(SHORTEST).with_factor(FACTOR).with_jitter();
    let pause = pauses.without_max_times().build().nth(tries as usize).unwrap_or(SHORTEST);
    TimeDelta::from_std(pause).unwrap_or(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::HubError;
    use crate::model::RunId;
    use crate::queue::RunRule;

    fn after(error: &ForwardError, tries: u32) -> Next {
        let job = (0..tries).fold(RunRule::new(RunId(uuid::Uuid::nil())), |job, _| job.again());
        Next::after(error, &job, DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH, false)
    }

    #[test]
    fn each_pause_is_longer_and_the_fifth_try_is_the_last() {
        let broken = ForwardError::Hub(HubError::Unavailable {
            what: "the list of tags".to_owned(),
            status: None,
            source: None,
        });
        for (tries, shortest) in [(0, 3), (1, 9), (2, 27), (3, 60)] {
            let Next::Retry(at) = after(&broken, tries) else { panic!("not tried again") };
            let pause = at - DateTime::UNIX_EPOCH;
            assert!(pause >= TimeDelta::seconds(shortest) && pause <= TimeDelta::seconds(shortest * 3), "{pause}");
        }
        assert_eq!(after(&broken, 4), Next::Over);
    }

    #[test]
    fn a_pause_that_was_asked_for_is_kept_and_is_no_try() {
        let until = |hours| DateTime::UNIX_EPOCH + TimeDelta::hours(hours);
        let limited = |hours| ForwardError::Hub(HubError::RateLimited { until: until(hours) });
        assert_eq!(after(&limited(2), 0), Next::Wait(until(2)));
        assert_eq!(after(&limited(2), 9), Next::Wait(until(2)));
        assert_eq!(after(&limited(48), 0), Next::Over, "nobody waits for two days unseen");
    }

    #[test]
    fn what_cannot_help_is_not_tried_again() {
        assert_eq!(after(&ForwardError::SignedOut, 0), Next::Over);
    }
}
