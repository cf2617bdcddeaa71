//! What Docker says of an image's attestations and configuration (6.6): unsigned views, the truth is in the registry.

use serde::Deserialize;

use super::catalog::absent;
use super::details::Coordinates;
use crate::hub::{HubError, Session, lenient, operations};
use crate::model::Digest;

/// One attestation as Docker lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ListedAttestation {
    /// Of the attestation's manifest.
    #[serde(deserialize_with = "lenient::digest")]
    pub digest: Option<Digest>,
    pub predicate_type: String,
}

/// How an image was made and how it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ImageOrigin {
    pub oci_config: Option<OciConfig>,
    pub source: Option<SourceCommit>,
}

/// The configuration as Docker read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct OciConfig {
    pub config: RunConfig,
}

/// How a container of the image begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RunConfig {
    pub user: String,
    pub exposed_ports: Vec<String>,
    pub env: Vec<String>,
    pub entrypoint: Vec<String>,
    pub cmd: Vec<String>,
    pub volumes: Vec<String>,
    pub working_dir: String,
    /// `key=value`.
    pub labels: Vec<String>,
    pub stop_signal: String,
}

/// Where the image's definition is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SourceCommit {
    pub commit_url: Option<String>,
    pub commit_sha: String,
    pub dockerfile_url: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct List {
    items: Vec<ListedAttestation>,
}

impl Session {
    /// The attestations Docker lists for an image; none where it has no answer for it.
    pub async fn attestations(
        &self,
        organization: &str,
        of: &Coordinates,
    ) -> Result<Option<Vec<ListedAttestation>>, HubError> {
        let list: Option<List> = absent(self.ask_for(&operations::attestations(organization, of)).await)?;
        Ok(list.map(|list| list.items))
    }

    /// Configuration and source of an image; none where Docker has no answer for it.
    pub async fn image_origin(&self, organization: &str, of: &Coordinates) -> Result<Option<ImageOrigin>, HubError> {
        absent(self.ask_for(&operations::image_origin(organization, of)).await)
    }
}
