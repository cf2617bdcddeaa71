//! Which mirrors are asked for: what stands in the address. Pure.

use leptos_router::params::ParamsMap;

use crate::model::Mirror;

/// The filter as it was typed; what means nothing filters nothing out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MirrorFilter {
    /// Words that repository or source must contain.
    pub q: String,
    pub state: String,
    /// `private` or `public`.
    pub visibility: String,
    /// `image` or `helm-chart`.
    pub kind: String,
    /// `yes` or `no`: used by a rule.
    pub rule: String,
}

impl MirrorFilter {
    /// Reads the address.
    pub fn of(query: &ParamsMap) -> Self {
        let field = |name| query.get_str(name).unwrap_or_default().trim().to_owned();
        Self {
            q: field("q"),
            state: field("state"),
            visibility: field("visibility"),
            kind: field("kind"),
            rule: field("rule"),
        }
    }

    /// Whether the mirror is among those asked for.
    pub fn takes(&self, mirror: &Mirror) -> bool {
        let text = format!("{} {} {}", mirror.repository, mirror.source, mirror.source_display_name).to_lowercase();
        let words = self.q.to_lowercase();
        words.split_whitespace().all(|word| text.contains(word))
            && (self.state.is_empty() || self.state == mirror.state.as_str())
            && (self.kind.is_empty() || self.kind == mirror.kind().as_str())
            && match self.visibility.as_str() {
                "private" => mirror.is_private == Some(true),
                "public" => mirror.is_private == Some(false),
                _ => true,
            }
            && match self.rule.as_str() {
                "yes" => !mirror.rules.is_empty(),
                "no" => mirror.rules.is_empty(),
                _ => true,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MirrorState;

    fn mirror() -> Mirror {
        let state = MirrorState::Failed;
        Mirror { state, is_private: None, ..Mirror::example("redis-chart", &["Nightly"]) }
    }

    #[test]
    fn each_field_filters_by_itself() {
        let takes = |name: &'static str, value: &str| {
            let query: ParamsMap = [(name, value.to_owned())].into_iter().collect();
            MirrorFilter::of(&query).takes(&mirror())
        };
        for (name, value) in [
            ("q", " REDIS dhi- "),
            ("state", "failed"),
            ("kind", "helm-chart"),
            ("rule", "yes"),
            ("visibility", ""),
            ("visibility", "nonsense"),
        ] {
            assert!(takes(name, value), "{name}={value}");
        }
        let others =
            [("q", "nginx"), ("state", "stopped"), ("kind", "image"), ("rule", "no"), ("visibility", "private")];
        for (name, value) in others {
            assert!(!takes(name, value), "{name}={value}");
        }
    }
}
