//! What is public and must not be, as a red notice on every page of the organization.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::api::exposed::{MakePrivate, get_exposed};
use crate::model::{ApiError, DestinationId, Exposed, ExposedDestination, MirrorName, OrgName, PublicMirror, RepoName};
use crate::web::components::{Badge, Button, ButtonLink, Notice, Section, Size, TimeAgo, Tone};
use crate::web::forms::{FormError, FormState, use_form};
use crate::web::refresh::again_after;

/// More than so many are folded away behind their number.
const MOST: usize = 3;

/// What is known of it; context of every page inside the frame.
#[derive(Clone, Copy)]
pub struct ExposedState {
    exposed: Resource<Result<Exposed, ApiError>>,
    set: ServerAction<MakePrivate>,
    form: FormState<MirrorName, ()>,
}

impl ExposedState {
    /// Called once by the frame. It is asked for again on each page, and once something was made private.
    pub fn provide(organization: &OrgName) {
        let set = ServerAction::<MakePrivate>::new();
        let form = use_form("make-private", set);
        let (path, asked) = (use_location().pathname, organization.clone());
        let exposed =
            Resource::new_blocking(move || (path.get(), set.version().get()), move |_| get_exposed(asked.clone()));
        provide_context(Self { exposed, set, form });
    }

    /// The mirrors that the notice names already.
    pub async fn named(self) -> Vec<RepoName> {
        let exposed = self.exposed.await.unwrap_or_default();
        exposed.mirrors.into_iter().map(|mirror| mirror.repository).collect()
    }

    /// Whether this destination waits for a decision because everybody can pull from it.
    pub async fn waits(self, destination: DestinationId) -> bool {
        let exposed = self.exposed.await.unwrap_or_default();
        exposed.destinations.iter().any(|one| one.id == destination)
    }

    /// Changes whenever a mirror was made private: part of what a page asks again for.
    pub fn version(self) -> usize {
        self.set.version().get()
    }

    /// Asks again whenever this changes: something was done that may have found or decided something.
    pub fn follow(self, version: impl Fn() -> usize + 'static) {
        again_after(version, move || self.exposed.refetch());
    }
}

/// Only inside the frame.
pub fn use_exposed() -> ExposedState {
    expect_context()
}

/// The notices above a page; nothing while nothing is public.
#[component]
pub fn ExposedNotices(organization: OrgName, may_change: bool) -> impl IntoView {
    let state = use_exposed();
    view! {
        <Transition>
            {move || {
                let organization = organization.clone();
                Suspend::new(async move {
                    state.form.ready().await;
                    // Where it cannot be read, the page's own questions fail as well and say why.
                    let Exposed { mirrors, destinations } = state.exposed.await.unwrap_or_default();
                    let refused = state.form.error;
                    let some = !mirrors.is_empty() || !destinations.is_empty() || refused.get_untracked().is_some();
                    some.then(|| {
                        view! {
                            <div class="exposed">
                                <FormError error=refused />
                                <PublicMirrors mirrors organization=organization.clone() may_change />
                                <PublicDestinations destinations organization may_change />
                            </div>
                        }
                    })
                })
            }}
        </Transition>
    }
}

/// Mirrors that everybody can pull, with the way to make them private.
#[component]
pub fn PublicMirrors(mirrors: Vec<PublicMirror>, organization: OrgName, may_change: bool) -> impl IntoView {
    let title = match mirrors.as_slice() {
        [] => return None,
        [only] => format!("{} is public", only.repository),
        several => format!("{} mirrors are public", several.len()),
    };
    let who =
        if may_change { String::new() } else { format!(" Owners and editors of {organization} can make it private.") };
    let folded = mirrors.len() > MOST;
    let stopped = mirrors.iter().filter(|mirror| mirror.is_stopped).count();
    // Nothing comes any more to one that was stopped.
    let updates = (stopped < mirrors.len()).then_some(
        " Docker's older documentation says that a public mirror may stop being updated; whether that is still so is not \
         known.",
    );
    let stays = (stopped > 0).then_some(
        " To stop a mirror leaves its repository as it is: what was mirrored stays public until somebody makes it private.",
    );
    let row = move |mirror: PublicMirror| {
        view! { <PublicMirrorRow mirror organization=organization.clone() may_change /> }
    };
    let rows = mirrors.into_iter().map(row);
    Some(view! {
        <Notice tone=Tone::Danger title>
            <div class="stack" data-gap="s">
                <p>"Everybody can pull what is in it." {updates} {stays} {who}</p>
                <Folded folded label="Which they are"><ul class="exposed__list">{rows.collect_view()}</ul></Folded>
            </div>
        </Notice>
    })
}

#[component]
fn PublicMirrorRow(mirror: PublicMirror, organization: OrgName, may_change: bool) -> impl IntoView {
    let PublicMirror { repository, since, is_stopped } = mirror;
    let set = use_exposed().set;
    let page = format!("{}/{}", Section::Mirrors.href(organization.as_str()), repository.name());
    let settings = format!("https://hub.docker.com/repository/docker/{repository}/settings");
    let button = may_change.then(|| {
        let (name, label) = (repository.name().to_owned(), format!("Make {repository} private"));
        view! {
            <ActionForm action=set>
                <input type="hidden" name="organization" value=organization.to_string() />
                <input type="hidden" name="mirror" value=name />
                <Button size=Size::Small busy=set.pending() attr:aria-label=label>"Make private"</Button>
            </ActionForm>
        }
    });
    view! {
        <li class="cluster">
            <a class="mono" href=page>{repository.to_string()}</a>
            {is_stopped.then(|| view! { <Badge>"Stopped"</Badge> })}
            <span>
                "seen public "
                {match since {
                    Some(at) => view! { <TimeAgo at /> }.into_any(),
                    None => "just now".into_any(),
                }}
            </span>
            {button}
            <a href=settings rel="external noopener">{format!("Settings of {repository} on Docker Hub")}</a>
        </li>
    }
}

/// Destinations from which everybody can pull, with the way to the page where that is decided.
#[component]
fn PublicDestinations(destinations: Vec<ExposedDestination>, organization: OrgName, may_change: bool) -> impl IntoView {
    let title = match destinations.as_slice() {
        [] => return None,
        [only] => format!("Everybody can pull from {}", only.name),
        several => format!("Everybody can pull from {} destinations", several.len()),
    };
    let words = if may_change {
        "Nothing more is forwarded there, and what is due waits, until you have decided whether that is meant so."
    } else {
        "Nothing more is forwarded there, and what is due waits, until an owner or editor has decided about it."
    };
    let folded = destinations.len() > MOST;
    let row = move |destination: ExposedDestination| {
        let ExposedDestination { id, name, since, repositories } = destination;
        let href = format!("{}/{id}", Section::Destinations.href(organization.as_str()));
        let decide = may_change.then(|| {
            let label = format!("Decide about {name}");
            view! { <ButtonLink href=href.clone() size=Size::Small attr:aria-label=label>"Decide"</ButtonLink> }
        });
        view! {
            <li class="cluster">
                <a href=href.clone()>{name}</a>
                <span class="mono">{repositories.join(", ")}</span>
                <span>"found " <TimeAgo at=since /></span>
                {decide}
            </li>
        }
    };
    let rows = destinations.into_iter().map(row).collect_view();
    Some(view! {
        <Notice tone=Tone::Danger title>
            <div class="stack" data-gap="s">
                <p>{words}</p>
                <Folded folded label="Which they are"><ul class="exposed__list">{rows}</ul></Folded>
            </div>
        </Notice>
    })
}

/// What would be long opens when somebody wants to see it.
#[component]
fn Folded(folded: bool, label: &'static str, children: Children) -> impl IntoView {
    if folded {
        view! { <details><summary>{label}</summary>{children()}</details> }.into_any()
    } else {
        children().into_any()
    }
}
