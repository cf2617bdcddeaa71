//! `ferry copy` as people start it: a process of its own, without a database.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use ferry::sandbox::{DESTINATION_PASSWORD, DESTINATION_USER, Entry, Facade, Fault, Trouble};
use serde_json::{Value, json};
use tokio::process::Command;

use super::registry::{digests, fetch_everything, json};
use super::story::PATIENCE;
use super::terminal::{OLIVIA, Said, TARGET, Terminal, short};

/// What a credential helper does when it is asked.
const HELPER: &str = r#"#!/bin/sh
test "$1" = get || exit 1
printf '{"ServerURL":"%s","Username":"olivia","Secret":"dckr_pat_olivia_demo"}' "$(cat)"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_arrives_byte_for_byte_with_all_its_attestations() {
    let terminal = Terminal::open().await;
    let said = terminal.copy(":1.29", &terminal.target(""), &[]).await;

    assert!(said.succeeded(), "{said:?}");
    let original = terminal.original("1.29").await;
    let line = said.about("1.29");
    assert!(line.starts_with(&format!("1.29 {} succeeded attestations amd64 ", short(&original.digest))), "{line}");
    let last = said.out.lines().last().unwrap_or_default();
    assert!(last.starts_with("1 tags, ") && last.contains(" attestations and signatures, "), "{last}");
    assert!(terminal.there("1.29").await.as_ref() == Some(&original.bytes), "the same bytes");
    fetch_everything(&format!("{}/{TARGET}:1.29", terminal.registry.host()));
    assert_eq!(original.platforms.len(), 2);
    for platform in original.platforms.values() {
        terminal.assert_proven(platform).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_call_writes_nothing_and_one_that_remembers_reads_no_manifest() {
    let terminal = Terminal::open().await;
    let file = terminal.home.path().join("remembered.json").display().to_string();
    let first = terminal.copy(":1.29", &terminal.target(""), &["--remember", &file]).await;
    assert!(first.succeeded() && first.about("1.29").contains(" succeeded "), "{first:?}");

    terminal.proxy.ledger().clear();
    let second = terminal.copy(":1.29", &terminal.target(""), &[]).await;
    assert!(second.succeeded() && second.about("1.29").contains(" unchanged "), "{second:?}");
    assert_eq!(terminal.writes(), 0);

    terminal.proxy.ledger().clear();
    terminal.sandbox.world().ledger().clear();
    let third = terminal.copy(":1.29", &terminal.target(""), &["--remember", &file]).await;
    assert!(third.succeeded() && third.about("1.29").ends_with(" unchanged"), "{third:?}");
    let read = |entry: &Entry| entry.method == "GET" && entry.path.contains("/manifests/");
    let asked = terminal.sandbox.world().ledger().find(read);
    assert!(asked.is_empty(), "{asked:#?}");
    let looked = terminal.proxy.ledger().find(|entry| entry.path.contains("/manifests/"));
    assert!(looked.len() == 1 && looked[0].method == "HEAD", "one look at the tag: {looked:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_told_each_event_with_the_right_numbers() {
    let terminal = Terminal::open().await;
    let two = ["--json", "--tag", "1.29", "--tag", "1.29.3"];
    let said = terminal.copy("", &terminal.target(""), &two).await;

    assert!(said.succeeded(), "{said:?}");
    let original = terminal.original("1.29").await;
    let (manifests, blobs) = terminal.below(&original.digest).await;
    let bytes: u64 = blobs.values().sum();
    let (events, names) = said.events();
    assert_eq!(names, ["begin", "tag", "tag", "end"]);
    assert_eq!(events[0], json!({ "event": "begin", "tags": 2 }));
    for (event, tag) in events[1..3].iter().zip(["1.29", "1.29.3"]) {
        let known = (&event["tag"], &event["digest"], &event["state"], &event["bytes"], &event["failure"]);
        let expected = (&json!(tag), &json!(original.digest), &json!("succeeded"), &json!(bytes), &Value::Null);
        assert_eq!(known, expected);
        assert!(event["attestations"].as_str().is_some_and(|text| text.contains("arm64 ")), "{event}");
    }
    let end = &events[3];
    assert_eq!((&end["tags"], &end["failed"], &end["bytes"]), (&json!(2), &json!(0), &json!(bytes)));
    assert_eq!((&end["blobs_copied"], &end["blobs_mounted"]), (&json!(blobs.len()), &json!(0)));
    assert_eq!(end["manifests_written"], json!(manifests.len()));
    assert_eq!(end["referrers"], json!(manifests.len() - 3), "all but the index and its two platforms");

    let mut strict = two.to_vec();
    strict.push("--require-proof");
    let refused = terminal.copy("", &terminal.target(""), &strict).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let (events, names) = refused.events();
    assert_eq!(names, ["begin", "tag", "tag", "end"]);
    for event in &events[1..3] {
        assert_eq!(event["state"], json!("failed"));
        assert!(event["failure"].as_str().is_some_and(|text| text.contains("proof is not in order")), "{event}");
    }
    let end = &events[3];
    assert_eq!((&end["tags"], &end["failed"], &end["bytes"]), (&json!(2), &json!(2), &json!(0)));
    assert!(refused.err.contains("2 of 2 tags were not copied"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_says_what_would_be_done_and_does_nothing() {
    let terminal = Terminal::open().await;
    for (from, to) in [(":1-dev", ":1"), (":1.29", "")] {
        let said = terminal.run(&terminal.source(from), &terminal.target(to), &["--no-attestations"]).await;
        assert!(said.succeeded(), "{said:?}");
    }
    terminal.proxy.ledger().clear();
    let before = terminal.tags().await;

    let three = ["--plan", "--tag", "1", "--tag", "1.29", "--tag", "1.29-alpine3.22"];
    let said = terminal.copy("", &terminal.target(""), &three).await;

    assert!(said.succeeded(), "{said:?}");
    let moves = format!("moves from {}", short(&terminal.original("1-dev").await.digest));
    let there = "there already; its attestations are compared";
    for (tag, what) in [("1", moves.as_str()), ("1.29", there), ("1.29-alpine3.22", "new")] {
        let digest = terminal.original(tag).await.digest;
        assert_eq!(said.about(tag), format!("{tag} {} {what}", short(&digest)));
    }
    assert_eq!(said.out.lines().count(), 3, "{said:?}");
    assert_eq!(terminal.writes(), 0);
    assert_eq!(terminal.tags().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_platform_goes_along_under_its_own_digest_with_its_attestations() {
    let terminal = Terminal::open().await;
    let said = terminal.copy(":1.29", &terminal.target(""), &["--platform", "linux/amd64"]).await;

    assert!(said.succeeded(), "{said:?}");
    let original = terminal.original("1.29").await;
    let (amd, arm) = (&original.platforms["amd64"], &original.platforms["arm64"]);
    let smaller = terminal.there("1.29").await.expect("the tag is there");
    assert!(smaller != original.bytes, "a smaller index is another one");
    assert_eq!(digests(&json(&smaller), "manifests"), [amd.as_str()]);
    terminal.assert_proven(amd).await;
    assert!(terminal.there(arm).await.is_none(), "the other platform stayed behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_proof_is_required_only_a_key_that_signed_moves_the_tag() {
    let terminal = Terminal::open().await;
    let key = terminal.write("sandbox.pem", &terminal.sandbox.public_key_pem());

    let without = terminal.copy(":1.29", &terminal.target(""), &["--require-proof"]).await;
    assert_eq!(without.code, Some(1), "{without:?}");
    assert!(without.says("its proof is not in order, so the tag was not moved"), "{without:?}");
    assert!(without.says("Not signed with a trusted key"), "{without:?}");
    assert!(terminal.tags().await.is_empty());

    let with = terminal.copy(":1.29", &terminal.target(""), &["--require-proof", "--key", &key]).await;
    assert!(with.succeeded() && !with.says("not proven"), "{with:?}");
    assert!(terminal.there("1.29").await == Some(terminal.original("1.29").await.bytes), "the tag moved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_named_with_its_side_and_tags_nothing() {
    let terminal = Terminal::open().await;
    let sandbox = &terminal.sandbox;
    let hosts = [sandbox.docker_registry(), sandbox.scout_registry(), sandbox.destination_registry()];
    let robot = (DESTINATION_USER, DESTINATION_PASSWORD);
    let sentences = [
        "The source did not accept the sign-in".to_owned(),
        "The attestation source did not accept the sign-in".to_owned(),
        "The destination did not accept the sign-in".to_owned(),
    ];
    for (wrong, sentence) in sentences.iter().enumerate() {
        let right = hosts.iter().zip([OLIVIA, OLIVIA, robot]).enumerate();
        let signed_in: Vec<_> = right
            .map(|(n, (host, (user, secret)))| (host.clone(), (user, if n == wrong { "n0t-it" } else { secret })))
            .collect();
        terminal.sign_in(&signed_in);

        let said = terminal.copy(":1.29", &format!("{}/{TARGET}", hosts[2]), &[]).await;

        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.says(sentence) && !said.says("n0t-it"), "{said:?}");
        let tagged = sandbox.world().store(Facade::Destination).manifest(TARGET, "1.29").await;
        assert!(tagged.is_none(), "{sentence}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_refused_with_a_sentence() {
    let terminal = Terminal::open().await;
    let digest = format!("@sha256:{}", "a".repeat(64));
    let digest = digest.as_str();
    let cases: [(&str, &str, &[&str], &str); 9] = [
        (":nope", "", &[], "the source has no tag nope"),
        (":1.29", digest, &[], "a destination has a tag, not a digest"),
        ("", ":1", &[], "the destination has no tag of its own where a whole repository is copied"),
        (digest, "", &[], "give the destination a tag"),
        ("", "", &["--tag", "nope*"], "no tag of the source fits"),
        (":1.29", "", &["--referrers-from", "dhi.io/node:22"], "--referrers-from names a repository"),
        (":1.29", "", &["--key", "/nowhere.pem"], "/nowhere.pem: No such file"),
        (":1.29", "", &["--platform", "arm64"], "A platform is written os/architecture"),
        (":1.29", "", &["--require-proof", "--no-check"], "cannot be used with"),
    ];
    for (from, to, more, sentence) in cases {
        let said = terminal.run(&terminal.source(from), &terminal.target(to), more).await;
        assert!(said.code.is_some() && !said.succeeded(), "{said:?}");
        assert!(said.err.contains(sentence), "{sentence}: {said:?}");
    }
    assert_eq!(terminal.writes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_helper_is_asked_for_the_sign_in() {
    let terminal = Terminal::open().await;
    let helper = terminal.write("docker-credential-ferrytest", HELPER);
    std::fs::set_permissions(helper, std::fs::Permissions::from_mode(0o755)).expect("it may be run");
    let (docker, scout) = (terminal.sandbox.docker_registry(), terminal.sandbox.scout_registry());
    let helpers = BTreeMap::from([(docker, "ferrytest"), (scout, "ferrytest")]);
    terminal.write("config.json", &json!({ "credHelpers": helpers }).to_string());

    let said = terminal.copy(":1.29", &terminal.target(""), &[]).await;

    assert!(said.succeeded(), "{said:?}");
    for facade in [Facade::Docker, Facade::Scout] {
        let as_olivia = |entry: &Entry| entry.facade == facade && entry.user.as_deref() == Some("olivia");
        assert!(terminal.sandbox.world().ledger().count(as_olivia) > 0, "{facade:?}");
    }
    assert!(terminal.there("1.29").await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_in_the_middle_of_a_blob_ends_it_soon_and_tags_nothing() {
    let terminal = Terminal::open().await;
    let world = terminal.sandbox.world();
    let slow = Fault::on("/blobs/", Trouble::SlowBody { millis: 2_000 }).at(Facade::Docker).method("GET");
    world.faults().add(slow.times(1_000));
    let child = terminal.command(&terminal.source(":1.29"), &terminal.target(""), &["--no-attestations"]).spawn();
    let child = child.expect("ferry starts");
    let id = child.id().expect("it runs").to_string();
    let begun = Instant::now();
    while world.ledger().count(|entry| entry.facade == Facade::Docker && entry.path.contains("/blobs/")) == 0 {
        assert!(begun.elapsed() < PATIENCE, "no blob is asked for");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    let killed = Command::new("kill").args(["-INT", &id]).status().await.expect("kill can be run");
    assert!(killed.success());
    let ended = tokio::time::timeout(Duration::from_secs(10), child.wait_with_output()).await;

    let said = Said::of(ended.expect("within ten seconds").expect("it ends"));
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.about("1.29").ends_with("failed The copy was stopped."), "{said:?}");
    assert!(terminal.tags().await.is_empty());
}
