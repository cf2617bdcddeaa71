//! The catalog by keyboard: `/` goes to the search, arrow keys go through what was found, Enter opens it.

use leptos::wasm_bindgen::JsCast;
use leptos::{ev, prelude::*, web_sys};

const SEARCH: &str = "form[role=search] input[type=search]";
/// What arrow keys stop at; its first link is focused.
const ENTRY: &str = "[data-entry]";
const TYPED_INTO: &str = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

/// `/` goes to the search from wherever nothing is typed into, for as long as the page is open.
pub fn use_slash() {
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, |event| {
            let alone = !(event.ctrl_key() || event.meta_key() || event.alt_key());
            if event.key() == "/" && alone && !is_typed(&event) {
                event.prevent_default();
                focus(first(SEARCH).as_ref());
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// From the search box into the list.
pub fn into_list(event: &ev::KeyboardEvent) {
    let of_search = target(event).is_some_and(|here| here.matches(SEARCH).unwrap_or_default());
    let entry = first(ENTRY).filter(|_| of_search && event.key() == "ArrowDown");
    if entry.is_some() {
        event.prevent_default();
        focus(link(entry.as_ref()).as_ref());
    }
}

/// From one entry to its neighbour; up from the first row to the search box.
pub fn through_list(event: &ev::KeyboardEvent) {
    let Some(here) = target(event).filter(|here| here.tag_name() == "A").and_then(|here| entry_of(&here)) else {
        return;
    };
    let next = match event.key().as_str() {
        "ArrowRight" => beside(&here, true),
        "ArrowLeft" => beside(&here, false),
        "ArrowDown" => below(&here, true),
        "ArrowUp" => below(&here, false),
        _ => return,
    };
    event.prevent_default();
    if next.is_none() && event.key() == "ArrowUp" {
        focus(first(SEARCH).as_ref());
    } else {
        focus(link(next.as_ref()).as_ref());
    }
}

fn beside(here: &web_sys::HtmlElement, forth: bool) -> Option<web_sys::HtmlElement> {
    let next = if forth { here.next_element_sibling() } else { here.previous_element_sibling() };
    next.and_then(|next| next.dyn_into().ok())
}

/// The entry under or over this one: the nearest in the next row that does not begin further to the right.
fn below(here: &web_sys::HtmlElement, forth: bool) -> Option<web_sys::HtmlElement> {
    let (top, left) = (here.offset_top(), here.offset_left());
    let in_order = std::iter::successors(beside(here, forth), |next| beside(next, forth));
    let mut rows = in_order.skip_while(|next| next.offset_top() == top);
    let first = rows.next()?;
    let row: Vec<_> =
        std::iter::once(first.clone()).chain(rows.take_while(|next| next.offset_top() == first.offset_top())).collect();
    row.into_iter().min_by_key(|next| (next.offset_left() - left).abs())
}

fn entry_of(element: &web_sys::Element) -> Option<web_sys::HtmlElement> {
    element.closest(ENTRY).ok().flatten().and_then(|entry| entry.dyn_into().ok())
}

fn link(entry: Option<&web_sys::HtmlElement>) -> Option<web_sys::HtmlElement> {
    entry?.query_selector("a").ok().flatten().and_then(|link| link.dyn_into().ok())
}

fn first(selector: &str) -> Option<web_sys::HtmlElement> {
    document().query_selector(selector).ok().flatten().and_then(|found| found.dyn_into().ok())
}

fn target(event: &ev::KeyboardEvent) -> Option<web_sys::Element> {
    event.target().and_then(|target| target.dyn_into().ok())
}

fn is_typed(event: &ev::KeyboardEvent) -> bool {
    target(event).is_some_and(|here| here.closest(TYPED_INTO).ok().flatten().is_some())
}

fn focus(element: Option<&web_sys::HtmlElement>) {
    // What cannot be focused is left alone.
    drop(element.map(web_sys::HtmlElement::focus));
}
