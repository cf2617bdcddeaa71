//! Hub's pages: `{count, next, previous, results}` with absolute links; a page past the end is 404, not an empty list.

use axum::Json;
use axum::extract::OriginalUri;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refusals::{invalid, not_found};
use crate::sandbox::world::World;

/// Which page is asked for, and the filters some lists have.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    page: Option<String>,
    page_size: Option<String>,
    /// Part of a name.
    pub name: Option<String>,
    /// The order.
    pub ordering: Option<String>,
    /// Part of a member's name.
    pub search: Option<String>,
    /// A member's role.
    pub role: Option<String>,
}

/// The page of `results` that was asked for.
pub fn page(world: &World, uri: &OriginalUri, asked: &Asked, results: &[Value]) -> Response {
    let number = match parse(asked.page.as_deref(), 1) {
        Some(number) if number >= 1 => number,
        _ => return invalid("page", "must be a number from 1"),
    };
    let size = match parse(asked.page_size.as_deref(), 10) {
        Some(size) if size >= 1 => size.min(100),
        _ => return invalid("page_size", "must be a number from 1"),
    };
    let first = (number - 1) * size;
    if first >= results.len() && number > 1 {
        return not_found("That page contains no results");
    }
    let last = results.len().min(first + size);
    let link = |number: usize| address(world, uri, number, size);
    let body = json!({
        "count": results.len(),
        "next": (last < results.len()).then(|| link(number + 1)),
        "previous": (number > 1).then(|| link(number - 1)),
        "results": results[first..last],
    });
    Json(body).into_response()
}

fn parse(text: Option<&str>, default: usize) -> Option<usize> {
    text.map_or(Some(default), |text| text.parse().ok())
}

fn address(world: &World, uri: &OriginalUri, page: usize, size: usize) -> String {
    let query: Vec<(String, String)> = serde_urlencoded::from_str(uri.query().unwrap_or_default()).unwrap_or_default();
    let kept = query.into_iter().filter(|(name, _)| name != "page" && name != "page_size");
    let new = [("page".to_owned(), page.to_string()), ("page_size".to_owned(), size.to_string())];
    let query: Vec<_> = kept.chain(new).collect();
    format!("{}{}?{}", world.addresses().hub, uri.path(), serde_urlencoded::to_string(query).unwrap_or_default())
}
