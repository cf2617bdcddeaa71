//! Which requests are asked for: what stands in the address.

use leptos_router::params::ParamsMap;

use crate::model::RequestFilter;

/// Reads `?state=decided` and `?after=`; what cannot be read counts as absent.
pub fn of(query: &ParamsMap) -> RequestFilter {
    RequestFilter {
        decided: query.get_str("state") == Some("decided"),
        after: query.get_str("after").and_then(|text| text.parse().ok()),
    }
}

/// The address of this part of the list at `base`, continued after `after`.
pub fn href(base: &str, decided: bool, after: Option<&str>) -> String {
    let state = decided.then(|| "state=decided".to_owned());
    let after = after.map(|after| format!("after={after}"));
    let query: Vec<_> = [state, after].into_iter().flatten().collect();
    if query.is_empty() { base.to_owned() } else { format!("{base}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_only_what_is_asked_for() {
        assert_eq!(href("/r", false, None), "/r");
        assert_eq!(href("/r", true, Some("x")), "/r?state=decided&after=x");
        let query = [("state", "decided"), ("after", "no id")];
        let query: ParamsMap = query.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        assert_eq!(of(&query), RequestFilter { decided: true, after: None });
    }
}
