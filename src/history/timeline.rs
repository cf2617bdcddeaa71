//! The story of one tag: what Docker's log, the deliveries and the runs say, put in order; and how long copies take.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::HistoryError;
use crate::app::Visitor;
use crate::mirrors::{self, MirrorError};
use crate::model::{
    ApiError, Digest, DigestTimeline, FreshDay, Freshness, ItemState, LogState, MirrorDetail, MirrorLogEntry,
    MirrorName, RepoName, RuleId, RunId, Step, StepKind, Tag, TagTimeline,
};
use crate::store::timeline::{self as store, Passage};

/// Digests of a tag that are told of.
const MOST: usize = 20;
/// The time of which a rule's copies count.
const FRESH: TimeDelta = TimeDelta::days(30);
/// What is meant to be fast: a quarter of an hour.
const QUARTER: i32 = 15 * 60;

/// How a tag of a mirror made its way, the newest digest first. What Docker Hub does not tell at the moment is left out,
/// with its reason.
pub async fn timeline(visitor: &Visitor, name: &MirrorName, tag: &Tag) -> Result<TagTimeline, HistoryError> {
    let (db, organization) = (&visitor.app.db, &visitor.organization);
    let mirror: RepoName = format!("{organization}/{name}").parse()?;
    let passages = store::passages(db, organization, &mirror, tag).await?;
    let runs: Vec<RunId> = passages.iter().map(|passage| passage.run).collect();
    let told = store::told(db, &runs).await?;
    let (hub, hub_trouble) = match mirrors::get(visitor, name).await {
        Ok(detail) => (Some(detail), None),
        // A mirror that was stopped has a history all the same.
        Err(error @ MirrorError::NotFound(_)) if passages.is_empty() => return Err(error.into()),
        Err(error) => (None, Some(ApiError::from(error).to_string())),
    };
    let mut digests = tell(hub.as_ref(), tag, &passages, &told);
    let source = hub.as_ref().and_then(|hub| hub.mirror.source.parse().ok());
    let is_cut = digests.len() > MOST;
    digests.truncate(MOST);
    Ok(TagTimeline { mirror, tag: tag.clone(), source, hub_trouble, digests, is_cut })
}

/// The steps of each digest, the newest first by its first step.
fn tell(
    hub: Option<&MirrorDetail>,
    tag: &Tag,
    passages: &[Passage],
    told: &HashMap<RunId, DateTime<Utc>>,
) -> Vec<DigestTimeline> {
    let mut steps: HashMap<Digest, Vec<Step>> = HashMap::new();
    let mut current = None;
    if let Some(hub) = hub {
        for entry in hub.log.iter().filter(|entry| entry.tag == tag.as_str()) {
            if let Ok(digest) = entry.digest.parse() {
                steps.entry(digest).or_default().extend(logged(entry));
            }
        }
        if let Some(shown) = hub.tags.iter().find(|shown| shown.tag == *tag) {
            current.clone_from(&shown.digest);
            if let (Some(digest), Some(at)) = (&shown.digest, shown.last_pushed) {
                steps.entry(digest.clone()).or_default().push(step(StepKind::Pushed, at));
            }
        }
    }
    for digest in passages.iter().map(|passage| &passage.digest) {
        let entry = steps.entry(digest.clone()).or_default();
        // Each of its passages is told once, with the first of them.
        if entry.iter().all(|step| step.run.is_none()) {
            entry.extend(ran(digest, passages, told));
        }
    }
    let mut digests: Vec<_> = steps
        .into_iter()
        .map(|(digest, mut steps)| {
            steps.sort_by(|a, b| (a.at, a.kind, &a.place).cmp(&(b.at, b.kind, &b.place)));
            DigestTimeline { is_current: current.as_ref() == Some(&digest), digest, steps }
        })
        .collect();
    let begin = |told: &DigestTimeline| told.steps.first().map(|step| step.at);
    digests.sort_by(|a, b| (b.is_current, begin(b), &b.digest).cmp(&(a.is_current, begin(a), &a.digest)));
    digests
}

fn step(kind: StepKind, at: DateTime<Utc>) -> Step {
    Step { kind, at, place: None, words: None, run: None }
}

/// What one line of Docker's log says.
fn logged(entry: &MirrorLogEntry) -> Vec<Step> {
    let begin =
        entry.triggered_at.map(|at| Step { words: Some(entry.reason.clone()), ..step(StepKind::Requested, at) });
    let end = match entry.state {
        LogState::Succeeded => Some(StepKind::Arrived),
        LogState::Failed => Some(StepKind::NotMirrored),
        LogState::Requested | LogState::Started | LogState::Other => None,
    };
    let end = end.zip(entry.completed_at.or(entry.triggered_at)).map(|(kind, at)| step(kind, at));
    begin.into_iter().chain(end).collect()
}

/// What runs did with a digest: at each destination the first run that brought it there, or else what the newest one
/// says; before that what Docker Hub told, and when a run began.
fn ran(digest: &Digest, passages: &[Passage], told: &HashMap<RunId, DateTime<Utc>>) -> Vec<Step> {
    // From the newest to the oldest, so that the last one put in is the first that happened.
    let mut at_place: HashMap<&str, &Passage> = HashMap::new();
    for passage in passages.iter().filter(|passage| passage.digest == *digest) {
        let kept = at_place.entry(&passage.place).or_insert(passage);
        let was_there = passage.state == ItemState::Unchanged && kept.state != ItemState::Succeeded;
        if passage.state == ItemState::Succeeded || was_there {
            *kept = passage;
        }
    }
    let mut steps = Vec::new();
    let mut runs = Vec::new();
    for passage in at_place.values() {
        if !runs.contains(&passage.run) {
            runs.push(passage.run);
            let of_run = |kind, at| Step { run: Some(passage.run), ..step(kind, at) };
            steps.extend(told.get(&passage.run).map(|at| of_run(StepKind::Delivered, *at)));
            steps.push(Step { words: Some(passage.rule_name.clone()), ..of_run(StepKind::Found, passage.run_at) });
        }
        steps.extend(passed(passage));
    }
    steps
}

/// What happened at one destination.
fn passed(passage: &Passage) -> Vec<Step> {
    let here =
        |kind, at: DateTime<Utc>| Step { place: Some(passage.place.clone()), run: Some(passage.run), ..step(kind, at) };
    let mut steps: Vec<Step> = passage.started_at.map(|at| here(StepKind::Begun, at)).into_iter().collect();
    let end = passage.finished_at.unwrap_or(passage.updated_at);
    match passage.state {
        ItemState::Succeeded => {
            // A later look at the copy takes the place of the first one.
            let seen = |at| here(if at > end { StepKind::Checked } else { StepKind::Verified }, at);
            steps.extend(passage.verified_at.map(seen));
            steps.push(here(StepKind::Published, end));
        }
        ItemState::Unchanged => steps.push(here(StepKind::Unchanged, end)),
        state => steps.push(Step { words: passage.failure.clone(), ..here(StepKind::Stands(state), end) }),
    }
    steps
}

/// How long a rule took from a push, or where none was told of from the begin of the run, to the moved tag.
pub async fn freshness(visitor: &Visitor, rule: RuleId) -> Result<Freshness, HistoryError> {
    let (db, organization, now) = (&visitor.app.db, &visitor.organization, visitor.app.clock.now());
    let mut freshness = Freshness::default();
    for lengths in store::lengths(db, organization, rule, now - FRESH, QUARTER).await? {
        match lengths.day {
            None => {
                freshness.tags = lengths.tags;
                freshness.within_quarter = lengths.within;
                freshness.median_seconds = lengths.median_seconds;
                freshness.p95_seconds = lengths.p95_seconds;
            }
            Some(day) => {
                freshness.days.push(FreshDay { day, tags: lengths.tags, p95_seconds: lengths.p95_seconds });
            }
        }
    }
    Ok(freshness)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(c: char) -> Digest {
        format!("sha256:{}", c.to_string().repeat(64)).parse().expect("a digest")
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).expect("a moment")
    }

    fn passage(run: u128, c: char, place: &str, state: ItemState, begin: i64) -> Passage {
        Passage {
            run: RunId(uuid::Uuid::from_u128(run)),
            rule_name: "out".into(),
            run_at: at(begin),
            digest: digest(c),
            place: place.into(),
            state,
            failure: None,
            started_at: (state != ItemState::Unchanged).then(|| at(begin + 1)),
            verified_at: (state == ItemState::Succeeded).then(|| at(begin + 2)),
            finished_at: Some(at(begin + 3)),
            updated_at: at(begin + 3),
        }
    }

    #[test]
    fn each_destination_tells_of_the_run_that_brought_it_there() {
        use StepKind as K;
        let passages = [
            passage(4, 'b', "r/one", ItemState::Failed, 400),
            passage(3, 'a', "r/one", ItemState::Unchanged, 300),
            passage(2, 'a', "r/two", ItemState::Succeeded, 200),
            passage(1, 'a', "r/one", ItemState::Succeeded, 100),
        ];
        let told = HashMap::from([(passages[3].run, at(90))]);
        let tag: Tag = "1".parse().expect("a tag");

        let found = tell(None, &tag, &passages, &told);

        let order: Vec<_> = found.iter().map(|told| told.digest.clone()).collect();
        assert_eq!(order, [digest('b'), digest('a')], "the newest first");
        let kinds = |n: usize| found[n].steps.iter().map(|step| step.kind).collect::<Vec<_>>();
        assert_eq!(kinds(0), [K::Found, K::Begun, K::Stands(ItemState::Failed)]);
        let each = [K::Found, K::Begun, K::Verified, K::Published];
        assert_eq!(kinds(1), [&[K::Delivered][..], &each, &each].concat());
    }

    #[test]
    fn dockers_log_comes_before_what_ferry_did() {
        let line = MirrorLogEntry {
            tag: "1".into(),
            digest: digest('a').to_string(),
            state: LogState::Succeeded,
            reason: "Docker published a new build".into(),
            triggered_at: Some(at(10)),
            completed_at: Some(at(20)),
        };
        let kinds: Vec<_> = logged(&line).iter().map(|step| step.kind).collect();
        assert_eq!(kinds, [StepKind::Requested, StepKind::Arrived]);
        assert!(logged(&MirrorLogEntry { triggered_at: None, completed_at: None, ..line }).is_empty());
    }
}
