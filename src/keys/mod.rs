//! Keys whose signatures count: Docker's, the environment's, and those that an organization's admins decided for. A new
//! key is never accepted by itself.

use crate::app::{App, Visitor};
use crate::model::{ApiError, FieldErrors, KeyForm, KeyId, KeyOrigin, OrgName, SigningKey};
use crate::oci::{TrustedKey, TrustedKeys};
use crate::store::{self, StoreError, trusted_keys};

/// Why keys cannot be shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the form has errors")]
    Form(FieldErrors),
    #[error("there is no key {0}")]
    NotFound(KeyId),
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Store(StoreError::NameTaken) => Self::Invalid(FieldErrors::one("name", NAME_TAKEN)),
            KeyError::Store(error) => error.into(),
            KeyError::Form(fields) => Self::Invalid(fields),
            KeyError::NotFound(_) => {
                Self::NotFound("There is no such key; it may have been removed meanwhile.".to_owned())
            }
        }
    }
}

const NAME_TAKEN: &str = "Another key has this name already: choose one that tells them apart.";

/// All keys that count for the organization, Docker's first.
pub async fn list(visitor: &Visitor) -> Result<Vec<SigningKey>, KeyError> {
    let built_in = visitor.app.trusted_keys.iter().enumerate().map(|(at, key)| SigningKey {
        name: key.id.clone(),
        fingerprint: key.fingerprint(),
        pem: key.pem(),
        origin: if at == 0 { KeyOrigin::Docker } else { KeyOrigin::Environment },
    });
    let own = trusted_keys::list(&visitor.app.db, &visitor.organization).await?;
    Ok(built_in.chain(own).collect())
}

/// Adds a key that an admin pasted.
pub async fn add(visitor: &Visitor, form: &KeyForm) -> Result<KeyId, KeyError> {
    let draft = form.check().map_err(KeyError::Form)?;
    let key = TrustedKey::from_pem(draft.name.as_str(), &draft.pem).map_err(|_| {
        KeyError::Form(FieldErrors::one(
            "pem",
            "This is not a P-256 public key in PEM. It begins with -----BEGIN PUBLIC KEY-----; keys of other kinds \
             (RSA, Ed25519, certificates) are not used for attestations.",
        ))
    })?;
    let fingerprint = key.fingerprint();
    for known in list(visitor).await? {
        if known.fingerprint == fingerprint {
            let words = format!("This key is trusted already; it is called {}.", known.name);
            return Err(KeyError::Form(FieldErrors::one("pem", words)));
        }
        if known.name.eq_ignore_ascii_case(draft.name.as_str()) {
            return Err(KeyError::Form(FieldErrors::one("name", NAME_TAKEN)));
        }
    }
    let id = KeyId(uuid::Uuid::now_v7());
    let pem = key.pem();
    let new = trusted_keys::NewKey {
        id,
        organization: &visitor.organization,
        name: draft.name.as_str(),
        pem: &pem,
        fingerprint: &fingerprint,
        added_by: &visitor.username,
        added_at: visitor.app.clock.now(),
    };
    let mut tx = store::begin(&visitor.app.db).await?;
    trusted_keys::insert(&mut *tx, &new).await?;
    visitor.did(&mut tx, "key.add", &format!("{} {fingerprint}", draft.name)).await?;
    store::commit(tx).await?;
    Ok(id)
}

/// Removes a key of the organization. What it proved before stays in the history.
pub async fn remove(visitor: &Visitor, id: KeyId) -> Result<(), KeyError> {
    let mut tx = store::begin(&visitor.app.db).await?;
    let name = trusted_keys::delete(&mut *tx, &visitor.organization, id).await?.ok_or(KeyError::NotFound(id))?;
    visitor.did(&mut tx, "key.remove", &name).await?;
    Ok(store::commit(tx).await?)
}

/// The keys that a run of the organization verifies with.
pub async fn trusted(app: &App, organization: &OrgName) -> Result<TrustedKeys, StoreError> {
    let own = trusted_keys::list(&app.db, organization).await?;
    let own = own.into_iter().filter_map(|key| {
        let read = TrustedKey::from_pem(key.name.as_str(), &key.pem);
        read.inspect_err(|_| tracing::error!("the key {} of {organization} cannot be read", key.name)).ok()
    });
    Ok(app.trusted_keys.and(own))
}
