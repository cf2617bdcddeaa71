//! Coverage of one image: a chip a platform, and on demand every attestation with its signature.

use leptos::prelude::*;

use crate::model::{AttestationSeen, Coverage, DiscoveredBy, PlatformCoverage, SignatureState};
use crate::web::components::{Badge, CoverageChip, ShortDigest, Tone};

/// `amd64 8/8` for each platform, and a word where signatures are missing or do not verify.
#[component]
pub fn Chips(coverage: Signal<Option<Coverage>>) -> impl IntoView {
    let chip = |platform: &PlatformCoverage| {
        view! {
            <CoverageChip platform=platform.platform.short() held=platform.present() expected=platform.expected() />
        }
    };
    move || {
        coverage.get().map(|coverage| {
            let seen = || coverage.platforms.iter().flat_map(|p| &p.attestations).filter(|a| a.present);
            let invalid = seen().any(|a| a.signature == SignatureState::Invalid);
            let missing = seen().any(|a| a.signature == SignatureState::Missing)
                || coverage.index_signatures_present < coverage.index_signatures_expected;
            view! {
                <span class="cluster" data-gap="xs">
                    {coverage.platforms.iter().map(chip).collect_view()}
                    {invalid.then(|| view! { <Badge tone=Tone::Danger>"Signature invalid"</Badge> })}
                    {missing.then(|| view! { <Badge tone=Tone::Warning>"Signature missing"</Badge> })}
                </span>
            }
        })
    }
}

/// Every attestation of every platform, closed at first.
#[component]
pub fn Attestations(coverage: Coverage) -> impl IntoView {
    let how = match coverage.discovered_by {
        DiscoveredBy::ReferrersApi => "Found by the destination's referrers API.",
        DiscoveredBy::FallbackTag => "Found by fallback tags, since the destination has no referrers API.",
    };
    let index = (coverage.index_signatures_expected > 0).then(|| {
        format!(
            "{} of {} signatures of the image itself are there.",
            coverage.index_signatures_present, coverage.index_signatures_expected
        )
    });
    view! {
        <details class="attestations">
            <summary class="attestations__summary">"Attestations"</summary>
            <div class="stack" data-gap="s">
                {coverage.platforms.into_iter().map(platform).collect_view()}
                <p class="muted small">{how} " " {index}</p>
            </div>
        </details>
    }
}

fn platform(platform: PlatformCoverage) -> impl IntoView {
    let name = platform.platform.to_string();
    let words = if platform.attestations.is_empty() { "none at the source" } else { "" };
    view! {
        <div>
            <p class="small">
                <strong>{name.clone()}</strong> " " <ShortDigest digest=platform.digest /> " " {words}
            </p>
            <ul class="attestations__list" aria-label=format!("Attestations of {name}")>
                {platform.attestations.into_iter().map(attestation).collect_view()}
            </ul>
        </div>
    }
}

fn attestation(seen: AttestationSeen) -> impl IntoView {
    let (status, words) = match (seen.present, seen.signature) {
        (false, _) => ("failed", "Not at the destination"),
        (true, SignatureState::Valid) => ("succeeded", "Signature verifies"),
        (true, SignatureState::Invalid) => ("failed", "Signature does not verify"),
        (true, SignatureState::Missing) => ("warning", "No signature"),
    };
    let kind = if seen.predicate_type.is_empty() { "Kind not given".to_owned() } else { seen.predicate_type };
    view! {
        <li class="attestations__one">
            <span class="attestations__kind">{kind}</span>
            <ShortDigest digest=seen.digest />
            <span class="attestations__signature" data-status=status>{words}</span>
        </li>
    }
}
