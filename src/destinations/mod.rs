//! Destinations: registries Ferry may write to. Secrets go in, are kept sealed, and never come out again.

use secrecy::{ExposeSecret as _, SecretString};

use crate::app::{App, Visitor};
use crate::model::{
    ApiError, BAD_AUTHORITY, Destination, DestinationDraft, DestinationForm, DestinationId, FieldErrors, OrgName,
    ProbeReport,
};
use crate::oci::{self, Registry, RegistryError};
use crate::registries::Terms;
use crate::seal::SealError;
use crate::store::{self, StoreError, destinations};

/// Why a destination cannot be shown, changed or opened.
#[derive(Debug, thiserror::Error)]
pub enum DestinationError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("the registry's client cannot be made")]
    Registry(#[from] RegistryError),
    #[error("the form has errors")]
    Form(FieldErrors),
    #[error("there is no destination {0}")]
    NotFound(DestinationId),
    #[error("rules use it: {0:?}")]
    InUse(Vec<String>),
}

impl From<DestinationError> for ApiError {
    fn from(error: DestinationError) -> Self {
        match error {
            DestinationError::Store(StoreError::NameTaken) => Self::Invalid(FieldErrors::one(
                "name",
                "Another destination has this name already: choose one that tells them apart.",
            )),
            DestinationError::Store(error) => error.into(),
            DestinationError::Seal(_) => Self::Conflict(
                "Ferry's key has changed since the secret was saved, so it cannot be opened: enter the secret again."
                    .to_owned(),
            ),
            DestinationError::Registry(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a registry's client cannot be made");
                Self::Internal
            }
            DestinationError::Form(fields) => Self::Invalid(fields),
            DestinationError::NotFound(_) => {
                Self::NotFound("There is no such destination; it may have been deleted meanwhile.".to_owned())
            }
            DestinationError::InUse(rules) => Self::Conflict(format!(
                "It stays while rules write to it: {}. Delete them or point them elsewhere first.",
                rules.join(", ")
            )),
        }
    }
}

/// All destinations, by name.
pub async fn list(visitor: &Visitor) -> Result<Vec<Destination>, DestinationError> {
    Ok(destinations::list(&visitor.app.db, &visitor.organization).await?)
}

/// One destination, without its secret.
pub async fn get(visitor: &Visitor, id: DestinationId) -> Result<Destination, DestinationError> {
    Ok(find(&visitor.app, &visitor.organization, id).await?.destination)
}

/// Keeps a new destination (`id` none) or a change of one.
pub async fn save(
    visitor: &Visitor,
    id: Option<DestinationId>,
    form: &DestinationForm,
) -> Result<DestinationId, DestinationError> {
    let (app, organization) = (&visitor.app, &visitor.organization);
    let (draft, secret) = checked(visitor, id, form).await?;
    let kept_as = id.unwrap_or_else(|| DestinationId(uuid::Uuid::now_v7()));
    let sealed = secret.map(|s| app.sealer.seal(&purpose(kept_as), s.expose_secret())).transpose()?;
    let mut tx = store::begin(&app.db).await?;
    let now = app.clock.now();
    let action = if let Some(id) = id {
        if !destinations::update(&mut *tx, organization, id, &draft, sealed.as_deref()).await? {
            return Err(DestinationError::NotFound(id));
        }
        "destination.change"
    } else {
        let by = &visitor.username;
        destinations::insert(&mut *tx, organization, kept_as, &draft, sealed.as_deref(), by, now).await?;
        "destination.create"
    };
    visitor.did(&mut tx, action, draft.name.as_str()).await?;
    store::commit(tx).await?;
    Ok(kept_as)
}

/// Tries what the form describes against the registry, and keeps nothing.
pub async fn test(
    visitor: &Visitor,
    id: Option<DestinationId>,
    form: &DestinationForm,
) -> Result<ProbeReport, DestinationError> {
    let (draft, secret) = checked(visitor, id, form).await?;
    let registry = connect(&visitor.app, &draft, secret)?;
    Ok(oci::probe(&registry, draft.prefix.as_ref()).await)
}

/// Tries a destination that is kept.
pub async fn probe(visitor: &Visitor, id: DestinationId) -> Result<ProbeReport, DestinationError> {
    let (destination, registry) = open(&visitor.app, &visitor.organization, id).await?;
    Ok(oci::probe(&registry, destination.prefix.as_ref()).await)
}

/// Removes a destination no rule uses.
pub async fn delete(visitor: &Visitor, id: DestinationId) -> Result<(), DestinationError> {
    let (app, organization) = (&visitor.app, &visitor.organization);
    let destination = find(app, organization, id).await?.destination;
    let mut tx = store::begin(&app.db).await?;
    match destinations::delete(&mut *tx, organization, id).await {
        Ok(true) => {}
        Ok(false) => return Err(DestinationError::NotFound(id)),
        Err(StoreError::InUse) => return Err(DestinationError::InUse(destination.rules)),
        Err(error) => return Err(error.into()),
    }
    visitor.did(&mut tx, "destination.delete", destination.name.as_str()).await?;
    store::commit(tx).await?;
    Ok(())
}

/// The destination and a client that may write to it.
pub async fn open(
    app: &App,
    organization: &OrgName,
    id: DestinationId,
) -> Result<(Destination, Registry), DestinationError> {
    let kept = find(app, organization, id).await?;
    let secret = kept.sealed_secret.map(|sealed| app.sealer.open(&purpose(id), &sealed)).transpose()?;
    let draft = DestinationDraft {
        name: kept.destination.name.clone(),
        host: kept.destination.host.clone(),
        prefix: kept.destination.prefix.clone(),
        username: kept.destination.username.clone(),
        secret: None,
        plain_http: kept.destination.plain_http,
        authority: kept.destination.authority.clone(),
        rates: kept.destination.rates,
    };
    let registry = connect(app, &draft, secret)?;
    Ok((kept.destination, registry))
}

fn connect(app: &App, draft: &DestinationDraft, secret: Option<SecretString>) -> Result<Registry, DestinationError> {
    let credential = draft.username.clone().zip(secret).map(|(username, secret)| oci::Credential { username, secret });
    let terms = Terms { authority: draft.authority.clone(), rates: draft.rates };
    Ok(app.registries.connect_on(&draft.host, draft.plain_http, credential, terms)?)
}

/// The form, checked, with the secret it means: the one typed, or the one kept where the field was left empty.
async fn checked(
    visitor: &Visitor,
    id: Option<DestinationId>,
    form: &DestinationForm,
) -> Result<(DestinationDraft, Option<SecretString>), DestinationError> {
    let kept = match id {
        Some(id) => Some((id, find(&visitor.app, &visitor.organization, id).await?)),
        None => None,
    };
    let keeps_secret = kept.as_ref().is_some_and(|(_, kept)| kept.sealed_secret.is_some());
    let draft = form.check(keeps_secret).map_err(DestinationError::Form)?;
    if draft.authority.as_deref().is_some_and(|pem| !oci::is_authority(pem)) {
        return Err(DestinationError::Form(FieldErrors::one("authority", BAD_AUTHORITY)));
    }
    let secret = match (&draft.secret, kept) {
        (Some(typed), _) => Some(SecretString::from(typed.clone())),
        (None, Some((id, kept))) if draft.username.is_some() => {
            // A secret goes only where it was meant for: another host would learn it.
            if kept.destination.host != draft.host {
                return Err(DestinationError::Form(FieldErrors::one(
                    "secret",
                    "The host is another one now: enter the password or token that belongs to it.",
                )));
            }
            kept.sealed_secret.map(|sealed| visitor.app.sealer.open(&purpose(id), &sealed)).transpose()?
        }
        _ => None,
    };
    Ok((draft, secret))
}

async fn find(app: &App, organization: &OrgName, id: DestinationId) -> Result<destinations::Kept, DestinationError> {
    destinations::find(&app.db, organization, id).await?.ok_or(DestinationError::NotFound(id))
}

fn purpose(id: DestinationId) -> String {
    format!("destination:{id}")
}
