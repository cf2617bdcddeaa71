//! The one place where browser and server differ: each function here has two bodies and one signature.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use leptos::prelude::use_context;

use crate::model::Theme;
use crate::web::components::Now;

/// How a page sets the status of its answer; the server provides it as context.
#[derive(Clone)]
pub struct Responder(pub Arc<dyn Fn(u16) + Send + Sync>);

/// Sets the status of the answer that this page becomes; in the browser nothing happens.
pub fn set_status(code: u16) {
    if let Some(responder) = use_context::<Responder>() {
        (responder.0)(code);
    }
}

/// Puts `text` on the clipboard; on the server, and where the browser refuses, nothing happens.
#[cfg(feature = "hydrate")]
pub fn copy(text: &str) {
    // Where a page is not served securely there is no clipboard at all, and `navigator.clipboard` is undefined.
    if let Some(window) = web_sys::window().filter(web_sys::Window::is_secure_context) {
        drop(window.navigator().clipboard().write_text(text));
    }
}

/// Puts `text` on the clipboard; on the server, and where the browser refuses, nothing happens.
#[cfg(not(feature = "hydrate"))]
pub fn copy(_text: &str) {}

/// The chosen colours: the server's context, which the document keeps in `data-theme`.
#[cfg(feature = "hydrate")]
pub fn theme() -> Theme {
    Theme::parse(&document_attribute("data-theme").unwrap_or_default())
}

/// The chosen colours: the server's context, which the document keeps in `data-theme`.
#[cfg(not(feature = "hydrate"))]
pub fn theme() -> Theme {
    use_context().unwrap_or_default()
}

/// The moment the page was made: the server's context, which the document keeps in `data-now`.
#[cfg(feature = "hydrate")]
pub fn page_time() -> Option<Now> {
    document_attribute("data-now").and_then(|text| text.parse().ok()).map(Now)
}

/// The moment the page was made: the server's context, which the document keeps in `data-now`.
#[cfg(not(feature = "hydrate"))]
pub fn page_time() -> Option<Now> {
    use_context()
}

/// The machine's own clock, to measure how long a page has been open: never compared with the server's.
#[expect(clippy::disallowed_methods, reason = "the browser has no `Clock`, and only a difference is used")]
pub fn local_time() -> DateTime<Utc> {
    Utc::now()
}

#[cfg(feature = "hydrate")]
fn document_attribute(name: &str) -> Option<String> {
    web_sys::window()?.document()?.document_element()?.get_attribute(name)
}
