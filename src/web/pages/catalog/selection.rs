//! Several entries at once: what is picked, and the bar that goes on with it.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::model::CatalogName;
use crate::web::components::{Button, Variant};
use crate::web::frame::use_role;

/// What is picked, also on other pages of the list; it is forgotten with the page.
#[derive(Clone, Copy, Debug)]
pub struct Picked {
    names: RwSignal<BTreeSet<CatalogName>>,
    /// There is a script that counts them, and it counts none.
    is_none: Memo<bool>,
}

impl Picked {
    /// Nothing.
    pub fn none() -> Self {
        let names = RwSignal::new(BTreeSet::new());
        // Without a script nothing is counted, and the button must work all the same.
        let counts = RwSignal::new(false);
        Effect::new(move |_| counts.set(true));
        Self { names, is_none: Memo::new(move |_| counts.get() && names.with(BTreeSet::is_empty)) }
    }

    fn contains(self, name: &CatalogName) -> bool {
        self.names.with(|picked| picked.contains(name))
    }

    fn set(self, name: &CatalogName, on: bool) {
        self.names.update(|picked| {
            if on {
                picked.insert(name.clone());
            } else {
                picked.remove(name);
            }
        });
    }

    fn count(self) -> usize {
        self.names.with(BTreeSet::len)
    }
}

/// The checkbox of an entry, field `source` of the form `selection`.
#[component]
pub fn Pick(name: CatalogName, picked: Picked) -> impl IntoView {
    let (value, label, shown) = (name.to_string(), format!("Select {name}"), name.clone());
    view! {
        <input
            class="catalog__pick"
            type="checkbox"
            name="source"
            value=value
            aria-label=label
            prop:checked=move || picked.contains(&shown)
            on:change=move |event| picked.set(&name, event_target_checked(&event))
        />
    }
}

/// How many are picked, and the way on: to mirrors, or for whoever may start none to requests. `shown` are the entries of
/// this page, which send themselves.
#[component]
pub fn SelectionBar(picked: Picked, shown: Vec<CatalogName>) -> impl IntoView {
    let words = move || match picked.count() {
        0 => "Select repositories to go on with several at once.".to_owned(),
        count => format!("{count} selected"),
    };
    let elsewhere = move || {
        let names: Vec<_> =
            picked.names.with(|picked| picked.iter().filter(|name| !shown.contains(name)).cloned().collect());
        let field = |name: CatalogName| view! { <input type="hidden" name="source" value=name.to_string() /> };
        names.into_iter().map(field).collect_view()
    };
    let clear = move || {
        let forget = move |_| picked.names.update(BTreeSet::clear);
        (picked.count() > 0)
            .then(|| view! { <Button kind="button" variant=Variant::Quiet on:click=forget>"Select none"</Button> })
    };
    let on = if use_role().may_mirror() { "Mirror selected" } else { "Request selected" };
    view! {
        <div class="selection-bar">
            {elsewhere}
            <p class="selection-bar__count" aria-live="polite">{words}</p>
            {clear}
            <Button variant=Variant::Primary disabled=picked.is_none>
                {on}
            </Button>
        </div>
    }
}
