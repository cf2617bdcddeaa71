//! Repositories of a namespace (4.2).

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use crate::hub::lenient;
use crate::hub::send::Call;
use crate::hub::{HubError, Listing, Session};
use crate::model::RepoName;

/// Repositories of one namespace that are ever read.
const MOST_REPOSITORIES: usize = 10_000;
/// Docker counts this one in bytes.
const LONGEST_DESCRIPTION: usize = 100;

/// A repository of Docker Hub, from a list or by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HubRepository {
    pub namespace: String,
    pub name: String,
    pub description: String,
    /// `image`, `plugin` or nothing.
    pub repository_type: Option<String>,
    /// None where Docker does not say: never to be taken for public or for private.
    pub is_private: Option<bool>,
    #[serde(deserialize_with = "lenient::moment")]
    pub last_updated: Option<DateTime<Utc>>,
    #[serde(deserialize_with = "lenient::moment")]
    pub date_registered: Option<DateTime<Utc>>,
    #[serde(deserialize_with = "lenient::optional_count")]
    pub pull_count: Option<u64>,
    /// Bytes.
    #[serde(deserialize_with = "lenient::optional_count")]
    pub storage_size: Option<u64>,
    pub media_types: Vec<String>,
    pub content_types: Vec<String>,
    /// What the credential may do; lists never say, and a single answer may leave it out.
    pub permissions: Option<Permissions>,
}

/// What a credential may do with a repository.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Permissions {
    pub read: bool,
    pub write: bool,
    pub admin: bool,
}

/// A repository to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRepository {
    pub repository: RepoName,
    /// At most 100 bytes.
    pub description: String,
    pub is_private: bool,
}

#[derive(Serialize)]
struct Create<'a> {
    namespace: &'a str,
    name: &'a str,
    description: &'a str,
    registry: &'a str,
    is_private: bool,
}

impl Session {
    /// One repository; [`HubError::NotFound`] where it is missing or hidden.
    pub async fn repository(&self, repository: &RepoName) -> Result<HubRepository, HubError> {
        let url = self.repository_url(repository, &[])?;
        self.rest(&Call::rest(Method::GET, url)).await
    }

    /// All repositories of a namespace, by name. A token of an organization without the scope
    /// `scope-repository-list` is shown only the public ones, and nothing says so (trap 4).
    pub async fn repositories(&self, namespace: &str) -> Result<Listing<HubRepository>, HubError> {
        let mut url = self.hub.endpoints.rest(&["v2", "namespaces", namespace, "repositories"])?;
        url.query_pairs_mut().append_pair("ordering", "name");
        self.pages(url, MOST_REPOSITORIES).await
    }

    /// Those of a namespace whose names contain `part`; the same holds of them.
    pub async fn repositories_named(&self, namespace: &str, part: &str) -> Result<Listing<HubRepository>, HubError> {
        let mut url = self.hub.endpoints.rest(&["v2", "namespaces", namespace, "repositories"])?;
        url.query_pairs_mut().append_pair("ordering", "name").append_pair("name", part);
        self.pages(url, MOST_REPOSITORIES).await
    }

    /// Makes a repository.
    pub async fn create_repository(&self, new: &NewRepository) -> Result<HubRepository, HubError> {
        if new.description.len() > LONGEST_DESCRIPTION {
            return Err(HubError::refused("A description has at most 100 bytes: shorten it."));
        }
        let (namespace, name) = (new.repository.namespace(), new.repository.name());
        let url = self.hub.endpoints.rest(&["v2", "namespaces", namespace, "repositories"])?;
        let (description, is_private) = (new.description.as_str(), new.is_private);
        let body = json!(Create { namespace, name, description, registry: "docker.io", is_private });
        self.rest(&Call::rest(Method::POST, url).with_body(body)).await
    }

    /// Makes a repository private or public. Only a legacy path does it, so a token of an organization is refused
    /// with [`HubError::WrongKindOfCredential`].
    pub async fn set_private(&self, repository: &RepoName, is_private: bool) -> Result<(), HubError> {
        let url = self.legacy_url(repository, &["privacy"])?;
        let mut call = Call::rest(Method::POST, url).with_body(json!({ "is_private": is_private }));
        call.repeatable = true;
        self.rest_done(&call).await
    }

    /// `/v2/namespaces/{ns}/repositories/{repo}…`, open to every kind of credential (1.4).
    pub(super) fn repository_url(&self, repository: &RepoName, rest: &[&str]) -> Result<Url, HubError> {
        let mut segments = vec!["v2", "namespaces", repository.namespace(), "repositories", repository.name()];
        segments.extend(rest);
        self.hub.endpoints.rest(&segments)
    }

    /// `/v2/repositories/{ns}/{repo}…`, closed to tokens of organizations (trap 3).
    pub(super) fn legacy_url(&self, repository: &RepoName, rest: &[&str]) -> Result<Url, HubError> {
        let mut segments = vec!["v2", "repositories", repository.namespace(), repository.name()];
        segments.extend(rest);
        self.hub.endpoints.rest(&segments)
    }
}
