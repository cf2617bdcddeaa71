//! A run where nothing changed: what it asks, what it notices all the same, and when it stops believing what it knows.

use std::collections::BTreeSet;
use std::io::Write as _;

use ferry::api::rules::RuleOutcome;
use ferry::app::Visitor;
use ferry::model::{Item, ItemState, KeyForm, Role, RunDetail, RunState};
use ferry::sandbox::{Entry, Facade, Options, Proxy};
use ferry::{forward, hub, keys};

use super::person::Person;
use super::registry::DebianRegistry;
use super::story::{Beginning, Story, all_items, assert_ended};

const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json";

/// No job was needed for it.
fn untouched(item: &Item) -> bool {
    item.state == ItemState::Unchanged && item.attempts == 0 && item.finished_at.is_some()
}

/// Untouched, and the page still shows the full proof.
fn proven(item: &Item) -> bool {
    let full = |item: &Item| item.coverage.as_ref().is_some_and(|c| c.is_complete() && !c.platforms.is_empty());
    untouched(item) && full(item)
}

fn registries(entry: &Entry) -> bool {
    matches!(entry.facade, Facade::Docker | Facade::Scout | Facade::Destination)
}

fn reads_a_manifest(entry: &Entry) -> bool {
    entry.method == "GET" && entry.path.contains("/manifests/")
}

/// What a registry without sign-in shows under a tag or digest: digest, type and bytes.
async fn shown(host: &str, repository: &str, reference: &str) -> Option<(String, String, Vec<u8>)> {
    let url = format!("http://{host}/v2/{repository}/manifests/{reference}");
    let answer = reqwest::Client::new().get(url).header("accept", MANIFESTS).send().await.expect("it answers");
    if answer.status().as_u16() == 404 {
        return None;
    }
    let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    let (digest, kind) = (header("docker-content-digest"), header("content-type"));
    Some((digest, kind, answer.bytes().await.expect("a body").to_vec()))
}

async fn delete(host: &str, repository: &str, digest: &str) {
    let url = format!("http://{host}/v2/{repository}/manifests/{digest}");
    let answer = reqwest::Client::new().delete(url).send().await.expect("it answers");
    assert_eq!(answer.status().as_u16(), 202);
}

/// Somebody who may do everything, inside the application.
fn admin(story: &Story) -> Visitor {
    let secret = "dckr_pat_olivia_demo".to_owned().into();
    Visitor {
        app: story.app.clone(),
        organization: "acme".parse().expect("a name"),
        username: "olivia".to_owned(),
        role: Role::Admin,
        hub: story.app.hub.session(hub::Credential { identifier: "olivia".to_owned(), secret }),
        session_id: None,
    }
}

/// A catalogue repository `many` of so many builds with so many tags each.
fn many(builds: usize, tags: usize) -> tempfile::NamedTempFile {
    let definition = |n: usize| {
        let names: Vec<_> = (0..tags).map(|t| format!("{n}.{t}")).collect();
        serde_json::json!({
            "id": format!("many/alpine-3.22/{n}"), "variant": "runtime", "distribution": "alpine-3.22", "tags": names,
            "platforms": ["linux/amd64", "linux/arm64"],
        })
    };
    let file = serde_json::json!({ "repositories": [{
        "name": "many", "kind": "IMAGE", "displayName": "Many", "shortDescription": "Many tags.", "featured": false,
        "fipsCompliant": false, "stigCertified": false, "homeUrl": null, "categories": [],
        "definitions": (0..builds).map(definition).collect::<Vec<_>>(),
    }]});
    let mut kept = tempfile::NamedTempFile::new().expect("a temporary file");
    kept.write_all(file.to_string().as_bytes()).expect("the catalogue");
    kept
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_where_nothing_changed_asks_about_one_request_a_tag_and_reads_no_manifest() {
    const BUILDS: usize = 5;
    const TAGS: usize = 20;
    let catalog = many(BUILDS, TAGS);
    let sandbox = Options { catalog: Some(catalog.path().to_owned()), referrers_page: 100, ..Options::default() };
    let story = Story::with(Beginning { sandbox, ..Beginning::default() }).await;
    story.world().mirror("acme", "many", "dhi-many").expect("a mirror");
    story.world().settled().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "many", &["acme/dhi-many"], &destination, "").await;
    let first = story.run_whole(&olivia, &rule).await;
    assert_ended(&first, RunState::Succeeded);
    assert_eq!(first.items.len(), BUILDS * TAGS);

    story.world().ledger().clear();
    let began = std::time::Instant::now();
    let second = story.run_whole(&olivia, &rule).await;

    assert_ended(&second, RunState::Unchanged);
    assert!(second.items.iter().all(proven), "{second:#?}");
    let coverage = |detail: &RunDetail| detail.items.iter().map(|i| i.coverage.clone()).collect::<Vec<_>>();
    assert_eq!(coverage(&second), coverage(&first), "what was proven is still shown");
    let asked = story.world().ledger().find(|e| registries(e) || e.facade == Facade::Hub && e.path.contains("/tags"));
    let most = BUILDS * TAGS * 13 / 10;
    assert!(asked.len() <= most, "{} requests for {} tags: {asked:#?}", asked.len(), BUILDS * TAGS);
    assert!(asked.len() > BUILDS * TAGS, "each tag was looked at where it should be: {}", asked.len());
    let read: Vec<_> = asked.iter().filter(|entry| reads_a_manifest(entry)).collect();
    assert!(read.is_empty(), "{read:#?}");
    eprintln!("{} requests for {} tags in {:?}", asked.len(), BUILDS * TAGS, began.elapsed());
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attestation_that_comes_late_to_an_old_digest_arrives_with_the_next_run() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let registry = DebianRegistry::start().await;
    let destination = story.destination(&olivia, "Debian", &registry.host(), "", None).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    let first = story.run_whole(&olivia, &rule).await;
    assert_ended(&first, RunState::Succeeded);
    let (old, others): (Vec<_>, Vec<_>) = first.items.iter().partition(|item| item.digest == first.items[0].digest);
    assert!(!others.is_empty());

    let late = story.world().renew_vex("nginx", old[0].tag.as_str()).await.expect("a VEX document");
    story.world().settled().await;
    let second = story.run_whole(&olivia, &rule).await;

    assert_ended(&second, RunState::Succeeded);
    for item in &second.items {
        let is_old = item.digest == old[0].digest;
        assert_eq!(item.state, if is_old { ItemState::Succeeded } else { ItemState::Unchanged }, "{}", item.tag);
        assert_eq!(untouched(item), !is_old, "only its tags were worked on: {}", item.tag);
        if is_old {
            let platforms = &item.coverage.as_ref().expect("it was looked at").platforms;
            let seen: BTreeSet<_> =
                platforms.iter().flat_map(|p| &p.attestations).map(|a| a.digest.to_string()).collect();
            assert!(late.iter().all(|digest| seen.contains(digest)), "{late:?} in {seen:?}");
        }
    }
    for digest in &late {
        assert!(shown(&registry.host(), "dhi-nginx", digest).await.is_some(), "{digest} is there");
    }
    assert!(story.run_whole(&olivia, &rule).await.items.iter().all(proven), "and now it is known");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_that_was_deleted_or_moved_at_the_destination_is_healed_by_the_next_run() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let registry = DebianRegistry::start().await;
    let proxy = Proxy::before(&registry.host()).await.expect("a proxy");
    let destination = story.destination(&olivia, "Debian", &proxy.host(), "", None).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    let first = story.run_whole(&olivia, &rule).await;
    assert_ended(&first, RunState::Succeeded);
    let host = registry.host();
    let of = |digest: &str| first.items.iter().find(|item| item.digest.to_string() == digest).expect("an item");
    let digests: Vec<_> =
        first.items.iter().map(|item| item.digest.to_string()).collect::<BTreeSet<_>>().into_iter().collect();
    let [deleted, moved, left] = digests.as_slice() else { panic!("three builds: {digests:?}") };

    // One image is deleted, and its tags with it; a tag of the second points to the third.
    delete(&host, "dhi-nginx", deleted).await;
    assert!(shown(&host, "dhi-nginx", of(deleted).tag.as_str()).await.is_none());
    let (_, kind, bytes) = shown(&host, "dhi-nginx", left).await.expect("the third");
    let url = format!("http://{host}/v2/dhi-nginx/manifests/{}", of(moved).tag);
    let put = reqwest::Client::new().put(url).header("content-type", kind).body(bytes).send().await.expect("an answer");
    assert_eq!(put.status().as_u16(), 201);
    story.world().ledger().clear();
    let second = story.run_whole(&olivia, &rule).await;

    assert_ended(&second, RunState::Succeeded);
    for item in &second.items {
        let (now, ..) = shown(&host, "dhi-nginx", item.tag.as_str()).await.expect("the tag is there");
        assert_eq!(now, item.digest.to_string(), "{} points where it should", item.tag);
        assert_eq!(untouched(item), item.digest.to_string() == *left, "{} {:?}", item.tag, item.state);
    }

    proxy.ledger().clear();
    assert!(story.run_whole(&olivia, &rule).await.items.iter().all(proven));
    let asked = proxy.ledger().entries();
    assert!(asked.iter().all(|entry| entry.method == "HEAD"), "one look at each tag: {asked:#?}");
    assert_eq!(asked.len(), first.items.len());
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_list_that_lags_behind_the_registry_is_found_out() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    let first = story.run_whole(&olivia, &rule).await;
    let tag = first.items[0].tag.clone();

    story.world().let_tag_list_lag("acme", "dhi-nginx").expect("a repository");
    let digest = story.world().push("nginx", tag.as_str()).await.expect("a new build");
    story.world().settled().await;
    story.world().ledger().clear();
    let second = story.run_whole(&olivia, &rule).await;

    assert_ended(&second, RunState::Succeeded);
    for item in &second.items {
        let was = first.items.iter().find(|was| was.tag == item.tag).expect("the same tags");
        if was.digest == first.items[0].digest {
            assert_eq!(item.digest.to_string(), digest, "{} moved although the list does not say so", item.tag);
            assert_eq!(item.state, ItemState::Succeeded);
        } else {
            assert!(proven(item), "{} stayed", item.tag);
        }
    }
    let tags = |entry: &Entry| entry.facade == Facade::Docker && entry.method == "HEAD";
    let asked: BTreeSet<_> = story.world().ledger().find(tags).into_iter().map(|entry| entry.path).collect();
    let all = first.items.iter().filter(|item| asked.iter().any(|path| path.ends_with(&format!("/{}", item.tag))));
    assert_eq!(all.count(), first.items.len(), "no word of the list was believed: {asked:?}");

    // It still lags: what arrived meanwhile is not turned back.
    let third = story.run_whole(&olivia, &rule).await;
    assert!(third.items.iter().all(proven), "{third:#?}");
    assert_eq!(third.items.iter().find(|item| item.tag == tag).map(|item| item.digest.to_string()), Some(digest));
    story.end().await;
}

/// Points a tag of the mirror at what another one points at, as somebody with the right to push would.
fn retag(story: &Story, from: &str, to: &str) {
    let image = |tag: &str| format!("docker://{}/acme/dhi-nginx:{tag}", story.sandbox.docker_registry());
    let creds = "olivia:dckr_pat_olivia_demo";
    let output = std::process::Command::new("skopeo")
        .args(["copy", "--all", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false"])
        .args(["--src-creds", creds, "--dest-creds", creds, &image(from), &image(to)])
        .output()
        .expect("skopeo is installed: run `make test`");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_list_that_lags_turns_no_tag_back() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    let first = story.run_whole(&olivia, &rule).await;
    assert_ended(&first, RunState::Succeeded);
    let lag = |lagging: Option<_>| {
        let world = story.world();
        let mut state = world.state();
        let repository = state.repository_mut("acme", "dhi-nginx").expect("a repository");
        std::mem::replace(&mut repository.lagging, lagging)
    };

    // A single tag moves, so that other tags of its digest, one of which is the sample, agree with the list.
    story.world().let_tag_list_lag("acme", "dhi-nginx").expect("a repository");
    retag(&story, "1-dev", "1");
    let old = lag(None);
    let digest = |detail: &RunDetail, tag: &str| {
        detail.items.iter().find(|item| item.tag.as_str() == tag).expect("the tag").digest.clone()
    };
    let second = story.run_whole(&olivia, &rule).await;
    assert_eq!(digest(&second, "1"), digest(&first, "1-dev"), "the list is right, and the tag moves");
    lag(old);
    for _ in 0..3 {
        let third = story.run_whole(&olivia, &rule).await;
        assert_eq!(digest(&third, "1"), digest(&first, "1-dev"), "the list is old, and the tag stays");
        assert_ended(&third, RunState::Unchanged);
    }
    story.end().await;
}

async fn save_rule(person: &Person, id: Option<&str>, name: &str, destination: &str, more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("organization", "acme"),
        ("form[name]", name),
        ("form[mirrors][]", "acme/dhi-nginx"),
        ("form[destination]", destination),
        ("form[enabled]", "on"),
    ];
    fields.extend(id.map(|id| ("id", id)));
    fields.extend(more);
    let answer = person.post("rules/save", &fields).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let RuleOutcome::Saved(id) = serde_json::from_str(&answer.body).expect("an outcome") else { panic!("{answer:?}") };
    id.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn other_settings_and_other_keys_are_not_answered_by_what_is_known() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let (plain, full) =
        ([("form[template]", "{mirror}")], [("form[template]", "{mirror}"), ("form[attestations]", "on")]);
    let rule = save_rule(&olivia, None, "out", &destination, &plain).await;
    let first = story.run_whole(&olivia, &rule).await;
    assert_ended(&first, RunState::Succeeded);
    let second = story.run_whole(&olivia, &rule).await;
    assert!(second.items.iter().all(|item| untouched(item) && item.coverage.is_none()), "{second:#?}");

    save_rule(&olivia, Some(&rule), "out", &destination, &full).await;
    let third = story.run_whole(&olivia, &rule).await;

    assert!(all_items(&third, ItemState::Succeeded), "the attestations came: {third:#?}");
    assert!(third.items.iter().all(|item| item.coverage.as_ref().is_some_and(ferry::model::Coverage::is_complete)));
    assert!(story.run_whole(&olivia, &rule).await.items.iter().all(proven));

    let pem = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAECQtMmLVVCDuCA4er6uLu0Wu6AYD3\n\
               QLpzEVrpzJc/pt4OqKrmMzPRwXbVrPm8lACIiYO9uSi0nNd+Nr23oP6bnQ==\n-----END PUBLIC KEY-----\n";
    keys::add(&admin(&story), &KeyForm { name: "ours".to_owned(), pem: pem.to_owned() }).await.expect("a key");
    let again = story.run_whole(&olivia, &rule).await;
    assert_ended(&again, RunState::Unchanged);
    assert!(again.items.iter().all(|item| item.attempts > 0), "other keys may judge otherwise: {again:#?}");
    assert!(story.run_whole(&olivia, &rule).await.items.iter().all(proven));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_looked_at_for_a_week_is_not_believed() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let registry = DebianRegistry::start().await;
    let host = registry.host();
    let destination = story.destination(&olivia, "Debian", &host, "", None).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    let first = story.run_whole(&olivia, &rule).await;
    assert_ended(&first, RunState::Succeeded);
    let coverage = first.items[0].coverage.as_ref().expect("it was looked at");
    let attestation = coverage.platforms[0].attestations[0].digest.to_string();
    // No tag shows that: only a full look does.
    delete(&host, "dhi-nginx", &attestation).await;
    assert!(story.run_whole(&olivia, &rule).await.items.iter().all(proven), "a cheap look cannot see it");

    let aged = sqlx::query("update arrived set confirmed_at = confirmed_at - interval '7 days'").execute(&story.app.db);
    assert!(aged.await.expect("a week goes by").rows_affected() > 0);
    let later = story.run_whole(&olivia, &rule).await;

    assert_ended(&later, RunState::Succeeded);
    assert!(later.items.iter().all(|item| item.attempts > 0), "everything was looked at: {later:#?}");
    assert!(shown(&host, "dhi-nginx", &attestation).await.is_some(), "it is back");
    assert!(story.run_whole(&olivia, &rule).await.items.iter().all(proven), "and believed for another week");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_check_found_gone_is_brought_again_by_the_next_run() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let registry = DebianRegistry::start().await;
    let host = registry.host();
    let destination = story.destination(&olivia, "Debian", &host, "", None).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    let first = story.run(&olivia, &rule).await;
    let detail = story.run_to_end(&olivia, &first).await;
    assert_ended(&detail, RunState::Succeeded);
    let coverage = detail.items[0].coverage.as_ref().expect("it was looked at");
    let attestation = coverage.platforms[0].attestations[0].digest.to_string();
    delete(&host, "dhi-nginx", &attestation).await;

    forward::ask_check(&admin(&story), detail.run.id).await.expect("a check");
    let checked = story.run_until(&olivia, &first, |d| d.check_asked_at.is_some() && !d.is_checking()).await;
    let gone = |item: &Item| item.coverage.as_ref().is_some_and(|coverage| coverage.gone.is_some());
    assert!(checked.items.iter().any(gone), "{checked:#?}");
    let second = story.run_whole(&olivia, &rule).await;

    assert_ended(&second, RunState::Succeeded);
    assert!(shown(&host, "dhi-nginx", &attestation).await.is_some(), "it is back");
    for (was, item) in checked.items.iter().zip(&second.items) {
        assert_eq!(untouched(item), !gone(was), "{}", item.tag);
    }
    story.end().await;
}
