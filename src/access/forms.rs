//! What a form held, kept in the session for the next page when the browser posted it without JavaScript.

use axum::http::header::{ACCEPT, REFERER};
use axum::http::request::Parts;
use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};
use url::Url;

use super::session::broken;
use crate::model::ApiError;

/// More than any form of ours holds; a larger one is refused before it gets here.
const MOST_BYTES: usize = 256 * 1024;

#[derive(Serialize, Deserialize)]
struct Kept {
    held: String,
    outcome: Result<String, ApiError>,
}

/// Gives the answer back; where it is an error that no script will show, keeps the form for the page it came from.
pub async fn keep<T: Serialize>(form: &str, held: &impl Serialize, answer: Result<T, ApiError>) -> Result<T, ApiError> {
    if answer.is_err() { show(form, held, answer).await } else { answer }
}

/// The same for an answer that the form's own page shows, also when it is good.
pub async fn show<T: Serialize>(form: &str, held: &impl Serialize, answer: Result<T, ApiError>) -> Result<T, ApiError> {
    let Some(back) = plain_form() else { return answer };
    let kept = Kept {
        held: json(held).unwrap_or_else(|| "null".to_owned()),
        outcome: match &answer {
            Ok(value) => json(value).ok_or(ApiError::Internal),
            Err(error) => Err(error.clone()),
        },
    };
    super::current().await?.insert(&key(form), kept).await.map_err(broken)?;
    leptos_axum::redirect(&back);
    answer
}

/// What [`keep`] or [`show`] kept for this form, once.
pub async fn take(form: &str) -> Result<Option<(String, Result<String, ApiError>)>, ApiError> {
    let session = super::current().await?;
    let kept = session.remove::<Kept>(&key(form)).await.map_err(broken)?;
    Ok(kept.map(|kept| (kept.held, kept.outcome)))
}

fn key(form: &str) -> String {
    format!("form:{form}")
}

/// The path a plain form was posted from; none where a script sent it.
fn plain_form() -> Option<String> {
    let parts = use_context::<Parts>()?;
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    if !header(ACCEPT)?.contains("text/html") {
        return None;
    }
    let from = header(REFERER).and_then(|referer| Url::parse(referer).ok());
    Some(from.map_or_else(
        || "/".to_owned(),
        |url| url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())),
    ))
}

fn json(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok().filter(|json| json.len() <= MOST_BYTES)
}
