//! The head of a tag's page: digests, other names, how to pull it, and the facts of the platform that is looked at.

use leptos::prelude::*;
use leptos_meta::Title;

use super::asked::{Asked, Part};
use crate::model::{CatalogTag, HealthScore, RepoName, Tag, TagPlatform};
use crate::web::components::{
    Badge, Copyable, Crumb, HealthMark, KeyValue, KeyValues, PageHeader, Section, Tab, Tabs, TimeAgo,
};
use crate::web::format;
use crate::web::frame::use_organization;

/// Everything above the parts, with the ways to the other platforms and parts.
#[component]
pub fn Head(head: CatalogTag, asked: Memo<Asked>, catalog: String) -> impl IntoView {
    let CatalogTag { name, tag, digest, tags, last_pushed, platforms, mirrors, pulls } = head;
    let crumbs =
        vec![Crumb::new("Catalog", catalog.clone()), Crumb::new(name.to_string(), format!("{catalog}/{name}"))];
    let (fips, stig) = (platforms.iter().any(|one| one.fips), platforms.iter().any(|one| one.stig));
    let others: Vec<Tag> = tags.into_iter().filter(|other| *other != tag).collect();
    let same = same_image(others, &format!("{catalog}/{name}/tags"));
    let title = format!("{name}:{tag}");
    view! {
        <Title text=title.clone() />
        <PageHeader title crumbs>
            {fips.then(|| view! { <Badge>"FIPS"</Badge> })}
            {stig.then(|| view! { <Badge>"STIG"</Badge> })}
        </PageHeader>
        <KeyValues>
            <KeyValue key="Digest"><Copyable text=String::from(digest) /></KeyValue>
            <KeyValue key="Pull exactly this image">
                <div class="stack" data-gap="xs">
                    {pulls.into_iter().map(|pull| view! { <Copyable text=pull.to_string() /> }).collect_view()}
                </div>
            </KeyValue>
            <KeyValue key="Same image">{same}</KeyValue>
            <KeyValue key="Last pushed">
                {match last_pushed {
                    Some(at) => view! { <TimeAgo at /> }.into_any(),
                    None => "Not known".into_any(),
                }}
            </KeyValue>
            <KeyValue key="Way of this tag"><Mirrored mirrors tag /></KeyValue>
        </KeyValues>
        <Platforms platforms asked catalog=catalog.clone() />
        <Parts asked catalog />
    }
}

/// The other tags of the digest, each with its own page.
fn same_image(others: Vec<Tag>, tags: &str) -> AnyView {
    if others.is_empty() {
        return "No other tag points at it".into_any();
    }
    let links = others.into_iter().map(|other| {
        let href = format!("{tags}/{other}");
        view! { <a class="mono" href=href>{other.to_string()}</a> }
    });
    view! { <span class="cluster" data-gap="s">{links.collect_view()}</span> }.into_any()
}

/// The same tag in each mirror, with how it got there.
#[component]
fn Mirrored(mirrors: Vec<RepoName>, tag: Tag) -> impl IntoView {
    let organization = use_organization();
    let base = Section::Mirrors.href(organization.as_str());
    if mirrors.is_empty() {
        return format!("{organization} does not mirror this repository").into_any();
    }
    let links = mirrors.into_iter().map(|mirror| {
        let href = format!("{base}/{}/tags/{tag}", mirror.name());
        view! { <a class="mono" href=href>{format!("{}:{tag}", mirror.name())}</a> }
    });
    view! { <span class="cluster" data-gap="s">{links.collect_view()}</span> }.into_any()
}

/// One tab a platform, and the facts of the one that is looked at.
#[component]
fn Platforms(platforms: Vec<TagPlatform>, asked: Memo<Asked>, catalog: String) -> impl IntoView {
    let first = platforms.first().map(|one| one.name.clone()).unwrap_or_default();
    let chosen = Memo::new(move |_| {
        let named = asked.with(|asked| asked.platform.clone());
        if named.is_empty() { first.clone() } else { named }
    });
    let tabs: Vec<_> = platforms
        .iter()
        .map(|one| {
            let (name, label, catalog) = (one.name.clone(), one.name.clone(), catalog.clone());
            let current = {
                let name = name.clone();
                Signal::derive(move || chosen.with(|chosen| *chosen == name))
            };
            view! {
                {move || {
                    let href = asked.with(|asked| asked.of_platform(&name).href(&catalog));
                    view! { <Tab href label=label.clone() current /> }
                }}
            }
        })
        .collect();
    view! {
        <div class="stack" data-gap="m">
            <Tabs label="Platforms">{tabs}</Tabs>
            {move || {
                let chosen = chosen.get();
                platforms.iter().find(|one| one.name == chosen).cloned().map(|platform| view! { <Facts platform /> })
            }}
        </div>
    }
}

#[component]
fn Facts(platform: TagPlatform) -> impl IntoView {
    let TagPlatform { digest, size, distribution, user, shell, package_manager, health, .. } = platform;
    let or_none = |text: Option<String>| text.filter(|text| !text.is_empty()).unwrap_or_else(|| "None".to_owned());
    view! {
        <KeyValues>
            <KeyValue key="Digest of this platform"><Copyable text=String::from(digest) /></KeyValue>
            <KeyValue key="Size">{format::bytes(size)}</KeyValue>
            <KeyValue key="Distribution">{distribution}</KeyValue>
            <KeyValue key="User">{or_none(Some(user))}</KeyValue>
            <KeyValue key="Shell">{or_none(shell)}</KeyValue>
            <KeyValue key="Package manager">{or_none(package_manager)}</KeyValue>
            <KeyValue key="Health">{health_of(health)}</KeyValue>
        </KeyValues>
    }
}

fn health_of(health: Option<HealthScore>) -> AnyView {
    health.map_or_else(|| "Not scored".into_any(), |score| view! { <HealthMark score /> }.into_any())
}

/// The parts of the page; each keeps the platform.
#[component]
fn Parts(asked: Memo<Asked>, catalog: String) -> impl IntoView {
    let tabs: Vec<_> = Part::ALL
        .into_iter()
        .map(|part| {
            let catalog = catalog.clone();
            let current = Signal::derive(move || asked.with(|asked| asked.part == part));
            move || {
                let href = asked.with(|asked| asked.on(part).href(&catalog));
                view! { <Tab href label=part.label() current /> }
            }
        })
        .collect();
    view! { <Tabs label="Parts of this image">{tabs}</Tabs> }
}
