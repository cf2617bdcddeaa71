//! Webhooks of mirrors: the address that Docker Hub calls is made, shown to those who may configure, rotated and
//! removed; and what was delivered there. Receiving is for `webhook`.

pub mod secret;

use chrono::TimeDelta;
use secrecy::ExposeSecret as _;
use url::{Host, Url};

use crate::app::{App, Visitor};
use crate::hub::HubError;
use crate::model::{
    ApiError, Delivery, DeliveryFilter, Hook, HookAddress, HookDetail, HookId, MirrorName, Page, Refused, RepoName,
};
use crate::seal::SealError;
use crate::store::{self, StoreError, deliveries, hooks, triggers};

/// Deliveries on one page.
const PAGE: usize = 50;
/// Deliveries on the mirror's page.
const RECENT: i64 = 5;
/// How far back missed deliveries are counted.
const MISSED: TimeDelta = TimeDelta::days(30);
/// How long an address is heard after another took its place.
const OVERLAP: TimeDelta = TimeDelta::hours(24);
/// Docker's limit for an address, in characters.
const LONGEST_ADDRESS: usize = 255;

/// Why a webhook cannot be shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Hub(#[from] HubError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("there is no randomness")]
    Random(#[from] rand::rand_core::OsError),
    #[error("no name of a repository: {0}")]
    Name(#[from] Refused),
    #[error("there is no mirror {0}")]
    NoMirror(MirrorName),
    #[error("the mirror has no webhook")]
    NoHook,
    #[error("the mirror has a webhook")]
    Exists,
    #[error("the address has {0} characters")]
    TooLong(usize),
}

impl From<HookError> for ApiError {
    fn from(error: HookError) -> Self {
        match error {
            HookError::Store(error) => error.into(),
            HookError::Hub(error) => error.into(),
            HookError::Seal(_) | HookError::Random(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "an address cannot be made");
                Self::Internal
            }
            HookError::Name(refused) => Self::NotFound(refused.0),
            HookError::NoMirror(name) => Self::NotFound(format!("Docker knows no mirror called {name}.")),
            HookError::NoHook => {
                Self::NotFound("This mirror has no webhook; it may have been removed meanwhile.".to_owned())
            }
            HookError::Exists => {
                Self::Conflict("This mirror has a webhook already: reload the page to see it.".to_owned())
            }
            HookError::TooLong(length) => Self::Conflict(format!(
                "Docker Hub takes addresses of at most {LONGEST_ADDRESS} characters, and this one would have {length}: \
                 shorten FERRY_PUBLIC_URL."
            )),
        }
    }
}

/// The webhook of a mirror with its newest deliveries.
pub async fn get(visitor: &Visitor, name: &MirrorName) -> Result<HookDetail, HookError> {
    let (app, organization, mirror) = (&visitor.app, &visitor.organization, repository(visitor, name)?);
    let kept = hooks::current(&app.db, organization, &mirror, app.clock.now()).await?;
    let hook = kept.map(|kept| {
        Ok::<_, HookError>(Hook {
            address: address(visitor, &kept)?,
            made_by_ferry: kept.slug.is_some(),
            created_by: kept.created_by,
            created_at: kept.created_at,
            old_until: kept.old_until,
        })
    });
    Ok(HookDetail {
        hook: hook.transpose()?,
        is_unreachable: is_unreachable(&app.config.public_url, &app.config.hub_url),
        last_accepted: deliveries::last_accepted(&app.db, organization, &mirror).await?,
        missed: triggers::missed(&app.db, organization, &mirror, app.clock.now() - MISSED).await?,
        recent: deliveries::page(&app.db, organization, Some(&mirror), None, None, RECENT).await?,
    })
}

/// Makes an address for a mirror, and the webhook at Docker Hub where the visitor's token may; else somebody has to, by
/// hand.
pub async fn create(visitor: &Visitor, name: &MirrorName) -> Result<(), HookError> {
    let (app, mirror) = (&visitor.app, repository(visitor, name)?);
    let mirrors = visitor.hub.mirrors(visitor.organization.as_str()).await?.mirrors;
    if !mirrors.iter().any(|found| found.repository.is(&mirror)) {
        return Err(HookError::NoMirror(name.clone()));
    }
    let mut tx = store::begin(&app.db).await?;
    let made = insert(visitor, &mut tx, &mirror).await?;
    visitor.did(&mut tx, "hook.create", mirror.as_str()).await?;
    store::commit(tx).await?;
    // Not inside the transaction: Docker Hub may take its time.
    if let Err(error) = make_at_hub(visitor, &mirror, &made).await {
        let mut tx = store::begin(&app.db).await?;
        hooks::delete(&mut *tx, &visitor.organization, &mirror).await?;
        visitor.did(&mut tx, "hook.delete", mirror.as_str()).await?;
        store::commit(tx).await?;
        return Err(error);
    }
    Ok(())
}

/// Makes another address for a mirror; the one there is is heard for another day.
pub async fn rotate(visitor: &Visitor, name: &MirrorName) -> Result<(), HookError> {
    let (app, mirror, now) = (&visitor.app, repository(visitor, name)?, visitor.app.clock.now());
    let mut tx = store::begin(&app.db).await?;
    let old = hooks::current(&mut *tx, &visitor.organization, &mirror, now).await?.ok_or(HookError::NoHook)?;
    hooks::delete_ended(&mut *tx, &visitor.organization, &mirror, now).await?;
    if !hooks::end(&mut *tx, old.id, now + OVERLAP).await? {
        return Err(HookError::Exists);
    }
    let made = insert(visitor, &mut tx, &mirror).await?;
    visitor.did(&mut tx, "hook.rotate", mirror.as_str()).await?;
    store::commit(tx).await?;
    // What somebody made by hand they must change by hand; another one would only call twice.
    let Some(slug) = old.slug else { return Ok(()) };
    let replaced = match make_at_hub(visitor, &mirror, &made).await {
        Ok(true) => remove_at_hub(visitor, &mirror, &slug).await,
        other => other.map(drop),
    };
    if let Err(error) = replaced {
        // The old one calls on, and its address is heard for a day; the page says what to do.
        tracing::warn!(error = &error as &dyn std::error::Error, "the webhook of {mirror} could not be replaced");
    }
    Ok(())
}

/// Removes the webhook of a mirror, also at Docker Hub where Ferry made it there. What was delivered stays.
pub async fn delete(visitor: &Visitor, name: &MirrorName) -> Result<(), HookError> {
    let (app, mirror) = (&visitor.app, repository(visitor, name)?);
    let kept = hooks::current(&app.db, &visitor.organization, &mirror, app.clock.now()).await?;
    kept.ok_or(HookError::NoHook)?;
    // Those before a rotation too: one that could not be replaced calls on.
    for slug in hooks::slugs(&app.db, &visitor.organization, &mirror).await? {
        remove_at_hub(visitor, &mirror, &slug).await?;
    }
    let mut tx = store::begin(&app.db).await?;
    if hooks::delete(&mut *tx, &visitor.organization, &mirror).await? {
        visitor.did(&mut tx, "hook.delete", mirror.as_str()).await?;
    }
    Ok(store::commit(tx).await?)
}

/// Removes the webhook of a mirror that was stopped, where it has one. Where Docker Hub does not let us, it stays there and
/// calls about nothing.
pub async fn forget(visitor: &Visitor, name: &MirrorName) -> Result<(), HookError> {
    match delete(visitor, name).await {
        Err(HookError::NoHook) => Ok(()),
        Err(HookError::Hub(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the webhook of {name} stays at Docker Hub");
            let mirror = repository(visitor, name)?;
            hooks::delete(&visitor.app.db, &visitor.organization, &mirror).await?;
            Ok(())
        }
        other => other,
    }
}

/// The mirrors that have a webhook, by name.
pub async fn list(visitor: &Visitor) -> Result<Vec<RepoName>, HookError> {
    Ok(hooks::mirrors(&visitor.app.db, &visitor.organization).await?)
}

/// Deliveries, newest first.
pub async fn deliveries(visitor: &Visitor, filter: &DeliveryFilter) -> Result<Page<Delivery>, HookError> {
    let (db, organization) = (&visitor.app.db, &visitor.organization);
    let mirror = filter.mirror.as_ref().map(|name| repository(visitor, name)).transpose()?;
    // One more than shown tells whether there is a next page.
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut rows = deliveries::page(db, organization, mirror.as_ref(), filter.outcome, filter.after, limit).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|delivery| delivery.id.to_string());
    Ok(Page { rows, next })
}

fn repository(visitor: &Visitor, name: &MirrorName) -> Result<RepoName, Refused> {
    format!("{}/{name}", visitor.organization).parse()
}

/// For those who may configure.
fn address(visitor: &Visitor, kept: &hooks::Kept) -> Result<Option<HookAddress>, SealError> {
    if !visitor.role.may_configure() {
        return Ok(None);
    }
    let app = &visitor.app;
    let secret = match app.sealer.open(&purpose(kept.id), &kept.sealed_secret) {
        // FERRY_SECRET_KEY was changed: it is still heard, since its hash is known.
        Err(SealError::CannotOpen) => return Ok(None),
        other => other?,
    };
    Ok(Some(HookAddress(secret::address(&app.config.public_url, &secret))))
}

/// An address that was just made.
struct Made {
    id: HookId,
    address: HookAddress,
}

async fn insert(visitor: &Visitor, tx: &mut store::Tx, mirror: &RepoName) -> Result<Made, HookError> {
    let App { sealer, config, clock, .. } = &visitor.app;
    let (id, secret) = (HookId(uuid::Uuid::now_v7()), secret::random()?);
    let address = secret::address(&config.public_url, &secret);
    let length = address.chars().count();
    if length > LONGEST_ADDRESS {
        return Err(HookError::TooLong(length));
    }
    let secret = secret.expose_secret();
    let new = hooks::NewHook {
        id,
        organization: &visitor.organization,
        mirror,
        secret_hash: &secret::hash(secret),
        sealed_secret: &sealer.seal(&purpose(id), secret)?,
        created_by: &visitor.username,
        created_at: clock.now(),
    };
    match hooks::insert(&mut **tx, &new).await {
        Err(StoreError::NameTaken) => return Err(HookError::Exists),
        other => other?,
    }
    Ok(Made { id, address: HookAddress(address) })
}

/// Has Docker Hub call the address; answers false where somebody has to do that by hand. The interface is undocumented,
/// so whatever it refuses counts as that; only where it can be reached later, or the token is gone, is it an error.
async fn make_at_hub(visitor: &Visitor, mirror: &RepoName, made: &Made) -> Result<bool, HookError> {
    let Ok(call) = Url::parse(&made.address.0) else { return Ok(false) };
    // The end of an id is random: Docker derives what a webhook is deleted by from its name.
    let id = made.id.0.simple().to_string();
    let name = format!("Ferry {}", &id[id.len() - 6..]);
    match visitor.hub.create_webhook(mirror, &name, &call).await {
        Ok(webhook) if webhook.slug.is_empty() => Ok(false),
        Ok(webhook) => {
            hooks::set_slug(&visitor.app.db, made.id, &webhook.slug).await?;
            Ok(true)
        }
        Err(error) if error.retryable() || matches!(error, HubError::BadCredential { .. }) => Err(error.into()),
        Err(error) => {
            // Without Docker's words: a refusal may repeat the address.
            let closed = error.is_closed_door();
            tracing::info!(closed, "Docker Hub makes no webhook of {mirror} with this token: it is to be made by hand");
            Ok(false)
        }
    }
}

/// What is gone, or closed to this token, is left alone: nobody listens there any more.
async fn remove_at_hub(visitor: &Visitor, mirror: &RepoName, slug: &str) -> Result<(), HookError> {
    match visitor.hub.delete_webhook(mirror, slug).await {
        Err(error) if !error.is_closed_door() => Err(error.into()),
        _ => Ok(()),
    }
}

/// Docker Hub is elsewhere, and an address of this machine means another one there.
fn is_unreachable(public_url: &Url, hub_url: &Url) -> bool {
    let is_loopback = |url: &Url| match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    is_loopback(public_url) && !is_loopback(hub_url)
}

fn purpose(id: HookId) -> String {
    format!("hook:{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_pretend_docker_hub_reaches_this_machine_by_its_loopback() {
        let is_unreachable = |public_url: &str, hub_url: &str| {
            is_unreachable(&public_url.parse().expect("an address"), &hub_url.parse().expect("an address"))
        };
        assert!(is_unreachable("http://127.0.0.1:3000", "https://hub.docker.com"));
        assert!(is_unreachable("http://localhost:3000", "https://hub.docker.com"));
        assert!(!is_unreachable("http://127.0.0.1:3000", "http://127.0.0.1:4780"));
        assert!(!is_unreachable("https://ferry.example.com", "https://hub.docker.com"));
    }
}
