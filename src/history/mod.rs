//! The history, looked through: runs by what they were about, where an image is, how a tag made its way, how fast a
//! rule is, what needs attention, who did what, and all of it as a file. One run with its tags is for `forward`.

mod audit;
mod export;
mod file;
mod overview;
mod tag_places;
mod timeline;

use crate::app::Visitor;
use crate::hub::HubError;
use crate::mirrors::MirrorError;
use crate::model::{
    ApiError, FieldErrors, FilterNames, FoundRun, Page, Refused, RunFilter, RunId, Sought, Whereabouts,
};
use crate::store::{StoreError, history, whereabouts};

pub use audit::{actors, audit, export_audit};
pub use export::export;
pub use file::Format;
pub use overview::overview;
pub use tag_places::tag_places;
pub use timeline::{freshness, timeline};

/// Runs on one page.
const PAGE: usize = 50;

/// Why the history cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Hub(#[from] HubError),
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    #[error("the filter has errors")]
    Filter(FieldErrors),
    #[error("no reference: {0}")]
    Sought(#[from] Refused),
}

impl From<HistoryError> for ApiError {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Store(error) => error.into(),
            HistoryError::Hub(error) => error.into(),
            HistoryError::Mirror(error) => error.into(),
            HistoryError::Filter(fields) => Self::Invalid(fields),
            HistoryError::Sought(Refused(sentence)) => Self::Invalid(FieldErrors::one("q", sentence)),
        }
    }
}

/// Runs that the filter takes, newest first; `after` continues a page's `next`. Where something is searched for, each
/// says which of its tags it was found by.
pub async fn runs(visitor: &Visitor, filter: &RunFilter, after: Option<RunId>) -> Result<Page<FoundRun>, HistoryError> {
    let (db, organization) = (&visitor.app.db, &visitor.organization);
    let query = filter.check().map_err(HistoryError::Filter)?;
    // One more than shown tells whether there is a next page.
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut runs = history::page(db, organization, &query, after, limit).await?;
    let more = runs.len() > PAGE;
    runs.truncate(PAGE);
    let next = runs.last().filter(|_| more).map(|run| run.id.to_string());
    let mut found = match &query.q {
        Some(sought) => {
            let ids: Vec<RunId> = runs.iter().map(|run| run.id).collect();
            history::found(db, &ids, sought).await?
        }
        None => std::collections::HashMap::new(),
    };
    let rows = runs
        .into_iter()
        .map(|run| {
            let (tags, found_in_all) = found.remove(&run.id).unwrap_or_default();
            FoundRun { run, found: tags, found_in_all }
        })
        .collect();
    Ok(Page { rows, next })
}

/// What the filter's lists offer.
pub async fn names(visitor: &Visitor) -> Result<FilterNames, HistoryError> {
    Ok(history::names(&visitor.app.db, &visitor.organization).await?)
}

/// Every mirror and destination where Ferry saw what the text names.
pub async fn places(visitor: &Visitor, text: &str) -> Result<Whereabouts, HistoryError> {
    let (db, organization) = (&visitor.app.db, &visitor.organization);
    let sought: Sought = text.parse()?;
    let docker = &visitor.app.config.docker_registry;
    let is_hub = sought.host.as_ref().map(|host| host.is_docker_hub() || host == docker);
    let mut places = match is_hub {
        Some(false) => Vec::new(),
        _ => whereabouts::mirrors(db, organization, &sought).await?,
    };
    if is_hub != Some(true) {
        places.extend(whereabouts::destinations(db, organization, &sought).await?);
    }
    let is_cut = places.len() > whereabouts::MOST;
    places.truncate(whereabouts::MOST);
    Ok(Whereabouts { places, is_cut })
}
