//! Lines of the audit log as rows of a table.

use leptos::prelude::*;

use crate::model::{About, AuditEntry, OrgName, deed};
use crate::web::components::{Cell, Column, DataTable, HeadCell, Section, TimeAgo};

/// One row a line.
#[component]
pub fn AuditTable(entries: Vec<AuditEntry>, organization: OrgName) -> impl IntoView {
    let columns =
        vec![Column::text("When"), Column::text("Person"), Column::text("What"), Column::text("What it was done to")];
    let row = move |entry: AuditEntry| {
        let AuditEntry { at, actor, action, subject, about, .. } = entry;
        let subject = match about.map(|about| href(&about, organization.as_str())) {
            Some(href) => view! { <a href=href>{subject}</a> }.into_any(),
            None => view! { <span>{subject}</span> }.into_any(),
        };
        view! {
            <tr>
                <HeadCell label="When"><TimeAgo at /></HeadCell>
                <Cell label="Person">{actor}</Cell>
                <Cell label="What">{deed(&action).to_owned()}</Cell>
                <Cell label="What it was done to">{subject}</Cell>
            </tr>
        }
    };
    view! { <DataTable caption="Audit log" columns>{entries.into_iter().map(row).collect_view()}</DataTable> }
}

fn href(about: &About, organization: &str) -> String {
    let of = |section: Section, id: &dyn std::fmt::Display| format!("{}/{id}", section.href(organization));
    match about {
        About::Mirror(name) => of(Section::Mirrors, name),
        About::Destination(id) => of(Section::Destinations, id),
        About::Rule(id) => of(Section::Rules, id),
        About::Run(id) => of(Section::Runs, id),
        About::Runs => Section::Runs.href(organization),
        About::Keys => Section::Keys.href(organization),
        About::Connection => Section::Connection.href(organization),
    }
}
