//! The frame of an organization's pages: who is signed in, whether they belong there, and the shell around the page.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::suspense::Unsuspend;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_params_map};

use crate::api::requests::count_open_requests;
use crate::api::session::{ChooseTheme, SignOut, get_viewer};
use crate::model::{ApiError, OrgName, Role, Viewer};
use crate::web::components::{Loading, PlainShell, Shell, WaitingCount};
use crate::web::exposed::{ExposedNotices, ExposedState};
use crate::web::pages::{NotFoundPage, ReadError, ToSignIn};
use crate::web::platform;

/// The person who is signed in; context of every page inside the frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentViewer(pub Viewer);

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

/// How many requests wait for this person; asked on every page, and once more by whoever changes it.
#[derive(Clone, Copy)]
struct WaitingRequests(Resource<Result<u32, ApiError>>);

/// How many requests wait for this person's decision; none for whoever decides nothing. Only inside the frame.
pub fn use_waiting_requests() -> Resource<Result<u32, ApiError>> {
    expect_context::<WaitingRequests>().0
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

/// Lets in whoever belongs to the organization in the address; nobody else learns that it is known here.
#[component]
pub fn Frame() -> impl IntoView {
    let params = use_params_map();
    let organization = Memo::new(move |_| params.read().get("org")?.parse::<OrgName>().ok());

    let viewer = Resource::new_blocking(|| (), |()| get_viewer());

    view! {
        <Suspense fallback=|| view! { <Loading label="Loading Ferry" /> }>
            {move || {
                let organization = organization.get();
                Suspend::new(async move {
                    let viewer = viewer.await;
                    // On the server a `Suspense` goes through what is ready more than once, and a page that is made twice
                    // asks all its questions twice: the first one's answers, and a kept form, would be lost.
                    Unsuspend::new(move || enter(viewer, organization))
                })
            }}
        </Suspense>
    }
}

fn enter(viewer: Result<Option<Viewer>, ApiError>, organization: Option<OrgName>) -> AnyView {
    let viewer = match viewer {
        Ok(Some(viewer)) => viewer,
        Ok(None) => return view! { <ToSignIn /> }.into_any(),
        Err(error) => {
            return view! { <PlainShell title="Ferry cannot show this page"><ReadError error /></PlainShell> }
                .into_any();
        }
    };
    let place =
        organization.and_then(|organization| viewer.role_in(&organization).map(|role| Place { organization, role }));
    match place {
        Some(place) => view! { <Inside viewer place /> }.into_any(),
        None => view! { <NotFoundPage /> }.into_any(),
    }
}

#[component]
fn Inside(viewer: Viewer, place: Place) -> impl IntoView {
    let organizations: Vec<_> = viewer.memberships.iter().map(|m| m.organization.to_string()).collect();
    let (user, path) = (viewer.username.clone(), use_address());
    let (org, role) = (place.organization.to_string(), place.role.label());
    let (organization, may_change) = (place.organization.clone(), place.role.may_configure());
    let waiting = waiting_requests(&place);
    let requests = move || {
        view! {
            <Transition>
                {move || Suspend::new(async move {
                    // Where it is not known, the page itself says what is wrong.
                    let number = waiting.await.unwrap_or_default();
                    (number > 0).then(|| view! { <WaitingCount number /> })
                })}
            </Transition>
        }
    };
    provide_context(WaitingRequests(waiting));
    provide_context(CurrentViewer(viewer));
    provide_context(place);
    ExposedState::provide(&organization);
    view! {
        <Shell
            org
            organizations
            path
            user
            role
            theme=platform::theme()
            theme_action=ChooseTheme::url()
            sign_out_action=SignOut::url()
            requests
        >
            <ExposedNotices organization may_change />
            <Outlet />
        </Shell>
    }
}

fn waiting_requests(place: &Place) -> Resource<Result<u32, ApiError>> {
    let (organization, may_decide) = (place.organization.clone(), place.role.may_decide());
    let path = use_location().pathname;
    Resource::new_blocking(
        move || path.get(),
        move |_| {
            let organization = organization.clone();
            async move { if may_decide { count_open_requests(organization).await } else { Ok(0) } }
        },
    )
}
