//! Which runs of the history are asked for: what stands in the address.

use leptos_router::params::ParamsMap;

use crate::model::{RunFilter, RunId};

/// What an address asks for: the filter as it was typed, and where the list goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub filter: RunFilter,
    /// Continues below this run.
    pub after: Option<RunId>,
}

impl Asked {
    /// Reads the address.
    pub fn of(query: &ParamsMap) -> Self {
        let mut filter = RunFilter::default();
        for (name, _) in RunFilter::default().fields() {
            if let (Some(field), Some(text)) = (filter.field(name), query.get_str(name)) {
                text.trim().clone_into(field);
            }
        }
        Self { filter, after: query.get_str("after").and_then(|text| text.parse().ok()) }
    }
}

/// The address of the filtered list at `base`, continued after `after`.
pub fn href(filter: &RunFilter, base: &str, after: Option<&str>) -> String {
    let after = after.map(|after| format!("after={after}"));
    let query: Vec<_> = [Some(filter.query()).filter(|query| !query.is_empty()), after].into_iter().flatten().collect();
    if query.is_empty() { base.to_owned() } else { format!("{base}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_what_it_asks_for_are_the_same() {
        let id = "01931f6e-7b0a-7000-8000-000000000001";
        let query = [("rule", id), ("q", " 1.29 "), ("state", "lost"), ("after", id), ("other", "x")];
        let query: ParamsMap = query.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        let asked = Asked::of(&query);
        assert_eq!(asked.after, id.parse().ok());
        assert_eq!(href(&asked.filter, "/r", Some("x")), format!("/r?q=1.29&rule={id}&state=lost&after=x"));
        assert_eq!(href(&RunFilter::default(), "/r", None), "/r");
        assert_eq!(href(&RunFilter::default(), "/r", Some("x")), "/r?after=x");
    }
}
