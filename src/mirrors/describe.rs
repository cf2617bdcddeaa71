//! What is said of mirrors besides Docker's list: its log, the repositories, webhooks and rules. What cannot be read at
//! the moment is shown as not known instead of hiding the rest.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use futures::stream::{self, StreamExt as _};

use super::known::Found;
use super::{AT_ONCE, MOST_LOG, MirrorError, log, progress, visibility};
use crate::app::Visitor;
use crate::hub::{HubRepository, Listing, LogQuery, MirroringLog};
use crate::model::{HookHealth, Mirror, MirrorState, RepoName};
use crate::store::known_mirrors::Listed;
use crate::store::{hooks, rules};

/// How far back changes are counted that no webhook told of.
const MISSED: TimeDelta = TimeDelta::days(30);
/// From then on Docker has begun with a mirror: where its log says nothing, it says nothing any more.
const BEGUN: TimeDelta = TimeDelta::days(1);

/// The mirrors with all that is known of them, by name.
pub(super) async fn described(visitor: &Visitor, found: Vec<Found>) -> Result<Vec<Mirror>, MirrorError> {
    // Nothing comes any more to one that was stopped.
    let there: Vec<_> = found.iter().filter(|one| one.stopped.is_none()).cloned().collect();
    let asked_at = visitor.app.clock.now();
    let (log, repositories) = tokio::join!(read_log(visitor, &there), repositories(visitor, &found));
    assembled(visitor, found, log.as_ref(), (&repositories, asked_at)).await
}

/// The same with what was read already, the repositories not before `asked_at`.
pub(super) async fn assembled(
    visitor: &Visitor,
    found: Vec<Found>,
    log: Option<&Listing<MirroringLog>>,
    (repositories, asked_at): (&HashMap<RepoName, HubRepository>, DateTime<Utc>),
) -> Result<Vec<Mirror>, MirrorError> {
    let (db, organization, now) = (&visitor.app.db, &visitor.organization, visitor.app.clock.now());
    let mut rules = rules::by_mirror(db, organization).await?;
    let public_or_not = repositories.iter().filter_map(|(name, seen)| Some((name.clone(), seen.is_private?)));
    visibility::note(&visitor.app, organization, &public_or_not.collect::<Vec<_>>(), asked_at).await?;
    let heard = hooks::heard(db, organization, now - MISSED).await?;
    let heard: HashMap<&str, HookHealth> = heard.iter().map(|one| (one.mirror.as_str(), health(one))).collect();
    let one = |found: Found| {
        let Listed { repository, source, source_namespace, source_display_name, .. } = found.listed;
        let seen = repositories.get(&repository);
        let (state, progress) = match (log, &found.stopped) {
            (_, Some(_)) => (MirrorState::Stopped, None),
            (None, None) => (MirrorState::Unknown, None),
            (Some(log), None) => so_far(&repository, log, found.since, now),
        };
        Mirror {
            state,
            progress,
            is_private: seen.and_then(|seen| seen.is_private),
            last_pushed: seen.and_then(|seen| seen.last_updated),
            rules: rules.remove(repository.as_str()).unwrap_or_default(),
            hook: heard.get(repository.as_str()).copied().unwrap_or_default(),
            id: found.id,
            started_by: found.started_by,
            stopped: found.stopped,
            source_display_name,
            source,
            source_namespace,
            repository,
        }
    };
    Ok(found.into_iter().map(one).collect())
}

/// Docker's log of these mirrors; none where it cannot be read.
pub(super) async fn read_log(visitor: &Visitor, found: &[Found]) -> Option<Listing<MirroringLog>> {
    if found.is_empty() {
        return Some(Listing { items: Vec::new(), complete: true });
    }
    let query = LogQuery { mirrors: found.iter().map(Found::end).collect(), ..LogQuery::default() };
    let log = visitor.hub.whole_mirroring_log(visitor.organization.as_str(), &query, MOST_LOG).await;
    log.inspect_err(|error| tracing::warn!(%error, "the mirroring log could not be read")).ok()
}

/// The repositories at Docker Hub: of several in one list, and one by one what that does not show.
pub(super) async fn repositories(visitor: &Visitor, found: &[Found]) -> HashMap<RepoName, HubRepository> {
    let mut all = HashMap::new();
    if found.len() > 1 {
        match visitor.hub.repositories_named(visitor.organization.as_str(), "dhi-").await {
            Ok(listed) => all.extend(listed.items.into_iter().filter_map(named)),
            Err(error) => tracing::warn!(%error, "the repositories could not be listed"),
        }
    }
    let missing = found.iter().map(|one| one.listed.repository.clone()).filter(|name| !all.contains_key(name));
    let missing: Vec<RepoName> = missing.collect();
    let missing: Vec<_> = stream::iter(missing)
        .map(|name| async move { (visitor.hub.repository(&name).await, name) })
        .buffer_unordered(AT_ONCE)
        .filter_map(|(answer, name)| async move { Some((name, answer.ok()?)) })
        .collect()
        .await;
    all.extend(missing);
    all
}

fn named(repository: HubRepository) -> Option<(RepoName, HubRepository)> {
    let name = format!("{}/{}", repository.namespace, repository.name).parse().ok()?;
    Some((name, repository))
}

fn so_far(
    repository: &RepoName,
    log: &Listing<MirroringLog>,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> (MirrorState, Option<crate::model::Progress>) {
    let newest = log::newest(repository, &log.items);
    let progress = progress::of(&newest);
    let is_quiet = !log.complete || now - since > BEGUN;
    (progress::state(progress, &newest, is_quiet), progress)
}

fn health(heard: &hooks::Heard) -> HookHealth {
    match heard.last.filter(|last| *last >= heard.created_at) {
        _ if heard.missed > 0 => HookHealth::Missed(heard.missed),
        Some(last) => HookHealth::Heard(last),
        None => HookHealth::Unheard,
    }
}
