//! Vulnerabilities of an image, each once however many packages have it; suppressed ones apart. Pure.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::packages::{count, page, words};
use super::vex;
use crate::hub::{self, Package, Vulnerability};
use crate::model::{
    Affected, Analysis, Finding, Likelihood, ROWS_ON_A_PAGE, Severity, VulnerabilityList, VulnerabilityQuery,
};

/// What was asked for, the worst first. Counts are of those that count, whatever is asked for.
pub(super) fn list(analysis: Analysis, packages: &[Package], query: &VulnerabilityQuery) -> VulnerabilityList {
    let words = words(&query.q);
    let (live, suppressed) = (grouped(packages, false), grouped(packages, true));
    let of = |severity| count(live.iter().filter(|finding| finding.severity == severity).count());
    let counts = Severity::ALL.into_iter().map(|severity| (severity, of(severity))).collect();
    let asked = |found: Vec<Finding>| -> Vec<Finding> {
        found.into_iter().filter(|finding| passes(finding, &words, &query.severity)).collect()
    };
    let (live, mut suppressed) = (asked(live), asked(suppressed));
    let suppressed_found = count(suppressed.len());
    suppressed.truncate(ROWS_ON_A_PAGE as usize);
    let (page, pages, rows) = page(&live, query.page);
    VulnerabilityList {
        analysis,
        counts,
        found: count(live.len()),
        rows: rows.to_vec(),
        page,
        pages,
        suppressed,
        suppressed_found,
    }
}

/// Those that count, or those that are suppressed: the worst first. One that is suppressed in one package and counts in
/// another stands on both sides, each with its own packages.
pub(super) fn grouped(packages: &[Package], suppressed: bool) -> Vec<Finding> {
    let mut all: BTreeMap<&str, Finding> = BTreeMap::new();
    for package in packages {
        for found in package.vulnerabilities.iter().filter(|found| found.is_excepted == suppressed) {
            let finding = all.entry(&found.source_id).or_insert_with(|| empty(found));
            add(finding, found, package);
        }
    }
    let mut all: Vec<Finding> = all.into_values().collect();
    for finding in &mut all {
        finding.packages.sort();
        finding.packages.dedup();
        finding.fixed_by.sort();
        finding.fixed_by.dedup();
    }
    let score = |finding: &Finding| finding.score.unwrap_or(-1.0);
    all.sort_by(|a, b| {
        a.severity.cmp(&b.severity).then_with(|| score(b).total_cmp(&score(a))).then_with(|| newest(a).cmp(&newest(b)))
    });
    all
}

/// Of equally bad ones the one of the higher number, which is the newer one, stands first.
fn newest(finding: &Finding) -> Reverse<&str> {
    Reverse(&finding.id)
}

fn empty(found: &Vulnerability) -> Finding {
    Finding {
        id: found.source_id.clone(),
        url: Some(found.url.clone()).filter(|url| url.starts_with("https://")),
        severity: Severity::Unspecified,
        score: None,
        epss: None,
        fixed_by: Vec::new(),
        is_exploited: false,
        packages: Vec::new(),
        notes: Vec::new(),
    }
}

fn add(finding: &mut Finding, found: &Vulnerability, package: &Package) {
    finding.severity = finding.severity.min(severity(&found.cvss.severity));
    finding.score = finding.score.into_iter().chain(found.cvss.score).reduce(f64::max);
    let epss = found.epss.map(|epss| Likelihood { probability: epss.score, percentile: epss.percentile });
    finding.epss = finding.epss.or(epss);
    finding.fixed_by.extend(found.fixed_by.clone().filter(|version| !version.is_empty()));
    finding.is_exploited |= found.cisa_exploited;
    finding.packages.push(Affected {
        name: package.name.clone(),
        version: package.version.clone(),
        purl: package.purl.clone(),
    });
    for note in vex::notes(found) {
        if !finding.notes.contains(&note) {
            finding.notes.push(note);
        }
    }
}

fn severity(said: &hub::Severity) -> Severity {
    match said {
        hub::Severity::Critical => Severity::Critical,
        hub::Severity::High => Severity::High,
        hub::Severity::Medium => Severity::Medium,
        hub::Severity::Low => Severity::Low,
        hub::Severity::Unspecified | hub::Severity::Other(_) => Severity::Unspecified,
    }
}

fn passes(finding: &Finding, words: &[String], severity: &str) -> bool {
    let packages = || finding.packages.iter().flat_map(|package| [&*package.name, &*package.purl]);
    let contains = |word: &String| {
        std::iter::once(&*finding.id).chain(packages()).any(|field| field.to_lowercase().contains(word))
    };
    (severity.is_empty() || finding.severity.as_str() == severity) && words.iter().all(contains)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::{Cvss, Exception};

    fn vulnerability(id: &str, severity: hub::Severity, score: Option<f64>) -> Vulnerability {
        let cvss = Cvss { severity, score, version: None };
        Vulnerability { source_id: id.into(), url: "https://example.com".into(), cvss, ..Vulnerability::default() }
    }

    fn suppressed(found: Vulnerability) -> Vulnerability {
        let why = Exception { kind: "FALSE_POSITIVE".into(), ..Exception::default() };
        Vulnerability { is_excepted: true, exceptions: vec![why], ..found }
    }

    fn package(name: &str, vulnerabilities: Vec<Vulnerability>) -> Package {
        Package { name: name.into(), purl: format!("pkg:deb/{name}"), vulnerabilities, ..Package::default() }
    }

    fn world() -> Vec<Package> {
        let low = |score| vulnerability("CVE-1", hub::Severity::Low, score);
        vec![
            package("libc6", vec![low(Some(3.1)), suppressed(vulnerability("CVE-9", hub::Severity::High, None))]),
            package("libgcc", vec![low(Some(3.3)), vulnerability("CVE-3", hub::Severity::default(), None)]),
            package("git", vec![vulnerability("CVE-2", hub::Severity::Medium, Some(5.0)), suppressed(low(None))]),
            package("perl", vec![vulnerability("CVE-4", hub::Severity::Medium, Some(6.1))]),
        ]
    }

    fn asked(query: &VulnerabilityQuery) -> VulnerabilityList {
        list(Analysis::Indexed, &world(), query)
    }

    #[test]
    fn one_vulnerability_of_many_packages_counts_once_and_suppressed_ones_do_not() {
        let all = asked(&VulnerabilityQuery::default());
        assert_eq!(all.counts.iter().map(|(_, number)| *number).collect::<Vec<_>>(), [0, 0, 2, 1, 1]);
        assert_eq!(all.rows.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["CVE-4", "CVE-2", "CVE-1", "CVE-3"]);
        let one = &all.rows[2];
        assert_eq!(one.packages.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["libc6", "libgcc"]);
        assert_eq!(one.score, Some(3.3), "the worst that is said of it");
        assert_eq!(all.rows[3].score, None, "nobody gave it a score, which is not zero");
    }

    #[test]
    fn one_that_is_suppressed_in_one_package_alone_stands_on_both_sides() {
        let all = asked(&VulnerabilityQuery::default());
        let apart: Vec<_> = all.suppressed.iter().map(|f| (f.id.as_str(), f.packages[0].name.as_str())).collect();
        assert_eq!(apart, [("CVE-9", "libc6"), ("CVE-1", "git")]);
        assert_eq!(all.suppressed[0].notes[0].status, "Does not apply here");
    }

    #[test]
    fn severity_and_words_filter_and_leave_the_counts() {
        let medium = asked(&VulnerabilityQuery { severity: "medium".into(), ..VulnerabilityQuery::default() });
        assert_eq!((medium.found, medium.suppressed_found), (2, 0));
        assert_eq!(medium.counts, asked(&VulnerabilityQuery::default()).counts);
        let git = asked(&VulnerabilityQuery { q: "GIT cve".into(), ..VulnerabilityQuery::default() });
        assert_eq!((git.found, git.suppressed_found), (1, 1));
        let none = asked(&VulnerabilityQuery { severity: "nonsense".into(), ..VulnerabilityQuery::default() });
        assert_eq!(none.found, 0);
    }
}
