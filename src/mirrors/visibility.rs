//! Private stays private: how Docker Hub shows each mirror, noticed whenever it is asked, and set right by a person.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use futures::stream::{self, StreamExt as _};

use super::{AT_ONCE, MirrorError, known, repository_of};
use crate::app::{App, Visitor};
use crate::hub::{HubError, Session};
use crate::model::{DOCKER_HUB, MirrorName, OrgName, RepoName};
use crate::store::audit::Deed;
use crate::store::{self, StoreError, audit, visibility};

/// What did not change is written down again after so long.
const STALE: TimeDelta = TimeDelta::minutes(5);

/// Asks Docker Hub how it shows every mirror of the organization, and what was public when it was last seen.
pub async fn look(app: &App, organization: &OrgName, hub: &Session) -> Result<(), MirrorError> {
    let asked_at = app.clock.now();
    let public = visibility::public(&app.db, organization).await?;
    let mut left: BTreeSet<RepoName> = public.into_iter().map(|mirror| mirror.repository).collect();
    let mirrors = hub.mirrors(organization.as_str()).await?.mirrors;
    // The organization's token sees only a part: what is missing may be there all the same.
    known::remember(app, organization, &mirrors, asked_at, false).await?;
    left.extend(mirrors.iter().filter_map(repository_of));
    if left.is_empty() {
        return Ok(());
    }
    let mut seen = Vec::new();
    let listed = match hub.repositories(organization.as_str()).await {
        Ok(listed) => listed.items,
        Err(error) if error.is_closed_door() => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    for entry in listed {
        let name = format!("{}/{}", entry.namespace, entry.name).parse::<RepoName>().ok().and_then(|n| left.take(&n));
        match (name, entry.is_private) {
            (Some(name), Some(is_private)) => seen.push((name, is_private)),
            (Some(name), None) => {
                left.insert(name);
            }
            (None, _) => {}
        }
    }
    // A token that may not list is shown only what is public, and nothing says so (trap 4): the rest is asked for one by one.
    let answers: Vec<_> = stream::iter(left)
        .map(|name| async move { (hub.repository(&name).await, name) })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut trouble = None;
    for (answer, name) in answers {
        match answer {
            Ok(entry) => seen.extend(entry.is_private.map(|is_private| (name, is_private))),
            Err(HubError::NotFound) => gone(app, organization, &name).await?,
            Err(error) => trouble = Some(error),
        }
    }
    note(app, organization, &seen, asked_at).await?;
    trouble.map_or(Ok(()), |error| Err(error.into()))
}

/// Notes how Docker Hub showed these mirrors when it was asked at that moment. Who changed it is not known.
pub(super) async fn note(
    app: &App,
    organization: &OrgName,
    seen: &[(RepoName, bool)],
    asked_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    if seen.is_empty() {
        return Ok(());
    }
    let known = visibility::seen(&app.db, organization).await?;
    let is_news = |(repository, is_private): &(RepoName, bool)| {
        let known = known.iter().find(|known| known.repository == *repository);
        known.is_none_or(|known| known.is_private != *is_private || known.at < asked_at - STALE)
    };
    if !seen.iter().any(is_news) {
        return Ok(());
    }
    let mut tx = store::begin(&app.db).await?;
    for change in visibility::note(&mut tx, organization, seen, asked_at).await? {
        match (change.is_private, change.is_new) {
            // As it should be.
            (true, true) => {}
            (true, false) => {
                noticed(app, &mut tx, organization, "mirror.found-private", change.repository.as_str()).await?;
            }
            (false, _) => {
                tracing::warn!(repository = %change.repository, "{} is public", change.repository);
                noticed(app, &mut tx, organization, "mirror.found-public", change.repository.as_str()).await?;
            }
        }
    }
    store::commit(tx).await
}

/// Docker Hub has it no more, or shows it to fewer than it is known to.
async fn gone(app: &App, organization: &OrgName, repository: &RepoName) -> Result<(), StoreError> {
    let mut tx = store::begin(&app.db).await?;
    if visibility::forget(&mut *tx, organization, repository).await? {
        noticed(app, &mut tx, organization, "mirror.found-gone", repository.as_str()).await?;
    }
    store::commit(tx).await
}

/// Writes down what Docker Hub did with a mirror, or somebody there.
pub(super) async fn noticed(
    app: &App,
    tx: &mut store::Tx,
    organization: &OrgName,
    action: &'static str,
    subject: &str,
) -> Result<(), StoreError> {
    let (actor, at) = (DOCKER_HUB, app.clock.now());
    audit::record(&mut **tx, Deed { organization, actor, action, subject, at }).await
}

/// Asks Docker Hub to make a mirror private, as the person's own token may; it is read again before anything is believed.
pub async fn make_private(visitor: &Visitor, name: &MirrorName) -> Result<(), MirrorError> {
    let (app, organization) = (&visitor.app, &visitor.organization);
    let repository: RepoName = format!("{organization}/{name}").parse().map_err(MirrorError::Name)?;
    match visitor.hub.set_private(&repository, true).await {
        Err(HubError::NotFound) => {
            gone(app, organization, &repository).await?;
            return Err(MirrorError::NotFound(name.clone()));
        }
        other => other.map_err(MirrorError::Privacy)?,
    }
    let asked_at = app.clock.now();
    let entry = visitor.hub.repository(&repository).await.map_err(MirrorError::Privacy)?;
    if entry.is_private != Some(true) {
        return Err(MirrorError::StillPublic(repository));
    }
    let mut tx = store::begin(&app.db).await?;
    visibility::note(&mut tx, organization, &[(repository.clone(), true)], asked_at).await?;
    visitor.did(&mut tx, "mirror.make-private", repository.as_str()).await?;
    Ok(store::commit(tx).await?)
}
