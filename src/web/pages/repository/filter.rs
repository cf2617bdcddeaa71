//! Which variants are shown, and in which order: what stands in the address. Pure.

use std::cmp::Ordering;

use crate::model::{Tag, Variant, VariantImage};

/// Value of `manager` for images without one.
pub const NO_MANAGER: &str = "none";

/// The filter of the variants as it stands in the address; every field empty means all of them, last pushed first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VariantFilter {
    /// Words that one of the tags contains.
    pub find: String,
    /// For example `debian-13`.
    pub distribution: String,
    /// `fips`, `stig` or `none`.
    pub compliance: String,
    /// For example `linux/amd64`.
    pub platform: String,
    /// For example `apt`, or `none`.
    pub manager: String,
    /// `yes` or `no`.
    pub shell: String,
    /// `root` or `nonroot`.
    pub user: String,
    /// `name` or `vulnerabilities`.
    pub sort: String,
}

impl VariantFilter {
    /// Names and values, as the address has them.
    pub fn fields(&self) -> [(&'static str, &String); 8] {
        [
            ("find", &self.find),
            ("distribution", &self.distribution),
            ("compliance", &self.compliance),
            ("platform", &self.platform),
            ("manager", &self.manager),
            ("shell", &self.shell),
            ("user", &self.user),
            ("sort", &self.sort),
        ]
    }

    /// The filter whose fields are these.
    pub fn read(mut field: impl FnMut(&'static str) -> String) -> Self {
        Self {
            find: field("find"),
            distribution: field("distribution"),
            compliance: field("compliance"),
            platform: field("platform"),
            manager: field("manager"),
            shell: field("shell"),
            user: field("user"),
            sort: field("sort"),
        }
    }

    /// The variants that pass, sorted; tags that were searched for stand first in theirs.
    pub fn apply(&self, variants: &[Variant]) -> Vec<Variant> {
        let mut found: Vec<Variant> = variants.iter().filter(|variant| self.passes(variant)).cloned().collect();
        if !self.find.is_empty() {
            let words = words(&self.find);
            for variant in &mut found {
                variant.tags.sort_by_key(|tag| !contains(tag, &words));
            }
        }
        match self.sort.as_str() {
            "name" => found.sort_by(by_name),
            "vulnerabilities" => found.sort_by_key(|variant| std::cmp::Reverse(worst(variant))),
            _ => {}
        }
        found
    }

    fn passes(&self, variant: &Variant) -> bool {
        let set = |value: &str, test: &dyn Fn(&str) -> bool| value.is_empty() || test(value);
        let images = &variant.images;
        let words = words(&self.find);
        (words.is_empty() || variant.tags.iter().any(|tag| contains(tag, &words)))
            && set(&self.distribution, &|id| images.iter().any(|image| image.distribution.id == id))
            && set(&self.platform, &|platform| images.iter().any(|image| image.platform == platform))
            && set(&self.compliance, &|wanted| match wanted {
                "fips" => images.iter().any(|image| image.fips),
                "stig" => images.iter().any(|image| image.stig),
                "none" => !variant.is_compliant(),
                _ => false,
            })
            && set(&self.manager, &|wanted| {
                images.iter().any(|image| image.package_manager.as_deref().unwrap_or(NO_MANAGER) == wanted)
            })
            && set(&self.shell, &|wanted| match wanted {
                "yes" => images.iter().any(|image| image.shell.is_some()),
                "no" => images.iter().any(|image| image.shell.is_none()),
                _ => false,
            })
            && set(&self.user, &|wanted| match wanted {
                "root" => images.iter().any(VariantImage::is_root),
                "nonroot" => images.iter().any(|image| !image.is_root()),
                _ => false,
            })
    }
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase().split_whitespace().map(str::to_owned).collect()
}

fn contains(tag: &Tag, words: &[String]) -> bool {
    let tag = tag.as_str().to_lowercase();
    words.iter().all(|word| tag.contains(word))
}

/// As people count: `22.3` before `22.21`.
fn by_name(a: &Variant, b: &Variant) -> Ordering {
    let name = |variant: &Variant| variant.tags.first().map(|tag| natural(tag.as_str()));
    name(a).cmp(&name(b))
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Chunk {
    Number(u64),
    Word(String),
}

fn natural(text: &str) -> Vec<Chunk> {
    let mut chunks: Vec<(bool, String)> = Vec::new();
    for c in text.chars() {
        match chunks.last_mut() {
            Some((is_number, chunk)) if *is_number == c.is_ascii_digit() => chunk.push(c),
            _ => chunks.push((c.is_ascii_digit(), c.to_string())),
        }
    }
    let chunk = |(is_number, text): (bool, String)| {
        if is_number { Chunk::Number(text.parse().unwrap_or(u64::MAX)) } else { Chunk::Word(text) }
    };
    chunks.into_iter().map(chunk).collect()
}

/// The findings of its worst platform, severity by severity; none, and so the least, where no platform was analysed.
fn worst(variant: &Variant) -> Option<[u64; 5]> {
    let counts = variant.images.iter().filter_map(|image| image.vulnerabilities);
    counts.map(|counts| counts.by_severity().map(|(count, _)| count)).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Choice, VulnerabilityCounts};

    fn variant(tags: &str, of: impl Fn(&mut VariantImage)) -> Variant {
        let digest = format!("sha256:{}", "a".repeat(64)).parse::<crate::model::Digest>().expect("a digest");
        let mut image = VariantImage {
            platform: "linux/amd64".into(),
            digest: digest.clone(),
            size: 1,
            distribution: Choice { id: "debian-13".into(), name: "Debian 13".into() },
            fips: false,
            stig: false,
            package_manager: None,
            shell: None,
            user: "nonroot".into(),
            working_directory: "/".into(),
            vulnerabilities: None,
            health: None,
        };
        of(&mut image);
        let tags = tags.split(' ').map(|tag| tag.parse().expect("a tag")).collect();
        Variant { digest, tags, images: vec![image], last_pushed: None }
    }

    fn found(filter: &[(&str, &str)], variants: &[Variant]) -> Vec<String> {
        let value = |name: &str| filter.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| *value).to_owned();
        VariantFilter::read(value).apply(variants).iter().map(|variant| variant.tags[0].to_string()).collect()
    }

    #[test]
    fn each_filter_lets_through_what_it_names() {
        let variants = [
            variant("22 22-debian13", |_| {}),
            variant("22-dev", |image| {
                (image.shell, image.package_manager, image.user) =
                    (Some("bash".into()), Some("apt".into()), "root".into());
            }),
            variant("22-fips", |image| (image.fips, image.platform) = (true, "linux/arm64".into())),
            variant("22-alpine", |image| image.distribution.id = "alpine-3.22".into()),
        ];
        let cases: &[(&str, &str, &[&str])] = &[
            ("find", " DEB 22 ", &["22-debian13"]),
            ("find", "22.1", &[]),
            ("distribution", "alpine-3.22", &["22-alpine"]),
            ("compliance", "fips", &["22-fips"]),
            ("compliance", "stig", &[]),
            ("compliance", "none", &["22", "22-dev", "22-alpine"]),
            ("platform", "linux/arm64", &["22-fips"]),
            ("manager", "apt", &["22-dev"]),
            ("manager", "none", &["22", "22-fips", "22-alpine"]),
            ("shell", "yes", &["22-dev"]),
            ("shell", "no", &["22", "22-fips", "22-alpine"]),
            ("user", "root", &["22-dev"]),
            ("user", "nonroot", &["22", "22-fips", "22-alpine"]),
            ("user", "nonsense", &[]),
        ];
        for (name, value, expected) in cases {
            assert_eq!(found(&[(name, value)], &variants), *expected, "{name}={value}");
        }
        assert_eq!(found(&[("shell", "no"), ("distribution", "debian-13"), ("compliance", "none")], &variants), ["22"]);
    }

    #[test]
    fn names_are_sorted_as_people_count_and_what_was_not_analysed_comes_last() {
        let with = |tags, counts| variant(tags, move |image| image.vulnerabilities = counts);
        let none = VulnerabilityCounts::default();
        let variants = [
            with("22.21", None),
            with("22.3", Some(none)),
            with("9", Some(VulnerabilityCounts { low: 9, total: 9, ..none })),
            with("v1", Some(VulnerabilityCounts { high: 1, total: 1, ..none })),
        ];
        assert_eq!(found(&[], &variants), ["22.21", "22.3", "9", "v1"]);
        assert_eq!(found(&[("sort", "name")], &variants), ["9", "22.3", "22.21", "v1"]);
        assert_eq!(found(&[("sort", "vulnerabilities")], &variants), ["v1", "9", "22.3", "22.21"]);
    }
}
