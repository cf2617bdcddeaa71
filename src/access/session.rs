//! What a session holds: who it is, and their token, sealed. It ends with the session.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

use crate::app::App;
use crate::hub::{Credential, DockerRole, HubError};
use crate::model::{ApiError, Membership, OrgName, Role, Viewer};
use crate::store::sessions::{self, Sessions};

/// Name of the value in the session.
const KEY: &str = "signed-in";

/// How long a role is believed before Docker Hub is asked again.
const ROLES_STAY: TimeDelta = TimeDelta::minutes(5);

/// Somebody who signed in.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct SignedIn {
    username: String,
    /// Base64 of the token, sealed.
    sealed_token: String,
    memberships: Vec<Membership>,
    roles_read_at: DateTime<Utc>,
}

impl SignedIn {
    /// Seals what was just accepted by Docker Hub.
    pub(super) fn new(
        app: &App,
        username: String,
        token: &str,
        memberships: Vec<Membership>,
    ) -> Result<Self, ApiError> {
        let sealed = app.sealer.seal(&purpose(&username), token).map_err(unsealed)?;
        Ok(Self { sealed_token: STANDARD.encode(sealed), username, memberships, roles_read_at: app.clock.now() })
    }

    pub(super) fn username(&self) -> &str {
        &self.username
    }

    pub(super) fn viewer(&self) -> Viewer {
        Viewer { username: self.username.clone(), memberships: self.memberships.clone() }
    }

    /// Name and token, opened.
    pub(super) fn credential(&self, app: &App) -> Result<Credential, ApiError> {
        let sealed = STANDARD.decode(&self.sealed_token).map_err(|_| ApiError::SignedOut)?;
        // Sealed with another key: FERRY_SECRET_KEY was changed, and every session ends with it.
        let secret: SecretString =
            app.sealer.open(&purpose(&self.username), &sealed).map_err(|_| ApiError::SignedOut)?;
        Ok(Credential { identifier: self.username.clone(), secret })
    }
}

/// The layer that gives every request its session.
pub fn layer(app: &App) -> SessionManagerLayer<Sessions> {
    let life = time::Duration::hours(i64::from(app.config.session_hours));
    SessionManagerLayer::new(Sessions::new(app.db.clone(), app.clock.clone()))
        .with_name("ferry_session")
        .with_same_site(SameSite::Lax)
        .with_secure(app.config.public_url.scheme() == "https")
        .with_expiry(Expiry::OnInactivity(life))
}

/// The token of a session that still lives, for a worker that goes on with what its owner started.
pub async fn credential(app: &App, session_id: &str) -> Result<Option<Credential>, ApiError> {
    let data = sessions::data(&app.db, session_id, app.clock.now()).await?;
    let signed_in = data.and_then(|mut data| serde_json::from_value::<SignedIn>(data.remove(KEY)?).ok());
    match signed_in.map(|signed_in| signed_in.credential(app)) {
        None | Some(Err(ApiError::SignedOut)) => Ok(None),
        Some(answer) => answer.map(Some),
    }
}

/// Who this session belongs to; roles are read again every few minutes.
pub(super) async fn read(app: &App, session: &Session) -> Result<Option<SignedIn>, ApiError> {
    let Some(mut signed_in) = session.get::<SignedIn>(KEY).await.map_err(broken)? else { return Ok(None) };
    if app.clock.now() - signed_in.roles_read_at < ROLES_STAY {
        return Ok(Some(signed_in));
    }
    let credential = match signed_in.credential(app) {
        Ok(credential) => credential,
        Err(ApiError::SignedOut) => return Ok(None),
        Err(error) => return Err(error),
    };
    match memberships(&app.hub.session(credential)).await {
        Ok(memberships) => {
            signed_in.memberships = memberships;
            signed_in.roles_read_at = app.clock.now();
            session.insert(KEY, &signed_in).await.map_err(broken)?;
            Ok(Some(signed_in))
        }
        // Revoked at Docker Hub: the session is over.
        Err(HubError::BadCredential { .. }) => {
            session.flush().await.map_err(broken)?;
            Ok(None)
        }
        // Docker Hub is away: roles as they were last seen, since Hub itself will refuse what they no longer allow.
        Err(error) if error.retryable() => Ok(Some(signed_in)),
        Err(error) => Err(error.into()),
    }
}

/// Remembers who signed in, under a new session id, so that an id planted before is worth nothing.
pub(super) async fn write(session: &Session, signed_in: &SignedIn) -> Result<(), ApiError> {
    session.cycle_id().await.map_err(broken)?;
    session.insert(KEY, signed_in).await.map_err(broken)
}

/// The organizations of whoever the session belongs to, by name.
pub(super) async fn memberships(hub: &crate::hub::Session) -> Result<Vec<Membership>, HubError> {
    let mut memberships: Vec<Membership> = hub
        .organizations()
        .await?
        .into_iter()
        .filter_map(|found| {
            let organization: OrgName = found.name.parse().ok()?;
            let role = match found.role {
                Some(DockerRole::Owner) => Role::Owner,
                Some(DockerRole::Editor) => Role::Admin,
                Some(DockerRole::Member) => Role::Member,
                // An unknown role counts as the least privilege; whether it may mirror, Docker decides.
                Some(DockerRole::Other(_)) | None => Role::Custom,
            };
            Some(Membership { organization, role })
        })
        .collect();
    memberships.sort_by(|a, b| a.organization.cmp(&b.organization));
    Ok(memberships)
}

#[expect(clippy::needless_pass_by_value, reason = "the form `map_err` takes")]
pub(super) fn broken(error: tower_sessions::session::Error) -> ApiError {
    tracing::error!(%error, "a session could not be read or written");
    ApiError::Internal
}

fn unsealed(error: crate::seal::SealError) -> ApiError {
    tracing::error!(%error, "a token could not be sealed");
    ApiError::Internal
}

fn purpose(username: &str) -> String {
    format!("session:{username}")
}
