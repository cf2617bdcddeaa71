//! The organization's mirrors and how far Docker is with each; several begun or stopped at once.

mod chosen;
mod entitlement;
mod filter;
mod filters;
mod outcomes;
mod rows;
mod several;
mod stop;

use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::mirrors::list_mirrors;
use crate::model::{Mirror, MirrorList, Progress, PublicMirror, RepoName};
use crate::web::components::{
    Badge, ButtonLink, EmptyState, Loading, PageHeader, ProgressBar, Section, TimeAgo, Tone, Variant,
};
use crate::web::exposed::{PublicMirrors, use_exposed};
use crate::web::format;
use crate::web::frame::{use_organization, use_role};
use crate::web::pages::{HubNotice, ReadError};
use crate::web::refresh::Refresh;
use filter::MirrorFilter;
use filters::Filters;
use rows::Rows;

pub use chosen::{ChosenTable, LeftOut, NothingChosen, Purpose, use_sources};
pub use entitlement::{Entitled, EntitlementNote, use_entitlement};
pub use outcomes::{Summary, refused};
pub use several::NewMirrorsPage;
pub use stop::StopMirrorsPage;

/// The list of mirrors; looks again by itself while Docker works on one.
#[component]
pub fn MirrorsPage() -> impl IntoView {
    let organization = use_organization();
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(MirrorFilter::of));
    let base = StoredValue::new(Section::Mirrors.href(organization.as_str()));
    let catalog = Section::Catalog.href(organization.as_str());

    let exposed = use_exposed();
    let list = Resource::new_blocking(move || exposed.version(), move |_| list_mirrors(organization.clone()));
    let entitled = use_entitlement(|| 0);
    let looked = move || list.get().and_then(Result::ok);
    let busy = Signal::derive(move || looked().is_some_and(|list| list.mirrors.iter().any(|m| m.state.is_busy())));
    let any =
        Signal::derive(move || looked().is_some_and(|list| !(list.mirrors.is_empty() && list.stopped.is_empty())));
    // The list is drawn anew while Docker works; what was ticked stays.
    let chosen = RwSignal::new(BTreeSet::new());

    let actions = move || view! { <ButtonLink href=catalog>"Browse the catalog"</ButtonLink> };
    view! {
        <Title text="Mirrors" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="Mirrors"
                lead="Repositories that Docker keeps in step with the catalog."
                actions
            />
            <div class="stack">
                <EntitlementNote entitled />
                <Transition fallback=|| view! { <Loading rows=6 label="Loading the mirrors" /> }>
                    <Filters any asked base=base.get_value() />
                    {move || {
                        let asked = asked.get();
                        Suspend::new(async move {
                            let named = exposed.named().await;
                            match list.await {
                                Ok(list) => view! { <Mirrors list asked chosen named /> }.into_any(),
                                Err(error) => view! { <ReadError error /> }.into_any(),
                            }
                        })
                    }}
                    <Refresh busy again=Callback::new(move |()| list.refetch()) />
                </Transition>
            </div>
        </div>
    }
}

#[component]
fn Mirrors(
    list: MirrorList,
    asked: MirrorFilter,
    chosen: RwSignal<BTreeSet<String>>,
    /// The public ones that the notice above the page names.
    named: Vec<RepoName>,
) -> impl IntoView {
    if list.mirrors.is_empty() && list.stopped.is_empty() {
        return view! { <NoMirrors /> }.into_any();
    }
    let public = public(list.mirrors.iter().chain(&list.stopped));
    let filling: Vec<Progress> = list.mirrors.iter().filter(|m| m.state.is_busy()).filter_map(|m| m.progress).collect();
    let everything = list.mirrors.len() + list.stopped.len();
    let rows: Vec<_> = list.mirrors.into_iter().chain(list.stopped).filter(|mirror| asked.takes(mirror)).collect();
    let words =
        format!("{} of {}", rows.len(), format::counted(u64::try_from(everything).unwrap_or(u64::MAX), "mirror"));
    let table =
        if rows.is_empty() { view! { <NoneHere /> }.into_any() } else { view! { <Rows rows chosen /> }.into_any() };
    view! {
        <div class="stack">
            {list
                .refusal
                .map(|refusal| view! { <HubNotice title="Docker Hub could not be asked for the mirrors" refusal read_at=None /> })}
            <PublicWarning mirrors=public named />
            {(!filling.is_empty()).then(|| view! { <Filling filling /> })}
            <p class="muted small tabular-nums" role="status">{words}</p>
            {table}
        </div>
    }
    .into_any()
}

/// How far Docker is with all that it works on.
#[component]
fn Filling(filling: Vec<Progress>) -> impl IntoView {
    let number = u64::try_from(filling.len()).unwrap_or(u64::MAX);
    let all = filling.into_iter().fold(Progress::default(), Progress::and);
    let label = format!("Docker fills {}", format::counted(number, "mirror"));
    let (value, max) = (u64::from(all.arrived), u64::from(all.total));
    let tone = if all.failed > 0 { Tone::Warning } else { Tone::Accent };
    view! { <ProgressBar label value=Signal::stored(value) max=Signal::stored(max) detail=Signal::stored(all.words()) tone /> }
}

#[component]
fn NoneHere() -> impl IntoView {
    let base = Section::Mirrors.href(use_organization().as_str());
    let actions = move || view! { <ButtonLink href=base>"All mirrors"</ButtonLink> };
    view! {
        <EmptyState title="No mirror here" actions>
            "No mirror fits the filter. Search for fewer words, or take a filter away."
        </EmptyState>
    }
}

/// When Docker last pushed, or that it has not yet.
pub(in crate::web::pages) fn last_push(at: Option<chrono::DateTime<chrono::Utc>>) -> AnyView {
    match at {
        Some(at) => view! { <TimeAgo at /> }.into_any(),
        None => view! { <span class="muted">"Not yet"</span> }.into_any(),
    }
}

/// Private as it should be, or public with a warning.
#[component]
pub(in crate::web::pages) fn Visibility(is_private: Option<bool>) -> impl IntoView {
    match is_private {
        Some(true) => view! { <span>"Private"</span> }.into_any(),
        Some(false) => view! { <Badge tone=Tone::Danger>"Public"</Badge> }.into_any(),
        None => view! { <span class="muted">"Not known"</span> }.into_any(),
    }
}

/// What a page has just read to be public and the notice above it does not name yet: the same notice.
#[component]
pub(in crate::web::pages) fn PublicWarning(
    /// All that the page shows.
    mirrors: Vec<PublicMirror>,
    /// What the notice above the page names.
    named: Vec<RepoName>,
) -> impl IntoView {
    let named: BTreeSet<RepoName> = named.into_iter().collect();
    let mirrors: Vec<_> = mirrors.into_iter().filter(|mirror| !named.contains(&mirror.repository)).collect();
    view! { <PublicMirrors mirrors organization=use_organization() may_change=use_role().may_configure() /> }
}

/// The mirrors of a list that are public, as it was just read.
pub(in crate::web::pages) fn public<'a>(mirrors: impl IntoIterator<Item = &'a Mirror>) -> Vec<PublicMirror> {
    let public = mirrors.into_iter().filter(|mirror| mirror.is_private == Some(false));
    let seen = |mirror: &Mirror| PublicMirror {
        repository: mirror.repository.clone(),
        since: None,
        is_stopped: mirror.stopped.is_some(),
    };
    public.map(seen).collect()
}

#[component]
fn NoMirrors() -> impl IntoView {
    let organization = use_organization();
    let catalog = Section::Catalog.href(organization.as_str());
    let words = if use_role().may_mirror() {
        "Choose a repository in the catalog and mirror it: Docker copies it here and keeps it in step.".to_owned()
    } else {
        "Choose a repository in the catalog and request a mirror of it: an owner decides.".to_owned()
    };
    let actions = move || view! { <ButtonLink href=catalog variant=Variant::Primary>"Browse the catalog"</ButtonLink> };
    view! {
        <EmptyState title=format!("{organization} has no mirrors yet") actions>
            {words}
        </EmptyState>
    }
}
