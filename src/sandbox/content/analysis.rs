//! What Docker's analysis finds in a build: packages with licences and vulnerabilities, always the same for the same build.

use super::predicates::bill;
use super::{Recipe, sha256};

/// One package of an image.
#[derive(Clone, Debug)]
pub struct Holding {
    pub name: String,
    pub version: String,
    pub purl: String,
    /// `deb`, `apk`, `npm`.
    pub kind: String,
    pub licenses: Vec<&'static str>,
    pub found: Vec<Found>,
}

/// One vulnerability under one package.
#[derive(Clone, Debug)]
pub struct Found {
    pub id: String,
    /// None where nobody has ranked it.
    pub severity: Option<&'static str>,
    pub score: Option<f64>,
    /// Probability and percentile.
    pub epss: Option<(f64, f64)>,
    pub fixed_by: Option<String>,
    pub exploited: bool,
    /// Why it does not count.
    pub excepted: Option<Excepted>,
}

/// Why a vulnerability is suppressed.
#[derive(Clone, Copy, Debug)]
pub struct Excepted {
    /// `VEX_STATEMENT` or `MANUAL_EXCEPTION`.
    pub source_type: &'static str,
    /// `FALSE_POSITIVE` or `ACCEPTED_RISK`.
    pub kind: &'static str,
    pub status: Option<&'static str>,
    pub justification: Option<&'static str>,
    pub details: &'static str,
}

/// The same two that the images' VEX documents name.
const NOT_PRESENT: Excepted = Excepted {
    source_type: "VEX_STATEMENT",
    kind: "FALSE_POSITIVE",
    status: Some("NOT_AFFECTED"),
    justification: Some("VULNERABLE_CODE_NOT_PRESENT"),
    details: "The vulnerable code is not reachable in this image.",
};
const NOT_RUN: Excepted =
    Excepted { justification: Some("VULNERABLE_CODE_NOT_IN_EXECUTE_PATH"), details: "", ..NOT_PRESENT };
const ACCEPTED: Excepted = Excepted {
    source_type: "MANUAL_EXCEPTION",
    kind: "ACCEPTED_RISK",
    status: None,
    justification: None,
    details: "Only used while images are built.",
};

const LICENSES: [&[&str]; 5] =
    [&["Apache-2.0"], &["MIT"], &["GPL-2.0-or-later", "LGPL-2.1-only"], &["BSD-3-Clause"], &[]];

/// A repository whose images hold some thousands of packages, as those of large applications do.
const LARGE: &str = "grafana";
/// So many.
const MANY: usize = 5_000;

/// The packages of one platform; so many vulnerabilities count as a report names: medium, low, without a rank.
pub fn holdings(recipe: &Recipe, architecture: &str, report: (i32, i32, i32)) -> Vec<Holding> {
    let kind = if recipe.distribution.starts_with("alpine") { "apk" } else { "deb" };
    let of_bill = |(name, version, purl): (String, String, String)| holding(name, version, purl, kind);
    let mut all: Vec<Holding> = bill(recipe, architecture).into_iter().map(of_bill).collect();
    let own = all.len().max(1);
    if recipe.name == LARGE {
        all.extend((own..MANY).map(module));
    }
    let mut put = |at: usize, found: &Found| {
        if let Some(holding) = all.get_mut(at % own) {
            holding.found.push(found.clone());
        }
    };
    let (medium, low, unranked) = report;
    for n in 0..medium {
        // One has a mend, and one is used in attacks.
        let fixed_by = (n == 0).then(|| "9.9.9-1".to_owned());
        let found = Found { fixed_by, exploited: n == 1, ..found("MEDIUM", 4.3, n) };
        put(own - 1 + at(n), &found);
    }
    for n in 0..low {
        let found = found("LOW", 2.1, n);
        put(2 + at(n), &found);
        // One vulnerability under many packages.
        if n == 0 {
            put(1, &found);
            put(4, &found);
        }
    }
    for n in 0..unranked {
        let bare = Found { severity: None, score: None, epss: None, ..found("UNSPECIFIED", 0.0, n) };
        put(3, &bare);
    }
    let excepted = |id: &str, why| Found { id: id.into(), excepted: Some(why), ..found("HIGH", 7.4, 0) };
    let not_present = excepted("CVE-2025-0395", NOT_PRESENT);
    put(2, &not_present);
    put(3, &not_present);
    put(1, &excepted("CVE-2011-3374", NOT_RUN));
    if recipe.dev {
        put(5, &excepted("CVE-2005-2541", ACCEPTED));
    }
    all
}

fn at(n: i32) -> usize {
    usize::try_from(n).unwrap_or_default()
}

fn found(severity: &'static str, score: f64, n: i32) -> Found {
    let number = 10_000 + 37 * n + i32::try_from(severity.len()).unwrap_or_default();
    let step = f64::from(n) / 10.0;
    Found {
        id: format!("CVE-2025-{number}"),
        severity: Some(severity),
        score: Some(score + step),
        epss: Some((0.000_4 + step / 100.0, 0.12 + step)),
        fixed_by: None,
        exploited: false,
        excepted: None,
    }
}

fn holding(name: String, version: String, purl: String, kind: &str) -> Holding {
    let chance = sha256(name.as_bytes()).as_bytes().get(20).copied().map_or(0, usize::from);
    let licenses = LICENSES[chance % LICENSES.len()].to_vec();
    Holding { name, version, purl, kind: kind.into(), licenses, found: Vec::new() }
}

/// A module of npm that nobody has published.
fn module(n: usize) -> Holding {
    const FIRST: [&str; 10] = ["async", "babel", "chart", "date", "fast", "grid", "http", "json", "micro", "react"];
    const LAST: [&str; 10] =
        ["cache", "codec", "core", "hooks", "loader", "parser", "query", "router", "stream", "utils"];
    let name = format!("{}-{}-{n:04}", FIRST[n % 10], LAST[n / 10 % 10]);
    let version = format!("{}.{}.{}", n % 9, n % 23, n % 7);
    let purl = format!("pkg:npm/{name}@{version}");
    holding(name, version, purl, "npm")
}
