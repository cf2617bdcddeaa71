//! Ferry's own mark, a hull over a wave, and its name.

use leptos::prelude::*;

/// The mark and the name; a link where `href` is given.
#[component]
pub fn Logo(#[prop(optional, into)] href: Option<String>) -> impl IntoView {
    match href {
        Some(href) => view! { <a class="logo" href=href>{mark()}<span>"Ferry"</span></a> }.into_any(),
        None => view! { <span class="logo">{mark()}<span>"Ferry"</span></span> }.into_any(),
    }
}

fn mark() -> impl IntoView {
    view! {
        <svg class="logo__mark" viewBox="0 0 24 24" aria-hidden="true">
            <path class="logo__hull" d="M7 9V6h3V3.5h2.5V6H17v3h4.5l-2.4 6.5H4.9L2.5 9z"></path>
            <path class="logo__wave" d="M2 20c1.7 0 1.7-1.5 3.4-1.5S7 20 8.7 20s1.7-1.5 3.3-1.5S13.7 20 15.3 20s1.7-1.5 3.3-1.5S20.3 20 22 20"></path>
        </svg>
    }
}
