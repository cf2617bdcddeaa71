//! The variants of a repository: Docker's images by digest, each with all its tags. Pure.

use std::collections::BTreeMap;

use super::distribution_name;
use crate::hub::{self, ScoutPolicyStatus};
use crate::model::{Choice, HealthPolicy, HealthScore, PolicyStatus, Variant, VariantImage, VulnerabilityCounts};

/// Images with their tags, last pushed first; two entries of one digest become one, since tags are what moves.
pub(super) fn of(images: &[hub::CatalogImage]) -> Vec<Variant> {
    let mut variants: BTreeMap<_, Variant> = BTreeMap::new();
    for image in images {
        let Some(digest) = image.index_digest.clone() else { continue };
        let variant = variants.entry(digest.clone()).or_insert_with(|| Variant {
            digest,
            tags: Vec::new(),
            images: image.manifests.iter().filter_map(variant_image).collect(),
            last_pushed: image.manifests.iter().filter_map(|m| m.last_pushed).max(),
        });
        for tag in image.tags.iter().filter_map(|tag| tag.name.parse().ok()) {
            if !variant.tags.contains(&tag) {
                variant.tags.push(tag);
            }
        }
        variant.last_pushed = variant.last_pushed.max(image.tags.iter().filter_map(|tag| tag.last_updated).max());
    }
    let mut variants: Vec<Variant> = variants.into_values().collect();
    variants.sort_by(|a, b| (b.last_pushed, &a.digest).cmp(&(a.last_pushed, &b.digest)));
    variants
}

fn variant_image(manifest: &hub::CatalogManifest) -> Option<VariantImage> {
    let said = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    Some(VariantImage {
        platform: manifest.platform.clone(),
        digest: manifest.manifest_digest.clone()?,
        size: manifest.compressed_size,
        distribution: Choice { id: manifest.distribution.clone(), name: distribution_name(&manifest.distribution) },
        fips: manifest.fips_compliant,
        stig: manifest.stig_certified,
        package_manager: said(&manifest.package_manager),
        shell: said(&manifest.shell),
        user: manifest.user.clone(),
        working_directory: manifest.working_directory.clone(),
        vulnerabilities: manifest.vulnerabilities.as_ref().map(|found| VulnerabilityCounts {
            critical: found.critical,
            high: found.high,
            medium: found.medium,
            low: found.low,
            unspecified: found.unspecified,
            total: found.total,
        }),
        health: health(manifest),
    })
}

/// None where Docker has not scored the image.
pub(super) fn health(manifest: &hub::CatalogManifest) -> Option<HealthScore> {
    let found = manifest.scout_health_score.as_ref().filter(|found| !found.score.is_empty())?;
    let policy = |policy: &hub::ScoutPolicy| HealthPolicy {
        label: if policy.label.is_empty() { policy.name.clone() } else { policy.label.clone() },
        description: policy.description.clone(),
        status: match policy.status {
            ScoutPolicyStatus::Pass => PolicyStatus::Pass,
            ScoutPolicyStatus::Fail => PolicyStatus::Fail,
            ScoutPolicyStatus::Unknown | ScoutPolicyStatus::Other(_) => PolicyStatus::Unknown,
        },
        violations: policy.violation_count,
    };
    Some(HealthScore { score: found.score.clone(), policies: found.policies.iter().map(policy).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::{CatalogImage, CatalogManifest, CatalogTag, ScoutHealthScore, ScoutPolicy, Vulnerabilities};
    use crate::model::Tag;

    fn digest(of: char) -> Option<crate::model::Digest> {
        format!("sha256:{}", of.to_string().repeat(64)).parse().ok()
    }

    fn image(of: char, tags: &[&str], at: i64, manifests: Vec<CatalogManifest>) -> CatalogImage {
        let tag = |name: &&str| CatalogTag {
            name: (*name).to_owned(),
            last_updated: chrono::DateTime::from_timestamp(at, 0),
        };
        CatalogImage { index_digest: digest(of), tags: tags.iter().map(tag).collect(), manifests }
    }

    #[test]
    fn tags_of_one_digest_are_one_variant_and_the_last_pushed_is_first() {
        let images = [
            image('a', &["1", "1.2"], 10, vec![]),
            image('b', &["2"], 20, vec![]),
            image('a', &["1.2", "x"], 30, vec![]),
        ];
        let variants = of(&images);
        let tags: Vec<Vec<&str>> = variants.iter().map(|v| v.tags.iter().map(Tag::as_str).collect()).collect();
        assert_eq!(tags, [vec!["1", "1.2", "x"], vec!["2"]]);
    }

    #[test]
    fn not_analysed_is_not_zero_and_what_docker_adds_is_unknown() {
        let policy = ScoutPolicy { name: "p".into(), status: "SKIPPED".to_owned().into(), ..ScoutPolicy::default() };
        let analysed = CatalogManifest {
            manifest_digest: digest('c'),
            vulnerabilities: Some(Vulnerabilities::default()),
            scout_health_score: Some(ScoutHealthScore { score: "A".into(), policies: vec![policy] }),
            shell: Some(String::new()),
            ..CatalogManifest::default()
        };
        let not = CatalogManifest { manifest_digest: digest('d'), ..CatalogManifest::default() };
        let variants = of(&[image('a', &["1"], 1, vec![analysed, not])]);
        let images = &variants[0].images;
        assert!(images[0].vulnerabilities.is_some_and(VulnerabilityCounts::finds_nothing) && images[0].shell.is_none());
        assert_eq!((images[1].vulnerabilities, &images[1].health), (None, &None));
        let health = images[0].health.as_ref().expect("a score");
        assert_eq!((health.policies[0].status, health.policies[0].label.as_str()), (PolicyStatus::Unknown, "p"));
    }
}
