//! The runs of the history as a file, with the filter of the list in the address.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::TryStreamExt as _;
use tower_sessions::Session;

use crate::access;
use crate::app::App;
use crate::history::{self, Format};
use crate::model::{ApiError, OrgName, RunFilter};

/// As a table.
pub(super) async fn csv(
    State(app): State<App>,
    session: Session,
    Path(organization): Path<String>,
    Query(filter): Query<RunFilter>,
) -> Response {
    answer(write(app, session, &organization, &filter, Format::Csv).await)
}

/// As JSON.
pub(super) async fn json(
    State(app): State<App>,
    session: Session,
    Path(organization): Path<String>,
    Query(filter): Query<RunFilter>,
) -> Response {
    answer(write(app, session, &organization, &filter, Format::Json).await)
}

/// The file, or the error in words.
pub(super) fn answer(written: Result<Response, ApiError>) -> Response {
    written.unwrap_or_else(|error| {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let sentences: Vec<String> = error.fields().0.into_values().collect();
        let words = if sentences.is_empty() { error.to_string() } else { sentences.join("\n") };
        (status, words).into_response()
    })
}

async fn write(
    app: App,
    session: Session,
    organization: &str,
    filter: &RunFilter,
    format: Format,
) -> Result<Response, ApiError> {
    let nothing = |_| ApiError::NotFound("There is no such organization.".to_owned());
    let organization: OrgName = organization.parse().map_err(nothing)?;
    let visitor = access::visitor(app, &session, &organization).await?;
    // Where it breaks off in the middle the browser says that the file is not whole.
    let pieces = history::export(&visitor, filter, format)?
        .inspect_err(|error| tracing::error!(error = error as &dyn std::error::Error, "an export broke off"));
    let (kind, ending) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Json => ("application/json", "json"),
    };
    let name = format!("attachment; filename=\"{organization}-runs.{ending}\"");
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
