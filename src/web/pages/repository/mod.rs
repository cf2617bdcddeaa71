//! One repository of the catalog: what it is, its tags, its texts, and how to mirror it.

mod mirror_box;
mod mirror_form;
mod tags;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::api::catalog::get_catalog_repository;
use crate::api::mirrors::StartMirror;
use crate::model::{ApiError, CatalogName, CatalogRepository};
use crate::web::components::{
    Badge, Crumb, EmptyState, KeyValue, KeyValues, Loading, PageHeader, Panel, Prose, Section, Tab, Tabs,
};
use crate::web::forms::use_form;
use crate::web::frame::use_organization;
use crate::web::pages::ReadError;
use crate::web::pages::mirrors::use_entitlement;
use mirror_box::MirrorBox;
use mirror_form::{MirrorForm, StartForm};
use tags::Tags;

/// A part of the page, as `?tab=` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Tags,
    Overview,
    Guides,
}

impl Part {
    fn parse(text: Option<&str>) -> Self {
        match text {
            Some("overview") => Self::Overview,
            Some("guides") => Self::Guides,
            _ => Self::Tags,
        }
    }
}

/// The repository's page.
#[component]
pub fn RepositoryPage() -> impl IntoView {
    let organization = use_organization();
    let (params, query) = (use_params_map(), use_query_map());
    let name = Memo::new(move |_| params.read().get("name").unwrap_or_default());
    let part = Memo::new(move |_| Part::parse(query.read().get("tab").as_deref()));
    let catalog = StoredValue::new(Section::Catalog.href(organization.as_str()));

    let repository = Resource::new_blocking(
        move || name.get(),
        move |name| {
            let organization = organization.clone();
            async move {
                let name = name.parse::<CatalogName>().map_err(|refused| ApiError::NotFound(refused.0))?;
                get_catalog_repository(organization, name).await
            }
        },
    );

    // For the box beside the tags.
    provide_context(use_entitlement(|| 0));
    let action = ServerAction::<StartMirror>::new();
    let form = use_form("mirror", action);

    view! {
        <Transition fallback=|| view! { <Loading rows=12 label="Loading the repository" /> }>
            {move || Suspend::new(async move {
                form.ready().await;
                match repository.await {
                    Ok(repository) => {
                        view! { <Repository repository part start=StartForm { action, form } /> }.into_any()
                    }
                    Err(error) => {
                        let way_on = ("Go to the catalog", catalog.get_value());
                        view! {
                            <Title text="Repository" />
                            <div class="stack" data-gap="xl">
                                <PageHeader title=name.get_untracked() crumbs=vec![Crumb::new("Catalog", catalog.get_value())] />
                                <ReadError error way_on />
                            </div>
                        }
                        .into_any()
                    }
                }
            })}
        </Transition>
    }
}

#[component]
fn Repository(repository: CatalogRepository, part: Memo<Part>, start: StartForm) -> impl IntoView {
    let organization = use_organization();
    let catalog = Section::Catalog.href(organization.as_str());
    let CatalogRepository {
        entry,
        home_url,
        category_names,
        distribution_names,
        overview,
        guides,
        tags,
        mirrors,
        can_mirror_more,
    } = repository;
    let facts = view! {
        <Badge>{entry.kind.label()}</Badge>
        {entry.fips.then(|| view! { <Badge>"FIPS"</Badge> })}
        {entry.stig.then(|| view! { <Badge>"STIG"</Badge> })}
        {category_names.into_iter().map(|name| view! { <Badge>{name}</Badge> }).collect_view()}
        {home_url
            .map(|url| view! { <a class="small" href=url rel="external noopener noreferrer">"Home page of the software"</a> })}
    };
    let base = format!("{catalog}/{}", entry.name);
    let form = MirrorForm { source: entry.name.clone(), display_name: entry.display_name.clone(), start };
    view! {
        <Title text=entry.display_name.clone() />
        <div class="stack" data-gap="xl">
            <PageHeader
                title=entry.display_name.clone()
                lead=entry.short_description.clone()
                crumbs=vec![Crumb::new("Catalog", catalog)]
            >
                {facts}
            </PageHeader>
            <div class="split">
                <div class="stack">
                    <Parts part base tags=u64::try_from(tags.len()).unwrap_or(u64::MAX) />
                    <div hidden=move || part.get() != Part::Tags>
                        {tags.is_empty().then(|| view! { <EmptyState title="Docker lists no tags for it yet" /> })}
                        {(!tags.is_empty()).then(|| view! { <Tags tags /> })}
                    </div>
                    {move || match part.get() {
                        Part::Tags => ().into_any(),
                        Part::Overview => prose(&overview, "Docker has no overview of it"),
                        Part::Guides => prose(&guides, "Docker has no guides for it"),
                    }}
                </div>
                <aside class="stack" data-gap="xl">
                    <MirrorBox mirrors can_mirror_more form />
                    <Panel title="About">
                        <KeyValues>
                            <KeyValue key="Source">
                                <span class="mono">{format!("{}/{}", entry.namespace, entry.name)}</span>
                            </KeyValue>
                            <KeyValue key="Distributions">{listed(&distribution_names)}</KeyValue>
                            <KeyValue key="Platforms">{listed(&entry.platforms)}</KeyValue>
                        </KeyValues>
                    </Panel>
                </aside>
            </div>
        </div>
    }
}

#[component]
fn Parts(part: Memo<Part>, base: String, tags: u64) -> impl IntoView {
    let is = move |this: Part| Signal::derive(move || part.get() == this);
    view! {
        <Tabs label="Parts of this repository">
            <Tab href=base.clone() label="Tags" current=is(Part::Tags) count=tags />
            <Tab href=format!("{base}?tab=overview") label="Overview" current=is(Part::Overview) />
            <Tab href=format!("{base}?tab=guides") label="Guides" current=is(Part::Guides) />
        </Tabs>
    }
}

fn prose(html: &str, nothing: &'static str) -> AnyView {
    if html.trim().is_empty() {
        view! { <EmptyState title=nothing /> }.into_any()
    } else {
        view! { <Prose html=html.to_owned() /> }.into_any()
    }
}

fn listed(words: &[String]) -> String {
    if words.is_empty() { "Not known".to_owned() } else { words.join(", ") }
}
