//! Which runs of the history are asked for: what stands in the address.

use leptos_router::params::ParamsMap;

use crate::model::{RuleId, RunId};

/// `?rule=` and `?after=`; what cannot be read counts as absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    pub rule: Option<RuleId>,
    /// Continues below this run.
    pub after: Option<RunId>,
}

impl RunFilter {
    /// Reads the address.
    pub fn of(query: &ParamsMap) -> Self {
        Self {
            rule: query.get_str("rule").and_then(|text| text.parse().ok()),
            after: query.get_str("after").and_then(|text| text.parse().ok()),
        }
    }

    /// The address of this part of the list at `base`, continued after `after`.
    pub fn href(self, base: &str, after: Option<&str>) -> String {
        let rule = self.rule.map(|rule| format!("rule={rule}"));
        let after = after.map(|after| format!("after={after}"));
        let query: Vec<_> = [rule, after].into_iter().flatten().collect();
        if query.is_empty() { base.to_owned() } else { format!("{base}?{}", query.join("&")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_only_what_is_asked_for() {
        let id = "01931f6e-7b0a-7000-8000-000000000001";
        let filter = RunFilter { rule: id.parse().ok(), after: None };
        assert_eq!(RunFilter::default().href("/r", None), "/r");
        assert_eq!(filter.href("/r", None), format!("/r?rule={id}"));
        assert_eq!(filter.href("/r", Some("x")), format!("/r?rule={id}&after=x"));
    }
}
