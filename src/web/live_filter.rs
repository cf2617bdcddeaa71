//! Filters that work at once: with a script a GET form becomes a navigation without reload, also while typing.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::wasm_bindgen::JsCast;
use leptos::{ev, prelude::*, web_sys};
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Long enough that a word is asked for, not each of its letters.
const PAUSE: Duration = Duration::from_millis(250);

/// What a filter form does, as the two listeners of a `FilterBar`.
#[derive(Clone, Copy)]
pub struct LiveFilter {
    pub submitted: Callback<ev::SubmitEvent>,
    pub typed: Callback<ev::Event>,
}

/// The listeners; the form's `action` and fields make the address, empty fields left out.
pub fn use_live_filter() -> LiveFilter {
    let navigate = use_navigate();
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    on_cleanup(stop);
    let go = Callback::new(move |(form, replace): (web_sys::HtmlFormElement, bool)| {
        if let Some(address) = address(&form) {
            navigate(&address, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
        }
    });
    let submitted = Callback::new(move |event: ev::SubmitEvent| {
        event.prevent_default();
        stop();
        go.run((event_target(&event), false));
    });
    let typed = Callback::new(move |event: ev::Event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some(form) = target.filter(|input| input.type_() == "search").and_then(|input| input.form()) else {
            return;
        };
        stop();
        // Where no timer is to be had, Enter still searches.
        waiting.set_value(set_timeout_with_handle(move || go.run((form, true)), PAUSE).ok());
    });
    LiveFilter { submitted, typed }
}

fn address(form: &web_sys::HtmlFormElement) -> Option<String> {
    let data = web_sys::FormData::new_with_form(form).ok()?;
    let fields = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    let mut fields: Vec<(String, String)> = serde_urlencoded::from_str(&String::from(fields.to_string())).ok()?;
    fields.retain(|(_, value)| !value.trim().is_empty());
    let query = serde_urlencoded::to_string(fields).ok()?;
    let action = form.get_attribute("action")?;
    Some(if query.is_empty() { action } else { format!("{action}?{query}") })
}
