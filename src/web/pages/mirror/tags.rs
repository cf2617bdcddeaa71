//! The tags of a mirror, as Docker Hub lists them and as Docker's log says they are on their way.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::model::{MirrorTag, TagProgress};
use crate::web::components::{Cell, Column, DataTable, HeadCell, ShortDigest, StatusBadge};
use crate::web::format;
use crate::web::pages::mirrors::last_push;

/// One row a tag: what failed, what is on its way, then the newest first.
#[component]
pub fn Tags(tags: Vec<MirrorTag>) -> impl IntoView {
    let columns = vec![
        Column::text("Tag"),
        Column::text("State"),
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
                <Cell label="State">{tag.progress.map(|progress| view! { <State progress /> })}</Cell>
                <Cell label="Digest">
                    {match tag.digest {
                        Some(digest) => view! { <ShortDigest digest /> }.into_any(),
                        None => view! { <span class="muted">"Not known"</span> }.into_any(),
                    }}
                </Cell>
                <Cell label="Platforms">{tag.platforms.join(", ")}</Cell>
                <Cell label="Size" number=true>{(tag.size > 0).then(|| format::bytes(tag.size))}</Cell>
                <Cell label="Last push" fit=true>{last_push(tag.last_pushed)}</Cell>
            </tr>
        }
    };
    view! {
        <DataTable caption="Tags of this mirror" columns>
            {tags.into_iter().map(row).collect_view()}
        </DataTable>
    }
}

/// What Docker's log says last, and how long that took.
#[component]
fn State(progress: TagProgress) -> impl IntoView {
    let TagProgress { state, triggered_at, completed_at } = progress;
    let took = completed_at.zip(triggered_at).map(|(end, begin)| format!("in {}", format::duration(end - begin)));
    view! {
        <StatusBadge status=state.as_str() label=state.label() />
        {took.map(|took| view! { <div class="small muted nowrap">{took}</div> })}
    }
}
