//! STAND-IN of task B, to be dropped in the merge: weba writes `frame.rs`.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::model::{OrgName, Role};

/// Where the page lies and what the person may do there; provided once both were checked.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    organization: OrgName,
    role: Role,
}

/// The organization whose page this is. Only inside the frame.
pub fn use_organization() -> OrgName {
    expect_context::<Place>().organization
}

/// What the person may do in this organization. Only inside the frame.
pub fn use_role() -> Role {
    expect_context::<Place>().role
}

/// The address now: path and query.
pub fn use_address() -> Signal<String> {
    let location = use_location();
    Signal::derive(move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        let query = search.trim_start_matches('?');
        if query.is_empty() { path } else { format!("{path}?{query}") }
    })
}
