//! Rules that forward a part of each image: some platforms, some kinds of attestations.

use ferry::model::{Coverage, RunDetail, RunState};
use ferry::sandbox::Facade;
use serde_json::Value;

use super::registry::{DebianRegistry, fetch_everything};
use super::story::{Story, assert_ended, only};

const MIRROR: &str = "acme/dhi-nginx";
const TARGET: &str = "forwarded/dhi-nginx";

fn coverage(detail: &RunDetail) -> &Coverage {
    only(detail).coverage.as_ref().expect("it was looked at")
}

/// The manifests an index names, with its digest.
async fn index(story: &Story, facade: Facade, repository: &str, tag: &str) -> (String, Vec<String>) {
    let (digest, _, bytes) = story.world().store(facade).manifest(repository, tag).await.expect("the tag is there");
    let index: Value = serde_json::from_slice(&bytes).expect("an index");
    let children = index["manifests"].as_array().expect("platforms");
    (digest, children.iter().filter_map(|child| child["digest"].as_str().map(str::to_owned)).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_platform_goes_along_under_its_own_digest_with_all_its_proofs() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    let destination = story.sandbox_destination(&adam).await;
    // Everything is proven before anything is written, of the smaller image as well.
    let more = [("form[include]", "1.29"), ("form[platforms]", "linux/arm64"), ("form[proof]", "refuse")];
    let rule = story.rule_with(&adam, "arm alone", &[MIRROR], &destination, &more).await;

    let page = adam.page(&format!("/orgs/acme/rules/{rule}?preview=true")).await;
    assert!(page.body.contains("Only linux/arm64 goes along."), "{}", page.body);
    let run = story.run(&adam, &rule).await;
    let detail = story.run_to_end(&adam, &run).await;
    assert_ended(&detail, RunState::Succeeded);

    let (root, children) = index(&story, Facade::Docker, MIRROR, "1.29").await;
    let (smaller, kept) = index(&story, Facade::Destination, TARGET, "1.29").await;
    assert_eq!(only(&detail).digest.as_str(), root);
    assert_eq!(only(&detail).at_destination().as_str(), smaller);
    assert_ne!(smaller, root, "a smaller index is another one");
    assert_eq!(kept.len(), 1);
    assert!(children.contains(&kept[0]), "the platform keeps its digest");
    let seen = coverage(&detail);
    assert_eq!(seen.platforms.len(), 1);
    assert_eq!(seen.platforms[0].signed(), seen.platforms[0].expected());
    assert!(seen.platforms[0].expected() >= 8 && seen.broken().next().is_none(), "{seen:#?}");
    let other = children.iter().find(|child| !kept.contains(child)).expect("the other platform");
    assert!(story.world().store(Facade::Destination).manifest(TARGET, other).await.is_none(), "it stayed behind");

    let again = story.run(&adam, &rule).await;
    let again = story.run_to_end(&adam, &again).await;
    assert_ended(&again, RunState::Unchanged);
    assert_eq!(only(&again).at_destination().as_str(), smaller, "known, and not asked again");
    let fields = [("organization", "acme"), ("id", run.as_str())];
    assert_eq!(adam.post("runs/check", &fields).await.status, 200);
    let checked = story.run_until(&adam, &run, |detail| !detail.is_checking()).await;
    assert!(only(&checked).checked_at.is_some() && coverage(&checked).gone.is_none(), "{checked:#?}");
    assert!(coverage(&checked).broken().next().is_none(), "{checked:#?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_smaller_image_is_one_that_skopeo_takes_whole() {
    let story = Story::begin().await;
    let registry = DebianRegistry::start().await;
    let adam = story.signed_in("adam").await;
    let destination = story.destination(&adam, "Debian", &registry.host(), "mirrors", None).await;
    let more = [("form[include]", "1.29"), ("form[platforms]", "linux/amd64")];
    let rule = story.rule_with(&adam, "amd alone", &[MIRROR], &destination, &more).await;
    let run = story.run(&adam, &rule).await;
    assert_ended(&story.run_to_end(&adam, &run).await, RunState::Succeeded);
    fetch_everything(&format!("{}/mirrors/dhi-nginx:1.29", registry.host()));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_that_are_not_named_stay_behind_and_are_not_missed() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    let destination = story.sandbox_destination(&adam).await;
    let kinds = "https://spdx.dev/\nhttps://openvex.dev/";
    let more = [("form[include]", "1.29"), ("form[kinds]", kinds)];
    let rule = story.rule_with(&adam, "few kinds", &[MIRROR], &destination, &more).await;
    let run = story.run(&adam, &rule).await;
    let detail = story.run_to_end(&adam, &run).await;
    assert_ended(&detail, RunState::Succeeded);
    let seen = coverage(&detail);
    assert!(seen.broken().next().is_none(), "{seen:#?}");
    for attestation in seen.platforms.iter().flat_map(|platform| &platform.attestations) {
        let kind = attestation.predicate_type.as_str();
        assert!(kind.starts_with("https://spdx.dev/") || kind.starts_with("https://openvex.dev/"), "{kind}");
    }
    let left = seen.checks.iter().find(|check| check.number == 17).expect("what stayed behind is named");
    assert!(left.finding.starts_with("Left behind, as the rule says: "), "{left:?}");
    let scout = story.world().store(Facade::Scout);
    let destination = story.world().store(Facade::Destination);
    let platform = seen.platforms[0].digest.as_str();
    let (all, some) =
        (scout.referrers(MIRROR, platform, None).await, destination.referrers(TARGET, platform, None).await);
    assert!(!some.is_empty() && some.len() < all.len(), "{} of {}", some.len(), all.len());
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_no_image_has_is_said_and_what_cannot_be_read_stays_in_the_form() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    let destination = story.sandbox_destination(&adam).await;
    let more = [("form[include]", "1.29"), ("form[platforms]", "linux/s390x")];
    let rule = story.rule_with(&adam, "no such", &[MIRROR], &destination, &more).await;
    let run = story.run(&adam, &rule).await;
    let detail = story.run_to_end(&adam, &run).await;
    assert_ended(&detail, RunState::Failed);
    let sentence = &only(&detail).failure.as_ref().expect("a reason").sentence;
    assert!(sentence.contains("platform"), "{sentence}");

    let bad = [("organization", "acme"), ("form[platforms]", "arm64"), ("form[kinds]", "two words")];
    let answer = adam.post("rules/save", &bad).await;
    assert!(answer.field("platforms").contains("linux/amd64"), "{answer:?}");
    assert!(answer.field("kinds").contains("without spaces"), "{answer:?}");
    story.end().await;
}
