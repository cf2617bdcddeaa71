//! Budgets: a registry's wish for a pause, Docker Hub's pull limit and a person's limits are kept, and the history shows
//! what is waited for and until when.

use std::time::Duration;

use chrono::TimeDelta;
use ferry::model::{Destination, Item, ItemState, RunDetail, RunState};
use ferry::sandbox::{DESTINATION_PASSWORD, DESTINATION_USER, Facade, Fault, Options, Trouble};

use super::person::Person;
use super::story::{Beginning, Story, all_items, assert_ended};

/// A story with the sandbox's destination and a rule that forwards nginx.
async fn scene(story: &Story) -> (Person, String) {
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    (olivia, rule)
}

fn sentence(item: &Item) -> &str {
    &item.failure.as_ref().expect("a reason").sentence
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_pause_that_the_destination_asks_for_is_shown_with_its_end_and_kept() {
    let story = Story::begin().await;
    let (olivia, rule) = scene(&story).await;
    let pause = Trouble::Status { code: 429, retry_after: Some(33), body: None };
    story.world().faults().add(Fault::on("/manifests/", pause).at(Facade::Destination).method("PUT"));

    let run = story.run(&olivia, &rule).await;
    let waits = |item: &Item| item.state == ItemState::Waiting && item.attempts > 0;
    // The run's numbers are read a moment before its tags.
    let is_shown = |detail: &RunDetail| detail.run.state == RunState::Running && detail.items.iter().any(waits);
    let detail = story.run_until(&olivia, &run, is_shown).await;
    let item = detail.items.iter().find(|item| waits(item)).expect("one waits");
    let left = item.next_try_at.expect("until when") - story.app.clock.now();
    assert!(left > TimeDelta::seconds(20) && left <= TimeDelta::seconds(33), "{left}");
    assert!(sentence(item).contains("destination") && sentence(item).contains("pause"), "{}", sentence(item));
    let detail = story.run_to_end(&olivia, &run).await;
    assert_ended(&detail, RunState::Succeeded);
    assert!(detail.items.iter().all(|item| item.next_try_at.is_none() && item.failure.is_none()), "{detail:#?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_in_the_middle_of_a_copy_is_shown_while_it_lasts() {
    let story = Story::begin().await;
    let (olivia, rule) = scene(&story).await;
    let pause = Trouble::Status { code: 429, retry_after: Some(6), body: None };
    story.world().faults().add(Fault::on("/manifests/", pause).at(Facade::Destination).method("PUT"));

    let run = story.run(&olivia, &rule).await;
    let detail = story.run_until(&olivia, &run, |d| d.items.iter().any(|item| item.state == ItemState::Waiting)).await;

    let item = detail.items.iter().find(|item| item.state == ItemState::Waiting).expect("one waits");
    assert!(item.next_try_at.is_some_and(|until| until > story.app.clock.now()), "{item:#?}");
    assert!(sentence(item).contains("destination asked for a pause"), "{}", sentence(item));
    let detail = story.run_to_end(&olivia, &run).await;
    assert_ended(&detail, RunState::Succeeded);
    assert!(detail.items.iter().all(|item| item.attempts == 1), "the same try went on: {detail:#?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_pulls_of_docker_hub_are_left_to_others_and_the_run_waits_for_more() {
    // The last of six pulls is not touched, and the run needs more than five.
    let sandbox = Options { pull_limit: 6, pull_window: Duration::from_secs(6), ..Options::default() };
    let story = Story::with(Beginning { sandbox, ..Beginning::default() }).await;
    let (olivia, rule) = scene(&story).await;
    story.world().ledger().clear();

    let run = story.run(&olivia, &rule).await;
    let detail = story.run_until(&olivia, &run, |d| d.items.iter().any(|item| item.state == ItemState::Waiting)).await;

    let item = detail.items.iter().find(|item| item.state == ItemState::Waiting).expect("one waits");
    assert!(
        sentence(item).contains("6 pulls") && sentence(item).contains("leaves those to others"),
        "{}",
        sentence(item)
    );
    assert!(item.next_try_at.is_some());
    assert_ended(&story.run_to_end(&olivia, &run).await, RunState::Succeeded);
    let refused = story.world().ledger().count(|entry| entry.facade == Facade::Docker && entry.status == 429);
    assert_eq!(refused, 0, "the limit was never reached");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destination_is_asked_no_faster_than_its_settings_say() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let limits = [("form[requests_per_second]", "40"), ("form[megabytes_per_second]", "50")];
    let host = story.sandbox.destination_registry();
    let robot = Some((DESTINATION_USER, DESTINATION_PASSWORD));
    let destination = story.destination_with(&olivia, "Slow", &host, "slow", robot, &limits).await;
    let kept: Vec<Destination> = olivia.read("destinations/list", &[("organization", "acme")]).await;
    assert_eq!(kept[0].rates.words().as_deref(), Some("40 requests/s, 50 MB/s"));
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    story.world().ledger().clear();

    assert_ended(&story.run_whole(&olivia, &rule).await, RunState::Succeeded);

    let entries = story.world().ledger().find(|entry| entry.facade == Facade::Destination);
    let took = entries.last().expect("requests").at - entries[0].at;
    // Four at once, then 40 in each second.
    let least = TimeDelta::milliseconds(i64::try_from(entries.len()).expect("a number") * 25 - 200);
    assert!(took >= least, "{} requests in {took}", entries.len());
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_that_make_no_sense_are_refused_with_what_to_do() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let fields = [
        ("organization", "acme"),
        ("form[name]", "Fast"),
        ("form[host]", "registry.example.com"),
        ("form[requests_per_second]", "0"),
        ("form[megabytes_per_second]", "lots"),
    ];
    let answer = olivia.post("destinations/save", &fields).await;
    assert!(answer.field("requests_per_second").contains("from 1 to 10000"), "{answer:?}");
    assert!(answer.field("megabytes_per_second").contains("from 1 to 4000"), "{answer:?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_tags_cannot_be_listed_yet_is_planned_later() {
    let story = Story::begin().await;
    let (olivia, rule) = scene(&story).await;
    let away = Trouble::Status { code: 503, retry_after: None, body: None };
    story.world().faults().add(Fault::on("/tags", away).at(Facade::Hub).times(6));

    let detail = story.run_whole(&olivia, &rule).await;

    assert_ended(&detail, RunState::Succeeded);
    assert!(all_items(&detail, ItemState::Succeeded));
    story.end().await;
}
