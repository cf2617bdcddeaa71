//! The tags of a catalog repository, grouped by the digest they point at.

use leptos::prelude::*;

use crate::model::{Tag, TagGroup};
use crate::web::components::{Badge, Cell, Column, DataTable, HeadCell, ShortDigest, TimeAgo};
use crate::web::format;

/// How many names of one digest stand in the row; the others are one click away.
const SHOWN: usize = 6;

/// One row a digest, newest first.
#[component]
pub fn Tags(tags: Vec<TagGroup>) -> impl IntoView {
    let columns =
        vec![Column::text("Tags"), Column::text("Digest"), Column::text("Platforms"), Column::text("Last pushed")];
    view! {
        <DataTable caption="Tags by digest" columns>
            {tags.into_iter().map(|group| view! { <Group group /> }).collect_view()}
        </DataTable>
    }
}

#[component]
fn Group(group: TagGroup) -> impl IntoView {
    let (fips, stig) = (group.images.iter().any(|image| image.fips), group.images.iter().any(|image| image.stig));
    let mut names = group.tags;
    let others = names.split_off(names.len().min(SHOWN));
    let platforms = group.images.into_iter().map(|image| {
        let size = format::bytes(image.size);
        view! {
            <li>
                <span class="mono">{image.platform}</span>
                " "
                <span class="muted nowrap">{size}</span>
            </li>
        }
    });
    view! {
        <tr>
            <HeadCell label="Tags">
                <span class="cluster" data-gap="xs">
                    {names.into_iter().map(name).collect_view()}
                    {fips.then(|| view! { <Badge>"FIPS"</Badge> })}
                    {stig.then(|| view! { <Badge>"STIG"</Badge> })}
                </span>
                {more(others)}
            </HeadCell>
            <Cell label="Digest"><ShortDigest digest=group.digest /></Cell>
            <Cell label="Platforms"><ul>{platforms.collect_view()}</ul></Cell>
            <Cell label="Last pushed" fit=true>{group.last_pushed.map(|at| view! { <TimeAgo at /> })}</Cell>
        </tr>
    }
}

fn name(tag: Tag) -> impl IntoView {
    view! { <code class="repository__tag">{String::from(tag)}</code> }
}

fn more(tags: Vec<Tag>) -> Option<impl IntoView> {
    let words = match tags.len() {
        0 => return None,
        1 => "1 more tag".to_owned(),
        count => format!("{count} more tags"),
    };
    Some(view! {
        <details class="repository__more">
            <summary class="small muted">{words}</summary>
            <span class="cluster" data-gap="xs">{tags.into_iter().map(name).collect_view()}</span>
        </details>
    })
}
