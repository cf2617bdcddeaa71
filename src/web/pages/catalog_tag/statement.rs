//! One in-toto statement, to be read or taken along as a file.

use leptos::prelude::*;

use super::asked::{Asked, Part};
use super::attestations::what;
use crate::model::{Digest, StatementText};
use crate::web::components::{ButtonLink, CodeBlock, KeyValue, KeyValues, Panel, ShortDigest, Size};
use crate::web::format;

/// The statement, with the ways to the file and back to the list.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "a component owns what it shows")]
pub fn Statement(statement: StatementText, asked: Asked, catalog: String) -> impl IntoView {
    let StatementText { digest, predicate_type, text, is_cut, size } = statement;
    let (back, file) = (asked.on(Part::Attestations).href(&catalog), file(&catalog, &asked.name, &digest));
    let actions = move || {
        view! {
            <ButtonLink href=back size=Size::Small>"All attestations"</ButtonLink>
            <ButtonLink href=file size=Size::Small attr:rel="external" attr:download="">"Download"</ButtonLink>
        }
    };
    let cut = is_cut.then(|| {
        view! { <p class="muted small">"Only the beginning is shown. The file has all of it."</p> }
    });
    view! {
        <Panel title="Statement" actions>
            <div class="stack" data-gap="m">
                <KeyValues>
                    <KeyValue key="What it says">{what(&predicate_type)}</KeyValue>
                    <KeyValue key="Attestation"><ShortDigest digest /></KeyValue>
                    <KeyValue key="Size">{format::bytes(size)}</KeyValue>
                </KeyValues>
                {cut}
                <div class="catalog-tag__statement"><CodeBlock text label="Statement" wrap=true /></div>
            </div>
        </Panel>
    }
}

/// The address of the statement as a file.
pub fn file(catalog: &str, name: &str, attestation: &Digest) -> String {
    format!("{catalog}/{name}/statements/{attestation}")
}
