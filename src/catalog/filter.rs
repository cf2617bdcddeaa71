//! Which catalog entries pass the filters of the address. Pure; an unknown value passes nothing rather than everything.

use crate::model::{CatalogEntry, CatalogFilter};

/// True for an entry that every filter that is set lets through.
pub(super) fn passes(filter: &CatalogFilter, entry: &CatalogEntry) -> bool {
    let set = |value: &str, test: &dyn Fn(&str) -> bool| value.is_empty() || test(value);
    words(filter, entry)
        && set(&filter.category, &|id| entry.categories.iter().any(|c| c == id))
        && set(&filter.kind, &|kind| entry.kind.as_str() == kind)
        && set(&filter.distribution, &|id| entry.distributions.iter().any(|d| d == id))
        && set(&filter.compliance, &|wanted| match wanted {
            "fips" => entry.fips,
            "stig" => entry.stig,
            _ => false,
        })
        && set(&filter.mirrored, &|wanted| match wanted {
            "yes" => !entry.mirrors.is_empty(),
            "no" => entry.mirrors.is_empty(),
            _ => false,
        })
}

/// Every word typed stands in the name or the description, whatever its case.
fn words(filter: &CatalogFilter, entry: &CatalogEntry) -> bool {
    let text = format!("{} {} {}", entry.name, entry.display_name, entry.short_description).to_lowercase();
    filter.q.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RepositoryKind;

    fn node() -> CatalogEntry {
        CatalogEntry {
            name: "node".parse().expect("a name"),
            namespace: "dhi".into(),
            display_name: "Node.js".into(),
            short_description: "A JavaScript runtime.".into(),
            kind: RepositoryKind::Image,
            featured: true,
            fips: true,
            stig: false,
            categories: vec!["language".into()],
            distributions: vec!["debian-13".into()],
            platforms: vec!["linux/amd64".into()],
            mirrors: Vec::new(),
        }
    }

    #[test]
    fn each_filter_lets_through_what_it_names() {
        let with = |set: fn(&mut CatalogFilter)| {
            let mut filter = CatalogFilter::default();
            set(&mut filter);
            passes(&filter, &node())
        };
        assert!(with(|_| ()));
        assert!(with(|f| f.q = "NODE  runtime".into()));
        assert!(!with(|f| f.q = "node python".into()));
        assert!(with(|f| f.category = "language".into()) && !with(|f| f.category = "databases".into()));
        assert!(with(|f| f.kind = "image".into()) && !with(|f| f.kind = "helm-chart".into()));
        assert!(with(|f| f.distribution = "debian-13".into()) && !with(|f| f.distribution = "alpine-3.22".into()));
        assert!(with(|f| f.compliance = "fips".into()) && !with(|f| f.compliance = "stig".into()));
        assert!(with(|f| f.mirrored = "no".into()) && !with(|f| f.mirrored = "yes".into()));
        assert!(!with(|f| f.compliance = "nonsense".into()));
    }
}
