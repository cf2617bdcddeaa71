//! Which entries pass, in which order, and how many each value of a facet would leave. Pure; an unknown value passes nothing
//! rather than everything.

use std::collections::{BTreeMap, HashMap};

use super::distribution_name;
use super::listing::{DockerCatalog, DockerMirrors};
use super::search::{Query, Text};
use crate::model::{
    CatalogEntry, CatalogFilter, CatalogSort, Choice, Facet, FacetValue, FacetValues, RepoName, RepositoryKind,
};

/// Entries on one page.
pub(super) const PAGE: usize = 60;

/// An entry with what the organization has of it.
pub(super) struct Seen<'a> {
    entry: &'a CatalogEntry,
    text: &'a Text,
    mirrors: &'a [RepoName],
    /// Names of the rules that forward one of the mirrors, each once.
    rules: Vec<&'a str>,
}

/// What passes a filter.
pub(super) struct Narrowed {
    /// One page of it.
    pub entries: Vec<CatalogEntry>,
    pub found: usize,
    /// The page, from 1.
    pub page: usize,
    pub pages: usize,
    pub is_mistyped: bool,
    pub facets: Vec<FacetValues>,
}

impl<'a> Seen<'a> {
    /// Everything there is; `rules`: their names by the mirror they forward.
    pub(super) fn all(
        catalog: &'a DockerCatalog,
        mirrors: &'a DockerMirrors,
        rules: &'a HashMap<String, Vec<String>>,
    ) -> Vec<Self> {
        let one = |(entry, text): (&'a CatalogEntry, &'a Text)| {
            let mirrors = mirrors.of(&entry.name);
            let forwarding = mirrors.iter().filter_map(|mirror| rules.get(mirror.as_str()));
            let mut rules: Vec<&str> = forwarding.flatten().map(String::as_str).collect();
            rules.sort_unstable();
            rules.dedup();
            Self { entry, text, mirrors, rules }
        };
        catalog.entries().map(one).collect()
    }

    /// The entry as it is shown.
    pub(super) fn complete(&self) -> CatalogEntry {
        CatalogEntry {
            mirrors: self.mirrors.to_vec(),
            rules: self.rules.iter().map(|name| (*name).to_owned()).collect(),
            ..self.entry.clone()
        }
    }

    /// Shows the entry's values of a facet.
    fn show(&self, facet: Facet, mut show: impl FnMut(&'a str)) {
        let mut all = |values: &'a [String]| values.iter().for_each(|value| show(value));
        match facet {
            Facet::Category => all(&self.entry.categories),
            Facet::Distribution => all(&self.entry.distributions),
            Facet::Platform => all(&self.entry.platforms),
            Facet::Kind => show(self.entry.kind.as_str()),
            Facet::Fips => show(yes_or_no(self.entry.fips)),
            Facet::Stig => show(yes_or_no(self.entry.stig)),
            Facet::Mirrored => show(yes_or_no(!self.mirrors.is_empty())),
            Facet::Forwarded => show(yes_or_no(!self.rules.is_empty())),
        }
    }

    /// True where the entry has one of the values that were chosen, or none was.
    fn passes(&self, facet: Facet, chosen: &[String]) -> bool {
        let mut has = chosen.is_empty();
        self.show(facet, |value| has = has || chosen.iter().any(|one| one == value));
        has
    }
}

/// Narrows everything down to what the filter takes.
pub(super) fn narrow(all: &[Seen<'_>], categories: &[Choice], filter: &CatalogFilter) -> Narrowed {
    let query = Query::new(&filter.q, &all.iter().map(|one| one.text));
    let mut counts: [BTreeMap<&str, u32>; Facet::ALL.len()] = Default::default();
    let mut found = Vec::new();
    for one in all {
        let refused = Facet::ALL.map(|facet| !one.passes(facet, filter.chosen(facet)));
        let number = refused.iter().filter(|refused| **refused).count();
        let rank = query.rank(one.text);
        for ((facet, counts), refused) in Facet::ALL.into_iter().zip(&mut counts).zip(refused) {
            // A facet's own choice does not count: its values say what choosing them as well would bring.
            let counted = rank.is_some() && number == usize::from(refused);
            one.show(facet, |value| *counts.entry(value).or_default() += u32::from(counted));
        }
        if let Some(rank) = rank.filter(|_| number == 0) {
            found.push((rank, one));
        }
    }
    match filter.sort {
        CatalogSort::Best => {
            found.sort_by_cached_key(|(rank, one)| (rank.clone(), !one.entry.featured, name(one)));
        }
        CatalogSort::Name => found.sort_by_cached_key(|(_, one)| name(one)),
    }
    let pages = found.len().div_ceil(PAGE).max(1);
    let page = usize::try_from(filter.page).unwrap_or(usize::MAX).clamp(1, pages);
    let entries = found.iter().skip((page - 1) * PAGE).take(PAGE).map(|(_, one)| one.complete()).collect();
    let facets = Facet::ALL.into_iter().zip(counts);
    Narrowed {
        entries,
        found: found.len(),
        page,
        pages,
        is_mistyped: query.is_mistyped() && !query.is_empty(),
        facets: facets.map(|(facet, counts)| values(facet, &counts, categories, filter.chosen(facet))).collect(),
    }
}

/// By what an entry is found in the alphabet.
fn name<'a>(one: &Seen<'a>) -> (String, &'a str) {
    (one.entry.display_name.to_lowercase(), one.entry.name.as_str())
}

/// The values of a facet with their counts, by name; what was chosen and nothing has is there too.
fn values(facet: Facet, counts: &BTreeMap<&str, u32>, categories: &[Choice], chosen: &[String]) -> FacetValues {
    let is_chosen = |id: &str| chosen.iter().any(|one| one == id);
    // Nobody looks for what is not certified, but an address may ask for it.
    let is_offered = |id: &str| is_chosen(id) || !(matches!(facet, Facet::Fips | Facet::Stig) && id == "no");
    let unknown = chosen.iter().map(|id| (id.as_str(), 0)).filter(|(id, _)| !counts.contains_key(id));
    let known = counts.iter().map(|(id, count)| (*id, *count)).filter(|(id, _)| is_offered(id));
    let value = |(id, count): (&str, u32)| FacetValue {
        name: value_name(facet, id, categories),
        id: id.to_owned(),
        count,
        chosen: is_chosen(id),
    };
    let mut values: Vec<FacetValue> = known.chain(unknown).map(value).collect();
    values.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    values.dedup_by(|a, b| a.id == b.id);
    FacetValues { facet, values }
}

fn value_name(facet: Facet, id: &str, categories: &[Choice]) -> String {
    let yes_and_no = facet.yes_and_no().map(|[yes, no]| if id == "no" { no } else { yes });
    let word = match (facet, id) {
        (Facet::Kind, _) => [RepositoryKind::Image, RepositoryKind::HelmChart]
            .into_iter()
            .find(|kind| kind.as_str() == id)
            .map(RepositoryKind::label),
        (_, "yes" | "no") => yes_and_no,
        _ => None,
    };
    match (facet, word) {
        (_, Some(word)) => word.to_owned(),
        (Facet::Distribution, None) => distribution_name(id),
        (Facet::Category, None) => categories
            .iter()
            .find(|category| category.id == id)
            .map_or_else(|| id.to_owned(), |category| category.name.clone()),
        _ => id.to_owned(),
    }
}

fn yes_or_no(so: bool) -> &'static str {
    if so { "yes" } else { "no" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::listing::Listing as _;

    fn entry(name: &str, categories: &[&str], distributions: &[&str], fips: bool) -> CatalogEntry {
        CatalogEntry {
            name: name.parse().expect("a name"),
            namespace: "dhi".into(),
            display_name: name.to_uppercase(),
            short_description: format!("About {name}."),
            kind: if name.ends_with("-chart") { RepositoryKind::HelmChart } else { RepositoryKind::Image },
            featured: name == "redis",
            fips,
            stig: false,
            categories: categories.iter().map(ToString::to_string).collect(),
            distributions: distributions.iter().map(ToString::to_string).collect(),
            platforms: vec!["linux/amd64".into()],
            mirrors: Vec::new(),
            rules: Vec::new(),
        }
    }

    fn narrowed(set: impl FnOnce(&mut CatalogFilter)) -> Narrowed {
        let categories =
            [("data", "Databases"), ("web", "Web")].map(|(id, name)| Choice { id: id.into(), name: name.into() });
        let entries = vec![
            entry("node", &["web"], &["debian-13", "alpine-3.22"], true),
            entry("nginx", &["web"], &["alpine-3.22"], false),
            entry("redis", &["data"], &["debian-13"], false),
            entry("redis-chart", &["data"], &["helm"], false),
        ];
        let catalog = DockerCatalog::new(entries, categories.to_vec()).prepared();
        let mirror = |source: &str, name: &str| (source.to_owned(), name.parse::<RepoName>().expect("a name"));
        let mirrors = DockerMirrors::of_pairs([mirror("nginx", "acme/dhi-nginx"), mirror("node", "acme/dhi-node")]);
        let rules = HashMap::from([("acme/dhi-nginx".to_owned(), vec!["Out".to_owned()])]);
        let mut filter = CatalogFilter::default();
        set(&mut filter);
        narrow(&Seen::all(&catalog, &mirrors, &rules), &catalog.categories, &filter)
    }

    fn names(found: &Narrowed) -> Vec<&str> {
        found.entries.iter().map(|entry| entry.name.as_str()).collect()
    }

    /// A facet's values as `name count`, with a star at those chosen.
    fn counts(found: &Narrowed, facet: Facet) -> Vec<String> {
        let values = found.facets.iter().find(|values| values.facet == facet).map(|values| &values.values);
        let words =
            |value: &FacetValue| format!("{}{} {}", if value.chosen { "*" } else { "" }, value.name, value.count);
        values.into_iter().flatten().map(words).collect()
    }

    #[test]
    fn each_facet_lets_through_what_it_names_and_several_values_any_of_them() {
        let of = |facet: Facet, values: &[&str]| {
            let values = values.iter().map(ToString::to_string).collect();
            let found = narrowed(|filter| *filter.chosen_mut(facet) = values);
            names(&found).join(" ")
        };
        assert_eq!(of(Facet::Category, &["data"]), "redis redis-chart");
        assert_eq!(of(Facet::Category, &["data", "web"]), "redis nginx node redis-chart");
        assert_eq!(of(Facet::Kind, &["helm-chart"]), "redis-chart");
        assert_eq!(of(Facet::Distribution, &["debian-13", "helm"]), "redis node redis-chart");
        assert_eq!(of(Facet::Fips, &["yes"]), "node");
        assert_eq!(of(Facet::Fips, &["no"]), "redis nginx redis-chart");
        assert_eq!(of(Facet::Stig, &["yes"]), "");
        assert_eq!(of(Facet::Mirrored, &["yes"]), "nginx node");
        assert_eq!(of(Facet::Forwarded, &["yes"]), "nginx");
        assert_eq!(of(Facet::Forwarded, &["no"]), "redis node redis-chart");
        assert_eq!(of(Facet::Platform, &["linux/riscv64"]), "", "an unknown value passes nothing");
    }

    #[test]
    fn a_facet_counts_under_all_filters_but_its_own() {
        let all = narrowed(|_| ());
        assert_eq!(counts(&all, Facet::Category), ["Databases 2", "Web 2"]);
        assert_eq!(counts(&all, Facet::Distribution), ["Alpine 3.22 2", "Debian 13 2", "Helm 1"]);
        assert_eq!(counts(&all, Facet::Fips), ["FIPS 1"]);
        assert_eq!(counts(&all, Facet::Mirrored), ["Mirrored 2", "Not mirrored 2"]);

        let web = narrowed(|filter| filter.category = vec!["web".into()]);
        assert_eq!(counts(&web, Facet::Category), ["Databases 2", "*Web 2"]);
        assert_eq!(counts(&web, Facet::Distribution), ["Alpine 3.22 2", "Debian 13 1", "Helm 0"]);

        let both = narrowed(|filter| {
            filter.category = vec!["web".into()];
            filter.distribution = vec!["debian-13".into(), "plan9".into()];
        });
        assert_eq!(names(&both), ["node"]);
        assert_eq!(counts(&both, Facet::Category), ["Databases 1", "*Web 1"]);
        assert_eq!(counts(&both, Facet::Distribution), ["Alpine 3.22 2", "*Debian 13 1", "Helm 0", "*Plan9 0"]);
        assert_eq!(counts(&both, Facet::Kind), ["Helm chart 0", "Image 1"]);

        let searched = narrowed(|filter| filter.q = "redis".into());
        assert_eq!(counts(&searched, Facet::Category), ["Databases 2", "Web 0"]);
    }

    #[test]
    fn what_fits_best_is_first_and_a_page_too_far_is_the_last() {
        assert_eq!(names(&narrowed(|filter| filter.q = "redis".into())), ["redis", "redis-chart"]);
        assert_eq!(names(&narrowed(|_| ())), ["redis", "nginx", "node", "redis-chart"], "featured first");
        assert_eq!(
            names(&narrowed(|filter| filter.sort = CatalogSort::Name)),
            ["nginx", "node", "redis", "redis-chart"]
        );
        let far = narrowed(|filter| filter.page = 99);
        assert_eq!((far.page, far.pages, far.found), (1, 1, 4));
        let nothing = narrowed(|filter| filter.q = "nothing".into());
        assert_eq!((nothing.page, nothing.pages, nothing.found), (1, 1, 0));
        assert!(narrowed(|filter| filter.q = "reids".into()).is_mistyped);
    }
}
