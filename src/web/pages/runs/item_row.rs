//! One tag of a run: a row of facts, and a row below it with what went wrong and what was seen.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::actions::RunAbout;
use super::attestations::{Chips, attestations};
use super::cancel::CancelTag;
use super::facts::Detail;
use super::held::Decide;
use super::live::LiveRun;
use super::mend::{Class, MendLink};
use super::words;
use crate::model::{Item, ItemId, ItemState, Tag};
use crate::web::components::{Cell, CopyButton, Copyable, HeadCell, Section, ShortDigest, StatusBadge, TimeAgo};
use crate::web::format;

/// Both rows; what can change follows the run.
#[component]
pub fn ItemRow(
    live: LiveRun,
    /// As it was when the row was made.
    item: Arc<Item>,
    /// There is a column for the mirror.
    several: bool,
    /// Columns of the table.
    width: usize,
    /// The tag in a row above that points to the same image, by item.
    twins: Memo<HashMap<ItemId, Tag>>,
) -> impl IntoView {
    let id = item.id;
    let twin = Memo::new(move |_| twins.read().get(&id).cloned());
    let target = format!("{}:{}", item.target, item.tag);
    let (tag, digest) = (item.tag.to_string(), item.digest.clone());
    let mirrors = Section::Mirrors.href(expect_context::<RunAbout>().organization.as_str());
    let timeline = format!("{mirrors}/{}/tags/{tag}", item.mirror.name());
    let mirror = several.then(|| item.mirror.to_string());
    let now = Memo::new(move |_| live.item(id).unwrap_or_else(|| item.clone()));
    let state = Memo::new(move |_| now.read().state);
    let tried = move || Some(now.read().attempts).filter(|tries| *tries > 1);
    let took = move || now.read().duration().map_or_else(|| "–".to_owned(), format::duration);
    let smaller = move || {
        now.read().target_digest.clone().map(|digest| {
            view! {
                <div class="small muted nowrap">
                    "There " <ShortDigest digest=digest.clone() /> <CopyButton text=digest.to_string() />
                </div>
            }
        })
    };
    view! {
        <tr>
            <HeadCell label="Tag">
                <a class="mono" href=timeline>{tag}</a>
                <div class="small muted"><Copyable text=target /></div>
            </HeadCell>
            {mirror.map(|mirror| view! { <Cell label="Mirror"><span class="mono">{mirror}</span></Cell> })}
            <Cell label="State">
                <div>
                    {move || view! { <StatusBadge status=state.get().as_str() label=state.get().label() /> }}
                    <Again at=Signal::derive(move || now.read().next_try_at) />
                    {move || tried().map(|tries| view! { <div class="small muted">{format!("{tries} tries")}</div> })}
                </div>
            </Cell>
            <Cell label="Digest">
                <span class="nowrap">
                    <ShortDigest digest=digest.clone() />
                    <CopyButton text=digest.to_string() />
                </span>
                {smaller}
            </Cell>
            <Cell label="Attestations">
                <Chips coverage=Signal::derive(move || now.read().coverage.clone()) />
            </Cell>
            <Cell label="Transferred" number=true>{move || format::bytes(now.read().bytes)}</Cell>
            <Cell label="Took" number=true><CancelTag now>{took}</CancelTag></Cell>
        </tr>
        <More now twin width live />
    }
}

/// When an item that waits is tried again.
#[component]
fn Again(at: Signal<Option<DateTime<Utc>>>) -> impl IntoView {
    move || at.get().map(|at| view! { <div class="small muted nowrap">"Goes on " <TimeAgo at /></div> })
}

#[component]
fn More(now: Memo<Arc<Item>>, twin: Memo<Option<Tag>>, width: usize, live: LiveRun) -> impl IntoView {
    let coverage = Memo::new(move |_| now.read().coverage.clone());
    let trouble = Memo::new(move |_| now.with(|item| twin.with(|twin| words::trouble(item, twin.as_ref()))));
    let any = Memo::new(move |_| coverage.read().is_some() || trouble.read().is_some());
    let held = Memo::new(move |_| (now.read().state == ItemState::Held).then(|| now.read().id));
    let failed = move || {
        trouble.get().map(|trouble| {
            let mend = trouble.failure.as_ref().map(|failure| {
                view! {
                    <Class class=failure.class />
                    <MendLink mend=failure.mend live />
                }
            });
            view! {
                <p class="cluster" data-gap="s"><span>{trouble.sentence}</span>{mend}</p>
                <Detail detail=trouble.failure.map(|failure| failure.detail).unwrap_or_default() />
            }
        })
    };
    let decide = move || {
        held.get().map(|item| {
            let what = now.read_untracked().tag.to_string();
            view! { <Decide item=Some(item) what /> }
        })
    };
    let seen = move || {
        coverage.get().map(|coverage| {
            if let Some(tag) = twin.get() {
                let words = format!("The same image as {tag}: its attestations are listed there.");
                return view! { <p class="muted small">{words}</p> }.into_any();
            }
            let item = now.get_untracked();
            live.keys.with_value(|keys| attestations(coverage, &item.target, keys)).into_any()
        })
    };
    move || {
        any.get().then(|| {
            view! {
                <tr>
                    <td class="item-more" colspan=width.to_string()>
                        <div class="stack" data-gap="s">
                            {failed}
                            {decide}
                            {seen}
                        </div>
                    </td>
                </tr>
            }
        })
    }
}
