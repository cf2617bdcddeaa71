//! Mirrors that people ask for and owners decide about; selections of the catalog that ask by themselves.

mod ask;
pub mod matching;
pub mod selections;

use std::collections::BTreeSet;

use crate::app::Visitor;
use crate::hub::HubError;
use crate::mirrors::{self, MirrorError};
use crate::model::{
    ApiError, Asker, CatalogName, DecisionForm, FieldErrors, MirrorRequest, Page, RequestFilter, RequestId,
    RequestState,
};
use crate::store::requests::{self, Asked, Settled};
use crate::store::{self, StoreError, Tx};

pub use ask::{ask, ask_several};

/// Requests on one page.
const PAGE: usize = 50;
/// Requests of one repository that its page shows.
const OF_SOURCE: i64 = 5;

/// Why a request cannot be written or decided.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    #[error("the form has errors")]
    Form(FieldErrors),
    #[error("there is no such request")]
    NotFound,
    #[error("{} asks for it already", .0.asker.words())]
    AskedAlready(Box<MirrorRequest>),
    #[error("the request for {0} is not open")]
    NotOpen(String),
    #[error("somebody else asked")]
    NotYours,
    /// What could not be started, each with its reason; the requests stay open.
    #[error("{} of the mirrors could not be started", .0.len())]
    NotStarted(Vec<String>),
}

impl From<RequestError> for ApiError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Store(error) => error.into(),
            RequestError::Mirror(error) => error.into(),
            RequestError::Form(fields) => Self::Invalid(fields),
            RequestError::NotFound => Self::NotFound("There is no such request.".to_owned()),
            RequestError::AskedAlready(request) => Self::Conflict(format!(
                "This was asked for already, by {} on {} UTC. It waits for an owner; nothing was added.",
                request.asker.words(),
                request.requested_at.format("%-d %B, %H:%M")
            )),
            RequestError::NotOpen(name) => {
                Self::Conflict(format!("The request for {name} is not open any more: reload the page to see why."))
            }
            RequestError::NotYours => Self::Forbidden(
                "Only whoever asked may withdraw a request. An owner can decline it instead.".to_owned(),
            ),
            RequestError::NotStarted(reasons) => Self::Conflict(reasons.join(" ")),
        }
    }
}

/// A page of the organization's requests, newest first.
pub async fn list(visitor: &Visitor, filter: &RequestFilter) -> Result<Page<MirrorRequest>, StoreError> {
    let asked = Asked { decided: Some(filter.decided), after: filter.after, ..Asked::default() };
    let one_more = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut rows = requests::page(&visitor.app.db, &visitor.organization, asked, one_more).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Page { rows, next })
}

/// The last requests for mirrors of one repository, newest first.
pub async fn of_source(visitor: &Visitor, source: &CatalogName) -> Result<Vec<MirrorRequest>, StoreError> {
    let asked = Asked { source: Some(source), ..Asked::default() };
    requests::page(&visitor.app.db, &visitor.organization, asked, OF_SOURCE).await
}

/// How many nobody decided yet.
pub async fn count_open(visitor: &Visitor) -> Result<u32, StoreError> {
    requests::count_open(&visitor.app.db, &visitor.organization).await
}

/// Starts what was asked for, with this owner's token. What Docker refuses stays open, with Docker's words.
pub async fn approve(visitor: &Visitor, form: &DecisionForm) -> Result<(), RequestError> {
    let (ids, reason) = form.check(false).map_err(RequestError::Form)?;
    let mut not_started = Vec::new();
    for id in ids {
        not_started.extend(approve_one(visitor, id, &reason).await?);
    }
    if not_started.is_empty() { Ok(()) } else { Err(RequestError::NotStarted(not_started)) }
}

/// Answers why it could not be started, where Docker or another owner was in the way.
async fn approve_one(visitor: &Visitor, id: RequestId, reason: &str) -> Result<Option<String>, RequestError> {
    let mut tx = store::begin(&visitor.app.db).await?;
    // Locked while Docker is asked, so that nobody declines what begins.
    let request = match open(&mut tx, visitor, id).await {
        Err(error @ RequestError::NotOpen(_)) => return Ok(Some(ApiError::from(error).to_string())),
        other => other?,
    };
    match mirrors::start(visitor, &request.source, request.name.as_str()).await {
        Ok(_) => {}
        Err(error) if concerns_all(&error) => return Err(error.into()),
        Err(error) => {
            let why = ApiError::from(error).sentence();
            requests::note_trouble(&mut *tx, &visitor.organization, id, &why).await?;
            store::commit(tx).await?;
            return Ok(Some(format!("{} was not started. {why}", request.name)));
        }
    }
    settle(&mut tx, visitor, &request, RequestState::Approved, reason).await?;
    store::commit(tx).await?;
    Ok(None)
}

/// Says no to what was asked for, with a reason.
pub async fn decline(visitor: &Visitor, form: &DecisionForm) -> Result<(), RequestError> {
    let (ids, reason) = form.check(true).map_err(RequestError::Form)?;
    let mut proposed_by = BTreeSet::new();
    let mut tx = store::begin(&visitor.app.db).await?;
    for id in ids {
        let request = open(&mut tx, visitor, id).await?;
        settle(&mut tx, visitor, &request, RequestState::Declined, &reason).await?;
        if let Asker::Selection { id: Some(selection), .. } = request.asker {
            proposed_by.insert(selection);
        }
    }
    store::commit(tx).await?;
    for selection in proposed_by {
        // Something else may have room now. After the transaction: a look locks the selection before its requests.
        store::selections::set_due(&visitor.app.db, selection, visitor.app.clock.now()).await?;
    }
    Ok(())
}

/// Takes back what one has asked for.
pub async fn withdraw(visitor: &Visitor, id: RequestId) -> Result<(), RequestError> {
    let mut tx = store::begin(&visitor.app.db).await?;
    // Before it is locked: the lock of who is refused would for a moment be in the way of who may.
    if find(&mut tx, visitor, id).await?.asker != Asker::Person(visitor.username.clone()) {
        return Err(RequestError::NotYours);
    }
    let request = open(&mut tx, visitor, id).await?;
    settle(&mut tx, visitor, &request, RequestState::Withdrawn, "").await?;
    Ok(store::commit(tx).await?)
}

/// An open request, locked until the transaction ends.
async fn open(tx: &mut Tx, visitor: &Visitor, id: RequestId) -> Result<MirrorRequest, RequestError> {
    let is_open = requests::lock_open(tx, &visitor.organization, id).await?;
    let request = find(tx, visitor, id).await?;
    if is_open { Ok(request) } else { Err(RequestError::NotOpen(request.name.to_string())) }
}

async fn find(tx: &mut Tx, visitor: &Visitor, id: RequestId) -> Result<MirrorRequest, RequestError> {
    let asked = Asked { id: Some(id), ..Asked::default() };
    requests::page(&mut **tx, &visitor.organization, asked, 1).await?.pop().ok_or(RequestError::NotFound)
}

async fn settle(
    tx: &mut Tx,
    visitor: &Visitor,
    request: &MirrorRequest,
    state: RequestState,
    reason: &str,
) -> Result<(), RequestError> {
    let settled = Settled { state, by: &visitor.username, at: visitor.app.clock.now(), reason };
    requests::settle(&mut **tx, &visitor.organization, request.id, &settled).await?;
    let action = match state {
        RequestState::Approved => "mirror.approve",
        RequestState::Declined => "mirror.decline",
        RequestState::Open | RequestState::Withdrawn => "mirror.withdraw",
    };
    let subject = format!("{} to {}/{}", request.source, visitor.organization, request.name);
    Ok(visitor.did(tx, action, &subject).await?)
}

/// Nothing else could be started either.
fn concerns_all(error: &MirrorError) -> bool {
    match error {
        MirrorError::Store(_) => true,
        MirrorError::Hub(error) => error.retryable() || matches!(error, HubError::BadCredential { .. }),
        _ => false,
    }
}
