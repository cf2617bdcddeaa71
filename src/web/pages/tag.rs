//! One tag of a mirror: how each digest made its way from Docker to the destinations.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::api::history::get_tag_timeline;
use crate::model::{ApiError, DigestTimeline, MirrorName, Step, Tag, TagTimeline};
use crate::web::components::{
    Badge, CopyButton, Crumb, EmptyState, Loading, Notice, PageHeader, Panel, Section, TimeAgo, Timeline,
    TimelineEntry, Tone,
};
use crate::web::format;
use crate::web::frame::use_organization;
use crate::web::pages::ReadError;

/// The tag's page.
#[component]
pub fn TagPage() -> impl IntoView {
    let organization = use_organization();
    let params = use_params_map();
    let named = Memo::new(move |_| {
        let part = |name| params.read().get(name).unwrap_or_default();
        (part("name"), part("tag"))
    });
    let mirrors = StoredValue::new(Section::Mirrors.href(organization.as_str()));
    let timeline = Resource::new_blocking(
        move || named.get(),
        move |(name, tag)| {
            let organization = organization.clone();
            async move {
                let name = name.parse::<MirrorName>().map_err(|refused| ApiError::NotFound(refused.0))?;
                let tag = tag.parse::<Tag>().map_err(|refused| ApiError::NotFound(refused.0))?;
                get_tag_timeline(organization, name, tag).await
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <Loading rows=10 label="Loading the tag" /> }>
            {move || Suspend::new(async move {
                let (name, tag) = named.get_untracked();
                let crumbs = vec![
                    Crumb::new("Mirrors", mirrors.get_value()),
                    Crumb::new(name.clone(), format!("{}/{name}", mirrors.get_value())),
                ];
                let found = match timeline.await {
                    Ok(timeline) => view! { <Found timeline /> }.into_any(),
                    Err(error) => {
                        view! { <ReadError error way_on=("Go to the mirrors", mirrors.get_value()) /> }.into_any()
                    }
                };
                view! {
                    <Title text=format!("{name}:{tag}") />
                    <div class="stack" data-gap="xl">
                        <PageHeader
                            title=format!("{name}:{tag}")
                            lead="From Docker's build to each destination, with the time every step took."
                            crumbs
                        />
                        {found}
                    </div>
                }
            })}
        </Transition>
    }
}

#[component]
fn Found(timeline: TagTimeline) -> impl IntoView {
    let organization = use_organization();
    let TagTimeline { tag, source, hub_trouble, digests, is_cut, .. } = timeline;
    let content = source.map(|source| {
        let href = format!("{}/{source}/tags/{tag}", Section::Catalog.href(organization.as_str()));
        view! { <p><a href=href>"What is in this image: packages, vulnerabilities, attestations"</a></p> }
    });
    let trouble = hub_trouble.map(|sentence| {
        view! {
            <Notice tone=Tone::Warning title="What Docker Hub knows is missing here"><p>{sentence}</p></Notice>
        }
    });
    let list = if digests.is_empty() {
        view! {
            <EmptyState title="Nothing is known of this tag">
                "Docker's log does not name it, and no run has found it yet."
            </EmptyState>
        }
        .into_any()
    } else {
        digests.into_iter().map(|told| view! { <OneDigest told /> }).collect_view().into_any()
    };
    view! {
        {trouble}
        {content}
        {list}
        {is_cut.then(|| view! { <p class="muted small">"Older digests are left out."</p> })}
    }
}

#[component]
fn OneDigest(told: DigestTimeline) -> impl IntoView {
    let DigestTimeline { digest, is_current, steps } = told;
    let title = format!("Digest {}", digest.short());
    let actions = {
        let text = digest.to_string();
        move || {
            view! {
                {is_current.then(|| view! { <Badge tone=Tone::Success>"At Docker Hub now"</Badge> })}
                <CopyButton text />
            }
        }
    };
    let whole = steps.first().zip(steps.last()).map(|(first, last)| last.at - first.at);
    let lead =
        whole.filter(|_| steps.len() > 1).map(|length| format!("{} from first to last.", format::duration(length)));
    let before: Vec<Option<DateTime<Utc>>> =
        std::iter::once(None).chain(steps.iter().map(|step| Some(step.at))).collect();
    view! {
        <Panel title=title.clone() lead=lead.unwrap_or_default() actions>
            <Timeline label=title>
                {steps
                    .into_iter()
                    .zip(before)
                    .map(|(step, before)| view! { <OneStep step before /> })
                    .collect_view()}
            </Timeline>
        </Panel>
    }
}

#[component]
fn OneStep(step: Step, before: Option<DateTime<Utc>>) -> impl IntoView {
    let organization = use_organization();
    let Step { kind, at, place, words, run } = step;
    let took = before.map(|before| format!("{} later", format::duration(at - before)));
    let title = match place {
        Some(place) => format!("{}: {place}", kind.label()),
        None => kind.label().to_owned(),
    };
    let run = run.map(|run| {
        let href = format!("{}/{run}", Section::Runs.href(organization.as_str()));
        view! { <a href=href>"Run"</a> }
    });
    view! {
        <TimelineEntry status=kind.status() title time=move || view! { <TimeAgo at /> }>
            <span class="cluster">
                {words.map(|words| view! { <span>{words}</span> })}
                {took.map(|took| view! { <span>{took}</span> })}
                {run}
            </span>
        </TimelineEntry>
    }
}
