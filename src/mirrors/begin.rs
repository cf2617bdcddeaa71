//! Starting a mirror: Docker is asked, believed only where the mirror is to be seen, and what came of it is kept.

use super::known::{self, Found};
use super::{MirrorError, denied, did};
use crate::app::Visitor;
use crate::hub::{self, HubError};
use crate::model::{CatalogName, MirrorName, RepoName};
use crate::store::{self, known_mirrors};

/// Asks Docker to mirror a catalog repository to a name of choice; answers the mirror's name.
pub async fn start(visitor: &Visitor, source: &CatalogName, name: &str) -> Result<MirrorName, MirrorError> {
    let name: MirrorName = name.trim().parse().map_err(MirrorError::Name)?;
    let details = visitor.hub.repository_details(visitor.organization.as_str(), source.as_str()).await?;
    let summary = details.ok_or_else(|| MirrorError::NoSource(source.clone()))?.summary;
    let (mirrors, _) = known::all(visitor).await?;
    begin(visitor, &summary, &name, &mirrors).await?;
    Ok(name)
}

/// The same where the catalog and the organization's mirrors were read before.
pub(super) async fn begin(
    visitor: &Visitor,
    source: &hub::CatalogRepository,
    name: &MirrorName,
    mirrors: &[Found],
) -> Result<(), MirrorError> {
    let organization = visitor.organization.as_str();
    // The namespace is copied from Docker's answer instead of being assumed.
    let from: RepoName = format!("{}/{}", source.namespace, source.name).parse().map_err(MirrorError::Name)?;
    let to: RepoName = format!("{organization}/{name}").parse().map_err(MirrorError::Name)?;
    let there = mirrors.iter().find(|one| one.stopped.is_none() && one.listed.repository == to);
    if let Some(other) = there.filter(|other| other.listed.source != source.name) {
        return Err(MirrorError::Taken { repository: to, source_name: other.listed.source.clone() });
    }
    let set = match visitor.hub.set_mirror(organization, &from, &to).await {
        // Docker said nothing that shows the mirror, and it is not there.
        Err(error @ HubError::Unexpected { .. }) => return Err(MirrorError::NotStarted { repository: to, error }),
        other => other.map_err(denied)?,
    };
    if set.was_there {
        return Ok(());
    }
    let mut mirror = set.mirror;
    if mirror.source.display_name.is_empty() {
        mirror.source.display_name.clone_from(&source.display_name);
    }
    let mut tx = store::begin(&visitor.app.db).await?;
    if let Some(listed) = known::listed(&mirror) {
        let now = visitor.app.clock.now();
        known_mirrors::started(&mut *tx, &visitor.organization, &listed, &visitor.username, now).await?;
    }
    did(visitor, tx, "mirror.start", &format!("{from} to {to}")).await
}
