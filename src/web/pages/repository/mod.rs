//! One repository of the catalog: how to pull it, where it is, its variants, its texts, and how to mirror it.

mod asked;
mod facts;
mod filter;
mod filters;
mod mirror_box;
mod mirror_form;
mod places;
mod pull;
mod request_box;
mod text;
mod tool;
mod variants;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::api::catalog::{find_tag_places, get_catalog_repository};
use crate::api::mirrors::StartMirror;
use crate::model::{ApiError, CatalogEntry, CatalogName, CatalogRepository, MirrorName};
use crate::web::components::{
    Badge, Crumb, KeyValue, KeyValues, Loading, PageHeader, Panel, Section, Tab, Tabs, TimeAgo,
};
use crate::web::forms::use_form;
use crate::web::frame::use_organization;
use crate::web::pages::mirrors::use_entitlement;
use crate::web::pages::{HubNotice, ReadError};
use asked::{Asked, Chosen, Part};
use mirror_box::MirrorBox;
use mirror_form::{MirrorForm, StartForm};
use places::WhereItIs;
use pull::{Places, Pull, Pulled};
use request_box::{Asked as Requested, use_asking};
use text::Text;
use variants::Variants;

/// The repository's page.
#[component]
pub fn RepositoryPage() -> impl IntoView {
    let organization = use_organization();
    let (params, query) = (use_params_map(), use_query_map());
    let name = Memo::new(move |_| params.read().get("name").unwrap_or_default());
    let asked = Memo::new(move |_| query.with(Asked::of));
    let catalog = StoredValue::new(Section::Catalog.href(organization.as_str()));

    let asking = use_asking(organization.clone(), name);
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

    let places = use_places(repository, asked);
    // For the box beside the tags.
    provide_context(use_entitlement(|| 0));
    let action = ServerAction::<StartMirror>::new();
    let form = use_form("mirror", action);

    view! {
        <Transition fallback=|| view! { <Loading rows=12 label="Loading the repository" /> }>
            {move || Suspend::new(async move {
                form.ready().await;
                let requested = asking.ready().await;
                match repository.await {
                    Ok(repository) => {
                        view! { <Repository repository asked places start=StartForm { action, form } requested /> }.into_any()
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

/// Where the chosen tag is; nobody is asked while the texts are shown, nor where nothing is mirrored.
fn use_places(repository: Resource<Result<CatalogRepository, ApiError>>, asked: Memo<Asked>) -> Places {
    let organization = use_organization();
    Resource::new_blocking(
        move || asked.with(|asked| (asked.part == Part::Variants).then(|| asked.tag.clone())),
        move |tag| {
            let organization = organization.clone();
            // Waited for and not followed: it would be asked twice while the repository comes.
            let repository = untrack(|| repository.into_future());
            async move {
                // What is wrong with the repository is shown in its place.
                let (Some(tag), Ok(repository)) = (tag, repository.await) else { return Ok(None) };
                let names = repository.mirrors.iter().map(|mirror| mirror.repository.name().parse());
                let mirrors: Vec<MirrorName> = names.filter_map(Result::ok).collect();
                match Chosen::of(&repository.variants, &tag) {
                    Some(chosen) if !mirrors.is_empty() => {
                        find_tag_places(organization, mirrors, chosen.tag).await.map(Some)
                    }
                    _ => Ok(None),
                }
            }
        },
    )
}

#[component]
fn Repository(
    repository: CatalogRepository,
    asked: Memo<Asked>,
    places: Places,
    start: StartForm,
    requested: Requested,
) -> impl IntoView {
    let organization = use_organization();
    let catalog = Section::Catalog.href(organization.as_str());
    let CatalogRepository {
        entry,
        home_url,
        category_names,
        distribution_names,
        overview,
        guides,
        variants,
        mirrors,
        can_mirror_more,
        read_at,
        refusal,
    } = repository;
    let variants = StoredValue::new(variants);
    let chosen =
        Memo::new(move |_| variants.with_value(|variants| asked.with(|asked| Chosen::of(variants, &asked.tag))));
    let part = Memo::new(move |_| asked.get().part);
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
    let pulled = Pulled {
        name: entry.name.clone(),
        kind: entry.kind,
        mirrors: mirrors.iter().map(|mirror| mirror.repository.clone()).collect(),
    };
    let pull = {
        let base = base.clone();
        move || {
            let is_mirrored = !pulled.mirrors.is_empty();
            view! {
                <div class="stack" data-gap="xl">
                    <Pull pulled=pulled.clone() variants asked chosen places base=base.clone() />
                    <WhereItIs is_mirrored chosen places />
                </div>
            }
        }
    };
    let table = {
        let base = base.clone();
        move || {
            let base = base.clone();
            (part.get() == Part::Variants)
                .then(|| view! { <Panel title="Variants"><Variants variants asked base /></Panel> })
        }
    };
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
            {refusal
                .map(|refusal| view! { <HubNotice title="Docker's catalog could not be read again" refusal read_at /> })}
            <Parts asked base variants=u64::try_from(variants.with_value(Vec::len)).unwrap_or(u64::MAX) />
            <div class="split">
                <div>
                    {move || match part.get() {
                        Part::Variants => chosen.with_untracked(Option::is_some).then(&pull).into_any(),
                        Part::Overview => {
                            view! { <Text title="Overview" text=overview.clone() nothing="Docker has no overview of it" /> }
                                .into_any()
                        }
                        Part::Guides => {
                            view! { <Text title="Guides" text=guides.clone() nothing="Docker has no guides for it" /> }
                                .into_any()
                        }
                    }}
                </div>
                <aside class="stack" data-gap="xl">
                    <MirrorBox mirrors can_mirror_more form asked=requested />
                    <About entry distribution_names read_at />
                </aside>
            </div>
            {table}
        </div>
    }
}

#[component]
fn Parts(asked: Memo<Asked>, base: String, variants: u64) -> impl IntoView {
    let base = StoredValue::new(base);
    let is = move |this: Part| Signal::derive(move || asked.with(|asked| asked.part == this));
    let to = move |part: Part| Signal::derive(move || Asked { part, ..asked.get() }.href(&base.get_value()));
    view! {
        <Tabs label="Parts of this repository">
            <Tab href=to(Part::Variants) label="Variants" current=is(Part::Variants) count=variants />
            <Tab href=to(Part::Overview) label="Overview" current=is(Part::Overview) />
            <Tab href=to(Part::Guides) label="Guides" current=is(Part::Guides) />
        </Tabs>
    }
}

#[component]
fn About(entry: CatalogEntry, distribution_names: Vec<String>, read_at: DateTime<Utc>) -> impl IntoView {
    view! {
        <Panel title="About">
            <KeyValues>
                <KeyValue key="Source">
                    <span class="mono">{format!("{}/{}", entry.namespace, entry.name)}</span>
                </KeyValue>
                <KeyValue key="Distributions">{listed(&distribution_names)}</KeyValue>
                <KeyValue key="Platforms">{listed(&entry.platforms)}</KeyValue>
                <KeyValue key="Read from Docker"><TimeAgo at=read_at /></KeyValue>
            </KeyValues>
        </Panel>
    }
}

fn listed(words: &[String]) -> String {
    if words.is_empty() { "Not known".to_owned() } else { words.join(", ") }
}
