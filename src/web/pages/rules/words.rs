//! A rule's filter and its mirrors in a few words.

use crate::model::{RepoName, TagFilter, TagPattern};

/// Which tags go along: `Every tag`, `22*, 20*`, `Every tag except *-dev`.
pub fn filter(filter: &TagFilter) -> String {
    let list = |patterns: &[TagPattern]| patterns.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let which =
        if filter.include.is_empty() { "Every tag".to_owned() } else { format!("Tags {}", list(&filter.include)) };
    if filter.exclude.is_empty() { which } else { format!("{which} except {}", list(&filter.exclude)) }
}

/// The mirrors of a rule in a row of a table: their names, and after two how many more.
pub fn mirrors(mirrors: &[RepoName]) -> String {
    let names: Vec<_> = mirrors.iter().take(2).map(RepoName::name).collect();
    match mirrors.len().saturating_sub(names.len()) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(texts: &[&str]) -> Vec<TagPattern> {
        texts.iter().filter_map(|text| text.parse().ok()).collect()
    }

    #[test]
    fn a_filter_reads_as_people_say_it() {
        let words = |include: &[&str], exclude: &[&str]| {
            filter(&TagFilter { include: patterns(include), exclude: patterns(exclude) })
        };
        assert_eq!(words(&[], &[]), "Every tag");
        assert_eq!(words(&["22*", "/^20/"], &[]), "Tags 22*, /^20/");
        assert_eq!(words(&[], &["*-dev"]), "Every tag except *-dev");
    }

    #[test]
    fn a_row_names_two_mirrors_and_counts_the_rest() {
        let names: Vec<RepoName> =
            ["acme/dhi-a", "acme/dhi-b", "acme/dhi-c"].iter().filter_map(|name| name.parse().ok()).collect();
        assert_eq!(mirrors(&names[..1]), "dhi-a");
        assert_eq!(mirrors(&names), "dhi-a, dhi-b and 1 more");
    }
}
