//! What a selection would do now.

use leptos::prelude::*;

use crate::model::{CatalogName, SelectionPreview};
use crate::web::components::Panel;

/// Repositories that are named at most; the number says the rest.
const SHOWN: usize = 100;

/// The numbers, and the names behind them.
#[component]
pub fn Previewed(preview: SelectionPreview) -> impl IntoView {
    let sentence = preview.sentence();
    view! {
        <Panel title="Preview" lead="What this selection would do now. Nothing was saved or asked for.">
            <div class="stack" data-gap="m">
                <p>{sentence}</p>
                <Names title="Would be proposed" names=preview.proposed />
                <Names title="Mirrored already" names=preview.mirrored />
            </div>
        </Panel>
    }
}

#[component]
fn Names(title: &'static str, names: Vec<CatalogName>) -> impl IntoView {
    let rest = names.len().saturating_sub(SHOWN);
    (!names.is_empty()).then(|| {
        let one = |name: CatalogName| view! { <li class="mono">{name.to_string()}</li> };
        view! {
            <section class="stack" data-gap="s" aria-label=title>
                <h3>{title}</h3>
                <ul class="cluster" data-gap="m">{names.into_iter().take(SHOWN).map(one).collect_view()}</ul>
                {(rest > 0)
                    .then(|| view! { <p class="muted small">{format!("and {rest} more")}</p> })}
            </section>
        }
    })
}
