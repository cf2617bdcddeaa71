//! Coverage of one image: a chip a platform, and on demand every attestation with its signature.

use leptos::prelude::*;

use super::verify;
use crate::model::{
    AttestationSeen, CheckLevel, Coverage, PlatformCoverage, ProofCheck, RepoRef, SignatureState, SigningKey,
};
use crate::web::components::{Badge, Check, CheckList, CoverageChip, Outcome, ShortDigest, Tone};

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
pub fn attestations(
    coverage: Coverage,
    target: &RepoRef,
    // Those that count today.
    keys: &[SigningKey],
) -> impl IntoView + use<> {
    let summary =
        if coverage.at_source { "Attestations at the source, before anything is written" } else { "Attestations" };
    let checks = coverage.checks.clone();
    let verify = (!coverage.at_source).then(|| verify::of_image(target, &coverage, keys));
    view! {
        <details class="attestations">
            <summary class="attestations__summary">{summary}</summary>
            <div class="stack" data-gap="s">
                <Checks checks />
                {coverage.platforms.into_iter().map(platform).collect_view()}
                {verify}
            </div>
        </details>
    }
}

/// What was looked at, in the order of the contract.
#[component]
fn Checks(checks: Vec<ProofCheck>) -> impl IntoView {
    let one = |check: ProofCheck| {
        let outcome = match (check.passed, check.level) {
            (_, CheckLevel::Info) => Outcome::Info,
            (true, _) => Outcome::Passed,
            (false, CheckLevel::Warning) => Outcome::Warning,
            (false, CheckLevel::Error) => Outcome::Failed,
        };
        view! { <Check outcome title=check.title()>{check.finding}</Check> }
    };
    (!checks.is_empty())
        .then(|| view! { <CheckList label="What was proven">{checks.into_iter().map(one).collect_view()}</CheckList> })
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
        (false, _) => ("failed", "Not there".to_owned()),
        (true, _) if seen.odd => ("failed", "About something else".to_owned()),
        (true, SignatureState::Valid) => (
            "succeeded",
            seen.key.map_or_else(|| "Signature verifies".to_owned(), |key| format!("Signature verifies with {key}")),
        ),
        (true, SignatureState::Invalid) => ("failed", "Signature does not verify".to_owned()),
        (true, SignatureState::Missing) => ("warning", "No signature".to_owned()),
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
