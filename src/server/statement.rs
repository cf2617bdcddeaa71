//! The in-toto statement of an attestation as a file, byte for byte as it is stored.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use tower_sessions::Session;

use super::export::answer;
use crate::access;
use crate::app::App;
use crate::evidence;
use crate::model::{ApiError, CatalogName, Digest, OrgName};

/// The statement of one attestation of a repository of the catalog.
pub(super) async fn file(
    State(app): State<App>,
    session: Session,
    Path((organization, name, digest)): Path<(String, String, String)>,
) -> Response {
    answer(read(app, session, &organization, &name, &digest).await)
}

async fn read(app: App, session: Session, organization: &str, name: &str, digest: &str) -> Result<Response, ApiError> {
    let nothing = |_| ApiError::NotFound("There is no such attestation.".to_owned());
    let organization: OrgName = organization.parse().map_err(nothing)?;
    let visitor = access::visitor(app, &session, &organization).await?;
    let (name, digest): (CatalogName, Digest) = (name.parse().map_err(nothing)?, digest.parse().map_err(nothing)?);
    let statement = evidence::statement(&visitor, &name, &digest).await?;
    let file = format!("attachment; filename=\"{name}-{}.json\"", digest.short());
    let headers = [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, file)];
    Ok((headers, statement.bytes).into_response())
}
