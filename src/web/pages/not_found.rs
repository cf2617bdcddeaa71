//! The page of an address that leads nowhere, or that is nobody's business.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::web::components::{ButtonLink, PlainShell};
use crate::web::platform;

/// Says so, answers 404 and leads home.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    platform::set_status(404);
    view! {
        <Title text="Page not found" />
        <PlainShell
            title="There is no page here"
            lead="The address may be mistyped, or it belongs to an organization you are not a member of on Docker Hub."
        >
            <div class="cluster">
                <ButtonLink href="/">"Go to your organization"</ButtonLink>
            </div>
        </PlainShell>
    }
}
