//! How a request stands, the same on its own page and on its repository's.

use leptos::prelude::*;

use crate::model::{Asker, Decision, MirrorRequest, OrgName, RequestState};
use crate::web::components::{Section, StatusBadge, TimeAgo};

/// The state, who decided, why, and what Docker said.
#[component]
pub fn RequestStatus(request: MirrorRequest) -> impl IntoView {
    let MirrorRequest { state, decision, trouble, .. } = request;
    let status = match state {
        RequestState::Open => "requested",
        RequestState::Approved => "accepted",
        RequestState::Declined => "refused",
        RequestState::Withdrawn => "cancelled",
    };
    let decided = decision.map(|Decision { by, at, reason }| {
        let by = by.unwrap_or_else(|| "Ferry".to_owned());
        view! {
            <p class="small muted">{format!("{by}, ")} <TimeAgo at /></p>
            {(!reason.is_empty()).then(|| view! { <p class="request__words">{reason}</p> })}
        }
    });
    let trouble = trouble.map(|words| {
        view! { <p class="request__words small">{format!("An owner approved it and it could not be started. {words}")}</p> }
    });
    view! {
        <div class="stack" data-gap="xs">
            <StatusBadge status label=state.label() />
            {decided}
            {trouble}
        </div>
    }
}

/// Who asks, with the way to a selection that is still there.
pub fn asked_by(asker: Asker, organization: &OrgName) -> AnyView {
    match asker {
        Asker::Person(username) => username.into_any(),
        Asker::Selection { id: Some(id), name } => {
            let href = format!("{}/selections/{id}", Section::Requests.href(organization.as_str()));
            view! { "Selection " <a href=href>{name}</a> }.into_any()
        }
        Asker::Selection { id: None, name } => format!("Selection {name}, deleted since").into_any(),
    }
}
