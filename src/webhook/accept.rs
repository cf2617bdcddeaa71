//! Keeping deliveries: one task of the process collects what arrives within some milliseconds and writes it in one
//! transaction with the hints and their jobs. Each is answered after that, so that nothing is accepted that is not
//! kept.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::num::NonZeroU32;
use std::time::Duration;

use chrono::{DateTime, Utc};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout, timeout_at};

use super::payload::Payload;
use super::refusal::Refusal;
use crate::app::App;
use crate::forward;
use crate::hooks::secret;
use crate::queue::QueueError;
use crate::store::deliveries::{self, NewDelivery};
use crate::store::hints::{self, Arrivals, Joined, Subject};
use crate::store::{self, StoreError, Tx, hooks};

/// How long the first of some deliveries waits for others.
const PAUSE: Duration = Duration::from_millis(5);
/// Deliveries in one transaction.
const MOST: usize = 500;
/// Deliveries that wait for their transaction; more are sent away.
const MOST_WAITING: usize = 2_000;
/// So many in one transaction are a rush.
const CROWD: usize = 12;
/// How long a sender is kept waiting.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a sender hears.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// It is kept.
    Accepted,
    /// It is kept with the reason.
    Refused(Refusal),
    /// There is no such address, and nothing is kept of it.
    Unknown,
    /// It could not be kept.
    Busy,
}

/// A delivery on its way.
struct Call {
    /// Of the secret in its path, which goes no further.
    hash: Vec<u8>,
    content: Result<Payload, Refusal>,
    received_at: DateTime<Utc>,
    answer: oneshot::Sender<Answer>,
}

/// Where deliveries are handed in.
#[derive(Clone)]
pub(super) struct Inbox(mpsc::Sender<Call>);

impl Inbox {
    /// Starts the task that keeps them; it ends with the last inbox.
    pub(super) fn open(app: App) -> Self {
        let (inbox, calls) = mpsc::channel(MOST_WAITING);
        tokio::spawn(Writer { app, strangers: Strangers::default() }.run(calls));
        Self(inbox)
    }

    /// Hands one in and waits until it is kept. A secret that is known and one that is not take the same way.
    pub(super) async fn deliver(
        &self,
        secret: &str,
        content: Result<Payload, Refusal>,
        received_at: DateTime<Utc>,
    ) -> Answer {
        let (answer, heard) = oneshot::channel();
        if self.0.try_send(Call { hash: secret::hash(secret), content, received_at, answer }).is_err() {
            return Answer::Busy;
        }
        match timeout(PATIENCE, heard).await {
            Ok(Ok(answer)) => answer,
            _ => Answer::Busy,
        }
    }
}

/// Why deliveries could not be kept.
#[derive(Debug, thiserror::Error)]
enum AcceptError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

struct Writer {
    app: App,
    strangers: Strangers,
}

impl Writer {
    async fn run(mut self, mut calls: mpsc::Receiver<Call>) {
        while let Some(first) = calls.recv().await {
            let (mut batch, end) = (vec![first], Instant::now() + PAUSE);
            while batch.len() < MOST
                && let Ok(Some(next)) = timeout_at(end, calls.recv()).await
            {
                batch.push(next);
            }
            if batch.len() >= CROWD {
                self.app.rush.notice();
            }
            let answers = self.keep(&batch).await.unwrap_or_else(|error| {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, deliveries = batch.len(), "deliveries could not be kept");
                vec![Answer::Busy; batch.len()]
            });
            for (call, answer) in batch.into_iter().zip(answers) {
                // Whoever has gone away hears nothing; it is kept all the same.
                drop(call.answer.send(answer));
            }
        }
    }

    /// All of it becomes true together.
    async fn keep(&mut self, batch: &[Call]) -> Result<Vec<Answer>, AcceptError> {
        let mut tx = store::begin(&self.app.db).await?;
        let hashes: HashSet<&Vec<u8>> = batch.iter().map(|call| &call.hash).collect();
        let hashes: Vec<Vec<u8>> = hashes.into_iter().cloned().collect();
        let known = hooks::by_secrets(&mut tx, &hashes, self.app.clock.now()).await?;
        let judged: Vec<Judged<'_>> = batch.iter().map(|call| Judged::of(call, &known)).collect();
        let repeated = repeated(&mut tx, &judged).await?;
        let joined = self.hint(&mut tx, &judged, &repeated).await?;
        let rows = judged.iter().zip(&repeated).filter_map(|(one, repeated)| one.row(*repeated, &joined));
        let strangers = judged.iter().filter(|one| one.hook.is_none()).count();
        let rows: Vec<NewDelivery<'_>> = rows.chain(self.strangers.row(strangers, self.app.clock.now())).collect();
        deliveries::insert_all(&mut tx, &rows).await?;
        store::commit(tx).await?;
        Ok(judged.iter().map(Judged::answer).collect())
    }

    /// Each tag's deliveries come to its open hint. One that was never seen opens one, with the job that settles it.
    async fn hint(
        &self,
        tx: &mut Tx,
        judged: &[Judged<'_>],
        repeated: &[bool],
    ) -> Result<HashMap<Subject, Joined>, AcceptError> {
        let mut subjects: BTreeMap<&Subject, (Arrivals, bool)> = BTreeMap::new();
        for (one, repeated) in judged.iter().zip(repeated) {
            let (Ok(subject), last_at) = (&one.subject, one.call.received_at) else { continue };
            let first = || (Arrivals { subject: subject.clone(), number: 0, last_at }, false);
            let (arrivals, is_new) = subjects.entry(subject).or_insert_with(first);
            arrivals.number += 1;
            arrivals.last_at = arrivals.last_at.max(last_at);
            *is_new |= !repeated;
        }
        let (fresh, old): (Vec<_>, Vec<_>) = subjects.into_values().partition(|(_, is_new)| *is_new);
        let arrivals = |some: Vec<(Arrivals, bool)>| some.into_iter().map(|(one, _)| one).collect::<Vec<_>>();
        let (fresh, old) = (arrivals(fresh), arrivals(old));
        let mut joined = hints::open(tx, &fresh).await?;
        let jobs = forward::settling(self.app.config.settle, &fresh, &joined);
        self.app.queue.add_all(tx, &jobs).await?;
        joined.extend(hints::join(tx, &old).await?);
        Ok(joined)
    }
}

/// A delivery, the address it came to, and the tag it is about or why it is refused.
struct Judged<'a> {
    call: &'a Call,
    hook: Option<&'a hooks::Known>,
    subject: Result<Subject, Refusal>,
}

impl<'a> Judged<'a> {
    fn of(call: &'a Call, known: &'a [hooks::Known]) -> Self {
        let hook = known.iter().find(|hook| secret::is_same(&hook.secret_hash, &call.hash));
        let subject = match (hook, &call.content) {
            (Some(hook), Ok(payload)) => payload.tag_of(&hook.mirror).map(|tag| Subject {
                organization: hook.organization.clone(),
                mirror: hook.mirror.clone(),
                tag,
            }),
            (_, Err(refusal)) => Err(refusal.clone()),
            (None, Ok(_)) => Err(Refusal::NoTag),
        };
        Self { call, hook, subject }
    }

    /// Its tag and when that was pushed, where both are known.
    fn push(&self) -> Option<(&Subject, DateTime<Utc>)> {
        Some((self.subject.as_ref().ok()?, self.call.content.as_ref().ok()?.pushed_at?))
    }

    /// What is written of it; nothing where the address is unknown.
    fn row(&self, repeated: bool, joined: &HashMap<Subject, Joined>) -> Option<NewDelivery<'_>> {
        let (hook, payload) = (self.hook?, self.call.content.as_ref().ok());
        let subject = self.subject.as_ref().ok();
        Some(NewDelivery {
            organization: Some(&hook.organization),
            hook: Some(hook.id),
            mirror: Some(&hook.mirror),
            tag: subject.map(|subject| &subject.tag),
            pushed_at: payload.and_then(|payload| payload.pushed_at),
            pusher: payload.and_then(|payload| payload.pusher.as_deref()),
            received_at: self.call.received_at,
            refusal: self.subject.as_ref().err().map(Refusal::sentence),
            duplicate: repeated,
            changes: payload.and_then(|payload| payload.changes.as_ref()),
            body: payload.and_then(|payload| payload.body.as_deref()),
            hint: subject.and_then(|subject| joined.get(subject)).map(|joined| joined.id),
        })
    }

    fn answer(&self) -> Answer {
        match (self.hook, &self.subject) {
            (None, _) => Answer::Unknown,
            (Some(_), Ok(_)) => Answer::Accepted,
            (Some(_), Err(refusal)) => Answer::Refused(refusal.clone()),
        }
    }
}

/// Which of them tell of a push that was delivered before: earlier, or earlier among these.
async fn repeated(tx: &mut Tx, judged: &[Judged<'_>]) -> Result<Vec<bool>, StoreError> {
    let pushes: Vec<_> = judged.iter().filter_map(Judged::push).collect();
    if judged.iter().any(|one| one.subject.is_ok()) {
        deliveries::take_turn(tx).await?;
    }
    let mut known = deliveries::are_known(tx, &pushes).await?.into_iter();
    let mut seen = HashSet::new();
    let mut is_repeated = |push| {
        let is_known = known.next().unwrap_or_default();
        !seen.insert(push) || is_known
    };
    Ok(judged.iter().map(|one| one.push().is_some_and(&mut is_repeated)).collect())
}

/// Calls to addresses that are unknown: they are counted, and one line a minute tells of them.
struct Strangers {
    lines: DefaultDirectRateLimiter,
    calls: usize,
}

impl Default for Strangers {
    fn default() -> Self {
        Self { lines: RateLimiter::direct(Quota::per_minute(NonZeroU32::MIN)), calls: 0 }
    }
}

impl Strangers {
    /// What is written of so many more, at most once a minute.
    fn row(&mut self, more: usize, now: DateTime<Utc>) -> Option<NewDelivery<'static>> {
        self.calls += more;
        if self.calls == 0 || self.lines.check().is_err() {
            return None;
        }
        let calls = std::mem::take(&mut self.calls);
        tracing::info!(calls, "{calls} calls came to addresses of webhooks that are unknown");
        let refusal = Some(format!("Unknown address. Calls like this since the last such line: {calls}."));
        Some(NewDelivery { refusal, received_at: now, ..NewDelivery::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_counted_and_told_of_once_a_minute() {
        let (mut strangers, now) = (Strangers::default(), DateTime::UNIX_EPOCH);
        assert!(strangers.row(0, now).is_none());
        let line = strangers.row(2, now).and_then(|row| row.refusal);
        assert!(line.is_some_and(|line| line.ends_with(": 2.")));
        assert!(strangers.row(500, now).is_none(), "not twice in a minute");
        assert_eq!(strangers.calls, 500, "and none is forgotten");
    }
}
