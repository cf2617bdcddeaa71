//! What everybody can pull although it should be private.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::DestinationId;
use super::image::RepoName;

/// Who is named where Ferry noticed on Docker Hub what somebody else has done; no username has a capital letter.
pub const DOCKER_HUB: &str = "Docker Hub";
/// Who is named where Ferry found something by itself.
pub const FERRY: &str = "Ferry";

/// All of it in one organization.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exposed {
    /// By name.
    pub mirrors: Vec<PublicMirror>,
    /// Those that wait for a decision, by name.
    pub destinations: Vec<ExposedDestination>,
}

/// A mirror that Docker Hub shows to everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicMirror {
    /// `acme/dhi-nginx`.
    pub repository: RepoName,
    /// When Ferry first saw it so; none: just now.
    pub since: Option<DateTime<Utc>>,
    /// Docker keeps it in step no more; the repository stays, and so does who may pull from it.
    pub is_stopped: bool,
}

/// A destination from which everybody can pull what was forwarded there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExposedDestination {
    pub id: DestinationId,
    pub name: String,
    /// When Ferry first found it so.
    pub since: DateTime<Utc>,
    /// Host and path of each.
    pub repositories: Vec<String>,
}
