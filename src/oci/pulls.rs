//! Docker Hub's pull limit (`contracts/hub.md` section 2.3): a GET of a manifest counts, a HEAD is free and says what is
//! left. The last tenth is left to others, who would otherwise meet a 429 because of a copy.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderMap};

use super::error::RegistryError;
use super::manifest::accepted;
use super::registry::Repository;
use crate::model::Reference;

/// Below this part of the limit pulls go one after the other.
const SLOW_BELOW: u32 = 4;
/// This part of the limit is left to others.
const KEPT: u32 = 10;
/// The longest pause between two pulls that go one after the other.
const LONGEST_STEP: Duration = Duration::from_secs(2);
/// Part of the window after which it is looked again whether pulls came back: a quarter of an hour of six hours.
const LOOKS_IN_A_WINDOW: i32 = 24;
/// What is known for longer is looked up again before it stops anything.
const FRESH: TimeDelta = TimeDelta::seconds(10);

/// What a registry said of its pull limit last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Quota {
    limit: u32,
    left: u32,
    window: TimeDelta,
    seen_at: DateTime<Utc>,
}

/// What to do before the next pull.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Go,
    /// One after the other, with this pause.
    Step(Duration),
    /// What is known is old: a HEAD tells, for nothing.
    Look,
    /// Not before that moment.
    Stop {
        limit: u32,
        left: u32,
        until: DateTime<Utc>,
    },
}

/// The pull limit of one registry, for one credential. Nothing waits where the registry names none.
#[derive(Default)]
pub(super) struct Pulls {
    known: Mutex<Option<Quota>>,
    /// Pulls whose answer has not come: the registry may have counted them or not.
    under_way: Arc<AtomicU32>,
    /// Whoever pulls slowly does so alone.
    step: tokio::sync::Mutex<()>,
}

/// A pull under way; it counts until it is dropped.
#[derive(Debug)]
pub(super) struct Pull(Arc<AtomicU32>);

impl Drop for Pull {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Pulls {
    /// Takes over what an answer says. Answers overtake each other: while pulls are under way, only fewer is believed.
    pub(super) fn note(&self, headers: &HeaderMap, now: DateTime<Utc>) {
        let read = |name: &str| counted(headers.get(name)?.to_str().ok()?);
        if let (Some((limit, window)), Some((left, _))) = (read("ratelimit-limit"), read("ratelimit-remaining")) {
            let mut known = self.lock();
            let before = known.filter(|_| self.under_way.load(Relaxed) > 1).map_or(left, |known| known.left);
            *known = Some(Quota { limit, left: left.min(before), window, seen_at: now });
        }
    }

    /// What to do before a pull, where so many others are under way.
    fn next(&self, others: u32, now: DateTime<Utc>) -> Next {
        let Some(known) = *self.lock() else { return Next::Go };
        let Quota { limit, left, window, seen_at } = known;
        let left = left.saturating_sub(others);
        let (kept, slow) = ((limit / KEPT).max(1), limit / SLOW_BELOW);
        if left > slow {
            Next::Go
        } else if left > kept {
            Next::Step(LONGEST_STEP * (slow - left + 1) / (slow - kept + 1))
        } else if now - seen_at > FRESH.min(window / LOOKS_IN_A_WINDOW) {
            Next::Look
        } else {
            Next::Stop { limit, left, until: now + window / LOOKS_IN_A_WINDOW }
        }
    }

    /// Counts a pull, and how many others are under way.
    fn begin(&self) -> (Pull, u32) {
        let others = self.under_way.fetch_add(1, Relaxed);
        (Pull(Arc::clone(&self.under_way)), others)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Quota>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Repository {
    /// Returns when a manifest may be pulled, to be kept until its answer is there; an error says when there may be pulls
    /// again.
    pub(super) async fn pull(&self, reference: &Reference) -> Result<Pull, RegistryError> {
        let registry = &self.registry;
        let (pulls, now) = (&registry.pulls, || registry.endpoint.clock.now());
        // Counted before it is asked, so that many who ask at once see each other.
        let (pull, others) = pulls.begin();
        let mut next = pulls.next(others, now());
        if next == Next::Look {
            let head = self.call(Method::HEAD, &format!("manifests/{reference}"))?.header(ACCEPT, accepted());
            if let Err(error) = registry.send(head).await {
                // The pull itself will meet the same, and says it better.
                tracing::debug!("what is left of the pull limit of {self} is not known: {error}");
            }
            next = pulls.next(others, now());
        }
        match next {
            // A registry whose HEAD says nothing of the limit any more has none.
            Next::Go | Next::Look => {}
            Next::Step(pause) => {
                let _alone = pulls.step.lock().await;
                tokio::time::sleep(pause).await;
            }
            Next::Stop { limit, left, until } => {
                let host = registry.host().clone();
                return Err(RegistryError::PullsLow { host, limit, left, until });
            }
        }
        Ok(pull)
    }
}

/// `20;w=21600`: a number, and the seconds it is for.
fn counted(text: &str) -> Option<(u32, TimeDelta)> {
    let (number, rest) = text.split_once(';').unwrap_or((text, ""));
    let seconds = rest.split(';').find_map(|part| part.trim().strip_prefix("w=")?.parse().ok()).unwrap_or(21_600);
    Some((number.trim().parse().ok()?, TimeDelta::try_seconds(seconds).filter(|window| !window.is_zero())?))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn said(limit: &'static str, left: &'static str, now: DateTime<Utc>) -> Pulls {
        let pulls = Pulls::default();
        pulls.note(&headers(limit, left), now);
        pulls
    }

    fn headers(limit: &'static str, left: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("ratelimit-limit", HeaderValue::from_static(limit));
        headers.insert("ratelimit-remaining", HeaderValue::from_static(left));
        headers
    }

    #[test]
    fn pulls_slow_down_before_the_limit_and_stop_before_it_is_reached() {
        let now = DateTime::UNIX_EPOCH;
        let next = |left| said("100;w=21600", left, now).next(0, now);
        assert_eq!(next("100;w=21600"), Next::Go);
        assert_eq!(next("26;w=21600"), Next::Go);
        let Next::Step(early) = next("25;w=21600") else { panic!("not slow") };
        let Next::Step(late) = next("11;w=21600") else { panic!("not slow") };
        assert!(early < late && late <= LONGEST_STEP, "{early:?} {late:?}");
        let until = now + TimeDelta::minutes(15);
        assert_eq!(next("10;w=21600"), Next::Stop { limit: 100, left: 10, until });
    }

    #[test]
    fn what_was_seen_a_while_ago_is_looked_up_before_it_stops_anything() {
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(said("100;w=21600", "3;w=21600", now).next(0, now + TimeDelta::minutes(1)), Next::Look);
    }

    #[test]
    fn a_registry_that_says_nothing_has_no_limit() {
        assert_eq!(Pulls::default().next(0, DateTime::UNIX_EPOCH), Next::Go);
        assert_eq!(said("many", "few", DateTime::UNIX_EPOCH).next(0, DateTime::UNIX_EPOCH), Next::Go);
        assert_eq!(counted("20;w=60"), Some((20, TimeDelta::seconds(60))));
        assert_eq!(counted("20"), Some((20, TimeDelta::hours(6))));
        assert_eq!(counted("20;w=0"), None);
    }

    #[test]
    fn pulls_under_way_count_and_an_answer_that_was_overtaken_is_not_believed() {
        let now = DateTime::UNIX_EPOCH;
        let pulls = said("100;w=21600", "27;w=21600", now);
        let (one, two) = (pulls.begin(), pulls.begin());
        assert!(matches!(pulls.next(2, now), Next::Step(_)), "25 are left when both are counted");
        let again = |left| pulls.note(&headers("100;w=21600", left), now);
        again("20;w=21600");
        again("26;w=21600");
        assert_eq!(pulls.lock().map(|known| known.left), Some(20), "the second answer is the older one");
        drop((one, two));
        again("90;w=21600");
        assert_eq!(pulls.next(0, now), Next::Go, "a new window");
    }
}
