//! Which deliveries are asked for: what stands in the address.

use leptos_router::params::ParamsMap;

use crate::model::{DeliveryFilter, DeliveryOutcome};

/// Reads `?mirror=`, `?outcome=` and `?after=`; what cannot be read counts as absent.
pub fn of(query: &ParamsMap) -> DeliveryFilter {
    DeliveryFilter {
        mirror: query.get_str("mirror").and_then(|text| text.parse().ok()),
        outcome: query.get_str("outcome").and_then(DeliveryOutcome::parse),
        after: query.get_str("after").and_then(|text| text.parse().ok()),
    }
}

/// The address of this part of the list at `base`, continued after `after`.
pub fn href(filter: &DeliveryFilter, base: &str, after: Option<&str>) -> String {
    let mirror = filter.mirror.as_ref().map(|mirror| format!("mirror={mirror}"));
    let outcome = filter.outcome.map(|outcome| format!("outcome={}", outcome.as_str()));
    let after = after.map(|after| format!("after={after}"));
    let query: Vec<_> = [mirror, outcome, after].into_iter().flatten().collect();
    if query.is_empty() { base.to_owned() } else { format!("{base}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_only_what_is_asked_for() {
        let filter =
            DeliveryFilter { mirror: "dhi-nginx".parse().ok(), outcome: Some(DeliveryOutcome::Refused), after: None };
        assert_eq!(href(&DeliveryFilter::default(), "/d", None), "/d");
        assert_eq!(href(&filter, "/d", Some("x")), "/d?mirror=dhi-nginx&outcome=refused&after=x");
    }

    #[test]
    fn what_cannot_be_read_counts_as_absent() {
        let query = [("mirror", "NO MIRROR"), ("outcome", "lost"), ("after", "x")];
        let query: ParamsMap = query.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        assert_eq!(of(&query), DeliveryFilter::default());
    }
}
