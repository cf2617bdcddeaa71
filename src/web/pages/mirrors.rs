//! The organization's mirrors and how far Docker is with each.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::mirrors::list_mirrors;
use crate::model::{Mirror, MirrorList, MirrorState, RepoName};
use crate::web::components::{
    Badge, ButtonLink, Cell, Column, DataTable, EmptyState, HeadCell, Loading, Notice, PageHeader, Section,
    StatusBadge, TimeAgo, Tone, Variant,
};
use crate::web::exposed::{PublicMirrors, use_exposed};
use crate::web::frame::{use_organization, use_role};
use crate::web::pages::ReadError;
use crate::web::refresh::Refresh;

/// The list of mirrors; looks again by itself while Docker works on one.
#[component]
pub fn MirrorsPage() -> impl IntoView {
    let organization = use_organization();
    let catalog = Section::Catalog.href(organization.as_str());

    let exposed = use_exposed();
    let list = Resource::new_blocking(move || exposed.version(), move |_| list_mirrors(organization.clone()));
    let busy = Signal::derive(move || {
        list.get().and_then(Result::ok).is_some_and(|list| list.mirrors.iter().any(|mirror| is_busy(mirror.state)))
    });

    let actions = move || view! { <ButtonLink href=catalog>"Browse the catalog"</ButtonLink> };
    view! {
        <Title text="Mirrors" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="Mirrors"
                lead="Repositories that Docker keeps in step with the catalog."
                actions
            />
            <Transition fallback=|| view! { <Loading rows=6 label="Loading the mirrors" /> }>
                {move || Suspend::new(async move {
                    let named = exposed.named().await;
                    match list.await {
                        Ok(list) => view! { <Mirrors list named /> }.into_any(),
                        Err(error) => view! { <ReadError error /> }.into_any(),
                    }
                })}
                <Refresh busy again=Callback::new(move |()| list.refetch()) />
            </Transition>
        </div>
    }
}

/// Docker is about to change something about the mirror.
pub(super) fn is_busy(state: MirrorState) -> bool {
    matches!(state, MirrorState::Requested | MirrorState::Mirroring)
}

#[component]
fn Mirrors(
    list: MirrorList,
    /// The public ones that the notice above the page names.
    named: Vec<RepoName>,
) -> impl IntoView {
    let organization = use_organization();
    if list.mirrors.is_empty() {
        return view! { <NoMirrors /> }.into_any();
    }
    let full = (!list.can_mirror_more && use_role().may_mirror()).then(|| {
        view! {
            <Notice tone=Tone::Neutral>
                {format!("{organization} uses all the mirrors its Docker subscription allows.")}
            </Notice>
        }
    });
    let public = public(&list.mirrors);
    let columns = vec![
        Column::text("Repository"),
        Column::text("Source"),
        Column::text("State"),
        Column::text("Last push"),
        Column::text("Visibility"),
        Column::text("Forwarded by"),
    ];
    let org = organization.to_string();
    let rows: Vec<_> = list.mirrors.into_iter().map(|mirror| view! { <Row mirror org=org.clone() /> }).collect();
    view! {
        <div class="stack">
            <PublicWarning repositories=public named />
            {full}
            <DataTable caption="Mirrors" columns>
                {rows}
            </DataTable>
        </div>
    }
    .into_any()
}

#[component]
fn Row(mirror: Mirror, org: String) -> impl IntoView {
    let name = mirror.repository.name().to_owned();
    let page = format!("{}/{name}", Section::Mirrors.href(&org));
    let source = format!("{}/{}", Section::Catalog.href(&org), mirror.source);
    let rules = if mirror.rules.is_empty() {
        view! { <span class="muted">"No rule"</span> }.into_any()
    } else {
        mirror.rules.join(", ").into_any()
    };
    view! {
        <tr>
            <HeadCell label="Repository"><a class="mono" href=page>{name}</a></HeadCell>
            <Cell label="Source"><a href=source>{mirror.source_display_name}</a></Cell>
            <Cell label="State"><StatusBadge status=mirror.state.as_str() label=mirror.state.label() /></Cell>
            <Cell label="Last push">{last_push(mirror.last_pushed)}</Cell>
            <Cell label="Visibility"><Visibility is_private=mirror.is_private /></Cell>
            <Cell label="Forwarded by">{rules}</Cell>
        </tr>
    }
}

/// When Docker last pushed, or that it has not yet.
pub(super) fn last_push(at: Option<chrono::DateTime<chrono::Utc>>) -> AnyView {
    match at {
        Some(at) => view! { <TimeAgo at /> }.into_any(),
        None => view! { <span class="muted">"Not yet"</span> }.into_any(),
    }
}

/// Private as it should be, or public with a warning.
#[component]
pub(super) fn Visibility(is_private: Option<bool>) -> impl IntoView {
    match is_private {
        Some(true) => view! { <span>"Private"</span> }.into_any(),
        Some(false) => view! { <Badge tone=Tone::Danger>"Public"</Badge> }.into_any(),
        None => view! { <span class="muted">"Not known"</span> }.into_any(),
    }
}

/// What a page has just read to be public and the notice above it does not name yet: the same notice.
#[component]
pub(super) fn PublicWarning(
    /// All that the page shows.
    repositories: Vec<RepoName>,
    /// What the notice above the page names.
    named: Vec<RepoName>,
) -> impl IntoView {
    let unnamed = repositories.into_iter().filter(|repository| !named.contains(repository));
    let mirrors: Vec<_> = unnamed.map(|repository| (repository, None)).collect();
    view! { <PublicMirrors mirrors organization=use_organization() may_change=use_role().may_configure() /> }
}

/// The mirrors of a list that are public.
pub(super) fn public(mirrors: &[Mirror]) -> Vec<RepoName> {
    let public = mirrors.iter().filter(|mirror| mirror.is_private == Some(false));
    public.map(|mirror| mirror.repository.clone()).collect()
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
