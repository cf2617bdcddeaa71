//! Where a run reads: the registry of the mirrored images and the one of their attestations, with one credential.

use super::ForwardError;
use crate::app::App;
use crate::hub::Credential;
use crate::model::{Host, RepoName};
use crate::oci::{self, Registry, Repository};
use crate::store::runs::Work;
use crate::{access, connection};

/// Both registries, opened with the token of whoever started the run, or the organization's own.
pub(super) struct Source {
    pub hub: crate::hub::Session,
    images: Registry,
    attestations: Registry,
}

impl Source {
    /// Opens them for this run.
    pub(super) async fn open(app: &App, work: &Work) -> Result<Self, ForwardError> {
        let credential = credential(app, work).await?;
        let connect = |host: &Host, credential: &Credential| {
            let credential =
                oci::Credential { username: credential.identifier.clone(), secret: credential.secret.clone() };
            app.registries.connect(host, host.is_loopback(), Some(credential))
        };
        Ok(Self {
            images: connect(&app.config.docker_registry, &credential)?,
            attestations: connect(&app.config.scout_registry, &credential)?,
            hub: app.hub.session(credential),
        })
    }

    /// The mirror's images.
    pub(super) fn images(&self, mirror: &RepoName) -> Repository {
        self.images.reading(mirror.clone())
    }

    /// The attestations of the mirror's images.
    pub(super) fn attestations(&self, mirror: &RepoName) -> Repository {
        self.attestations.reading(mirror.clone())
    }
}

/// A person's own token first: what they may not see is not forwarded in their name. Where nobody started the run, or
/// whoever did has signed out meanwhile, the organization's.
async fn credential(app: &App, work: &Work) -> Result<Credential, ForwardError> {
    if let Some(session) = work.session_id.as_deref()
        && let Some(credential) = access::credential(app, session).await.map_err(ForwardError::Session)?
    {
        return Ok(credential);
    }
    let own = connection::credential(app, &work.organization).await?;
    own.ok_or(if work.by_a_person { ForwardError::SignedOut } else { ForwardError::NotConnected })
}
