//! Runs under a person's control: cancelled as a whole or tag by tag, at once and for good.

use std::time::{Duration, Instant};

use ferry::model::{ItemState, RunDetail, RunState};
use ferry::sandbox::{Facade, Fault, Trouble};

use super::person::{Answer, Person};
use super::story::{Beginning, Story, all_items, assert_ended};
use super::trouble::spawn_worker;

/// Layers so slow that a copy is always in the middle of one; what is left of it is taken back.
async fn slow_run(story: &Story, person: &Person) -> String {
    let destination = story.sandbox_destination(person).await;
    let rule = story.rule(person, "out", &["acme/dhi-nginx"], &destination, "").await;
    let slow = Fault::on("/blobs/", Trouble::SlowBody { millis: 2_000 }).at(Facade::Docker).method("GET").times(1_000);
    story.world().faults().add(slow);
    story.run(person, &rule).await
}

async fn cancel(person: &Person, run: &str, item: Option<&str>) -> Answer {
    let mut fields = vec![("organization", "acme"), ("id", run)];
    fields.extend(item.map(|item| ("item", item)));
    person.post("runs/cancel", &fields).await
}

fn is_under_way(detail: &RunDetail) -> bool {
    detail.items.iter().any(|item| item.state == ItemState::Running)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_run_stops_in_the_middle_of_a_layer_and_stays_cancelled() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let run = slow_run(&story, &olivia).await;
    story.run_until(&olivia, &run, is_under_way).await;
    tokio::time::sleep(Duration::from_millis(800)).await;

    assert_eq!(cancel(&olivia, &run, None).await.status, 200);
    let detail = story.run_until(&olivia, &run, |_| true).await;

    assert_ended(&detail, RunState::Cancelled);
    assert!(all_items(&detail, ItemState::Cancelled), "at once: {detail:#?}");
    assert!(detail.items.iter().all(|item| item.cancelled_by.as_deref() == Some("olivia")));
    assert_eq!(detail.run.cancelled_by.as_deref(), Some("olivia"));
    // A slow layer would take 16 s; the uploads under way are given back instead.
    let given_back = |story: &Story| {
        story.world().ledger().count(|entry| entry.facade == Facade::Destination && entry.method == "DELETE")
    };
    let began = Instant::now();
    while given_back(&story) == 0 {
        assert!(began.elapsed() < Duration::from_secs(10), "the layer goes on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    story.world().faults().clear();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let later = story.run_until(&olivia, &run, |_| true).await;
    assert_ended(&later, RunState::Cancelled);
    let tagged = story.world().ledger().find(|entry| {
        entry.facade == Facade::Destination
            && entry.method == "PUT"
            && entry.path.contains("/manifests/")
            && !entry.path.contains("/manifests/sha256")
    });
    assert!(tagged.is_empty(), "no tag moved: {tagged:#?}");
    assert_eq!(cancel(&olivia, &run, None).await.status, 409, "there is nothing left");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_cancelled_tag_stays_behind_while_the_others_of_its_image_arrive() {
    let story = Story::with(Beginning { work: false, ..Beginning::default() }).await;
    let olivia = story.signed_in("olivia").await;
    let run = slow_run(&story, &olivia).await;
    story.world().faults().clear();
    let slow = Fault::on("/blobs/", Trouble::SlowBody { millis: 150 }).at(Facade::Docker).method("GET").times(3);
    story.world().faults().add(slow);
    let mut worker = spawn_worker(&story);
    let detail = story.run_until(&olivia, &run, |d| !d.items.is_empty()).await;
    let twins = |tag: &ferry::model::Item| detail.items.iter().filter(|other| other.digest == tag.digest).count();
    let one = detail.items.iter().find(|item| item.state.is_open() && twins(item) > 1).expect("a tag with a twin");

    assert_eq!(cancel(&olivia, &run, Some(&one.id.to_string())).await.status, 200);
    let ended = story.run_to_end(&olivia, &run).await;

    for item in &ended.items {
        let expected = if item.id == one.id { ItemState::Cancelled } else { ItemState::Succeeded };
        assert_eq!(item.state, expected, "{item:#?}");
    }
    let moved = format!("/manifests/{}", one.tag);
    assert_eq!(story.world().ledger().count(|entry| entry.method == "PUT" && entry.path.ends_with(&moved)), 0);
    worker.kill().await.expect("it can be ended");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_cancelled_before_its_tags_are_known_forwards_nothing() {
    let story = Story::with(Beginning { work: false, ..Beginning::default() }).await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    let run = story.run(&olivia, &rule).await;
    let mia = story.signed_in("mia").await;
    assert_eq!(cancel(&mia, &run, None).await.status, 403, "members watch");

    assert_eq!(cancel(&olivia, &run, None).await.status, 200);
    let mut worker = spawn_worker(&story);
    tokio::time::sleep(Duration::from_secs(3)).await;

    let detail = story.run_until(&olivia, &run, |_| true).await;
    assert_ended(&detail, RunState::Cancelled);
    assert!(detail.items.is_empty());
    worker.kill().await.expect("it can be ended");
    story.end().await;
}
