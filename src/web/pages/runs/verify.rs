//! How anybody checks a copy without Ferry: the public keys, and cosign.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use leptos::prelude::*;

use super::live::LiveRun;
use crate::model::{Coverage, Item, RepoRef, SigningKey};
use crate::web::components::CodeBlock;

/// The command for the first image of the run that carries proof.
#[component]
pub fn Verify(
    live: LiveRun,
    /// Address of the page with the keys.
    keys: String,
) -> impl IntoView {
    let first = Memo::new(move |_| {
        let items = live.items();
        let mut proven = items.iter().filter(|item| item.state.is_published());
        proven.find_map(|item| {
            let coverage = item.coverage.as_ref()?;
            command(&item.target, coverage, &live.keys.read_value()).map(|text| (name(item), text))
        })
    });
    move || {
        let keys = keys.clone();
        first.get().map(|(name, text)| {
            view! {
                <details>
                    <summary>"Check it without Ferry"</summary>
                    <div class="stack" data-gap="s">
                        <p class="small">
                            "Every attestation of " <span class="mono">{name}</span>
                            ", read from the destination by cosign. Each image below has its own command. "
                            <a href=keys>"The keys"</a>
                        </p>
                        <CodeBlock text label="Commands that verify the signatures" />
                    </div>
                </details>
            }
        })
    }
}

/// The command for one image, as a block inside its details.
pub fn of_image(target: &RepoRef, coverage: &Coverage, keys: &[SigningKey]) -> impl IntoView + use<> {
    command(target, coverage, keys).map(|text| {
        view! {
            <div>
                <p class="small"><strong>"Check it without Ferry"</strong></p>
                <CodeBlock text label="Commands that verify the signatures" />
            </div>
        }
    })
}

fn name(item: &Item) -> String {
    format!("{}:{}", item.target, item.tag)
}

/// Writes the keys to files and has cosign verify each attestation (`contracts/attestations.md` section 7); none where
/// no signature counted or its key is trusted no more.
fn command(target: &RepoRef, coverage: &Coverage, keys: &[SigningKey]) -> Option<String> {
    let mut by_key: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for seen in coverage.platforms.iter().flat_map(|platform| &platform.attestations) {
        if let Some(key) = seen.key.as_deref().filter(|_| seen.present) {
            by_key.entry(key).or_default().push(format!("{target}@{}", seen.digest));
        }
    }
    let mut text = String::new();
    for (name, attestations) in by_key {
        let Some(key) = keys.iter().find(|key| key.name == name) else { continue };
        let file = file_name(name);
        let lines = [
            format!("cat > {file} <<'END'\n{}\nEND", key.pem.trim_end()),
            "while read -r attestation; do".to_owned(),
            format!("  if cosign verify --key {file} --experimental-oci11 --insecure-ignore-tlog \\"),
            "      \"$attestation\" >/dev/null </dev/null".to_owned(),
            "  then echo \"verified $attestation\"; else echo \"NOT VERIFIED $attestation\"; fi".to_owned(),
            format!("done <<'END'\n{}\nEND", attestations.join("\n")),
        ];
        let _ = writeln!(text, "{}", lines.join("\n"));
    }
    (!text.is_empty()).then_some(text)
}

/// `docker-hardened-images.pem`.
fn file_name(key: &str) -> String {
    let plain: String =
        key.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let plain = plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    format!("{}.pem", if plain.is_empty() { "key" } else { &plain })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AttestationSeen, DiscoveredBy, KeyOrigin, Platform, PlatformCoverage, SignatureState};

    fn coverage(key: Option<&str>) -> Coverage {
        let digest = |c: &str| format!("sha256:{}", c.repeat(64)).parse().expect("a digest");
        Coverage {
            platforms: vec![PlatformCoverage {
                platform: Platform { os: "linux".into(), architecture: "amd64".into(), variant: None },
                digest: digest("b"),
                attestations: vec![AttestationSeen {
                    predicate_type: "https://spdx.dev/Document".into(),
                    digest: digest("c"),
                    present: true,
                    signature: SignatureState::Valid,
                    signed_by: Some(digest("d")),
                    key: key.map(str::to_owned),
                    odd: false,
                }],
            }],
            index_signatures_expected: 0,
            index_signatures_present: 0,
            discovered_by: DiscoveredBy::ReferrersApi,
            checks: Vec::new(),
            checked_at: None,
            at_source: false,
            gone: None,
        }
    }

    #[test]
    fn the_command_names_the_key_and_every_attestation_at_the_destination() {
        let target =
            RepoRef { host: "r.example".parse().expect("a host"), repository: "dhi-node".parse().expect("a name") };
        let pem = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n".to_owned();
        let key =
            SigningKey { name: "Docker (DHI)".into(), fingerprint: String::new(), pem, origin: KeyOrigin::Docker };
        let text = command(&target, &coverage(Some("Docker (DHI)")), std::slice::from_ref(&key)).expect("a command");
        assert!(text.starts_with("cat > docker-dhi.pem <<'END'\n-----BEGIN PUBLIC KEY-----\nMFkw\n"), "{text}");
        assert!(text.contains("cosign verify --key docker-dhi.pem --experimental-oci11"), "{text}");
        assert!(text.contains(&format!("r.example/dhi-node@sha256:{}", "c".repeat(64))), "{text}");
        assert_eq!(command(&target, &coverage(None), std::slice::from_ref(&key)), None);
        assert_eq!(command(&target, &coverage(Some("Another")), &[key]), None);
    }
}
