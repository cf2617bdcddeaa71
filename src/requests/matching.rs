//! What a selection takes of the catalog, and what it proposes. Pure: no `async`, no `App`.

use std::collections::BTreeSet;

use crate::model::{CatalogEntry, Look, RepoName, SelectionFilter};
use crate::store::requests::Known;

/// What comes of a selection now.
#[derive(Debug)]
pub struct Plan<'a> {
    pub look: Look,
    /// To be proposed.
    pub propose: Vec<&'a CatalogEntry>,
    /// Matches and is mirrored.
    pub mirrored: Vec<&'a CatalogEntry>,
    /// Proposed by this selection, open, and not wanted from it any more.
    pub stale: Vec<String>,
}

/// Proposes what matches, is not mirrored, asked for or declined, as far as the cap goes: Docker's featured first, then
/// by name.
pub fn plan<'a>(entries: &'a [CatalogEntry], filter: &SelectionFilter, cap: u32, known: &Known) -> Plan<'a> {
    let mut matching: Vec<&CatalogEntry> = entries.iter().filter(|entry| takes(filter, entry)).collect();
    matching.sort_by(|a, b| (!a.featured, &a.name).cmp(&(!b.featured, &b.name)));
    let (mirrored, wanted): (Vec<&CatalogEntry>, Vec<&CatalogEntry>) =
        matching.iter().copied().partition(|entry| !entry.mirrors.is_empty());
    let in_set = |set: &BTreeSet<String>, entry: &CatalogEntry| set.contains(entry.name.as_str());

    let still_open = known.own.iter().filter(|source| wanted.iter().any(|entry| entry.name.as_str() == *source));
    let still_open: BTreeSet<String> = still_open.cloned().collect();
    let mirrors: BTreeSet<&str> = entries.iter().flat_map(|e| e.mirrors.iter().map(RepoName::name)).collect();
    let started = known.approved.iter().filter(|name| mirrors.contains(name.as_str())).count();
    let taken = started + still_open.len();

    let (asked, free): (Vec<&CatalogEntry>, Vec<&CatalogEntry>) =
        wanted.iter().copied().partition(|entry| in_set(&known.open, entry));
    let (declined, mut propose): (Vec<&CatalogEntry>, Vec<&CatalogEntry>) =
        free.into_iter().partition(|entry| in_set(&known.declined, entry));
    let room = usize::try_from(cap).unwrap_or(usize::MAX).saturating_sub(taken);
    let held_back = propose.len().saturating_sub(room);
    propose.truncate(room);
    let look = Look {
        matching: number(matching.len()),
        mirrored: number(mirrored.len()),
        asked: number(asked.len()),
        declined: number(declined.len()),
        taken: number(taken + propose.len()),
        proposed: number(propose.len()),
        held_back: number(held_back),
    };
    Plan { look, propose, mirrored, stale: known.own.difference(&still_open).cloned().collect() }
}

/// Whether the filter takes this repository.
fn takes(filter: &SelectionFilter, entry: &CatalogEntry) -> bool {
    let set = |wanted: &str, held: &[String]| wanted.is_empty() || held.iter().any(|one| one == wanted);
    let text = format!("{} {} {}", entry.name, entry.display_name, entry.short_description).to_lowercase();
    filter.words.to_lowercase().split_whitespace().all(|word| text.contains(word))
        && set(&filter.category, &entry.categories)
        && set(&filter.distribution, &entry.distributions)
        && set(&filter.platform, &entry.platforms)
        && filter.kind.is_none_or(|kind| kind == entry.kind)
        && (!filter.fips || entry.fips)
        && (!filter.stig || entry.stig)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RepositoryKind;

    fn entry(name: &str, mirror: Option<&str>) -> CatalogEntry {
        CatalogEntry {
            name: name.parse().expect("a name"),
            namespace: "dhi".into(),
            display_name: name.to_uppercase(),
            short_description: "A database.".into(),
            kind: RepositoryKind::Image,
            featured: name == "z",
            fips: name != "a",
            rules: Vec::new(),
            stig: false,
            categories: vec!["databases".into()],
            distributions: vec!["debian-13".into()],
            platforms: vec!["linux/amd64".into()],
            mirrors: mirror.map(|name| format!("acme/{name}").parse().expect("a name")).into_iter().collect(),
        }
    }

    fn names<'a>(entries: &[&'a CatalogEntry]) -> Vec<&'a str> {
        entries.iter().map(|entry| entry.name.as_str()).collect()
    }

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_part_of_the_filter_takes_what_it_names() {
        let with = |change: fn(&mut SelectionFilter)| {
            let mut filter = SelectionFilter::default();
            change(&mut filter);
            takes(&filter, &entry("b", None))
        };
        assert!(with(|_| ()));
        assert!(with(|f| f.words = "DATABASE b".into()) && !with(|f| f.words = "database queue".into()));
        assert!(with(|f| f.category = "databases".into()) && !with(|f| f.category = "database".into()));
        assert!(with(|f| f.distribution = "debian-13".into()) && !with(|f| f.distribution = "debian-12".into()));
        assert!(with(|f| f.platform = "linux/amd64".into()) && !with(|f| f.platform = "linux/arm64".into()));
        assert!(with(|f| f.kind = Some(RepositoryKind::Image)));
        assert!(!with(|f| f.kind = Some(RepositoryKind::HelmChart)));
        assert!(with(|f| f.fips = true) && !with(|f| f.stig = true));
    }

    #[test]
    fn what_is_mirrored_asked_for_or_declined_is_not_proposed() {
        let entries =
            [entry("a", None), entry("b", Some("dhi-b")), entry("c", None), entry("d", None), entry("z", None)];
        let known = Known { open: set(&["c"]), declined: set(&["d"]), ..Known::default() };
        let plan = plan(&entries, &SelectionFilter::default(), 10, &known);
        assert_eq!((names(&plan.propose), names(&plan.mirrored)), (vec!["z", "a"], vec!["b"]), "featured first");
        let look = Look { matching: 5, mirrored: 1, asked: 1, declined: 1, taken: 2, proposed: 2, held_back: 0 };
        assert_eq!(plan.look, look);
    }

    #[test]
    fn open_proposals_and_mirrors_started_from_it_count_towards_the_cap() {
        let entries = [entry("a", None), entry("b", Some("dhi-b")), entry("c", None), entry("d", None)];
        let known = Known {
            open: set(&["c"]),
            own: set(&["c"]),
            // One that was approved and stopped since has left its place.
            approved: set(&["dhi-b", "dhi-stopped"]),
            ..Known::default()
        };
        let plan = |cap| plan(&entries, &SelectionFilter::default(), cap, &known);
        assert_eq!(names(&plan(2).propose), Vec::<&str>::new());
        assert_eq!((plan(2).look.taken, plan(2).look.held_back), (2, 2));
        assert_eq!(names(&plan(3).propose), ["a"]);
        assert_eq!((plan(3).look.taken, plan(3).look.held_back), (3, 1));
        assert_eq!(plan(1).look.held_back, 2, "a cap that was lowered takes nothing back");
    }

    #[test]
    fn a_proposal_that_is_mirrored_or_matches_no_more_is_stale() {
        let entries = [entry("a", None), entry("b", Some("dhi-b")), entry("c", None)];
        let known = Known { open: set(&["a", "b", "c"]), own: set(&["a", "b", "c", "gone"]), ..Known::default() };
        let fips = SelectionFilter { fips: true, ..SelectionFilter::default() };
        let plan = plan(&entries, &fips, 10, &known);
        assert_eq!(plan.stale, ["a", "b", "gone"]);
        assert_eq!(plan.look.taken, 1);
    }
}
