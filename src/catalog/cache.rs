//! Docker's catalog, its repositories and the mirrors as they were read last: a page answers from that at once, and what has
//! grown old is read again behind it. What cannot be read stays as it is, with Docker's reason.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::CatalogError;
use super::listing::{DockerCatalog, DockerMirrors, DockerRepository, Listing};
use crate::app::{App, Visitor};
use crate::connection;
use crate::hub::{self, HubError};
use crate::model::{CatalogName, HubRefusal, OrgName};
use crate::queue::RefreshCatalog;
use crate::store::listings::{self, Content, Head, Subject};
use crate::store::{self, StoreError, connections};

/// After a reading was asked for, or refused, for so long nobody asks again.
const PAUSE: TimeDelta = TimeDelta::minutes(1);
/// How long a job waits for Docker's rate limit.
const PATIENCE: Duration = Duration::from_mins(1);

/// Both, with how old they are.
pub(super) struct Kept {
    pub catalog: Arc<DockerCatalog>,
    pub mirrors: Arc<DockerMirrors>,
    /// When Docker was asked for the catalog.
    pub read_at: DateTime<Utc>,
    /// Why one of them could not be read since.
    pub refusal: Option<HubRefusal>,
}

/// One listing, with how old it is.
pub(super) struct Shown<L> {
    pub listing: Arc<L>,
    /// When Docker was asked for it.
    pub read_at: DateTime<Utc>,
    /// Why it could not be read since.
    pub refusal: Option<HubRefusal>,
}

impl Kept {
    fn of(catalog: Shown<DockerCatalog>, mirrors: Shown<DockerMirrors>) -> Self {
        let refusal = catalog.refusal.into_iter().chain(mirrors.refusal).max_by_key(|refusal| refusal.at);
        Self { catalog: catalog.listing, mirrors: mirrors.listing, read_at: catalog.read_at, refusal }
    }
}

/// For a page: only what was never read, or was changed through Ferry since, is waited for.
pub(super) async fn for_page(visitor: &Visitor) -> Result<Kept, CatalogError> {
    let subjects = [&Subject::CATALOG, &Subject::MIRRORS];
    let [catalog, mirrors] = listings::heads(&visitor.app.db, &visitor.organization, subjects).await?;
    let (catalog, mirrors) = tokio::try_join!(page_part(visitor, &(), catalog), page_part(visitor, &(), mirrors))?;
    Ok(Kept::of(catalog, mirrors))
}

/// One repository for a page.
pub(super) async fn repository(visitor: &Visitor, name: &CatalogName) -> Result<Shown<DockerRepository>, CatalogError> {
    let subject = DockerRepository::subject(name);
    let [head] = listings::heads(&visitor.app.db, &visitor.organization, [&subject]).await?;
    page_part(visitor, name, head).await
}

/// For what nobody waits for: read again first where it is old and there is a token.
pub(super) async fn by_itself(
    app: &App,
    organization: &OrgName,
    hub: Option<&hub::Session>,
) -> Result<Kept, CatalogError> {
    let [catalog, mirrors] = listings::heads(&app.db, organization, [&Subject::CATALOG, &Subject::MIRRORS]).await?;
    let catalog = own_part(app, organization, hub, catalog).await?;
    let mirrors = own_part(app, organization, hub, mirrors).await?;
    Ok(Kept::of(catalog, mirrors))
}

/// Docker Hub as the organization's own token shows it, if there is one.
pub(super) async fn own_session(app: &App, organization: &OrgName) -> Result<Option<hub::Session>, CatalogError> {
    let credential = connection::credential(app, organization).await?;
    Ok(credential.map(|credential| app.hub.session(credential).with_patience(PATIENCE)))
}

/// Reads a listing and keeps it; what says the same as before changes nothing but the age.
pub(super) async fn refresh<L: Listing>(
    app: &App,
    organization: &OrgName,
    key: &L::Key,
    hub: &hub::Session,
) -> Result<Arc<L>, CatalogError> {
    let (began, subject) = (app.clock.now(), L::subject(key));
    let listing = match L::read(hub, organization.as_str(), key).await {
        Ok(listing) => listing,
        Err(error) => {
            match &error {
                // A person's own token is nobody else's business.
                CatalogError::Hub(HubError::BadCredential { .. } | HubError::WrongKindOfCredential { .. }) => {}
                CatalogError::Hub(error) => {
                    listings::refuse(&app.db, organization, &subject, &error.refusal(app.clock.now())).await?;
                }
                CatalogError::NotFound(_) => listings::remove(&app.db, organization, &subject).await?,
                _ => {}
            }
            return Err(error);
        }
    };
    let content = Content::of(&listing)?;
    if !listings::touch(&app.db, organization, &subject, &content.hash, began).await? {
        listings::write(&app.db, organization, &subject, &content, began).await?;
        tracing::info!(%organization, "the {} of {organization} at Docker Hub has changed", subject.as_str());
    }
    Ok(L::remembered().keep(content.hash, listing))
}

async fn page_part<L: Listing>(visitor: &Visitor, key: &L::Key, head: Option<Head>) -> Result<Shown<L>, CatalogError> {
    let (app, organization) = (&visitor.app, &visitor.organization);
    let Some((mut head, listing)) = kept::<L>(app, organization, key, head).await? else {
        return read_now(visitor, key).await;
    };
    let now = app.clock.now();
    if head.refusal.as_ref().is_none_or(|refusal| now - refusal.at >= PAUSE) {
        if is_outdated(&head) || (L::WAITS && is_old::<L>(app, &head)) {
            match read_now(visitor, key).await {
                Err(CatalogError::Hub(error)) => head.refusal = Some(error.refusal(app.clock.now())),
                other => return other,
            }
        } else if is_old::<L>(app, &head)
            && listings::ask(&app.db, organization, &L::subject(key), now, now - PAUSE).await?
        {
            read_behind::<L>(visitor, key, &head).await?;
        }
    }
    Ok(Shown { listing, read_at: head.read_at, refusal: head.refusal })
}

async fn own_part<L: Listing<Key = ()>>(
    app: &App,
    organization: &OrgName,
    hub: Option<&hub::Session>,
    head: Option<Head>,
) -> Result<Shown<L>, CatalogError> {
    let kept = kept::<L>(app, organization, &(), head).await?;
    let began = app.clock.now();
    let fresh = match (hub, &kept) {
        (None, None) => return Err(CatalogError::NeverRead),
        (Some(hub), None) => Some(refresh(app, organization, &(), hub).await?),
        (Some(hub), Some((head, _)))
            if (is_old::<L>(app, head) || is_outdated(head)) && L::is_whole_for(hub.kind()) =>
        {
            match refresh(app, organization, &(), hub).await {
                Err(CatalogError::Hub(error)) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "what was read before is used: {error}");
                    None
                }
                other => Some(other?),
            }
        }
        _ => None,
    };
    let fresh = fresh.map(|listing| Shown { listing, read_at: began, refusal: None });
    let kept = kept.map(|(head, listing)| Shown { listing, read_at: head.read_at, refusal: head.refusal });
    fresh.or(kept).ok_or(CatalogError::NeverRead)
}

/// What is kept, decoded once for each content. What an older Ferry wrote otherwise counts as never read.
async fn kept<L: Listing>(
    app: &App,
    organization: &OrgName,
    key: &L::Key,
    head: Option<Head>,
) -> Result<Option<(Head, Arc<L>)>, StoreError> {
    let Some(head) = head else { return Ok(None) };
    if let Some(known) = L::remembered().get(&head.hash) {
        return Ok(Some((head, known)));
    }
    let subject = L::subject(key);
    match listings::content::<L>(&app.db, organization, &subject).await {
        Ok(found) => Ok(found.map(|(hash, listing)| (head, L::remembered().keep(hash, listing)))),
        Err(StoreError::Inconsistent { reason, .. }) => {
            tracing::warn!(%organization, "the {} that was kept is read anew: {reason}", subject.as_str());
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn is_old<L: Listing>(app: &App, head: &Head) -> bool {
    app.clock.now() - head.read_at >= L::FRESH
}

fn is_outdated(head: &Head) -> bool {
    head.outdated_at.is_some_and(|at| at >= head.read_at)
}

async fn read_now<L: Listing>(visitor: &Visitor, key: &L::Key) -> Result<Shown<L>, CatalogError> {
    let read_at = visitor.app.clock.now();
    let listing = refresh(&visitor.app, &visitor.organization, key, &visitor.hub).await?;
    Ok(Shown { listing, read_at, refusal: None })
}

/// Has a listing read while the page goes out: the catalog by a job with the organization's token, otherwise with the
/// visitor's own, who is shown every mirror.
async fn read_behind<L: Listing>(visitor: &Visitor, key: &L::Key, head: &Head) -> Result<(), CatalogError> {
    let (app, organization) = (visitor.app.clone(), visitor.organization.clone());
    // It was asked for before and did not come: no worker is there, or the token is of no use.
    let is_unanswered = head.refusal.is_some() || head.asked_at.is_some_and(|asked| asked > head.read_at);
    let by_job = L::subject(key) == Subject::CATALOG && !is_unanswered;
    if by_job && connections::find(&app.db, &organization).await?.is_some() {
        let mut tx = store::begin(&app.db).await?;
        app.queue.add(&mut tx, &RefreshCatalog::new(organization)).await?;
        store::commit(tx).await?;
        return Ok(());
    }
    let (hub, key) = (visitor.hub.clone(), key.clone());
    tokio::spawn(async move {
        if let Err(error) = refresh::<L>(&app, &organization, &key, &hub).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "Docker's listing stays as it was read: {error}");
        }
    });
    Ok(())
}
