//! What an organization without a run does first.

use leptos::prelude::*;

use crate::model::Begun;
use crate::web::app::use_organization;
use crate::web::components::{Badge, Panel, Section, Tone};

/// Three steps, those that are done marked.
#[component]
pub fn FirstSteps(begun: Begun, has_mirror: bool) -> impl IntoView {
    let organization = use_organization();
    let step = move |section: Section, done: bool, link: &'static str, words: &'static str| {
        let href = section.href(organization.as_str());
        view! {
            <li>
                <p>
                    <a href=href>{link}</a> " " {done.then(|| view! { <Badge tone=Tone::Success>"Done"</Badge> })}
                </p>
                <p class="small muted">{words}</p>
            </li>
        }
    };
    let rule = if begun.rule { "Run your rule" } else { "Write a rule and run it" };
    view! {
        <Panel title="Three steps to the first run">
            <ol class="first-steps">
                {step(
                    Section::Catalog,
                    has_mirror,
                    "Mirror a repository",
                    "Choose one of the catalog: Docker copies it into your organization and keeps it up to date.",
                )}
                {step(
                    Section::Destinations,
                    begun.destination,
                    "Add a destination",
                    "The registry your clusters pull from, with a credential that may write there.",
                )}
                {step(
                    Section::Rules,
                    false,
                    rule,
                    "It says which tags go where. Run now copies what is there; this page then says how it goes.",
                )}
            </ol>
        </Panel>
    }
}
