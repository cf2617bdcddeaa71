//! The filters of the list of mirrors.

use leptos::prelude::*;

use super::filter::MirrorFilter;
use crate::model::MirrorState;
use crate::web::components::{FilterBar, FilterSearch, FilterSelect};
use crate::web::live_filter::use_live_filter;

/// The form, once there is something to filter.
#[component]
pub fn Filters(any: Signal<bool>, asked: Memo<MirrorFilter>, base: String) -> impl IntoView {
    // Stays as it is while the list is read again, so that typing goes on.
    let any = Memo::new(move |_| any.get());
    move || any.get().then(|| view! { <Bar asked base=base.clone() /> })
}

#[component]
fn Bar(asked: Memo<MirrorFilter>, base: String) -> impl IntoView {
    let live = use_live_filter();
    let field = move |of: fn(&MirrorFilter) -> &String| Signal::derive(move || asked.with(|asked| of(asked).clone()));
    let active = Signal::derive(move || asked.get() != MirrorFilter::default());
    let states = MirrorState::ALL.map(|state| (state.as_str(), state.label()));
    view! {
        <FilterBar
            action=base
            label="Mirrors"
            active
            on:submit=move |event| live.submitted.run(event)
            on:input=move |event| live.typed.run(event)
        >
            <FilterSearch value=field(|asked| &asked.q) label="Search mirrors" placeholder="Name or source" />
            <FilterSelect name="state" label="State" options=options(&states) selected=field(|asked| &asked.state) />
            <FilterSelect
                name="visibility"
                label="Visibility"
                options=options(&[("private", "Private"), ("public", "Public")])
                selected=field(|asked| &asked.visibility)
            />
            <FilterSelect
                name="kind"
                label="Kind"
                options=options(&[("image", "Images"), ("helm-chart", "Helm charts")])
                selected=field(|asked| &asked.kind)
            />
            <FilterSelect
                name="rule"
                label="Rules"
                options=options(&[("yes", "Used by a rule"), ("no", "Used by none")])
                selected=field(|asked| &asked.rule)
            />
        </FilterBar>
    }
}

fn options(choices: &[(&str, &str)]) -> Vec<(String, String)> {
    let all = std::iter::once(("", "All"));
    all.chain(choices.iter().copied()).map(|(value, words)| (value.to_owned(), words.to_owned())).collect()
}
