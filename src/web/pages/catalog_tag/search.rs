//! The search box over packages and vulnerabilities; what it holds stands in the address.

use leptos::prelude::*;

use super::asked::{Asked, Part};
use crate::web::components::{FilterBar, FilterSearch};
use crate::web::live_filter::use_live_filter;

/// The form, where the part has something to be searched; with a script it works while people type. It stands outside of
/// what it finds, so that an answer never writes over what is being typed.
#[component]
pub fn Search(asked: Memo<Asked>, catalog: String) -> impl IntoView {
    let part = Memo::new(move |_| asked.with(|asked| asked.part));
    let catalog = StoredValue::new(catalog);
    move || match part.get() {
        Part::Packages => {
            let (label, placeholder) = ("Search the packages", "Name, version, licence or purl");
            view! { <Form asked catalog=catalog.get_value() label placeholder /> }.into_any()
        }
        Part::Vulnerabilities => {
            let (label, placeholder) = ("Search the vulnerabilities", "CVE or package");
            view! { <Form asked catalog=catalog.get_value() label placeholder /> }.into_any()
        }
        Part::Attestations | Part::Configuration | Part::Compare => ().into_any(),
    }
}

#[component]
fn Form(asked: Memo<Asked>, catalog: String, label: &'static str, placeholder: &'static str) -> impl IntoView {
    let live = use_live_filter();
    let field = move |read: fn(&Asked) -> &str| Signal::derive(move || asked.with(|asked| read(asked).to_owned()));
    let hidden = move |name: &'static str, read: fn(&Asked) -> &str| {
        let value = field(read);
        // An empty field would stand in the address of a browser without a script.
        move || {
            let value = value.get();
            (!value.is_empty()).then(|| view! { <input type="hidden" name=name value=value /> })
        }
    };
    let base = asked.with_untracked(|asked| asked.base(&catalog));
    view! {
        <FilterBar
            action=base
            label
            on:submit=move |event| live.submitted.run(event)
            on:input=move |event| live.typed.run(event)
        >
            {hidden("platform", |asked| &asked.platform)}
            {hidden("tab", |asked| asked.part.as_str())}
            {hidden("type", |asked| &asked.kind)}
            {hidden("severity", |asked| &asked.severity)}
            {hidden("compare", |asked| &asked.compare)}
            <FilterSearch label placeholder value=field(|asked| &asked.q) />
        </FilterBar>
    }
}
