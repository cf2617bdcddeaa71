//! Selections: kept, previewed, and looked through the catalog for. They propose; nothing starts without an owner.

use std::time::Duration;

use super::matching::{self, Plan};
use crate::app::{App, Visitor};
use crate::catalog::{self, CatalogError};
use crate::connection::{self, ConnectionError};
use crate::hub::{Credential, HubError, Session};
use crate::model::{
    ApiError, CatalogEntry, CatalogFilter, CatalogName, Choice, Facet, FieldErrors, MirrorName, OrgName, Selection,
    SelectionChoices, SelectionForm, SelectionId, SelectionPreview,
};
use crate::store::selections::{self, Saving};
use crate::store::{self, StoreError, requests};

/// How long a look that nobody waits for waits for Docker's rate limit.
const PATIENCE: Duration = Duration::from_mins(1);

const NO_TOKEN: &str = "Ferry has no token to read the catalog with. Connect the organization, or save the selection \
                        again: it is then read with your token for as long as you are signed in.";

/// Why a selection cannot be shown, kept or previewed.
#[derive(Debug, thiserror::Error)]
pub enum SelectionError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Hub(#[from] HubError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error("the form has errors")]
    Form(FieldErrors),
    #[error("there is no such selection")]
    NotFound,
}

impl From<SelectionError> for ApiError {
    fn from(error: SelectionError) -> Self {
        match error {
            SelectionError::Store(StoreError::NameTaken) => Self::Invalid(FieldErrors::one(
                "name",
                "Another selection has this name already: choose one that tells them apart.",
            )),
            SelectionError::Store(error) => error.into(),
            SelectionError::Hub(error) => error.into(),
            SelectionError::Catalog(error) => error.into(),
            SelectionError::Form(fields) => Self::Invalid(fields),
            SelectionError::NotFound => {
                Self::NotFound("There is no such selection; it may have been deleted meanwhile.".to_owned())
            }
        }
    }
}

/// All selections, by name.
pub async fn list(visitor: &Visitor) -> Result<Vec<Selection>, StoreError> {
    selections::list(&visitor.app.db, &visitor.organization, None).await
}

/// One selection.
pub async fn get(visitor: &Visitor, id: SelectionId) -> Result<Selection, SelectionError> {
    let mut found = selections::list(&visitor.app.db, &visitor.organization, Some(id)).await?;
    found.pop().ok_or(SelectionError::NotFound)
}

/// What the form can choose from.
pub async fn choices(visitor: &Visitor) -> Result<SelectionChoices, CatalogError> {
    let found = catalog::list(visitor, &CatalogFilter::default()).await?;
    let of = |facet: Facet| {
        let values = found.facets.iter().filter(move |values| values.facet == facet).flat_map(|values| &values.values);
        values.map(|value| Choice { id: value.id.clone(), name: value.name.clone() }).collect::<Vec<_>>()
    };
    Ok(SelectionChoices {
        categories: of(Facet::Category),
        distributions: of(Facet::Distribution),
        platforms: of(Facet::Platform).into_iter().map(|platform| platform.id).collect(),
    })
}

/// What would come of the form now; nothing is kept.
pub async fn preview(
    visitor: &Visitor,
    id: Option<SelectionId>,
    form: &SelectionForm,
) -> Result<SelectionPreview, SelectionError> {
    let draft = form.check(true).map_err(SelectionError::Form)?;
    let entries = catalog::entries(&visitor.app, &visitor.organization, Some(&visitor.hub)).await?;
    let known = requests::known(&visitor.app.db, &visitor.organization, id).await?;
    let Plan { look, propose, mirrored, .. } = matching::plan(&entries, &draft.filter, draft.cap, &known);
    let names = |entries: Vec<&CatalogEntry>| -> Vec<CatalogName> {
        entries.into_iter().map(|entry| entry.name.clone()).collect()
    };
    Ok(SelectionPreview { look, proposed: names(propose), mirrored: names(mirrored) })
}

/// Keeps a new selection (`id` none) or a change of one, and looks through the catalog for it at once.
pub async fn save(
    visitor: &Visitor,
    id: Option<SelectionId>,
    form: &SelectionForm,
) -> Result<SelectionId, SelectionError> {
    let draft = form.check(false).map_err(SelectionError::Form)?;
    let (app, organization) = (&visitor.app, &visitor.organization);
    let saving = Saving { by: &visitor.username, session: visitor.session_id.as_deref(), at: app.clock.now() };
    let kept_as = id.unwrap_or_else(|| SelectionId(uuid::Uuid::now_v7()));
    let mut tx = store::begin(&app.db).await?;
    let action = if id.is_some() {
        if !selections::update(&mut *tx, organization, kept_as, &draft, &saving).await? {
            return Err(SelectionError::NotFound);
        }
        "selection.change"
    } else {
        selections::insert(&mut *tx, organization, kept_as, &draft, &saving).await?;
        "selection.create"
    };
    visitor.did(&mut tx, action, draft.name.as_str()).await?;
    store::commit(tx).await?;
    // It is kept; where Docker Hub cannot be read just now, the page says so and it is tried again.
    if let Err(error) = look(app, &visitor.hub, organization, kept_as).await {
        note(app, kept_as, error).await?;
        selections::set_due(&app.db, kept_as, app.clock.now()).await?;
    }
    Ok(kept_as)
}

/// Removes a selection and withdraws what of its proposals is open. Mirrors that were started stay.
pub async fn delete(visitor: &Visitor, id: SelectionId) -> Result<(), SelectionError> {
    let now = visitor.app.clock.now();
    let mut tx = store::begin(&visitor.app.db).await?;
    selections::lock(&mut tx, &visitor.organization, id).await?;
    let own: Vec<String> = requests::known(&mut *tx, &visitor.organization, Some(id)).await?.own.into_iter().collect();
    let by = Some(visitor.username.as_str());
    requests::withdraw(&mut *tx, id, &own, by, (now, "The selection was deleted.")).await?;
    let name = selections::delete(&mut *tx, &visitor.organization, id).await?.ok_or(SelectionError::NotFound)?;
    visitor.did(&mut tx, "selection.delete", &name).await?;
    Ok(store::commit(tx).await?)
}

/// One look that nobody waits for, with the organization's own token or that of whoever saved the selection.
pub async fn look_by_itself(app: &App, organization: &OrgName, id: SelectionId) -> Result<(), StoreError> {
    let credential = match credential(app, organization, id).await {
        Ok(Some(credential)) => credential,
        Ok(None) => return selections::set_trouble(&app.db, id, NO_TOKEN).await,
        Err(ConnectionError::Store(error)) => return Err(error),
        Err(error) => return selections::set_trouble(&app.db, id, &ApiError::from(error).to_string()).await,
    };
    let hub = app.hub.session(credential).with_patience(PATIENCE);
    match look(app, &hub, organization, id).await {
        Err(error) => note(app, id, error).await,
        Ok(()) => Ok(()),
    }
}

async fn credential(app: &App, organization: &OrgName, id: SelectionId) -> Result<Option<Credential>, ConnectionError> {
    if let Some(credential) = connection::credential(app, organization).await? {
        return Ok(Some(credential));
    }
    let Some(session) = selections::session(&app.db, id).await? else { return Ok(None) };
    // A session that cannot be read is as good as none; its trouble is in the log.
    Ok(crate::access::credential(app, &session).await.unwrap_or_default())
}

/// Looks through the catalog for a selection: writes proposals, and withdraws those that are not wanted any more.
async fn look(app: &App, hub: &Session, organization: &OrgName, id: SelectionId) -> Result<(), SelectionError> {
    let entries = catalog::entries(app, organization, Some(hub)).await?;
    let now = app.clock.now();
    let mut tx = store::begin(&app.db).await?;
    selections::lock(&mut tx, organization, id).await?;
    // Read once it is locked: it may have been changed or deleted while Docker Hub answered.
    let Some(selection) = selections::list(&mut *tx, organization, Some(id)).await?.pop() else { return Ok(()) };
    let known = requests::known(&mut *tx, organization, Some(id)).await?;
    let plan = matching::plan(&entries, &selection.filter, selection.cap, &known);
    let named = |entry: &&CatalogEntry| Some((entry.name.clone(), format!("dhi-{}", entry.name).parse().ok()?));
    let proposals: Vec<(CatalogName, MirrorName)> = plan.propose.iter().filter_map(named).collect();
    let gone = "It is mirrored meanwhile, or the selection does not take it any more.";
    requests::withdraw(&mut *tx, id, &plan.stale, None, (now, gone)).await?;
    requests::propose(&mut tx, organization, (id, selection.name.as_str()), &proposals, now).await?;
    selections::set_look(&mut *tx, id, &plan.look, now).await?;
    store::commit(tx).await?;
    if !proposals.is_empty() {
        tracing::info!(proposals = proposals.len(), "{} proposes {} mirrors", selection.name, proposals.len());
    }
    Ok(())
}

/// Keeps what was in the way of a look beside its selection.
async fn note(app: &App, id: SelectionId, error: SelectionError) -> Result<(), StoreError> {
    match error {
        SelectionError::Store(error) => Err(error),
        SelectionError::Hub(error) => selections::set_trouble(&app.db, id, &error.sentence()).await,
        error => selections::set_trouble(&app.db, id, &ApiError::from(error).to_string()).await,
    }
}
