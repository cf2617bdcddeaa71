//! The one place where browser and server differ: each function here has two bodies and one signature.

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
