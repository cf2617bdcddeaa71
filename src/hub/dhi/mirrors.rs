//! Repositories that Docker keeps in step with the catalog (6.3): list, start, stop.

use serde::Deserialize;
use tracing::debug;

use super::catalog::absent;
use crate::hub::lenient::{self, open_enum};
use crate::hub::operations;
use crate::hub::{HubError, Session, refusal};
use crate::model::RepoName;

/// All mirrors of an organization, and whether its plan allows more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Mirrors {
    #[serde(rename = "mirroredRepositories")]
    pub mirrors: Vec<Mirror>,
    #[serde(deserialize_with = "lenient::count")]
    pub total_count: u64,
    pub can_mirror_more_repositories: bool,
}

/// A repository of the organization that Docker keeps in step with one of the catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Mirror {
    pub id: String,
    /// The repository of the catalog.
    #[serde(rename = "dhiSourceRepository")]
    pub source: MirrorEnd,
    /// The organization's own, `<org>/dhi-<name>`.
    #[serde(rename = "destinationRepository")]
    pub repository: MirrorEnd,
}

/// One of the two repositories of a mirror.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MirrorEnd {
    /// `docker.io` or `hub.docker.com`, undecided in the contract: pass back what the list gave.
    pub hostname: String,
    pub namespace: String,
    pub name: String,
    /// Only the source has one.
    pub display_name: String,
}

impl MirrorEnd {
    /// Whether this names the repository, whatever the case.
    pub fn is(&self, repository: &RepoName) -> bool {
        self.namespace.eq_ignore_ascii_case(repository.namespace()) && self.name.eq_ignore_ascii_case(repository.name())
    }
}

/// A mirror that is there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetMirror {
    pub mirror: Mirror,
    /// Whether it was there before, so that nothing was started.
    pub was_there: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct One {
    mirrored_repository: Option<Mirror>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MutationResponse {
    status: MutationStatus,
    #[serde(deserialize_with = "lenient::text")]
    message: String,
}

open_enum! {
    /// How a mutation ended; its failure is here and not in `errors` (trap 11).
    MutationStatus { Accepted = "ACCEPTED", BadRequest = "BAD_REQUEST", Error = "ERROR", NotFound = "NOT_FOUND" }
}

impl Session {
    /// All mirrors of the organization.
    pub async fn mirrors(&self, organization: &str) -> Result<Mirrors, HubError> {
        self.ask(&operations::mirrors(organization)).await
    }

    /// One mirror by its id; none where there is no such.
    pub async fn mirror(&self, organization: &str, id: &str) -> Result<Option<Mirror>, HubError> {
        let one: Option<One> = absent(self.ask_for(&operations::mirror(organization, id)).await)?;
        Ok(one.and_then(|one| one.mirrored_repository))
    }

    /// The mirrors of one repository of the catalog, written `dhi/node`.
    pub async fn mirrors_of(&self, organization: &str, source: &RepoName) -> Result<Vec<Mirror>, HubError> {
        let mirrors: Mirrors = self.ask(&operations::mirrors_of(organization, source)).await?;
        Ok(mirrors.mirrors)
    }

    /// Starts the mirror of `source` (`dhi/node`) in `repository` (`<org>/dhi-node`); Docker begins at once.
    ///
    /// It looks first, because a repeated start is not known to be harmless, and looks again wherever the answer does
    /// not show the mirror: `null` is no success (trap 12), and a lost answer is no failure.
    pub async fn set_mirror(
        &self,
        organization: &str,
        source: &RepoName,
        repository: &RepoName,
    ) -> Result<SetMirror, HubError> {
        if let Some(mirror) = self.find_mirror(organization, source, repository).await? {
            return Ok(SetMirror { mirror, was_there: true });
        }
        let asked: Result<Option<One>, _> =
            self.ask_for(&operations::set_mirror(organization, source, repository)).await;
        let unshown = match asked {
            Ok(Some(One { mirrored_repository: Some(mirror) })) if !mirror.id.is_empty() => {
                return Ok(SetMirror { mirror, was_there: false });
            }
            Ok(_) => HubError::unexpected("Docker started no mirror and gave no reason"),
            Err(error @ (HubError::Unavailable { .. } | HubError::Unexpected { .. })) => error,
            Err(error) => return Err(error),
        };
        match self.find_mirror(organization, source, repository).await {
            Ok(Some(mirror)) => Ok(SetMirror { mirror, was_there: false }),
            Ok(None) => Err(unshown),
            Err(error) => {
                debug!("the mirror could not be read again: {error}");
                Err(if unshown.retryable() { unshown } else { error })
            }
        }
    }

    /// Stops the mirror; its repository and tags stay. [`HubError::NotFound`] where it is gone already.
    pub async fn remove_mirror(&self, organization: &str, id: &str) -> Result<(), HubError> {
        let asked = self.ask_for(&operations::remove_mirror(organization, id)).await?;
        let Some(MutationResponse { status, message }) = asked else {
            let still_there = self.mirror(organization, id).await?.is_some();
            let unsaid =
                HubError::unexpected("Docker did not say whether it stopped the mirror, and it is still there");
            return if still_there { Err(unsaid) } else { Ok(()) };
        };
        let message = match refusal::tidy(&message) {
            empty if empty.is_empty() => format!("the answer was {}", status.as_str()),
            message => message,
        };
        match status {
            MutationStatus::Accepted => Ok(()),
            MutationStatus::NotFound => Err(HubError::NotFound),
            MutationStatus::BadRequest => Err(HubError::refused(message)),
            MutationStatus::Error => Err(HubError::unavailable(message, None)),
            MutationStatus::Other(_) => Err(HubError::unexpected(message)),
        }
    }

    async fn find_mirror(
        &self,
        organization: &str,
        source: &RepoName,
        repository: &RepoName,
    ) -> Result<Option<Mirror>, HubError> {
        let mirrors = self.mirrors_of(organization, source).await?;
        Ok(mirrors.into_iter().find(|mirror| mirror.repository.is(repository)))
    }
}
