//! What leads from the packages of one image to those of another. Pure.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::findings::grouped;
use super::packages::count;
use crate::hub::Package;
use crate::model::{Cut, Difference, Finding, PackageChange, VulnerabilityChange};

/// Rows shown of each list.
const MOST: usize = 300;

/// Packages by kind and name with all their versions, vulnerabilities that count by their number.
pub(super) fn difference(from: &[Package], to: &[Package]) -> Difference {
    let (before, after) = (versions(from), versions(to));
    let (mut added, mut gone, mut changed, mut same) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for ((name, kind), old) in &before {
        match after.get(&(*name, *kind)) {
            None => gone.push(change(name, kind, Some(old), None)),
            Some(new) if new != old => changed.push(change(name, kind, Some(old), Some(new))),
            Some(_) => same += 1,
        }
    }
    for ((name, kind), new) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        added.push(change(name, kind, None, Some(new)));
    }
    let (live_before, live_after) = (grouped(from, false), grouped(to, false));
    let ids = |findings: &[Finding]| findings.iter().map(|found| found.id.clone()).collect::<HashSet<_>>();
    let (ids_before, ids_after) = (ids(&live_before), ids(&live_after));
    let (quiet_before, quiet_after) = (ids(&grouped(from, true)), ids(&grouped(to, true)));
    let only = |live: Vec<Finding>, there: &HashSet<String>, quiet: &HashSet<String>| {
        let rows = live.into_iter().filter(|found| !there.contains(&found.id)).map(|found| VulnerabilityChange {
            is_suppressed: quiet.contains(&found.id),
            id: found.id,
            severity: found.severity,
        });
        Cut::of(rows.collect(), MOST)
    };
    Difference {
        added: Cut::of(added, MOST),
        gone: Cut::of(gone, MOST),
        changed: Cut::of(changed, MOST),
        same,
        same_vulnerabilities: count(ids_before.intersection(&ids_after).count()),
        new_vulnerabilities: only(live_after, &ids_before, &quiet_before),
        gone_vulnerabilities: only(live_before, &ids_after, &quiet_after),
    }
}

/// One package may be there in several versions, as those of npm often are.
fn versions(packages: &[Package]) -> BTreeMap<(&str, &str), BTreeSet<&str>> {
    let mut all: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        all.entry((identity(package), &package.kind)).or_default().insert(&package.version);
    }
    all
}

/// The purl up to its version, which tells packages of one name apart by namespace; the name where there is none.
fn identity(package: &Package) -> &str {
    let purl = package.purl.split(['?', '#']).next().unwrap_or_default();
    let path = purl.strip_prefix("pkg:").and_then(|rest| rest.split_once('/')).map(|(_, path)| path);
    // A scope of npm begins with an @ too, though purls should escape it: only one after the last slash ends the name.
    let name = path.map(|path| match path.rsplit_once('@') {
        Some((name, version)) if !version.contains('/') => name,
        _ => path,
    });
    name.filter(|name| !name.is_empty()).unwrap_or(&package.name)
}

fn change(name: &str, kind: &str, from: Option<&BTreeSet<&str>>, to: Option<&BTreeSet<&str>>) -> PackageChange {
    let listed = |versions: Option<&BTreeSet<&str>>| {
        versions.map(|versions| versions.iter().copied().collect::<Vec<_>>().join(", ")).unwrap_or_default()
    };
    // The namespace of these is the distribution, which the kind says well enough.
    let of_system = matches!(kind, "deb" | "apk" | "rpm");
    let name = if of_system { name.rsplit('/').next().unwrap_or(name) } else { name };
    PackageChange { name: name.to_owned(), kind: kind.to_owned(), from: listed(from), to: listed(to) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::Vulnerability;

    fn package(purl: &str, found: &[(&str, bool)]) -> Package {
        let (kind, rest) = purl.trim_start_matches("pkg:").split_once('/').expect("a purl");
        let (path, version) = rest.rsplit_once('@').expect("a version");
        let one = |(id, is_excepted): &(&str, bool)| Vulnerability {
            source_id: (*id).into(),
            is_excepted: *is_excepted,
            ..Vulnerability::default()
        };
        Package {
            name: path.rsplit('/').next().unwrap_or(path).into(),
            version: version.split('?').next().unwrap_or(version).into(),
            kind: kind.into(),
            purl: purl.into(),
            licenses: Vec::new(),
            vulnerabilities: found.iter().map(one).collect(),
        }
    }

    fn told(changes: &Cut<PackageChange>) -> Vec<String> {
        changes.rows.iter().map(|c| format!("{} {}>{}", c.name, c.from, c.to)).collect()
    }

    #[test]
    fn packages_are_added_gone_and_changed() {
        let from = [
            package("pkg:deb/debian/libc6@2.40?arch=amd64", &[]),
            package("pkg:deb/debian/tar@1.35", &[]),
            package("pkg:npm/%40types/node@20.1.0", &[]),
            package("pkg:npm/ms@2.0.0", &[]),
            package("pkg:npm/ms@2.1.3", &[]),
            package("pkg:deb/debian/zlib1g@1.3", &[]),
        ];
        let to = [
            package("pkg:deb/debian/libc6@2.41?arch=amd64", &[]),
            package("pkg:npm/%40types/node@20.1.0", &[]),
            package("pkg:npm/ms@2.1.3", &[]),
            package("pkg:deb/debian/zlib1g@1.3", &[]),
            package("pkg:deb/debian/bash@5.2", &[]),
        ];
        let found = difference(&from, &to);
        assert_eq!(told(&found.added), ["bash >5.2"]);
        assert_eq!(told(&found.gone), ["tar 1.35>"]);
        assert_eq!(told(&found.changed), ["libc6 2.40>2.41", "ms 2.0.0, 2.1.3>2.1.3"]);
        assert_eq!(found.same, 2);
        let same = difference(&from, &from);
        assert_eq!((same.added.total, same.gone.total, same.changed.total, same.same), (0, 0, 0, 5));
    }

    #[test]
    fn a_vulnerability_that_is_suppressed_now_is_gone_and_said_so() {
        let from = [package("pkg:deb/a@1", &[("CVE-1", false), ("CVE-2", false), ("CVE-3", false)])];
        let to = [package("pkg:deb/a@1", &[("CVE-1", false), ("CVE-2", true), ("CVE-4", false)])];
        let found = difference(&from, &to);
        let rows = |cut: &Cut<VulnerabilityChange>| {
            cut.rows.iter().map(|row| (row.id.clone(), row.is_suppressed)).collect::<Vec<_>>()
        };
        assert_eq!(rows(&found.new_vulnerabilities), [("CVE-4".to_owned(), false)]);
        assert_eq!(rows(&found.gone_vulnerabilities), [("CVE-3".to_owned(), false), ("CVE-2".to_owned(), true)]);
        assert_eq!(found.same_vulnerabilities, 1);
    }

    #[test]
    fn a_name_ends_where_its_version_begins() {
        let identity =
            |purl: &str| identity(&Package { purl: purl.into(), name: "n".into(), ..Package::default() }).to_owned();
        assert_eq!(identity("pkg:npm/@types/node@1?x=y#z"), "@types/node");
        assert_eq!(identity("pkg:npm/@types/node"), "@types/node");
        assert_eq!(identity("pkg:golang/github.com/a/b@v1"), "github.com/a/b");
        assert_eq!(identity(""), "n");
    }
}
