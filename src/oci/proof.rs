//! The checks of `contracts/attestations.md` section 8, worked out from what was seen. Pure: no registry is asked here.

use super::attestations::{Attestations, Role};
use super::copy::CopiedImage;
use super::coverage::Observed;
use crate::model::{AttestationSeen, CheckLevel, Digest, DiscoveredBy, PlatformCoverage, ProofCheck, SignatureState};

/// Docker's policy set wants these of every platform, signed.
const REQUIRED: [(&str, &str); 2] = [("https://spdx.dev/Document", "SBOM (SPDX)"), (PROVENANCE, "provenance (SLSA)")];
const PROVENANCE: &str = "https://slsa.dev/provenance/";
/// So many are named; the details of a run list them all.
const NAMED: usize = 4;

/// Check 1, made when a tag was moved and read back.
pub fn tag_check(passed: bool) -> ProofCheck {
    let finding = if passed {
        "The tag points to this digest; it moved after everything else."
    } else {
        "The tag points to another digest by now."
    };
    // A later run moves tags rightly, so this alone breaks no proof.
    check(1, CheckLevel::Info, passed, finding.to_owned())
}

/// Check 2, of a copy that was looked at again part by part.
pub fn image_check(missing: &[Digest]) -> ProofCheck {
    let finding = match missing {
        [] => "Every manifest and layer of the image is there.".to_owned(),
        missing => format!("Parts of the image are not there: {}.", named(missing.iter().map(short))),
    };
    check(2, CheckLevel::Error, missing.is_empty(), finding)
}

/// All checks that follow from a reading, in the order of the contract.
pub(super) fn checks(image: &CopiedImage, expected: &Attestations, observed: &Observed) -> Vec<ProofCheck> {
    use CheckLevel::{Error, Info, Warning};
    let coverage = &observed.coverage;
    let all: Vec<(&PlatformCoverage, &AttestationSeen)> =
        coverage.platforms.iter().flat_map(|p| p.attestations.iter().map(move |a| (p, a))).collect();
    let present = || all.iter().filter(|(_, a)| a.present);
    let mut found = Vec::new();

    let (listed, missing) = (expected.referrers.len(), &observed.missing);
    found.push(match missing.as_slice() {
        [] => check(3, Error, true, format!("All {listed} attestations and signatures of the source are listed.")),
        gone => check(
            3,
            Error,
            false,
            format!("{} of {listed} attestations and signatures are not listed: {}.", gone.len(), names(gone, &all)),
        ),
    });
    let spoilt = all.iter().filter(|(_, a)| !a.present && !missing.contains(&a.digest)).map(label);
    found.push(failing(
        4,
        Error,
        spoilt,
        "Every attestation has the bytes its digest promises.",
        "Unreadable or changed:",
    ));
    found.push(match expected.strangers.as_slice() {
        [] => check(5, Error, true, "Every attestation refers to the platform it is listed for.".to_owned()),
        // Not copied, so the copy itself carries nothing wrong.
        out => check(
            5,
            Warning,
            false,
            format!("Left out, since they refer to something else: {}.", named(out.iter().map(short))),
        ),
    });
    let unsigned = present().filter(|(_, a)| a.signature != SignatureState::Valid && !a.odd).map(|(p, a)| {
        let how = if a.signature == SignatureState::Missing { "no signature" } else { "signature does not verify" };
        format!("{} ({how})", label(&(*p, *a)))
    });
    found.push(failing(
        6,
        Error,
        unsigned,
        "Every attestation is signed with a trusted key.",
        "Not signed with a trusted key:",
    ));
    let odd = present().filter(|(_, a)| a.odd).map(label);
    found.push(failing(
        7,
        Error,
        odd,
        "Every statement is about the platform it belongs to.",
        "Statements about something else:",
    ));
    if image.is_hardened {
        let lacking = coverage.platforms.iter().flat_map(|platform| {
            let has = |kind: &str| {
                let mut of_kind = platform.attestations.iter().filter(|a| a.predicate_type.starts_with(kind));
                of_kind.any(|a| a.present && !a.odd && a.signature == SignatureState::Valid)
            };
            let lacking = REQUIRED.into_iter().filter(move |(kind, _)| !has(kind));
            lacking.map(|(_, name)| format!("{} of {}", name, platform.platform.short()))
        });
        found.push(failing(8, Error, lacking, "Each platform has its signed SBOM and provenance.", "Without a signed"));
        let some = !all.is_empty();
        let words = if some {
            "The source lists attestations, as it must for a hardened image."
        } else {
            "The source lists no attestation, though every hardened image has some: a wrong source, or a missing right."
        };
        found.push(check(16, Error, some, words.to_owned()));
    }
    if coverage.index_signatures_expected > 0 {
        let (there, of) = (coverage.index_signatures_present, coverage.index_signatures_expected);
        let valid = there == of && observed.index_signature == SignatureState::Valid;
        let words = match (valid, observed.index_signature) {
            (true, _) => "The image itself is signed with a trusted key.".to_owned(),
            (_, SignatureState::Invalid) => "The signature of the image itself does not verify.".to_owned(),
            _ => format!("{there} of {of} signatures of the image itself are there."),
        };
        found.push(check(9, Error, valid, words));
    }
    let by = match coverage.discovered_by {
        DiscoveredBy::ReferrersApi => "Through the registry's referrers API.",
        DiscoveredBy::FallbackTag => "By fallback tags, since the registry has no referrers API.",
    };
    found.push(check(10, Info, true, by.to_owned()));
    // Everything the source has arrived, and none of it verifies: so it was published.
    let whole = |digest: &Digest| expected.of(digest).all(|referrer| !missing.contains(&referrer.digest));
    let as_found = present().filter(|(_, a)| a.signature != SignatureState::Valid && whole(&a.digest)).map(label);
    let as_found: Vec<_> = as_found.collect();
    if !as_found.is_empty() {
        let words = format!("Without a valid signature at the source already: {}.", named(as_found.into_iter()));
        found.push(check(12, Warning, false, words));
    }
    if observed.beyond > 0 {
        found.push(check(13, Info, true, format!("{} that the source does not list (any more).", observed.beyond)));
    }
    let others = expected.referrers.iter().filter(|referrer| referrer.role == Role::Other).count();
    if others > 0 {
        found.push(check(17, Info, true, format!("{others} of other kinds were copied and not judged.")));
    }
    found.sort_by_key(|check| check.number);
    found
}

fn check(number: u8, level: CheckLevel, passed: bool, finding: String) -> ProofCheck {
    ProofCheck { number, level, passed, finding }
}

/// Fails where something is named, and then names it.
fn failing(number: u8, level: CheckLevel, which: impl Iterator<Item = String>, good: &str, bad: &str) -> ProofCheck {
    let which: Vec<_> = which.collect();
    if which.is_empty() {
        check(number, level, true, good.to_owned())
    } else {
        check(number, level, false, format!("{bad} {}.", named(which.into_iter())))
    }
}

fn label((platform, seen): &(&PlatformCoverage, &AttestationSeen)) -> String {
    let kind = if seen.predicate_type.is_empty() { "an attestation" } else { &seen.predicate_type };
    format!("{kind} of {}", platform.platform.short())
}

fn names(digests: &[Digest], all: &[(&PlatformCoverage, &AttestationSeen)]) -> String {
    let name = |digest: &Digest| {
        let seen = all.iter().find(|(_, a)| &a.digest == digest);
        seen.map_or_else(|| short(digest), label)
    };
    named(digests.iter().map(name))
}

fn short(digest: &Digest) -> String {
    let text = digest.as_str();
    text.get(..text.len().min(19)).unwrap_or(text).to_owned()
}

fn named(mut names: impl Iterator<Item = String>) -> String {
    let first: Vec<_> = names.by_ref().take(NAMED).collect();
    match names.count() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
