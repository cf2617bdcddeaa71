//! The way in: to the sign-in page, to the only organization, or to a choice between several.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::components::Redirect;

use crate::api::session::{SignOut, get_viewer};
use crate::model::Viewer;
use crate::web::components::{Button, Loading, Notice, PlainShell, Section};
use crate::web::frame::use_organization;
use crate::web::pages::ReadError;

/// Sends people on to where they belong.
#[component]
pub fn HomePage() -> impl IntoView {
    let viewer = Resource::new_blocking(|| (), |()| get_viewer());
    view! {
        <Title text="" />
        <Suspense fallback=|| view! { <Loading rows=3 /> }>
            {move || Suspend::new(async move {
                match viewer.await {
                    Ok(None) => view! { <Redirect path="/sign-in" /> }.into_any(),
                    Ok(Some(viewer)) => landing(viewer),
                    Err(error) => {
                        view! { <PlainShell title="Ferry cannot show this page"><ReadError error /></PlainShell> }
                            .into_any()
                    }
                }
            })}
        </Suspense>
    }
}

/// An organization's address without a section: the overview is where everybody begins.
#[component]
pub fn ToOverview() -> impl IntoView {
    let organization = use_organization();
    view! { <Redirect path=Section::Overview.href(organization.as_str()) /> }
}

fn landing(viewer: Viewer) -> AnyView {
    match viewer.memberships.as_slice() {
        [] => view! { <NoOrganization username=viewer.username /> }.into_any(),
        [only] => view! { <Redirect path=Section::Overview.href(only.organization.as_str()) /> }.into_any(),
        several => {
            let links: Vec<_> = several
                .iter()
                .map(|membership| {
                    let name = membership.organization.to_string();
                    let href = Section::Overview.href(&name);
                    view! {
                        <li>
                            <a class="home__organization" href=href>
                                <span class="home__name">{name}</span>
                                <span class="muted small">{membership.role.label()}</span>
                            </a>
                        </li>
                    }
                })
                .collect();
            view! {
                <PlainShell title="Choose an organization" lead="You belong to these on Docker Hub.">
                    <ul class="home">{links}</ul>
                </PlainShell>
            }
            .into_any()
        }
    }
}

#[component]
fn NoOrganization(username: String) -> impl IntoView {
    view! {
        <PlainShell title="You belong to no organization yet">
            <Notice>
                {format!(
                    "You are signed in as {username}. Ferry works on Docker Hub organizations, and this account is in none. \
                     Ask an owner of your organization to invite you on Docker Hub, then sign in again.",
                )}
            </Notice>
            <form method="post" action=SignOut::url()>
                <Button>"Sign out"</Button>
            </form>
        </PlainShell>
    }
}
