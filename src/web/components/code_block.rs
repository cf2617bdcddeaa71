//! Text to read or copy as it is: commands, documents, raw answers.

use super::CopyButton;
use leptos::prelude::*;

/// A block of monospace text with a button that copies it.
#[component]
pub fn CodeBlock(
    #[prop(into)] text: String,
    /// What the text is, for screen readers.
    #[prop(default = "Code".into(), into)]
    label: String,
    /// Breaks long lines instead of scrolling.
    #[prop(optional)]
    wrap: bool,
) -> impl IntoView {
    view! {
        <div class="code-block">
            <pre class="code-block__text" data-wrap=wrap tabindex="0" role="region" aria-label=label>
                <code>{text.clone()}</code>
            </pre>
            <span class="code-block__copy"><CopyButton text /></span>
        </div>
    }
}
