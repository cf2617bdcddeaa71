//! What looks again by itself: while something is on its way, or after something was done.

use std::time::Duration;

use leptos::prelude::*;

/// With a script asks again every two seconds while `busy`; without one the whole page is loaded again every five.
#[component]
pub fn Refresh(
    /// Something is on its way.
    #[prop(into)]
    busy: Signal<bool>,
    /// Asks again.
    again: Callback<()>,
) -> impl IntoView {
    let busy = Memo::new(move |_| busy.get());
    Effect::new(move |_| {
        if busy.get() {
            // A page nobody looks at asks nothing.
            let ask = move || {
                if !document().hidden() {
                    again.run(());
                }
            };
            // Where no timer is to be had, the page stays as it is until it is loaded again.
            if let Ok(handle) = set_interval_with_handle(ask, Duration::from_secs(2)) {
                on_cleanup(move || handle.clear());
            }
        }
    });
    // As inner HTML, since a browser with scripts makes no elements of what stands in a <noscript>.
    move || busy.get().then(|| view! { <noscript inner_html=r#"<meta http-equiv="refresh" content="5">"#></noscript> })
}

/// Asks again whenever the version changes, such as that of an action; not for the one there is at first.
pub fn again_after(version: impl Fn() -> usize + 'static, again: impl Fn() + 'static) {
    Effect::new(move |before: Option<usize>| {
        let now = version();
        if before.is_some_and(|before| before != now) {
            again();
        }
        now
    });
}
