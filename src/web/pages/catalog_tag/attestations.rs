//! The attestations of an image: read and verified in the registry that holds them, beside Docker's own unsigned list.

use std::collections::HashSet;

use leptos::prelude::*;

use super::asked::Asked;
use super::statement::file;
use crate::model::{
    AtRegistry, AttestationSeen, Digest, Evidence, ListedAttestation, PlatformCoverage, RepoName, SignatureState,
    predicate_words,
};
use crate::web::components::{Cell, Column, DataTable, EmptyState, HeadCell, Notice, ShortDigest, StatusBadge, Tone};
use crate::web::format::counted;
use crate::web::frame::use_organization;

/// What the registry holds, or why it could not be read, and then what Docker lists.
#[component]
pub fn Attestations(evidence: Evidence, asked: Asked, catalog: String) -> impl IntoView {
    let organization = use_organization();
    let Evidence { at_registry, listed } = evidence;
    match at_registry {
        AtRegistry::Read { repository, platform, index_signature } => {
            view! { <Read repository platform index_signature listed asked catalog /> }.into_any()
        }
        AtRegistry::Unreadable { repository, sentence } => {
            let title = format!("The attestations of {repository} cannot be read");
            view! {
                <div class="stack">
                    <Notice tone=Tone::Warning title>{sentence}</Notice>
                    <Listed listed />
                </div>
            }
            .into_any()
        }
        AtRegistry::NoMirror => {
            let repository = format!("{catalog}/{}", asked.name);
            let title = format!("{organization} does not mirror {}", asked.name);
            view! {
                <div class="stack">
                    <Notice title>
                        "Signatures and statements can be read once it is mirrored. " <a href=repository>"Mirror it"</a>
                    </Notice>
                    <Listed listed />
                </div>
            }
            .into_any()
        }
    }
}

#[component]
fn Read(
    repository: RepoName,
    platform: PlatformCoverage,
    index_signature: SignatureState,
    listed: Option<Vec<ListedAttestation>>,
    asked: Asked,
    catalog: String,
) -> impl IntoView {
    let lead = summary(&repository, &platform, index_signature);
    let beyond = listed.map(|listed| beside(&platform, &listed));
    let row = |seen: AttestationSeen| {
        let shown = Asked { statement: seen.digest.to_string(), ..asked.clone() }.href(&catalog);
        let file = file(&catalog, &asked.name, &seen.digest);
        view! { <Row seen shown file /> }
    };
    let rows: Vec<_> = platform.attestations.into_iter().map(row).collect();
    let columns = vec![
        Column::text("What it says"),
        Column::text("Digest"),
        Column::text("Signature"),
        Column::unseen("Statement"),
    ];
    view! {
        <div class="stack">
            <p>{lead}</p>
            <DataTable caption="Attestations" columns>{rows}</DataTable>
            {beyond.map(|words| view! { <p class="muted small">{words}</p> })}
        </div>
    }
}

#[component]
fn Row(seen: AttestationSeen, shown: String, file: String) -> impl IntoView {
    let (status, words) = signature(&seen);
    let what = what(&seen.predicate_type);
    let label = format!("Statement {}", seen.digest.short());
    view! {
        <tr>
            <HeadCell label="What it says">{what}</HeadCell>
            <Cell label="Digest"><ShortDigest digest=seen.digest /></Cell>
            <Cell label="Signature"><StatusBadge status label=words /></Cell>
            <Cell fit=true>
                <span class="cluster" data-gap="s" role="group" aria-label=label>
                    <a href=shown>"View"</a>
                    <a href=file rel="external" download="">"Download"</a>
                </span>
            </Cell>
        </tr>
    }
}

/// Docker's list alone: nothing of it is proven.
#[component]
fn Listed(listed: Option<Vec<ListedAttestation>>) -> impl IntoView {
    let Some(listed) = listed.filter(|listed| !listed.is_empty()) else {
        return view! {
            <EmptyState title="No list either">"Docker lists no attestations for this image."</EmptyState>
        }
        .into_any();
    };
    let columns = vec![Column::text("What it says"), Column::text("Digest"), Column::text("Signature")];
    let row = |one: ListedAttestation| {
        view! {
            <tr>
                <HeadCell label="What it says">{what(&one.predicate_type)}</HeadCell>
                <Cell label="Digest"><ShortDigest digest=one.digest /></Cell>
                <Cell label="Signature"><span class="muted">"Not checked"</span></Cell>
            </tr>
        }
    };
    view! {
        <p>"Docker's own list of them, which nobody has signed."</p>
        <DataTable caption="Attestations that Docker lists" columns>
            {listed.into_iter().map(row).collect_view()}
        </DataTable>
    }
    .into_any()
}

/// In plain words with the type below, or the type alone where there are no words for it.
pub(super) fn what(predicate_type: &str) -> AnyView {
    let kind = if predicate_type.is_empty() { "Kind not given" } else { predicate_type }.to_owned();
    match predicate_words(predicate_type) {
        Some(words) => view! { {words} <br /> <span class="mono small muted">{kind}</span> }.into_any(),
        None => view! { <span class="mono">{kind}</span> }.into_any(),
    }
}

fn signature(seen: &AttestationSeen) -> (&'static str, String) {
    if seen.odd {
        return ("failed", "About something else".to_owned());
    }
    if !seen.present {
        return ("failed", "Unreadable".to_owned());
    }
    match (seen.signature, &seen.key) {
        (SignatureState::Valid, Some(key)) => ("verified", format!("Verifies with {key}")),
        (SignatureState::Valid, None) => ("verified", "Verifies".to_owned()),
        (SignatureState::Invalid, _) => ("failed", "Does not verify".to_owned()),
        (SignatureState::Missing, _) => ("warning", "Not signed".to_owned()),
    }
}

fn summary(repository: &RepoName, platform: &PlatformCoverage, index: SignatureState) -> String {
    let (all, signed) = (platform.expected(), platform.signed());
    let signed = if signed == all {
        "each with a signature that verifies".to_owned()
    } else {
        format!("{signed} of them with a signature that verifies")
    };
    let index = match index {
        SignatureState::Valid => " The index itself is signed as well.",
        SignatureState::Invalid => " The signature of the index itself does not verify.",
        SignatureState::Missing => "",
    };
    format!("{} of this platform in {repository}, {signed}.{index}", counted(all, "attestation"))
}

/// How Docker's list and the registry's differ.
fn beside(platform: &PlatformCoverage, listed: &[ListedAttestation]) -> String {
    let seen: HashSet<&Digest> = platform.attestations.iter().map(|seen| &seen.digest).collect();
    let named: HashSet<&Digest> = listed.iter().map(|one| &one.digest).collect();
    match (named.difference(&seen).count(), seen.difference(&named).count()) {
        (0, 0) => "Docker's own list names the same ones.".to_owned(),
        (0, more) => format!("Docker's own list lacks {more} of them."),
        (more, 0) => format!("Docker's own list names {more} more, which the registry does not show."),
        (more, less) => format!("Docker's own list names {more} others and lacks {less} of these."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(of: char) -> Digest {
        format!("sha256:{}", of.to_string().repeat(64)).parse().expect("a digest")
    }

    fn platform(attestations: &[(char, SignatureState)]) -> PlatformCoverage {
        let seen = |(of, signature): &(char, SignatureState)| AttestationSeen {
            predicate_type: "https://spdx.dev/Document".into(),
            digest: digest(*of),
            present: true,
            signature: *signature,
            signed_by: None,
            key: Some("dhi-2".into()).filter(|_: &String| *signature == SignatureState::Valid),
            odd: false,
        };
        PlatformCoverage {
            platform: "linux/amd64".parse().expect("a platform"),
            digest: digest('0'),
            attestations: attestations.iter().map(seen).collect(),
        }
    }

    #[test]
    fn signatures_are_said_for_what_they_are() {
        use SignatureState::{Invalid, Missing, Valid};
        let some = platform(&[('a', Valid), ('b', Missing), ('c', Invalid)]);
        let words: Vec<_> = some.attestations.iter().map(|seen| signature(seen).1).collect();
        assert_eq!(words, ["Verifies with dhi-2", "Not signed", "Does not verify"]);
        let repository: RepoName = "acme/dhi-node".parse().expect("a name");
        let expected = "3 attestations of this platform in acme/dhi-node, 1 of them with a signature that verifies.";
        assert_eq!(summary(&repository, &some, Missing), expected);
        let one = summary(&repository, &platform(&[('a', Valid)]), Valid);
        assert!(one.ends_with("each with a signature that verifies. The index itself is signed as well."), "{one}");
    }

    #[test]
    fn the_two_lists_are_compared() {
        let two = platform(&[('a', SignatureState::Valid), ('b', SignatureState::Valid)]);
        let listed = |of: &str| {
            let one = |of| ListedAttestation { predicate_type: String::new(), digest: digest(of) };
            beside(&two, &of.chars().map(one).collect::<Vec<_>>())
        };
        assert_eq!(listed("ab"), "Docker's own list names the same ones.");
        assert_eq!(listed("a"), "Docker's own list lacks 1 of them.");
        assert_eq!(listed("abc"), "Docker's own list names 1 more, which the registry does not show.");
        assert_eq!(listed("ac"), "Docker's own list names 1 others and lacks 1 of these.");
    }
}
