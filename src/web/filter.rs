//! A list that is filtered by what stands in the address: reading it, writing it, and what is set as chips.

use std::str::FromStr;

use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use crate::model::TypedFilter;
use crate::web::components::{ButtonLink, FilterChip, FilterChips, Size, Variant};

/// What an address asks for: the filter as it was typed, and where the list goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked<F, I> {
    pub filter: F,
    /// Continues below this row.
    pub after: Option<I>,
}

impl<F: TypedFilter, I: FromStr> Asked<F, I> {
    /// Reads the address.
    pub fn of(query: &ParamsMap) -> Self {
        let after = query.get_str("after").and_then(|text| text.parse().ok());
        Self { filter: F::of(|name| query.get(name)), after }
    }
}

/// The address of the filtered list at `base`, continued after `after`.
pub fn href(filter: &impl TypedFilter, base: &str, after: Option<&str>) -> String {
    let after = after.map(|after| format!("after={after}"));
    let query: Vec<_> = [Some(filter.query()).filter(|query| !query.is_empty()), after].into_iter().flatten().collect();
    if query.is_empty() { base.to_owned() } else { format!("{base}?{}", query.join("&")) }
}

/// What is set, each with the way to ask for it no more; `words` says a field's name and value.
pub fn chips(filter: &impl TypedFilter, base: &str, words: impl Fn(&str, &str) -> String) -> Option<AnyView> {
    let set = filter.fields().into_iter().filter(|(_, value)| !value.is_empty());
    let chips: Vec<_> = set
        .map(|(name, value)| {
            view! { <FilterChip href=href(&filter.without(name), base, None) label=words(name, value) /> }
        })
        .collect();
    (!chips.is_empty()).then(|| view! { <FilterChips label="What is filtered">{chips}</FilterChips> }.into_any())
}

/// Everything the filter takes. By the browser itself: it is a file.
pub fn files<F: TypedFilter>(filter: &F, base: &str) -> impl IntoView + use<F> {
    let link = |ending: &str, words: &'static str| {
        let href = href(filter, &format!("{base}.{ending}"), None);
        view! {
            <ButtonLink href size=Size::Small variant=Variant::Quiet attr:rel="external" attr:download="">
                {words}
            </ButtonLink>
        }
    };
    view! {
        <div class="cluster" data-align="end">
            {link("csv", "Export as CSV")} {link("json", "Export as JSON")}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{RunFilter, RunId};

    #[test]
    fn an_address_and_what_it_asks_for_are_the_same() {
        let id = "01931f6e-7b0a-7000-8000-000000000001";
        let query = [("rule", id), ("q", " 1.29 "), ("state", "lost"), ("after", id), ("other", "x")];
        let query: ParamsMap = query.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        let asked = Asked::<RunFilter, RunId>::of(&query);
        assert_eq!(asked.after, id.parse().ok());
        assert_eq!(href(&asked.filter, "/r", Some("x")), format!("/r?q=1.29&rule={id}&state=lost&after=x"));
        assert_eq!(href(&RunFilter::default(), "/r", None), "/r");
        assert_eq!(href(&RunFilter::default(), "/r", Some("x")), "/r?after=x");
    }
}
