//! From a few words to a definition: which tags it has, what is in it.

use chrono::TimeDelta;

use crate::sandbox::content::{Recipe, sha256};
use crate::sandbox::world::catalog::Definition;
use crate::sandbox::world::now;

/// A definition of the seed.
#[derive(Clone, Copy)]
pub struct Build {
    /// Its tags, parted by spaces.
    pub tags: &'static str,
    /// The version of the software.
    pub version: &'static str,
    /// The distribution.
    pub distribution: &'static str,
    /// With shell and package manager.
    pub dev: bool,
    /// With FIPS module and STIG scan.
    pub fips: bool,
}

/// A build without a shell.
pub const fn runtime(tags: &'static str, version: &'static str, distribution: &'static str) -> Build {
    Build { tags, version, distribution, dev: false, fips: false }
}

/// A build with a shell and a package manager.
pub const fn dev(tags: &'static str, version: &'static str, distribution: &'static str) -> Build {
    Build { tags, version, distribution, dev: true, fips: false }
}

/// A build with a FIPS module and a STIG scan.
pub const fn fips(tags: &'static str, version: &'static str, distribution: &'static str) -> Build {
    Build { tags, version, distribution, dev: false, fips: true }
}

/// A chart.
pub const fn chart(version: &'static str) -> Build {
    Build { tags: version, version, distribution: "helm", dev: false, fips: false }
}

impl Build {
    /// The definition, at its first build.
    pub fn define(&self, repository: &str, signed_index: bool, weight: usize) -> Definition {
        let tags: Vec<String> = self.tags.split(' ').map(str::to_owned).collect();
        let variant = if self.dev {
            "-dev"
        } else if self.fips {
            "-fips"
        } else {
            ""
        };
        let recipe = Recipe {
            name: repository.to_owned(),
            definition: format!("{}/{}{variant}", self.distribution, self.version),
            version: self.version.to_owned(),
            distribution: self.distribution.to_owned(),
            dev: self.dev,
            fips: self.fips,
            stig: self.fips,
            platforms: vec!["linux/amd64".into(), "linux/arm64".into()],
            user: if self.dev { "root".into() } else { "nonroot".into() },
            entrypoint: vec![format!("/opt/{repository}/bin/{repository}")],
            cmd: Vec::new(),
            packages: packages(repository, self.distribution, self.dev, self.fips),
            weight,
            signed_index,
            revision: 1,
        };
        Definition { tags, recipe, vex: 0, built_at: now() - age(repository, self.version) }
    }
}

/// How long ago it was built: up to three weeks, decided by its name.
pub fn age(repository: &str, version: &str) -> TimeDelta {
    let chance: i64 = sha256(format!("{repository} {version}").as_bytes()).bytes().skip(8).take(4).map(i64::from).sum();
    TimeDelta::hours(6 + chance % 480)
}

/// Names of packages that such an image would hold.
pub fn packages(repository: &str, distribution: &str, dev: bool, fips: bool) -> Vec<String> {
    let base: &[&str] = match distribution.split('-').next() {
        Some("helm") => &[],
        Some("alpine") => {
            &["alpine-baselayout-data", "ca-certificates-bundle", "musl", "libcrypto3", "libssl3", "zlib", "tzdata"]
        }
        _ => &[
            "base-files",
            "ca-certificates",
            "libc6",
            "libgcc-s1",
            "libssl3t64",
            "libstdc++6",
            "netbase",
            "tzdata",
            "zlib1g",
        ],
    };
    let mut names = vec![repository.trim_end_matches("-chart").to_owned()];
    names.extend(base.iter().map(|name| (*name).to_owned()));
    if dev {
        names.extend(["bash", "coreutils", "findutils", "git", "perl-base", "sed", "tar"].map(str::to_owned));
        names.push(if distribution.starts_with("alpine") { "apk-tools".into() } else { "apt".into() });
    }
    if fips {
        names.push("openssl-provider-fips".into());
    }
    names
}
