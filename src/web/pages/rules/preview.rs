//! What a rule would forward: each mirror with its target, each tag with why or why not.

use leptos::prelude::*;

use crate::model::{Preview, PreviewMirror, PreviewTag};
use crate::web::components::{Cell, Column, Copyable, DataTable, HeadCell, Notice, ShortDigest, StatusBadge, Tone};
use crate::web::format::counted;

/// Tags shown of one mirror; a repository may have thousands.
const SHOWN: usize = 300;

/// The whole preview, mirror by mirror.
#[component]
pub fn PreviewTable(preview: Preview) -> impl IntoView {
    let mirrors = preview.mirrors.into_iter().map(|mirror| view! { <OneMirror mirror /> });
    view! { <div class="stack" data-gap="xl">{mirrors.collect_view()}</div> }
}

#[component]
fn OneMirror(mirror: PreviewMirror) -> impl IntoView {
    let PreviewMirror { mirror, target, tags } = mirror;
    let target = match target {
        Ok(target) => view! { <p class="small">"Goes to " <Copyable text=target /></p> }.into_any(),
        Err(words) => {
            view! { <Notice tone=Tone::Warning title="It has no name at the destination">{words}</Notice> }.into_any()
        }
    };
    let tags = match tags {
        Ok(tags) if tags.is_empty() => view! { <p class="muted">"This mirror has no tags yet."</p> }.into_any(),
        Ok(tags) => view! { <Tags tags mirror=mirror.to_string() /> }.into_any(),
        Err(words) => {
            view! { <Notice tone=Tone::Warning title="Its tags cannot be listed">{words}</Notice> }.into_any()
        }
    };
    view! {
        <section class="stack" data-gap="s" aria-label=mirror.to_string()>
            <h3>{mirror.to_string()}</h3>
            {target}
            {tags}
        </section>
    }
}

#[component]
fn Tags(mut tags: Vec<PreviewTag>, mirror: String) -> impl IntoView {
    let total = tags.len();
    let matching = tags.iter().filter(|tag| tag.verdict.matches()).count();
    let words = if matching == 0 {
        format!("None of {} matches", counted(total, "tag"))
    } else {
        format!("{matching} of {} match", counted(total, "tag"))
    };
    // A stable sort: matched first, otherwise in the order they came.
    tags.sort_by_key(|tag| !tag.verdict.matches());
    let rest = total.saturating_sub(SHOWN);
    let row = |tag: PreviewTag| {
        let matches = tag.verdict.matches();
        let (status, label) = if matches { ("succeeded", "Goes along") } else { ("cancelled", "Stays") };
        let digest = tag.digest.map_or_else(
            || view! { <span class="muted">"Not known"</span> }.into_any(),
            |digest| view! { <ShortDigest digest /> }.into_any(),
        );
        view! {
            <tr>
                <HeadCell label="Tag"><span class="mono">{tag.tag.to_string()}</span></HeadCell>
                <Cell label="Verdict"><StatusBadge status label /></Cell>
                <Cell label="Why">{tag.verdict.sentence()}</Cell>
                <Cell label="Digest">{digest}</Cell>
            </tr>
        }
    };
    let columns = [Column::text("Tag"), Column::text("Verdict"), Column::text("Why"), Column::text("Digest")];
    view! {
        <p class="tabular-nums">{words}</p>
        <DataTable caption=format!("Tags of {mirror}") columns>
            {tags.into_iter().take(SHOWN).map(row).collect_view()}
        </DataTable>
        {(rest > 0).then(|| view! { <p class="muted small">{format!("and {} more", counted(rest, "tag"))}</p> })}
    }
}
