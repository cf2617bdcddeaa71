//! The organization's own sign-in at Docker Hub: what runs read the source with when no person started them.

use secrecy::{ExposeSecret as _, SecretString};

use crate::app::{App, Visitor};
use crate::hub::{Credential, CredentialKind, HubError};
use crate::model::{ApiError, Connection, ConnectionForm, FieldErrors, OrgName};
use crate::seal::SealError;
use crate::store::{self, StoreError, connections};

/// Why the connection cannot be shown, kept or used.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Hub(#[from] HubError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("the form has errors")]
    Form(FieldErrors),
    #[error("there is no connection")]
    None,
}

impl From<ConnectionError> for ApiError {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::Store(error) => error.into(),
            ConnectionError::Hub(error) => error.of_typed_token(),
            ConnectionError::Seal(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a token cannot be sealed or opened");
                Self::Internal
            }
            ConnectionError::Form(fields) => Self::Invalid(fields),
            ConnectionError::None => Self::NotFound("There is no connection to remove.".to_owned()),
        }
    }
}

/// The connection, without its token.
pub async fn get(visitor: &Visitor) -> Result<Option<Connection>, StoreError> {
    Ok(connections::find(&visitor.app.db, &visitor.organization).await?.map(|kept| kept.connection))
}

/// Keeps a username and token once Docker Hub has accepted them and shown the organization to them.
pub async fn save(visitor: &Visitor, form: &ConnectionForm) -> Result<(), ConnectionError> {
    let (app, organization) = (&visitor.app, &visitor.organization);
    let (username, token) = form.check().map_err(ConnectionError::Form)?;
    let credential = Credential { identifier: username.to_owned(), secret: SecretString::from(token.to_owned()) };
    let hub = app.hub.session(credential.clone());
    hub.sign_in().await?;
    // Whoever may not see the mirrors cannot read for a run either.
    if let Err(error) = hub.mirrors(organization.as_str()).await {
        return Err(match error {
            HubError::NotFound | HubError::Forbidden { .. } | HubError::Refused { .. } => {
                ConnectionError::Form(FieldErrors::one(
                    "username",
                    format!(
                        "Docker Hub accepts the token but does not show it the mirrors of {organization}. Use one \
                             that may read them."
                    ),
                ))
            }
            other => other.into(),
        });
    }
    let sealed = app.sealer.seal(&purpose(organization), token)?;
    let connection =
        Connection { username: username.to_owned(), saved_by: visitor.username.clone(), saved_at: app.clock.now() };
    let mut tx = store::begin(&app.db).await?;
    connections::save(&mut *tx, organization, &connection, &sealed).await?;
    let kind = if credential.kind() == CredentialKind::Oat { "organization token" } else { "token" };
    visitor.did(&mut tx, "connection.save", &format!("{kind} of {username}")).await?;
    Ok(store::commit(tx).await?)
}

/// Forgets the token. Runs that no person starts fail from now on.
pub async fn remove(visitor: &Visitor) -> Result<(), ConnectionError> {
    let mut tx = store::begin(&visitor.app.db).await?;
    if !connections::delete(&mut *tx, &visitor.organization).await? {
        return Err(ConnectionError::None);
    }
    visitor.did(&mut tx, "connection.remove", visitor.organization.as_str()).await?;
    Ok(store::commit(tx).await?)
}

/// What the organization signs in with, if it gave us something.
pub async fn credential(app: &App, organization: &OrgName) -> Result<Option<Credential>, ConnectionError> {
    let Some(kept) = connections::find(&app.db, organization).await? else { return Ok(None) };
    let token = app.sealer.open(&purpose(organization), &kept.sealed_token)?;
    let secret = SecretString::from(token.expose_secret().to_owned());
    Ok(Some(Credential { identifier: kept.connection.username, secret }))
}

fn purpose(organization: &OrgName) -> String {
    format!("connection:{organization}")
}
