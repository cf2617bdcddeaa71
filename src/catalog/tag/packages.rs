//! One page of an image's packages, searched. Pure.

use std::collections::{BTreeMap, HashSet};

use crate::hub::Package;
use crate::model::{Analysis, PackageList, PackageQuery, PackageRow, ROWS_ON_A_PAGE};

/// The packages that were asked for, by name; a page past the end is the last one.
pub(super) fn list(analysis: Analysis, packages: &[Package], query: &PackageQuery) -> PackageList {
    let words = words(&query.q);
    let mut found: Vec<&Package> = packages
        .iter()
        .filter(|package| query.kind.is_empty() || package.kind == query.kind)
        .filter(|package| matches(package, &words))
        .collect();
    found.sort_by(|a, b| (&a.name, &a.kind, &a.version, &a.purl).cmp(&(&b.name, &b.kind, &b.version, &b.purl)));
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    for package in packages.iter().filter(|package| !package.kind.is_empty()) {
        *kinds.entry(&package.kind).or_default() += 1;
    }
    let (page, pages, rows) = page(&found, query.page);
    PackageList {
        analysis,
        total: count(packages.len()),
        found: count(found.len()),
        rows: rows.iter().map(|package| row(package)).collect(),
        page,
        pages,
        kinds: kinds.into_iter().map(|(kind, number)| (kind.to_owned(), number)).collect(),
    }
}

/// What was typed, word by word, whatever its case.
pub(super) fn words(typed: &str) -> Vec<String> {
    typed.to_lowercase().split_whitespace().map(str::to_owned).collect()
}

/// The rows of a page, from 1, and how many pages there are.
pub(super) fn page<T>(all: &[T], asked: u32) -> (u32, u32, &[T]) {
    let size = ROWS_ON_A_PAGE as usize;
    let pages = all.len().div_ceil(size).max(1);
    let page = (asked as usize).clamp(1, pages);
    let rows = all.chunks(size).nth(page - 1).unwrap_or_default();
    (count(page), count(pages), rows)
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn matches(package: &Package, words: &[String]) -> bool {
    let licenses = || package.licenses.iter().map(String::as_str);
    let fields = || [&*package.name, &*package.version, &*package.purl].into_iter().chain(licenses());
    words.iter().all(|word| fields().any(|field| field.to_lowercase().contains(word)))
}

fn row(package: &Package) -> PackageRow {
    let live = package.vulnerabilities.iter().filter(|found| !found.is_excepted);
    let ids: HashSet<&str> = live.map(|found| found.source_id.as_str()).collect();
    PackageRow {
        name: package.name.clone(),
        version: package.version.clone(),
        kind: package.kind.clone(),
        purl: package.purl.clone(),
        licenses: package.licenses.clone(),
        vulnerabilities: count(ids.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::Vulnerability;

    fn package(name: &str, kind: &str, license: &str) -> Package {
        Package {
            name: name.into(),
            version: "1.0".into(),
            kind: kind.into(),
            purl: format!("pkg:{kind}/{name}@1.0"),
            licenses: vec![license.into()],
            vulnerabilities: Vec::new(),
        }
    }

    fn asked(packages: &[Package], query: &PackageQuery) -> PackageList {
        list(Analysis::Indexed, packages, query)
    }

    #[test]
    fn words_are_looked_for_in_name_version_licence_and_purl() {
        let all =
            [package("zlib1g", "deb", "Zlib"), package("left-pad", "npm", "MIT"), package("libc6", "deb", "LGPL")];
        let names = |q: &str, kind: &str| {
            let list = asked(&all, &PackageQuery { q: q.into(), kind: kind.into(), page: 0 });
            list.rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
        };
        assert_eq!(names("", ""), ["left-pad", "libc6", "zlib1g"]);
        assert_eq!(names("ZLIB 1.0", ""), ["zlib1g"]);
        assert_eq!(names("mit", ""), ["left-pad"]);
        assert_eq!(names("pkg:deb", ""), ["libc6", "zlib1g"]);
        assert_eq!(names("", "npm"), ["left-pad"]);
        assert_eq!(asked(&all, &PackageQuery::default()).kinds, [("deb".to_owned(), 2), ("npm".to_owned(), 1)]);
    }

    #[test]
    fn a_long_list_has_pages_and_none_is_past_the_end() {
        let all: Vec<Package> = (0..250).map(|n| package(&format!("p{n:03}"), "npm", "MIT")).collect();
        let at = |page| asked(&all, &PackageQuery { page, ..PackageQuery::default() });
        assert_eq!((at(0).page, at(0).pages, at(0).rows.len()), (1, 3, 100));
        assert_eq!((at(3).rows.len(), at(3).rows[0].name.as_str()), (50, "p200"));
        assert_eq!((at(99).page, at(99).rows.len()), (3, 50));
        assert_eq!(
            (asked(&[], &PackageQuery::default()).pages, asked(&[], &PackageQuery::default()).rows.len()),
            (1, 0)
        );
    }

    #[test]
    fn a_vulnerability_counts_once_for_a_package_and_not_where_it_is_suppressed() {
        let found =
            |id: &str, is_excepted| Vulnerability { source_id: id.into(), is_excepted, ..Vulnerability::default() };
        let vulnerabilities = vec![found("CVE-1", false), found("CVE-1", false), found("CVE-2", true)];
        let all = [Package { vulnerabilities, ..package("libc6", "deb", "LGPL") }];
        assert_eq!(asked(&all, &PackageQuery::default()).rows[0].vulnerabilities, 1);
    }
}
