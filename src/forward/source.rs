//! Where a run reads: the registry of the mirrored images and the one of their attestations, with one credential.

use super::ForwardError;
use crate::access;
use crate::app::App;
use crate::hub::Credential;
use crate::model::{Host, RepoName};
use crate::oci::{self, Registry, Repository};
use crate::store::runs::Work;

/// Both registries, opened with the token of whoever started the run.
pub(super) struct Source {
    pub hub: crate::hub::Session,
    images: Registry,
    attestations: Registry,
}

impl Source {
    /// Opens them for this run.
    pub(super) async fn open(app: &App, work: &Work) -> Result<Self, ForwardError> {
        let session = work.session_id.as_deref().ok_or(ForwardError::SignedOut)?;
        let credential = access::credential(app, session).await.map_err(ForwardError::Session)?;
        let credential = credential.ok_or(ForwardError::SignedOut)?;
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
