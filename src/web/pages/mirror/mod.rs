//! One mirror: where it stands, its webhook, its tags, Docker's log of it, and the way to stop it.

mod again;
mod hook;
mod hook_forms;
mod log;
mod stop;
mod tags;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::mirrors::{PublicWarning, Visibility, last_push, public};
use crate::api::mirrors::{StartMirror, StopMirror, get_mirror};
use crate::model::{ApiError, HookDetail, Mirror, MirrorDetail, MirrorName, MirrorState, Progress, RepoName};
use crate::web::components::{
    Crumb, EmptyState, KeyValue, KeyValues, Loading, Notice, PageHeader, Panel, ProgressBar, Section, StatusBadge, Tone,
};
use crate::web::exposed::use_exposed;
use crate::web::forms::use_form;
use crate::web::frame::use_organization;
use crate::web::pages::ReadError;
use crate::web::refresh::Refresh;
use again::{AgainForm, StartAgain};
use hook::{HookPanel, HookState, use_hook};
use log::Log;
use stop::{Stop, StopForm, StopRefused, forwarded_by};
use tags::Tags;

/// The mirror's page; looks again by itself while Docker works on it.
#[component]
pub fn MirrorPage() -> impl IntoView {
    let organization = use_organization();
    let params = use_params_map();
    let name = Memo::new(move |_| params.read().get("name").unwrap_or_default());
    let mirrors = StoredValue::new(Section::Mirrors.href(organization.as_str()));

    let hook = use_hook(organization.clone(), name);
    let start = ServerAction::<StartMirror>::new();
    let again = AgainForm { action: start, form: use_form("mirror", start) };
    let exposed = use_exposed();
    let mirror = Resource::new_blocking(
        move || (name.get(), exposed.version(), start.version().get()),
        move |(name, ..)| {
            let organization = organization.clone();
            async move {
                let name = name.parse::<MirrorName>().map_err(|refused| ApiError::NotFound(refused.0))?;
                get_mirror(organization, name).await
            }
        },
    );
    let busy =
        Signal::derive(move || mirror.get().and_then(Result::ok).is_some_and(|detail| detail.mirror.state.is_busy()));

    let action = ServerAction::<StopMirror>::new();
    let stop = StopForm { action, form: use_form("stop-mirror", action) };

    view! {
        <Transition fallback=|| view! { <Loading rows=10 label="Loading the mirror" /> }>
            {move || Suspend::new(async move {
                stop.form.ready().await;
                again.form.ready().await;
                hook.ready().await;
                match mirror.await {
                    Ok(detail) => {
                        let webhook = hook.detail.await;
                        let named = exposed.named().await;
                        view! { <Shown detail stop again webhook hook named /> }.into_any()
                    }
                    Err(error) => {
                        let way_on = ("Go to the mirrors", mirrors.get_value());
                        view! {
                            <Title text="Mirror" />
                            <div class="stack" data-gap="xl">
                                <PageHeader title=name.get_untracked() crumbs=vec![Crumb::new("Mirrors", mirrors.get_value())] />
                                <ReadError error way_on />
                            </div>
                        }
                        .into_any()
                    }
                }
            })}
            <Refresh busy again=Callback::new(move |()| mirror.refetch()) />
        </Transition>
    }
}

#[component]
fn Shown(
    detail: MirrorDetail,
    stop: StopForm,
    again: AgainForm,
    webhook: Result<HookDetail, ApiError>,
    hook: HookState,
    /// The public mirrors that the notice above the page names.
    named: Vec<RepoName>,
) -> impl IntoView {
    let organization = use_organization();
    let MirrorDetail { mirror, tags, log } = detail;
    let name = mirror.repository.name().to_owned();
    let public = public([&mirror]);
    let (state, repository) = (mirror.state, mirror.repository.clone());
    let (forwarded, stopped) = (forwarded_by(&mirror.rules), mirror.repository.clone());
    let crumbs = vec![Crumb::new("Mirrors", Section::Mirrors.href(organization.as_str()))];
    let is_stopped = mirror.stopped.is_some();
    // Nothing calls about one that was stopped, but what was delivered stays to be seen.
    let has_hook = webhook.as_ref().is_ok_and(|detail| detail.hook.is_some() || !detail.recent.is_empty());
    let restart = mirror.stopped.clone().map(|stopped| view! { <StartAgain mirror=mirror.clone() stopped again /> });
    let filling = mirror.progress.filter(|_| !is_stopped).map(|progress| view! { <Filling progress /> });
    let actions = move || (!is_stopped).then(|| view! { <Stop repository=stopped forwarded stop /> });
    view! {
        <Title text=name.clone() />
        <div class="stack" data-gap="xl">
            <PageHeader title=name crumbs actions>
                <StatusBadge status=state.as_str() label=state.label() />
            </PageHeader>
            <StopRefused stop />
            {restart}
            <PublicWarning mirrors=public named />
            {explanation(state).map(|(tone, words)| view! { <Notice tone>{words}</Notice> })}
            <Facts mirror />
            {(!is_stopped || has_hook).then(|| view! { <HookPanel repository detail=webhook state=hook /> })}
            <Panel title="Tags">
                {filling}
                {if tags.is_empty() {
                    view! {
                        <EmptyState title="No tags yet">
                            "Docker pushes them once mirroring begins; this takes some minutes."
                        </EmptyState>
                    }
                        .into_any()
                } else {
                    view! { <Tags tags /> }.into_any()
                }}
            </Panel>
            <Panel title="Mirroring log" lead="What Docker pushed into this repository, newest first.">
                {if log.is_empty() {
                    view! {
                        <EmptyState title="Nothing in the log yet">
                            "Docker writes a line here for each tag it pushes."
                        </EmptyState>
                    }
                        .into_any()
                } else {
                    view! { <Log log /> }.into_any()
                }}
            </Panel>
        </div>
    }
}

/// How many tags have arrived.
#[component]
fn Filling(progress: Progress) -> impl IntoView {
    let (value, max) = (u64::from(progress.arrived), u64::from(progress.total));
    let tone = if progress.failed > 0 { Tone::Warning } else { Tone::Accent };
    view! {
        <ProgressBar
            label="Arrived"
            value=Signal::stored(value)
            max=Signal::stored(max)
            detail=Signal::stored(progress.words())
            tone
        />
    }
}

#[component]
fn Facts(mirror: Mirror) -> impl IntoView {
    let organization = use_organization();
    let source = format!("{}/{}", Section::Catalog.href(organization.as_str()), mirror.source);
    let hub = format!("https://hub.docker.com/repository/docker/{}/general", mirror.repository);
    let rules = format!("{}?mirror={}", Section::Rules.href(organization.as_str()), mirror.repository);
    let runs = format!("{}?mirror={}", Section::Runs.href(organization.as_str()), mirror.repository.name());
    let forwarded = if mirror.rules.is_empty() {
        view! { <span>"No rule. "<a href=rules>"Go to the rules"</a></span> }.into_any()
    } else {
        let names = mirror.rules.join(", ");
        view! { <a href=rules>{names}</a> }.into_any()
    };
    view! {
        <KeyValues>
            <KeyValue key="Source">
                <a href=source>{mirror.source_display_name}</a>
                " "
                <span class="mono muted">{format!("{}/{}", mirror.source_namespace, mirror.source)}</span>
            </KeyValue>
            <KeyValue key="Repository on Docker Hub">
                <a class="mono" href=hub rel="external noopener">{mirror.repository.to_string()}</a>
            </KeyValue>
            <KeyValue key="Visibility"><Visibility is_private=mirror.is_private /></KeyValue>
            <KeyValue key="Last push">{last_push(mirror.last_pushed)}</KeyValue>
            <KeyValue key="Forwarded by">{forwarded}</KeyValue>
            <KeyValue key="Runs"><a href=runs>"Runs with its tags"</a></KeyValue>
            <KeyValue key="Started by">{mirror.started_by.unwrap_or_else(|| "Not known: outside of Ferry".to_owned())}</KeyValue>
        </KeyValues>
    }
}

fn explanation(state: MirrorState) -> Option<(Tone, &'static str)> {
    match state {
        MirrorState::Requested => Some((
            Tone::Accent,
            "Docker knows of this mirror and has not begun. The first tags usually arrive within minutes; this page follows by itself.",
        )),
        MirrorState::Mirroring => {
            Some((Tone::Accent, "Docker is pushing tags into this repository. This page follows by itself."))
        }
        MirrorState::Failed => Some((
            Tone::Warning,
            "Docker's last try failed for some tags; the log below says which. Docker tries again by itself. If it goes on, ask Docker's support.",
        )),
        MirrorState::Unknown => Some((
            Tone::Neutral,
            "Docker's mirroring log cannot be read at the moment, or says nothing of this mirror any more, so the state is not known.",
        )),
        MirrorState::UpToDate | MirrorState::Stopped => None,
    }
}
