//! How to pull a tag: with which tool, and from where.

use leptos::prelude::*;

use super::asked::{Asked, Chosen};
use super::tool::Tool;
use crate::model::{ApiError, CatalogName, MirrorPlaces, RepoName, RepositoryKind, Variant};
use crate::web::components::{CodeBlock, FilterBar, FilterKept, FilterSelect, Notice, Panel, Tab, Tabs, Tone};
use crate::web::live_filter::use_live_filter;

/// Docker Hub as people name it in a reference.
const DOCKER_HUB: &str = "docker.io";
/// Docker's catalog as a registry; its repositories have no namespace.
const CATALOG: &str = "dhi.io";
/// Destinations that are shown at once.
const SHOWN: usize = 3;

/// What is pulled.
#[derive(Clone)]
pub struct Pulled {
    pub name: CatalogName,
    pub kind: RepositoryKind,
    pub mirrors: Vec<RepoName>,
}

/// Where the chosen tag is, by mirror; none where nothing was asked.
pub type Places = Resource<Result<Option<Vec<MirrorPlaces>>, ApiError>>;

/// The command of the chosen tool, for each place that has the chosen tag.
#[component]
pub fn Pull(
    pulled: Pulled,
    variants: StoredValue<Vec<Variant>>,
    asked: Memo<Asked>,
    chosen: Memo<Option<Chosen>>,
    places: Places,
    base: String,
) -> impl IntoView {
    let kind = pulled.kind;
    let tool = Memo::new(move |_| asked.with(|asked| asked.tool(kind)));
    let at = StoredValue::new(base.clone());
    let tabs = Tool::of(kind).iter().map(move |this| {
        let this = *this;
        let href =
            Signal::derive(move || Asked { tool: this.as_str().to_owned(), ..asked.get() }.href(&at.get_value()));
        let current = Signal::derive(move || tool.get() == this);
        view! { <Tab href label=this.label() current attr:data-noscroll="" /> }
    });
    let pulled = StoredValue::new(pulled);
    let own = move || {
        let (tool, chosen) = (tool.get(), chosen.get()?);
        Some(pulled.with_value(|pulled| sources(pulled, tool, &chosen)))
    };
    let elsewhere = move || {
        let (tool, chosen) = (tool.get(), chosen.get());
        Suspend::new(async move {
            // What is wrong is said where the places are shown.
            let found = places.await.ok().flatten().unwrap_or_default();
            chosen.map(|chosen| view! { <Copies found tool chosen /> })
        })
    };
    view! {
        <Panel title="Pull">
            <div class="stack" data-gap="m">
                <TagChoice variants asked chosen base />
                <Tabs label="Pull with">{tabs.collect_view()}</Tabs>
                {own}
                <Transition>{elsewhere}</Transition>
                <p class="muted small">
                    "Private repositories and dhi.io ask who you are: sign in first, with your Docker Hub username and an access token."
                </p>
            </div>
        </Panel>
    }
}

/// The tag that is pulled, out of all there are.
#[component]
fn TagChoice(
    variants: StoredValue<Vec<Variant>>,
    asked: Memo<Asked>,
    chosen: Memo<Option<Chosen>>,
    base: String,
) -> impl IntoView {
    let live = use_live_filter();
    let tags = variants.with_value(|variants| {
        let names = variants.iter().flat_map(|variant| variant.tags.iter().map(ToString::to_string));
        names.map(|name| (name.clone(), name)).collect::<Vec<_>>()
    });
    let selected = Signal::derive(move || chosen.get().map(|chosen| chosen.tag.to_string()).unwrap_or_default());
    let kept = asked.get_untracked().filter.fields().map(|(name, _)| name).into_iter().map(move |name| {
        let value = move || {
            let filter = asked.get().filter;
            filter.fields().into_iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
        };
        view! { <FilterKept name value=Signal::derive(move || value().unwrap_or_default()) /> }
    });
    view! {
        <FilterBar action=base label="Tag to pull" on:submit=move |event| live.submitted.run(event)>
            <FilterSelect name="tag" label="Tag" options=tags selected />
            <FilterKept name="tool" value=Signal::derive(move || asked.get().tool) />
            {kept.collect_view()}
        </FilterBar>
    }
}

/// From the mirrors, or from Docker's catalog while there is none.
fn sources(pulled: &Pulled, tool: Tool, chosen: &Chosen) -> AnyView {
    let Pulled { name, mirrors, .. } = pulled;
    if !mirrors.is_empty() {
        let block = |mirror: &RepoName| source(&format!("{DOCKER_HUB}/{mirror}"), "your mirror", None, tool, chosen);
        return mirrors.iter().map(block).collect_view().into_any();
    }
    if chosen.is_compliant {
        return view! {
            <Notice tone=Tone::Warning title="This variant needs a mirror">
                <p>
                    "Docker offers FIPS and STIG variants only to organizations that mirror the repository; dhi.io does not have them. \
                     Mirror it, or have an owner mirror it, and pull from there."
                </p>
            </Notice>
        }
        .into_any();
    }
    source(&format!("{CATALOG}/{name}"), "Docker's catalog, since nobody mirrors it", None, tool, chosen).into_any()
}

/// From each destination that holds the tag; where they are many, the rest is folded.
#[component]
fn Copies(found: Vec<MirrorPlaces>, tool: Tool, chosen: Chosen) -> impl IntoView {
    let places = found.into_iter().flat_map(|places| places.destinations);
    let copies = places.filter_map(|place| {
        let seen = place.seen?;
        let other = (seen.digest != chosen.digest).then_some("another digest than the catalog's");
        let name = place.name.unwrap_or_else(|| "a destination that was deleted".to_owned());
        Some(source(&place.address, &name, other, tool, &chosen).into_any())
    });
    let mut copies: Vec<AnyView> = copies.collect();
    let others = copies.split_off(copies.len().min(SHOWN));
    let more = (!others.is_empty()).then(|| {
        let words = format!("+ {} more", others.len());
        view! {
            <details>
                <summary class="small muted">{words}</summary>
                <div class="stack" data-gap="m">{others}</div>
            </details>
        }
    });
    view! {
        {copies}
        {more}
    }
}

fn source(
    repository: &str,
    name: &str,
    note: Option<&'static str>,
    tool: Tool,
    chosen: &Chosen,
) -> impl IntoView + use<> {
    let label = format!("From {name}: {repository}");
    view! {
        <div class="stack" data-gap="xs">
            <p class="small muted">
                {format!("From {name}")}
                {note.map(|note| format!(" ({note})"))}
            </p>
            <CodeBlock text=tool.command(repository, &chosen.tag) label />
        </div>
    }
}
