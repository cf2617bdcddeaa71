//! Where is it? Every mirror and destination that was seen to hold a tag or a digest.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::history::find_places;
use crate::model::{ApiError, Holding, Place, Whereabouts};
use crate::web::app::use_organization;
use crate::web::components::{
    Badge, Cell, Column, CoverageChip, DataTable, EmptyState, FilterBar, FilterSearch, HeadCell, Loading, Notice,
    PageHeader, Section, ShortDigest, TimeAgo, Tone,
};
use crate::web::live_filter::use_live_filter;
use crate::web::pages::ReadError;

/// The search and its answer.
#[component]
pub fn WherePage() -> impl IntoView {
    let organization = use_organization();
    let query = use_query_map();
    let asked = Memo::new(move |_| query.read().get("q").unwrap_or_default().trim().to_owned());
    let base = Section::Where.href(organization.as_str());
    let places = Resource::new_blocking(
        move || asked.get(),
        move |q| {
            let organization = organization.clone();
            async move { if q.is_empty() { None } else { Some(find_places(organization, q).await) } }
        },
    );
    let live = use_live_filter();
    let active = Signal::derive(move || !asked.read().is_empty());
    view! {
        <Title text="Where is it?" />
        <div class="stack" data-gap="xl">
            <PageHeader
                title="Where is it?"
                lead="Paste a tag, a digest or a reference, and see every repository and destination that holds it."
            />
            <div class="stack">
                <FilterBar action=base label="Images" active on:submit=move |event| live.submitted.run(event)>
                    <FilterSearch
                        value=Signal::derive(move || asked.get())
                        label="Tag, digest or reference"
                        placeholder="1.29, sha256:… or repository:tag"
                    />
                </FilterBar>
                <Transition fallback=|| view! { <Loading rows=5 label="Looking" /> }>
                    {move || Suspend::new(async move {
                        match places.await {
                            None => None,
                            Some(Ok(found)) => Some(view! { <Found found /> }.into_any()),
                            Some(Err(ApiError::Invalid(errors))) => {
                                let sentence = errors.get("q").unwrap_or_default();
                                Some(view! { <Notice tone=Tone::Warning>{sentence}</Notice> }.into_any())
                            }
                            Some(Err(error)) => Some(view! { <ReadError error /> }.into_any()),
                        }
                    })}
                </Transition>
            </div>
        </div>
    }
}

#[component]
fn Found(found: Whereabouts) -> impl IntoView {
    let Whereabouts { places, is_cut } = found;
    if places.is_empty() {
        return view! {
            <EmptyState title="Ferry has not seen it">
                "No run has found this in a mirror or at a destination. A digest is found by its first eight digits, a tag only \
                 by its whole name."
            </EmptyState>
        }
        .into_any();
    }
    let columns = vec![
        Column::text("Place"),
        Column::text("Tag"),
        Column::text("Digest"),
        Column::text("There since"),
        Column::text("Attestations"),
        Column::text("Last seen"),
    ];
    view! {
        <p class="muted small">
            "This is what Ferry last saw, with its age. To look again at a destination, open the run and choose Check again."
        </p>
        <DataTable caption="Where it is" columns>
            {places.into_iter().map(|holding| view! { <Row holding /> }).collect_view()}
        </DataTable>
        {is_cut
            .then(|| view! { <p class="muted small">"There are more places: name the repository to see the others."</p> })}
    }
    .into_any()
}

#[component]
fn Row(holding: Holding) -> impl IntoView {
    let organization = use_organization();
    let Holding { place, address, tag, digest, target_digest, since, seen_at, run, coverage, moved_on } = holding;
    let runs = Section::Runs.href(organization.as_str());
    let run = format!("{runs}/{run}");
    let (kind, name) = match &place {
        Place::Mirror(name) => ("Mirror", name.clone()),
        Place::Destination(Some(name)) => ("Destination", name.clone()),
        Place::Destination(None) => ("Destination", "Deleted since".to_owned()),
    };
    let tag = tag.to_string();
    let tag = match &place {
        Place::Mirror(name) => {
            let href = format!("{}/{name}/tags/{tag}", Section::Mirrors.href(organization.as_str()));
            view! { <a class="mono" href=href>{tag}</a> }.into_any()
        }
        Place::Destination(_) => view! { <span class="mono">{tag}</span> }.into_any(),
    };
    let chips = coverage.into_iter().map(|held| {
        view! { <CoverageChip platform=held.platform held=held.held expected=held.expected /> }
    });
    let moved_on = moved_on.map(|moved| {
        let href = format!("{runs}/{}", moved.run);
        view! {
            <div class="small">
                <Badge tone=Tone::Warning>"Moved on"</Badge> " to " <ShortDigest digest=moved.digest /> " "
                <a href=href><TimeAgo at=moved.at /></a>
            </div>
        }
    });
    view! {
        <tr>
            <HeadCell label="Place">
                {name} " " <Badge>{kind}</Badge>
                <div class="small muted mono">{address}</div>
            </HeadCell>
            <Cell label="Tag">{tag}</Cell>
            <Cell label="Digest">
                <ShortDigest digest />
                {target_digest.map(|digest| view! { <div class="small muted nowrap">"There " <ShortDigest digest /></div> })}
                {moved_on}
            </Cell>
            <Cell label="There since"><TimeAgo at=since /></Cell>
            <Cell label="Attestations">
                <span class="cluster" data-gap="xs">{chips.collect_view()}</span>
            </Cell>
            <Cell label="Last seen">
                <a href=run><TimeAgo at=seen_at /></a>
            </Cell>
        </tr>
    }
}
