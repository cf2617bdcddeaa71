//! A digest as people compare it: its first twelve digits, the whole in its title.

use crate::model::Digest;
use leptos::prelude::*;

/// The short form in monospace.
#[component]
pub fn ShortDigest(digest: Digest) -> impl IntoView {
    let short = digest.short().to_owned();
    view! { <code class="short-digest" title=String::from(digest)>{short}</code> }
}
