//! The main job: a mirrored repository arrives in another registry with all its proofs.

use std::collections::BTreeSet;

use ferry::model::{DiscoveredBy, ItemState, RunDetail, RunState};
use ferry::sandbox::{DESTINATION_PASSWORD, DESTINATION_USER, Facade};
use serde_json::Value;

use super::registry::{DebianRegistry, by_fallback_tag, digests, fetch_everything, fetched, json, raw};
use super::story::{Story, all_items, assert_ended};

#[tokio::test(flavor = "multi_thread")]
async fn an_image_arrives_in_debians_registry_with_both_levels_of_proof() {
    let story = Story::begin().await;
    let registry = DebianRegistry::start().await;
    let adam = story.signed_in("adam").await;
    let destination = story.destination(&adam, "Debian", &registry.host(), "mirrors", None).await;
    let rule = story.rule(&adam, "nginx out", &["acme/dhi-nginx"], &destination, "").await;

    let run = story.run(&adam, &rule).await;
    let detail = story.run_to_end(&adam, &run).await;

    assert_ended(&detail, RunState::Succeeded);
    assert!(all_items(&detail, ItemState::Succeeded), "{detail:#?}");
    let tags: BTreeSet<_> = detail.items.iter().map(|item| item.tag.to_string()).collect();
    let listed: Value = json(&fetched(&registry.host(), "mirrors/dhi-nginx/tags/list").await.expect("tags"));
    let arrived: BTreeSet<_> = listed["tags"]
        .as_array()
        .expect("tags")
        .iter()
        .filter_map(Value::as_str)
        .filter(|tag| !tag.starts_with("sha256-"))
        .map(str::to_owned)
        .collect();
    assert_eq!(arrived, tags);
    for item in &detail.items {
        let coverage = item.coverage.as_ref().expect("it was looked at");
        assert!(coverage.is_complete(), "{}", coverage.summary());
        assert_eq!(coverage.discovered_by, DiscoveredBy::FallbackTag);
        assert_eq!(coverage.platforms.len(), 2);
        for platform in &coverage.platforms {
            assert!(platform.expected() >= 8, "{}", coverage.summary());
            assert_eq!(platform.signed(), platform.expected(), "every signature verifies at the destination");
        }
        let here = raw(&format!("{}/mirrors/dhi-nginx:{}", registry.host(), item.tag), None);
        let there = raw(
            &format!("{}/acme/dhi-nginx:{}", story.sandbox.docker_registry(), item.tag),
            Some("adam:dckr_pat_adam_demo"),
        );
        assert_eq!(here, there, "{} is the same, byte for byte", item.tag);
    }
    proofs_are_there(&registry, &detail).await;
    story.end().await;
}

/// Without Ferry's word for it: every blob of one tag, and for each platform every attestation and its signature.
async fn proofs_are_there(registry: &DebianRegistry, detail: &RunDetail) {
    let host = registry.host();
    let item = detail.items.first().expect("a tag");
    fetch_everything(&format!("{host}/mirrors/dhi-nginx:{}", item.tag));
    for platform in &item.coverage.as_ref().expect("it was looked at").platforms {
        let found = by_fallback_tag(&host, "mirrors/dhi-nginx", platform.digest.as_str()).await;
        for attestation in &platform.attestations {
            let digest = attestation.digest.as_str();
            assert!(found.iter().any(|f| f == digest), "{digest} is listed");
            let manifest = fetched(&host, &format!("mirrors/dhi-nginx/manifests/{digest}")).await.expect("it is there");
            let statement = &digests(&json(&manifest), "layers")[0];
            assert!(fetched(&host, &format!("mirrors/dhi-nginx/blobs/{statement}")).await.is_some());
            let signatures = by_fallback_tag(&host, "mirrors/dhi-nginx", digest).await;
            assert!(!signatures.is_empty(), "{digest} is signed");
            for signature in signatures {
                let path = format!("mirrors/dhi-nginx/manifests/{signature}");
                let manifest = fetched(&host, &path).await.expect("its signature is there");
                let payload = &digests(&json(&manifest), "layers")[0];
                assert!(fetched(&host, &format!("mirrors/dhi-nginx/blobs/{payload}")).await.is_some());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_copies_nothing_and_moves_no_tag() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "nginx out", &["acme/dhi-nginx"], &destination, "").await;
    let run = story.run(&olivia, &rule).await;
    let first = story.run_to_end(&olivia, &run).await;
    assert_ended(&first, RunState::Succeeded);
    assert!(first.run.bytes > 0);
    let seen = first.items.iter().all(|item| {
        item.coverage.as_ref().is_some_and(|c| c.is_complete() && c.discovered_by == DiscoveredBy::ReferrersApi)
    });
    assert!(seen, "found through the referrers API: {first:#?}");

    story.world().ledger().clear();
    let run = story.run(&olivia, &rule).await;
    let second = story.run_to_end(&olivia, &run).await;

    assert_ended(&second, RunState::Unchanged);
    assert_eq!(second.run.bytes, 0);
    let written = story
        .world()
        .ledger()
        .find(|entry| entry.facade == Facade::Destination && matches!(entry.method.as_str(), "PUT" | "POST" | "PATCH"));
    assert!(written.is_empty(), "{written:#?}");
    let layers = story
        .world()
        .ledger()
        .count(|entry| entry.facade == Facade::Docker && entry.method == "GET" && entry.path.contains("/blobs/"));
    assert_eq!(layers, 0, "no layer was read again");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_blob_is_sent_twice() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "nginx out", &["acme/dhi-nginx"], &destination, "").await;
    story.world().ledger().clear();

    let run = story.run(&olivia, &rule).await;
    assert_ended(&story.run_to_end(&olivia, &run).await, RunState::Succeeded);

    let sent = story.world().ledger().find(|entry| {
        entry.facade == Facade::Destination && entry.method == "PUT" && entry.path.contains("/blobs/uploads/")
    });
    let digests: Vec<_> = sent.iter().filter_map(|entry| entry.path.split("digest=").nth(1)).collect();
    let different: BTreeSet<_> = digests.iter().collect();
    assert!(!digests.is_empty());
    assert_eq!(digests.len(), different.len(), "each blob once: {digests:#?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_rules_that_copy_the_same_digest_at_once_send_it_once() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let one = story.rule(&olivia, "one", &["acme/dhi-nginx"], &destination, "").await;
    let two = story.rule(&olivia, "two", &["acme/dhi-nginx"], &destination, "").await;
    story.world().ledger().clear();

    let (run_one, run_two) = tokio::join!(story.run(&olivia, &one), story.run(&olivia, &two));
    let (one, two) = tokio::join!(story.run_to_end(&olivia, &run_one), story.run_to_end(&olivia, &run_two));

    for detail in [&one, &two] {
        assert!(matches!(detail.run.state, RunState::Succeeded | RunState::Unchanged), "{detail:#?}");
    }
    let sent = story.world().ledger().find(|entry| {
        entry.facade == Facade::Destination && entry.method == "PUT" && entry.path.contains("/blobs/uploads/")
    });
    let digests: Vec<_> = sent.iter().filter_map(|entry| entry.path.split("digest=").nth(1)).collect();
    let different: BTreeSet<_> = digests.iter().collect();
    assert_eq!(digests.len(), different.len(), "each blob once, whoever asked first: {digests:#?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_forwards_what_its_filter_takes_and_says_why() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "no dev", &["acme/dhi-nginx"], &destination, "*-dev\n/debian/").await;

    let preview: Value = olivia.read("rules/preview", &[("organization", "acme"), ("id", &rule)]).await;
    let tags = preview["mirrors"][0]["tags"]["Ok"].as_array().expect("tags").clone();
    let excluded = |tag: &str| tag.ends_with("-dev") || tag.contains("debian");
    assert!(tags.iter().any(|t| excluded(t["tag"].as_str().expect("a tag"))), "{preview:#?}");

    let run = story.run(&olivia, &rule).await;
    let detail = story.run_to_end(&olivia, &run).await;

    let expected: BTreeSet<_> =
        tags.iter().filter_map(|t| t["tag"].as_str()).filter(|tag| !excluded(tag)).map(str::to_owned).collect();
    let forwarded: BTreeSet<_> = detail.items.iter().map(|item| item.tag.to_string()).collect();
    assert_eq!(forwarded, expected);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_build_upstream_is_forwarded_by_the_next_run() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "nginx out", &["acme/dhi-nginx"], &destination, "").await;
    let run = story.run(&olivia, &rule).await;
    let first = story.run_to_end(&olivia, &run).await;
    let tag = first.items[0].tag.clone();

    story.world().push("nginx", tag.as_str()).await.expect("a new build");
    story.world().settled().await;
    let run = story.run(&olivia, &rule).await;
    let second = story.run_to_end(&olivia, &run).await;

    let moved = second.items.iter().find(|item| item.tag == tag).expect("the tag");
    assert_eq!(moved.state, ItemState::Succeeded, "{moved:#?}");
    assert_ne!(moved.digest, first.items[0].digest);
    let image = |host: &str, repository: &str| format!("{host}/{repository}:{tag}");
    let robot = format!("{DESTINATION_USER}:{DESTINATION_PASSWORD}");
    let here = raw(&image(&story.sandbox.destination_registry(), "forwarded/dhi-nginx"), Some(&robot));
    let there = raw(&image(&story.sandbox.docker_registry(), "acme/dhi-nginx"), Some("olivia:dckr_pat_olivia_demo"));
    assert_eq!(here, there);
    story.end().await;
}
