//! The tags of a mirror, as Docker Hub lists them.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::model::MirrorTag;
use crate::web::components::{Cell, Column, DataTable, HeadCell, ShortDigest, TimeAgo};
use crate::web::format;

/// One row a tag, newest first.
#[component]
pub fn Tags(tags: Vec<MirrorTag>) -> impl IntoView {
    let columns = vec![
        Column::text("Tag"),
        Column::text("Digest"),
        Column::text("Platforms"),
        Column::number("Size"),
        Column::text("Last push"),
    ];
    let here = use_location().pathname.get_untracked();
    let row = move |tag: MirrorTag| {
        let timeline = format!("{}/tags/{}", here.trim_end_matches('/'), tag.tag);
        view! {
            <tr>
                <HeadCell label="Tag"><a class="mono" href=timeline>{tag.tag.to_string()}</a></HeadCell>
                <Cell label="Digest">
                    {match tag.digest {
                        Some(digest) => view! { <ShortDigest digest /> }.into_any(),
                        None => view! { <span class="muted">"Not known"</span> }.into_any(),
                    }}
                </Cell>
                <Cell label="Platforms">{tag.platforms.join(", ")}</Cell>
                <Cell label="Size" number=true>{format::bytes(tag.size)}</Cell>
                <Cell label="Last push" fit=true>{tag.last_pushed.map(|at| view! { <TimeAgo at /> })}</Cell>
            </tr>
        }
    };
    view! {
        <DataTable caption="Tags of this mirror" columns>
            {tags.into_iter().map(row).collect_view()}
        </DataTable>
    }
}
