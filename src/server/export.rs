//! The runs of the history and the audit log as files, with the filter of the list in the address.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::{Stream, TryStreamExt as _};
use tower_sessions::Session;

use crate::access;
use crate::app::{App, Visitor};
use crate::history::{self, Format, HistoryError};
use crate::model::{ApiError, AuditFilter, OrgName, RunFilter};

/// The runs as a table.
pub(super) async fn runs_csv(
    State(app): State<App>,
    session: Session,
    Path(organization): Path<String>,
    Query(filter): Query<RunFilter>,
) -> Response {
    runs(app, session, &organization, &filter, Format::Csv).await
}

/// The runs as JSON.
pub(super) async fn runs_json(
    State(app): State<App>,
    session: Session,
    Path(organization): Path<String>,
    Query(filter): Query<RunFilter>,
) -> Response {
    runs(app, session, &organization, &filter, Format::Json).await
}

/// The audit log as a table.
pub(super) async fn audit_csv(
    State(app): State<App>,
    session: Session,
    Path(organization): Path<String>,
    Query(filter): Query<AuditFilter>,
) -> Response {
    audit(app, session, &organization, &filter, Format::Csv).await
}

/// The audit log as JSON.
pub(super) async fn audit_json(
    State(app): State<App>,
    session: Session,
    Path(organization): Path<String>,
    Query(filter): Query<AuditFilter>,
) -> Response {
    audit(app, session, &organization, &filter, Format::Json).await
}

async fn runs(app: App, session: Session, organization: &str, filter: &RunFilter, format: Format) -> Response {
    let written = async {
        let visitor = visitor(app, &session, organization).await?;
        let pieces = history::export(&visitor, filter, format)?;
        Ok::<_, ApiError>(file(&visitor, "runs", format, pieces))
    };
    answer(written.await)
}

async fn audit(app: App, session: Session, organization: &str, filter: &AuditFilter, format: Format) -> Response {
    let written = async {
        let visitor = visitor(app, &session, organization).await?;
        let pieces = history::export_audit(&visitor, filter, format)?;
        Ok::<_, ApiError>(file(&visitor, "audit", format, pieces))
    };
    answer(written.await)
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

async fn visitor(app: App, session: &Session, organization: &str) -> Result<Visitor, ApiError> {
    let nothing = |_| ApiError::NotFound("There is no such organization.".to_owned());
    let organization: OrgName = organization.parse().map_err(nothing)?;
    access::visitor(app, session, &organization).await
}

fn file(
    visitor: &Visitor,
    name: &str,
    format: Format,
    pieces: impl Stream<Item = Result<Bytes, HistoryError>> + Send + 'static,
) -> Response {
    // Where it breaks off in the middle the browser says that the file is not whole.
    let pieces =
        pieces.inspect_err(|error| tracing::error!(error = error as &dyn std::error::Error, "an export broke off"));
    let (kind, ending) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Json => ("application/json", "json"),
    };
    let name = format!("attachment; filename=\"{}-{name}.{ending}\"", visitor.organization);
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)];
    (headers, Body::from_stream(pieces)).into_response()
}
