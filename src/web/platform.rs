//! The one place where browser and server differ: each function here has two bodies and one signature.

use std::sync::Arc;

use leptos::prelude::use_context;

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
