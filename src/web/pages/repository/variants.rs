//! The variants of a repository: one row a digest, with all its tags and what Docker says of it.

use leptos::prelude::*;

use super::asked::Asked;
use super::facts::{Findings, Health, inside, said};
use super::filter::VariantFilter;
use super::filters::Filters;
use crate::model::{Tag, Variant};
use crate::web::components::{Badge, ButtonLink, Cell, Column, DataTable, EmptyState, HeadCell, ShortDigest, TimeAgo};
use crate::web::format;

/// How many names of one digest stand in the row; the others are one click away.
const SHOWN: usize = 6;

/// The filter, and the rows that pass it.
#[component]
pub fn Variants(variants: StoredValue<Vec<Variant>>, asked: Memo<Asked>, base: String) -> impl IntoView {
    let total = variants.with_value(Vec::len);
    if total == 0 {
        return view! {
            <EmptyState title="Docker lists no tags for it yet">
                "There is nothing to pull until Docker publishes a build. Come back later, or choose another repository."
            </EmptyState>
        }
        .into_any();
    }
    let filter = Memo::new(move |_| asked.get().filter);
    let found = Memo::new(move |_| variants.with_value(|variants| filter.get().apply(variants)));
    let words = move || format!("{} of {}", found.with(Vec::len), format::counted(small(total), "variant"));
    let at = StoredValue::new(base.clone());
    let table = move || {
        let base = at.get_value();
        let found = found.get();
        if found.is_empty() {
            let everything = Asked { filter: VariantFilter::default(), ..asked.get_untracked() }.href(&base);
            let clear = move || view! { <ButtonLink href=everything>"Clear filters"</ButtonLink> };
            return view! {
                <EmptyState title="No variant matches" actions=clear>"Take a filter away, or search for less."</EmptyState>
            }
            .into_any();
        }
        view! { <Table variants=found base /> }.into_any()
    };
    view! {
        <div class="stack">
            <Filters variants asked base />
            <p class="muted small tabular-nums" role="status">{words}</p>
            {table}
            <p class="muted small">
                "Docker's catalog does not say until when a variant is supported, so no end of life is shown. \
                 \u{201c}Not analysed\u{201d} means that Docker has not looked for vulnerabilities, not that there are none."
            </p>
        </div>
    }
    .into_any()
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[component]
fn Table(variants: Vec<Variant>, base: String) -> impl IntoView {
    let columns = [
        Column::text("Tags"),
        Column::text("Variant"),
        Column::text("Inside"),
        Column::text("Platforms"),
        Column::text("Vulnerabilities"),
        Column::text("Health score"),
        Column::text("Last pushed"),
    ];
    view! {
        <DataTable caption="Variants by digest" columns>
            {variants.into_iter().map(|variant| view! { <Row variant base=base.clone() /> }).collect_view()}
        </DataTable>
    }
}

#[component]
fn Row(variant: Variant, base: String) -> impl IntoView {
    let distribution = said(&variant, |image| image.distribution.name.clone());
    let (fips, stig) = (variant.images.iter().any(|i| i.fips), variant.images.iter().any(|i| i.stig));
    let inside = inside(&variant);
    let platforms = view! { <Platforms variant=variant.clone() /> };
    let findings = variant.shared(|image| image.vulnerabilities);
    let health = variant.shared(|image| image.health.clone());
    view! {
        <tr>
            <HeadCell label="Tags"><Tags tags=variant.tags base /></HeadCell>
            <Cell label="Variant">
                <div class="cluster" data-gap="xs">
                    {distribution}
                    {fips.then(|| view! { <Badge>"FIPS"</Badge> })}
                    {stig.then(|| view! { <Badge>"STIG"</Badge> })}
                </div>
                <span class="muted"><ShortDigest digest=variant.digest /></span>
            </Cell>
            <Cell label="Inside">{inside}</Cell>
            <Cell label="Platforms">{platforms}</Cell>
            <Cell label="Vulnerabilities"><Findings findings /></Cell>
            <Cell label="Health score"><Health scores=health /></Cell>
            <Cell label="Last pushed" fit=true>
                {match variant.last_pushed {
                    Some(at) => view! { <TimeAgo at /> }.into_any(),
                    None => view! { <span class="muted">"Not known"</span> }.into_any(),
                }}
            </Cell>
        </tr>
    }
}

/// The names, each a link to its page; where there are many, the rest is folded.
#[component]
fn Tags(tags: Vec<Tag>, base: String) -> impl IntoView {
    let mut names = tags;
    let others = names.split_off(names.len().min(SHOWN));
    let name = move |tag: Tag| {
        let href = format!("{base}/tags/{tag}");
        view! { <a class="repository__tag mono" href=href>{String::from(tag)}</a> }
    };
    let more = (!others.is_empty()).then(|| format!("+ {} more", others.len()));
    view! {
        <span class="cluster" data-gap="xs">{names.into_iter().map(&name).collect_view()}</span>
        {more
            .map(|words| {
                view! {
                    <details class="repository__more">
                        <summary class="small muted">{words}</summary>
                        <span class="cluster" data-gap="xs">{others.into_iter().map(&name).collect_view()}</span>
                    </details>
                }
            })}
    }
}

/// Each platform with what a pull of it moves, and all of them together.
#[component]
fn Platforms(variant: Variant) -> impl IntoView {
    let total = (variant.images.len() > 1).then(|| format::bytes(variant.size()));
    let images = variant.images.into_iter().map(|image| {
        view! {
            <li>
                <span class="mono">{image.platform}</span>
                " "
                <span class="muted nowrap">{format::bytes(image.size)}</span>
            </li>
        }
    });
    view! {
        <ul>
            {images.collect_view()}
            {total.map(|total| view! { <li class="muted">"Together " <span class="nowrap">{total}</span></li> })}
        </ul>
    }
}
