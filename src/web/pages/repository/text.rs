//! An overview or a guide, with its table of contents where it is long.

use leptos::prelude::*;

use crate::model::{RepositoryText, TextHeading};
use crate::web::components::{EmptyState, Panel, Prose};

/// So many headings need a table of contents.
const MANY: usize = 4;

/// The text below its own heading.
#[component]
pub fn Text(title: &'static str, text: RepositoryText, nothing: &'static str) -> impl IntoView {
    let RepositoryText { html, headings } = text;
    if html.trim().is_empty() {
        return view! { <EmptyState title=nothing /> }.into_any();
    }
    let contents = (headings.len() >= MANY).then(|| {
        // By the browser itself: the place is on this page.
        let entry = |heading: TextHeading| {
            let href = format!("#{}", heading.id);
            view! { <li data-below=heading.is_below><a href=href rel="external">{heading.words}</a></li> }
        };
        view! {
            <nav class="contents" aria-label="On this page">
                <ol>{headings.into_iter().map(entry).collect_view()}</ol>
            </nav>
        }
    });
    view! {
        <Panel title>
            {contents}
            <Prose html />
        </Panel>
    }
    .into_any()
}
