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

/// A moment by the clock and in the zone of whoever looks, `Wed 25 Nov, 22:00`; none on the server, which does not know it.
#[cfg(feature = "hydrate")]
pub fn by_local_clock(at: DateTime<Utc>) -> Option<String> {
    Some(at.with_timezone(&chrono::Local).format("%a %-d %b, %H:%M").to_string())
}

/// A moment by the clock and in the zone of whoever looks, `Wed 25 Nov, 22:00`; none on the server, which does not know it.
#[cfg(not(feature = "hydrate"))]
pub fn by_local_clock(_at: DateTime<Utc>) -> Option<String> {
    None
}

#[cfg(feature = "hydrate")]
fn document_attribute(name: &str) -> Option<String> {
    web_sys::window()?.document()?.document_element()?.get_attribute(name)
}

/// Where the browser's half begins: gives life to the page the server sent.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(crate::web::app::App);
}

/// Server-sent events that arrive for as long as this lives; the connection closes when it is dropped.
#[cfg(feature = "hydrate")]
pub struct Subscription {
    /// None where the browser refused the address.
    source: Option<web_sys::EventSource>,
    /// The browser calls these; they must outlive the connection.
    _listeners: [wasm_bindgen::closure::Closure<dyn FnMut(web_sys::Event)>; 3],
}

#[cfg(feature = "hydrate")]
impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(source) = &self.source {
            source.close();
        }
    }
}

/// Server-sent events that arrive for as long as this lives; the connection closes when it is dropped.
#[cfg(not(feature = "hydrate"))]
pub struct Subscription;

/// Follows the events called `event` of `url`: their data goes to `on_message`, and `on_state` hears whether the
/// connection stands (the browser itself tries again when it breaks). On the server nothing happens.
#[cfg(feature = "hydrate")]
pub fn listen(
    url: &str,
    event: &str,
    on_message: impl Fn(String) + 'static,
    on_state: impl Fn(bool) + 'static,
) -> Subscription {
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;

    let on_state = std::rc::Rc::new(on_state);
    let (opened, broken) = (on_state.clone(), on_state.clone());
    let message = Closure::new(move |event: web_sys::Event| {
        if let Some(data) = event.dyn_ref::<web_sys::MessageEvent>().and_then(|event| event.data().as_string()) {
            on_message(data);
        }
    });
    let open = Closure::new(move |_: web_sys::Event| opened(true));
    let error = Closure::new(move |_: web_sys::Event| broken(false));

    let source = web_sys::EventSource::new(url).ok().filter(|source| {
        source.set_onopen(Some(open.as_ref().unchecked_ref()));
        source.set_onerror(Some(error.as_ref().unchecked_ref()));
        source.add_event_listener_with_callback(event, message.as_ref().unchecked_ref()).is_ok()
    });
    if source.is_none() {
        on_state(false);
    }
    Subscription { source, _listeners: [message, open, error] }
}

/// Follows the events called `event` of `url`: their data goes to `on_message`, and `on_state` hears whether the
/// connection stands (the browser itself tries again when it breaks). On the server nothing happens.
#[cfg(not(feature = "hydrate"))]
pub fn listen(
    _url: &str,
    _event: &str,
    _on_message: impl Fn(String) + 'static,
    _on_state: impl Fn(bool) + 'static,
) -> Subscription {
    Subscription
}
