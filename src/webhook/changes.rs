//! `dhi_metadata` (`contracts/hub.md` section 5.3) in short: what changed, over the changelogs of all platforms. As
//! delivered it is unsigned, so it is shown and decides nothing.

use std::collections::HashSet;
use std::hash::Hash;

use serde_json::Value;

use crate::model::Changes;

/// Where a changelog lists what, beside vulnerabilities and packages.
const SETTINGS: [&str; 3] = ["environment_variables_changed", "labels_changed", "configuration_changed"];

/// Sums it up; none where there is no changelog. What has another shape is left out.
pub(super) fn of(metadata: &Value) -> Option<Changes> {
    let changelogs: Vec<&Value> = metadata
        .as_object()?
        .values()
        .filter(|platform| platform.is_object())
        .map(|platform| &platform["changes"])
        .collect();
    if changelogs.is_empty() {
        return None;
    }
    let mut changes = Changes::default();
    for fixed in distinct(&changelogs, "vulnerabilities_fixed", |fixed| fixed["cve_id"].as_str()) {
        let severity = fixed["severity"].as_str().unwrap_or_default().to_ascii_lowercase();
        *match severity.as_str() {
            "critical" => &mut changes.critical,
            "high" => &mut changes.high,
            "medium" => &mut changes.medium,
            "low" => &mut changes.low,
            _ => &mut changes.unrated,
        } += 1;
    }
    changes.updated = packages(&changelogs, "packages_updated");
    changes.added = packages(&changelogs, "packages_added");
    changes.removed = packages(&changelogs, "packages_removed");
    changes.settings = SETTINGS.iter().map(|list| settings(&changelogs, list)).sum();
    Some(changes)
}

/// The entries of one list in all changelogs, one of each key; those without a key are left out.
fn distinct<'a, K: Eq + Hash>(
    changelogs: &[&'a Value],
    list: &str,
    key: impl Fn(&'a Value) -> Option<K>,
) -> Vec<&'a Value> {
    let mut seen = HashSet::new();
    let entries = changelogs.iter().filter_map(|changes| changes[list].as_array()).flatten();
    entries.filter(|entry| key(entry).is_some_and(|key| seen.insert(key))).collect()
}

fn packages(changelogs: &[&Value], list: &str) -> u32 {
    count(&distinct(changelogs, list, |package| Some((package["name"].as_str()?, package["type"].as_str()))))
}

/// The shape of configuration is not known: an entry without a key is told from others by its whole text.
fn settings(changelogs: &[&Value], list: &str) -> u32 {
    let key = |entry: &Value| entry["key"].as_str().map_or_else(|| entry.to_string(), str::to_owned);
    count(&distinct(changelogs, list, |entry| Some(key(entry))))
}

fn count(entries: &[&Value]) -> u32 {
    u32::try_from(entries.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn platform(digit: char, changes: &Value) -> (String, Value) {
        let value = json!({
            "schema_version": 1, "change_categories": ["vulnerability_fix"],
            "previous_version": { "tag": "1.29.1", "digest": "sha256:0" }, "changes": changes,
        });
        (format!("sha256:{}", digit.to_string().repeat(64)), value)
    }

    fn words(platforms: impl IntoIterator<Item = (String, Value)>) -> Option<String> {
        of(&Value::Object(platforms.into_iter().collect())).map(|changes| changes.words())
    }

    #[test]
    fn what_platforms_share_counts_once() {
        let shared = json!({
            "vulnerabilities_fixed": [
                { "cve_id": "CVE-1", "severity": "HIGH", "package": "openssl", "fixed_in_version": "3.5.1" },
                { "cve_id": "CVE-1", "severity": "HIGH", "package": "libssl", "fixed_in_version": "3.5.1" },
                { "cve_id": "CVE-2", "severity": "low", "package": "zlib", "fixed_in_version": "1.3" },
            ],
            "packages_updated": [{ "name": "openssl", "type": "deb", "old_version": "1", "new_version": "2" }],
            "packages_added": [], "packages_removed": [], "labels_changed": [{ "change": "added", "key": "a" }],
        });
        let more = json!({
            "vulnerabilities_fixed": [{ "cve_id": "CVE-3", "severity": "HIGH" }],
            "packages_updated": [{ "name": "openssl", "type": "deb" }, { "name": "openssl", "type": "pip" }],
        });
        assert_eq!(
            words([platform('a', &shared), platform('b', &shared), platform('c', &more)]).as_deref(),
            Some("fixes 2 high and 1 low, updates 2 packages, changes 1 setting")
        );
    }

    #[test]
    fn no_change_and_no_changelog_are_two_things() {
        assert_eq!(words([platform('a', &json!({}))]).as_deref(), Some("no change listed"));
        assert_eq!(words([]), None);
    }

    #[test]
    fn another_shape_is_left_out() {
        for odd in [json!(null), json!([]), json!("text"), json!(7), json!({ "sha256:0": null })] {
            assert_eq!(of(&odd), None, "{odd}");
        }
        let odd = json!({ "vulnerabilities_fixed": [7, null, {}, { "cve_id": "CVE-1", "severity": 9 }], "packages_updated": "x" });
        assert_eq!(words([platform('a', &odd)]).as_deref(), Some("fixes 1 unrated"));
        assert_eq!(words([platform('a', &json!("text"))]).as_deref(), Some("no change listed"));
    }
}
