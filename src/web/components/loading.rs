//! What stands where an answer is awaited.

use leptos::prelude::*;

/// Grey rows in place of the rows to come; the `fallback` of a `<Suspense>`.
#[component]
pub fn Loading(
    #[prop(default = 5)] rows: u32,
    #[prop(default = "Loading".into(), into)] label: String,
) -> impl IntoView {
    view! {
        <div class="loading" role="status" aria-busy="true" aria-label=label>
            {(0..rows).map(|_| view! { <div class="loading__row"></div> }).collect_view()}
        </div>
    }
}
