//! Webhooks of a repository (5.5). The routes are undocumented: where [`HubError::is_closed_door`] says so, a person
//! has to make the webhook in Docker Hub.

use std::fmt;

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::hub::lenient;
use crate::hub::send::Call;
use crate::hub::{CredentialKind, HubError, Session};
use crate::model::RepoName;

/// Webhooks of one repository that are ever read.
const MOST_WEBHOOKS: usize = 1_000;
/// Docker's limit for an address (5.1), in characters.
const LONGEST_ADDRESS: usize = 255;

/// A named webhook of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Webhook {
    pub name: String,
    /// What it is deleted by; Docker derives it from the name.
    #[serde(deserialize_with = "lenient::text")]
    pub slug: String,
    #[serde(rename = "webhooks", deserialize_with = "lenient::list")]
    pub calls: Vec<WebhookCall>,
    #[serde(deserialize_with = "lenient::moment")]
    pub created: Option<DateTime<Utc>>,
    #[serde(deserialize_with = "lenient::moment")]
    pub last_updated: Option<DateTime<Utc>>,
}

/// One address a webhook calls.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct WebhookCall {
    pub name: String,
    pub hook_url: String,
}

impl fmt::Debug for WebhookCall {
    /// Without the path: its random segment is all that protects the receiver (5.1).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = Url::parse(&self.hook_url).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or("nowhere");
        f.debug_struct("WebhookCall").field("name", &self.name).field("host", &host).finish_non_exhaustive()
    }
}

impl Session {
    /// The webhooks of a repository.
    pub async fn webhooks(&self, repository: &RepoName) -> Result<Vec<Webhook>, HubError> {
        let url = self.webhook_url(repository, &[])?;
        Ok(self.pages(url, MOST_WEBHOOKS).await?.items)
    }

    /// Has Docker Hub call this address whenever a tag of the repository is pushed.
    pub async fn create_webhook(&self, repository: &RepoName, name: &str, call: &Url) -> Result<Webhook, HubError> {
        if call.as_str().chars().count() > LONGEST_ADDRESS {
            return Err(HubError::refused("Docker Hub takes webhook addresses of at most 255 characters."));
        }
        let body = json!({
            "name": name,
            "expect_final_callback": false,
            "webhooks": [{ "name": name, "hook_url": call.as_str() }],
            "registry": "registry-1.docker.io",
        });
        let url = self.webhook_url(repository, &[])?;
        self.rest(&Call::rest(Method::POST, url).with_body(body)).await
    }

    /// Deletes a webhook by its slug; [`HubError::NotFound`] where it is gone already.
    pub async fn delete_webhook(&self, repository: &RepoName, slug: &str) -> Result<(), HubError> {
        let url = self.webhook_url(repository, &[slug])?;
        self.rest_done(&Call::rest(Method::DELETE, url)).await
    }

    /// The namespaced path for tokens of organizations, to which the legacy one is closed (trap 3; by analogy, 5.5).
    fn webhook_url(&self, repository: &RepoName, rest: &[&str]) -> Result<Url, HubError> {
        let mut segments = vec!["webhook_pipeline"];
        segments.extend(rest);
        if self.kind() == CredentialKind::Oat {
            return self.repository_url(repository, &segments);
        }
        segments.push("");
        self.legacy_url(repository, &segments)
    }
}
