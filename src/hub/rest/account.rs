//! Who is behind a credential, and in which organizations (3.1, 3.3).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Deserialize;
use tracing::debug;

use crate::hub::lenient::{self, open_enum};
use crate::hub::send::Call;
use crate::hub::token::Want;
use crate::hub::{CredentialKind, HubError, Session, operations};

/// Organizations of one user that are ever read.
const MOST_ORGANIZATIONS: usize = 1_000;

/// A credential that Docker Hub accepted just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// From the access token; for a token of an organization without such a claim, the organization.
    pub username: String,
    pub kind: CredentialKind,
}

/// A user of Docker Hub.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HubUser {
    #[serde(deserialize_with = "lenient::text")]
    pub id: String,
    pub username: String,
    pub full_name: String,
    pub company: String,
    pub gravatar_url: String,
    /// `User` or `Org`.
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(deserialize_with = "lenient::moment")]
    pub date_joined: Option<DateTime<Utc>>,
}

/// An organization the credential reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    pub name: String,
    /// None where Docker does not say, and always for a token of the organization itself: least privilege (3.3).
    pub role: Option<DockerRole>,
    pub avatar_url: Option<String>,
}

open_enum! {
    /// Role of a user in an organization; an unknown one counts as least privilege (3.3).
    DockerRole { Owner = "owner", Editor = "editor", Member = "member" }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct GraphqlUser {
    orgs: Vec<GraphqlOrg>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct GraphqlOrg {
    name: String,
    role: Option<DockerRole>,
    avatar_url: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RestOrg {
    orgname: String,
    user_role: Option<DockerRole>,
    gravatar_url: Option<String>,
}

impl Session {
    /// Shows that the credential is good now, by an exchange of its own.
    pub async fn sign_in(&self) -> Result<SignedIn, HubError> {
        let token = self.token(Want::Proof).await?;
        let username = token.username.unwrap_or_else(|| self.credential.identifier.clone());
        Ok(SignedIn { username, kind: self.kind() })
    }

    /// The user behind the credential; refused for a token of an organization, which has none.
    pub async fn user(&self) -> Result<HubUser, HubError> {
        let url = self.hub.endpoints.rest(&["v2", "user", ""])?;
        self.rest(&Call::rest(Method::GET, url)).await
    }

    /// The organizations the credential reaches, with the user's role in each.
    ///
    /// GraphQL first, `/v2/user/orgs` where it refuses or leaves a role out (3.3). For a token of an organization it is
    /// that one, without a role: what such a token may do shows only when it is tried.
    pub async fn organizations(&self) -> Result<Vec<Organization>, HubError> {
        if self.kind() == CredentialKind::Oat {
            self.token(Want::Valid).await?;
            let name = self.credential.identifier.clone();
            return Ok(vec![Organization { name, role: None, avatar_url: None }]);
        }
        match self.ask::<GraphqlUser>(&operations::user()).await {
            Ok(user) => {
                let mut organizations: Vec<_> = user.orgs.into_iter().map(Organization::from).collect();
                if organizations.iter().any(|organization| organization.role.is_none()) {
                    self.add_roles(&mut organizations).await;
                }
                Ok(named(organizations))
            }
            Err(error @ HubError::BadCredential { .. }) => Err(error),
            Err(first) => {
                debug!("GraphQL gave no organizations, asking REST: {first}");
                let second = match self.rest_organizations().await {
                    Ok(organizations) => return Ok(named(organizations)),
                    Err(second) => second,
                };
                Err(if first.retryable() { first } else { second })
            }
        }
    }

    async fn rest_organizations(&self) -> Result<Vec<Organization>, HubError> {
        let url = self.hub.endpoints.rest(&["v2", "user", "orgs"])?;
        let listing = self.pages::<RestOrg>(url, MOST_ORGANIZATIONS).await?;
        Ok(listing.items.into_iter().map(Organization::from).collect())
    }

    async fn add_roles(&self, organizations: &mut [Organization]) {
        let known = match self.rest_organizations().await {
            Ok(known) => known,
            // A role that stays unknown counts as least privilege, which is the safe answer.
            Err(error) => return debug!("REST gave no roles either: {error}"),
        };
        let mut roles: HashMap<String, DockerRole> =
            known.into_iter().filter_map(|o| Some((o.name.to_ascii_lowercase(), o.role?))).collect();
        for organization in organizations.iter_mut().filter(|organization| organization.role.is_none()) {
            organization.role = roles.remove(&organization.name.to_ascii_lowercase());
        }
    }
}

/// Leaves out what has no name, which nothing could be asked about.
fn named(mut organizations: Vec<Organization>) -> Vec<Organization> {
    organizations.retain(|organization| !organization.name.is_empty());
    organizations
}

impl From<GraphqlOrg> for Organization {
    fn from(org: GraphqlOrg) -> Self {
        Self { name: org.name, role: org.role, avatar_url: org.avatar_url }
    }
}

impl From<RestOrg> for Organization {
    fn from(org: RestOrg) -> Self {
        Self { name: org.orgname, role: org.user_role, avatar_url: org.gravatar_url }
    }
}
