//! When something goes wrong: what the history says, that nothing wrong is ever tagged, and that the next run heals it.

use std::process::Stdio;
use std::time::Duration;

use ferry::model::{ItemState, RunDetail, RunState};
use ferry::sandbox::{DESTINATION_PASSWORD, DESTINATION_USER, Facade, Fault, Trouble};
use secrecy::ExposeSecret as _;
use tokio::process::{Child, Command};

use super::registry::{DebianRegistry, raw};
use super::story::{Beginning, Story, all_items, assert_ended};

/// The tags the destination shows of the mirror.
async fn tags_at(host: &str, repository: &str) -> Vec<String> {
    let response =
        reqwest::get(format!("http://{host}/v2/{repository}/tags/list")).await.expect("the registry answers");
    let list: serde_json::Value = response.json().await.expect("JSON");
    let tags = list["tags"].as_array().cloned().unwrap_or_default();
    tags.iter().filter_map(|tag| tag.as_str()).filter(|tag| !tag.starts_with("sha256-")).map(str::to_owned).collect()
}

fn sentence(detail: &RunDetail) -> String {
    let failure = detail.items.iter().find_map(|item| item.failure.as_ref()).or(detail.plan_failure.as_ref());
    failure.unwrap_or_else(|| panic!("no failure: {detail:#?}")).sentence.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destination_that_is_down_is_named_and_tried_again() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let registry = DebianRegistry::start().await;
    let host = registry.host();
    let destination = story.destination(&olivia, "Debian", &host, "", None).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    drop(registry);

    let run = story.run(&olivia, &rule).await;
    let detail = story.run_until(&olivia, &run, |d| all_items(d, ItemState::Retrying)).await;

    let sentence = sentence(&detail);
    assert!(sentence.to_lowercase().contains("destination"), "it names the side: {sentence}");
    assert_eq!(detail.run.state, RunState::Running, "a retry is under way");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_destination_password_fails_with_what_to_do_and_is_shown_by_the_test() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let host = story.sandbox.destination_registry();
    let fields = [
        ("organization", "acme"),
        ("form[name]", "Wrong"),
        ("form[host]", host.as_str()),
        ("form[username]", DESTINATION_USER),
        ("form[secret]", "wrong"),
        ("form[plain_http]", "on"),
        ("intent", "test"),
    ];
    let tested = olivia.post("destinations/save", &fields).await;
    assert_eq!(tested.status, 200, "{tested:?}");
    assert!(tested.body.contains("failed") && !tested.body.contains("\"wrong\""), "{tested:?}");

    let destination = story.destination(&olivia, "Wrong", &host, "x", Some((DESTINATION_USER, "wrong"))).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    let run = story.run(&olivia, &rule).await;
    let detail = story.run_to_end(&olivia, &run).await;

    assert_ended(&detail, RunState::Failed);
    let sentence = sentence(&detail).to_lowercase();
    assert!(sentence.contains("destination") && sentence.contains("password"), "{sentence}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_bytes_from_the_source_are_never_tagged_and_the_next_run_heals_it() {
    let story = Story::begin().await;
    let registry = DebianRegistry::start().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.destination(&olivia, "Debian", &registry.host(), "", None).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    // Enough of them that every digest meets some, whatever is tried again inside one copy.
    let lies = Fault::on("/blobs/", Trouble::WrongBytes).at(Facade::Docker).method("GET").times(1_000);
    story.world().faults().add(lies);

    let run = story.run(&olivia, &rule).await;
    let detail = story
        .run_until(&olivia, &run, |d| d.items.iter().all(|item| item.failure.is_some()) && !d.items.is_empty())
        .await;

    assert!(sentence(&detail).to_lowercase().contains("source"), "{}", sentence(&detail));
    assert!(tags_at(&registry.host(), "dhi-nginx").await.is_empty(), "nothing was tagged");
    story.world().faults().clear();
    let run = story.run(&olivia, &rule).await;
    assert_ended(&story.run_to_end(&olivia, &run).await, RunState::Succeeded);
    assert!(!tags_at(&registry.host(), "dhi-nginx").await.is_empty());
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_that_is_cut_off_half_way_arrives_whole_all_the_same() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    let cut = Fault::on("/blobs/", Trouble::CutBody).at(Facade::Docker).method("GET").times(2);
    story.world().faults().add(cut);

    let run = story.run(&olivia, &rule).await;
    let detail = story.run_to_end(&olivia, &run).await;

    assert_ended(&detail, RunState::Succeeded);
    let tag = &detail.items[0].tag;
    let robot = format!("{DESTINATION_USER}:{DESTINATION_PASSWORD}");
    let here = raw(&format!("{}/forwarded/dhi-nginx:{tag}", story.sandbox.destination_registry()), Some(&robot));
    let there =
        raw(&format!("{}/acme/dhi-nginx:{tag}", story.sandbox.docker_registry()), Some("olivia:dckr_pat_olivia_demo"));
    assert_eq!(here, there);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_expire_in_the_middle_are_renewed() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    let slow = Fault::on("/blobs/", Trouble::SlowBody { millis: 60 }).at(Facade::Docker).method("GET").times(4);
    story.world().faults().add(slow);

    let run = story.run(&olivia, &rule).await;
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        story.world().expire_tokens();
    }
    assert_ended(&story.run_to_end(&olivia, &run).await, RunState::Succeeded);
    // And the console goes on with the same sign-in.
    assert_eq!(olivia.get("mirrors/list", &[("organization", "acme")]).await.status, 200);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_owner_signed_out_says_so() {
    let story = Story::with(Beginning { work: false, ..Beginning::default() }).await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    let run = story.run(&olivia, &rule).await;
    assert_eq!(olivia.post("session/sign-out", &[]).await.status, 200);

    let mut worker = spawn_worker(&story);
    let mia = story.signed_in("mia").await;
    let detail = story.run_to_end(&mia, &run).await;

    assert_ended(&detail, RunState::Failed);
    assert!(sentence(&detail).contains("signed out"), "{}", sentence(&detail));
    worker.kill().await.expect("it can be ended");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_that_is_gone_does_not_stop_the_others() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-gone", "acme/dhi-nginx"], &destination, "").await;

    let run = story.run(&olivia, &rule).await;
    let detail = story.run_to_end(&olivia, &run).await;

    assert_ended(&detail, RunState::Failed);
    assert!(sentence(&detail).contains("acme/dhi-gone"), "{}", sentence(&detail));
    assert!(all_items(&detail, ItemState::Succeeded), "{detail:#?}");
    story.end().await;
}

/// A worker in a process of its own, which can be killed.
pub fn spawn_worker(story: &Story) -> Child {
    let config = &story.app.config;
    let database = story.app.db.connect_options();
    let url = sqlx::ConnectOptions::to_url_lossy(&*database);
    Command::new(env!("CARGO_BIN_EXE_ferry"))
        .arg("work")
        .env("DATABASE_URL", url.as_str())
        .env("FERRY_SECRET_KEY", config.sealing_key.to_base64().expose_secret())
        .env("FERRY_HUB_URL", config.hub_url.as_str())
        .env("FERRY_GRAPHQL_URL", config.graphql_url.as_str())
        .env("FERRY_DOCKER_REGISTRY", config.docker_registry.as_str())
        .env("FERRY_SCOUT_REGISTRY", config.scout_registry.as_str())
        .env("FERRY_WORKER_TIMEOUT", "4")
        .env("FERRY_SETTLE_SECONDS", "1")
        .env("FERRY_TRUSTED_KEY", story.key_file())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the worker starts")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_survives_the_death_of_its_worker() {
    let beginning = Beginning { work: false, ..Beginning::default() };
    let story = Story::with(beginning).await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    // Layers so slow that the first worker dies in the middle of one.
    let slow = Fault::on("/blobs/", Trouble::SlowBody { millis: 700 }).at(Facade::Docker).method("GET").times(3);
    story.world().faults().add(slow);
    let mut first = spawn_worker(&story);
    let run = story.run(&olivia, &rule).await;
    story.run_until(&olivia, &run, |d| d.items.iter().any(|item| item.state == ItemState::Running)).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;

    first.kill().await.expect("kill -9");
    let between = story.run_until(&olivia, &run, |_| true).await;
    assert!(!between.run.state.is_final(), "it died in the middle: {between:#?}");
    let mut second = spawn_worker(&story);
    let detail = story.run_to_end(&olivia, &run).await;

    assert_ended(&detail, RunState::Succeeded);
    assert!(detail.items.iter().any(|item| item.attempts > 1), "some item was begun again: {detail:#?}");
    second.kill().await.expect("it can be ended");
    story.end().await;
}
