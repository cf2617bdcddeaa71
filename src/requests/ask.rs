//! Asking for a mirror, or for several at once. Docker Hub is only looked at: nothing starts.

use std::collections::HashSet;

use super::RequestError;
use crate::app::Visitor;
use crate::hub::Mirrors;
use crate::mirrors::{self, MirrorError};
use crate::model::{
    ApiError, CatalogName, FieldErrors, MirrorName, MirrorOutcome, Refused, RequestForm, RequestId, RequestsForm,
};
use crate::store;
use crate::store::requests::{self, Asked, NewRequest};

/// Asks for a mirror. The same open request twice is one.
pub async fn ask(visitor: &Visitor, form: &RequestForm) -> Result<RequestId, RequestError> {
    let (source, name, note) = form.check().map_err(RequestError::Form)?;
    let organization = visitor.organization.as_str();
    let (details, mirrors) = tokio::try_join!(
        visitor.hub.repository_details(organization, source.as_str()),
        visitor.hub.mirrors(organization)
    )
    .map_err(MirrorError::from)?;
    if details.is_none() {
        return Err(MirrorError::NoSource(source).into());
    }
    write(visitor, &source, &name, &note, &mirrors).await
}

/// Asks for each that is wanted, and says of each what came of it. What is asked for already stays as it is, so that the
/// whole form can be sent a second time.
pub async fn ask_several(visitor: &Visitor, form: RequestsForm) -> Result<Vec<MirrorOutcome>, RequestError> {
    let note = form.check_note().map_err(RequestError::Form)?;
    let organization = visitor.organization.as_str();
    let (catalog, mirrors) = tokio::try_join!(visitor.hub.catalog(organization), visitor.hub.mirrors(organization))
        .map_err(MirrorError::from)?;
    let catalog: HashSet<String> = catalog.repositories.into_iter().map(|one| one.name).collect();
    let mut outcomes = Vec::new();
    for (wish, name) in mirrors::wanted(form.wishes) {
        let done = match name {
            Ok(name) => {
                let done = one(visitor, &wish.source, &name, &note, (&catalog, &mirrors)).await;
                done.map_err(|error| ApiError::from(error).sentence())
            }
            Err(sentence) => Err(sentence),
        };
        outcomes.push(wish.outcome(done));
    }
    Ok(outcomes)
}

async fn one(
    visitor: &Visitor,
    source: &str,
    name: &MirrorName,
    note: &str,
    (catalog, mirrors): (&HashSet<String>, &Mirrors),
) -> Result<(), RequestError> {
    let source: CatalogName =
        source.parse().map_err(|Refused(sentence)| RequestError::Form(FieldErrors::one("source", sentence)))?;
    if !catalog.contains(source.as_str()) {
        return Err(MirrorError::NoSource(source).into());
    }
    write(visitor, &source, name, note, mirrors).await?;
    Ok(())
}

/// Writes the request, unless the name is a mirror's or the same is asked for already and open.
async fn write(
    visitor: &Visitor,
    source: &CatalogName,
    name: &MirrorName,
    note: &str,
    Mirrors { mirrors, .. }: &Mirrors,
) -> Result<RequestId, RequestError> {
    let organization = &visitor.organization;
    if let Some(mirror) = mirrors.iter().find(|mirror| mirror.repository.name == name.as_str()) {
        let words =
            format!("{organization}/{name} is the mirror of {} already: choose another name.", mirror.source.name);
        return Err(RequestError::Form(FieldErrors::one("name", words)));
    }
    let id = RequestId(uuid::Uuid::now_v7());
    let new = NewRequest {
        id,
        organization,
        source,
        name,
        note,
        requested_by: &visitor.username,
        requested_at: visitor.app.clock.now(),
    };
    let mut tx = store::begin(&visitor.app.db).await?;
    if !requests::insert(&mut *tx, &new).await? {
        let asked = Asked { source: Some(source), decided: Some(false), ..Asked::default() };
        let open = requests::page(&mut *tx, organization, asked, i64::MAX).await?;
        let first = open.into_iter().find(|request| request.name == *name);
        return Err(first.map_or(RequestError::NotOpen(name.to_string()), |r| RequestError::AskedAlready(Box::new(r))));
    }
    visitor.did(&mut tx, "mirror.request", &format!("{source} to {organization}/{name}")).await?;
    store::commit(tx).await?;
    Ok(id)
}
