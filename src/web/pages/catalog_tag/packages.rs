//! The packages of an image, a hundred at a time.

use leptos::prelude::*;

use super::asked::{Asked, Part};
use super::not_analysed;
use crate::model::{PackageList, PackageRow, ROWS_ON_A_PAGE, page_bounds};
use crate::web::components::{
    ButtonLink, Cell, Column, Counter, CounterBar, DataTable, EmptyState, HeadCell, Pagination,
};
use crate::web::format;

/// One page of them, with how many there are of each kind.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "a component owns what it shows")]
pub fn Packages(list: PackageList, asked: Asked, catalog: String) -> impl IntoView {
    let PackageList { analysis, total, found, rows, page, pages, kinds } = list;
    if !analysis.is_known() {
        return not_analysed(analysis);
    }
    let kind_of = |kind: &str| Asked { kind: kind.to_owned(), page: 0, ..asked.clone() }.href(&catalog);
    let counters: Vec<_> = std::iter::once((String::new(), "All".to_owned(), total))
        .chain(kinds.into_iter().map(|(kind, number)| (kind.clone(), kind, number)))
        .map(|(kind, label, number)| {
            let current = asked.kind == kind;
            view! { <Counter href=kind_of(&kind) label count=u64::from(number) current=current /> }
        })
        .collect();
    let columns = vec![
        Column::text("Package"),
        Column::text("Version"),
        Column::text("Type"),
        Column::text("Licence"),
        Column::text("Package URL"),
        Column::number("Vulnerabilities"),
    ];
    let everything = asked.on(Part::Packages).href(&catalog);
    let below = if rows.is_empty() {
        nothing(total, everything)
    } else {
        let row = |row: PackageRow| view! { <Row row asked=asked.clone() catalog=catalog.clone() /> };
        let rows: Vec<_> = rows.into_iter().map(row).collect();
        view! {
            <DataTable caption="Packages" columns>{rows}</DataTable>
            <Pages asked=asked.clone() catalog=catalog.clone() page pages found />
        }
        .into_any()
    };
    view! {
        <div class="stack">
            <CounterBar label="Types of packages">{counters}</CounterBar>
            <p class="muted small tabular-nums" role="status">{words(found, total)}</p>
            {below}
        </div>
    }
    .into_any()
}

fn words(found: u32, total: u32) -> String {
    format!("{} of {} packages", format::count(found.into()), format::count(total.into()))
}

fn nothing(total: u32, everything: String) -> AnyView {
    if total == 0 {
        return view! {
            <EmptyState title="No packages">"Docker has looked into this image and found no package in it."</EmptyState>
        }
        .into_any();
    }
    let clear = move || view! { <ButtonLink href=everything>"Show all packages"</ButtonLink> };
    view! {
        <EmptyState title="No package matches" actions=clear>"Search for fewer words, or choose another type."</EmptyState>
    }
    .into_any()
}

#[component]
fn Row(row: PackageRow, asked: Asked, catalog: String) -> impl IntoView {
    let PackageRow { name, version, kind, purl, licenses, vulnerabilities } = row;
    let licenses = if licenses.is_empty() { "Not known".to_owned() } else { licenses.join(", ") };
    let found = (vulnerabilities > 0).then(|| {
        let href = Asked { q: purl.clone(), ..asked.on(Part::Vulnerabilities) }.href(&catalog);
        view! { <a href=href>{vulnerabilities}</a> }
    });
    view! {
        <tr>
            <HeadCell label="Package">{name}</HeadCell>
            <Cell label="Version"><span class="mono">{version}</span></Cell>
            <Cell label="Type">{kind}</Cell>
            <Cell label="Licence">{licenses}</Cell>
            <Cell label="Package URL"><span class="mono small">{purl}</span></Cell>
            <Cell label="Vulnerabilities" number=true>
                {match found {
                    Some(link) => link.into_any(),
                    None => view! { <span class="muted">"0"</span> }.into_any(),
                }}
            </Cell>
        </tr>
    }
}

/// The way through a list of several pages.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "a component owns what it shows")]
pub fn Pages(asked: Asked, catalog: String, page: u32, pages: u32, found: u32) -> impl IntoView {
    if pages < 2 {
        return ().into_any();
    }
    let to = |page: u32| asked.at_page(page).href(&catalog);
    let (previous, next) = ((page > 1).then(|| to(page - 1)), (page < pages).then(|| to(page + 1)));
    let summary = page_bounds(page, ROWS_ON_A_PAGE, found).map(|(first, last)| {
        let [first, last, all] = [first, last, found].map(|number| format::count(number.into()));
        format!("{first} to {last} of {all}")
    });
    view! { <Pagination previous next summary=summary.unwrap_or_default() /> }.into_any()
}
