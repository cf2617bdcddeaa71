//! Several processes at once, which share nothing but PostgreSQL.

use std::collections::BTreeMap;

use ferry::api::rules::RuleOutcome;
use ferry::model::RunState;
use ferry::sandbox::{Entry, Facade, Fault, Trouble};

use super::story::{Beginning, Story, assert_ended};
use super::trouble::spawn_worker;

/// How often each blob was sent to the destination.
fn sent(entries: &[Entry]) -> BTreeMap<String, usize> {
    let mut sent = BTreeMap::new();
    for entry in entries.iter().filter(|e| e.method == "PUT" && e.path.contains("/blobs/uploads/") && e.status == 201) {
        let digest = entry.path.split("digest=").nth(1).expect("a digest").replace("%3A", ":");
        *sent.entry(digest).or_default() += 1;
    }
    sent
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_that_two_rules_in_two_processes_want_at_once_crosses_once_and_is_mounted() {
    let story = Story::with(Beginning { work: false, ..Beginning::default() }).await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let mut rules = Vec::new();
    for template in ["one-{mirror}", "two-{mirror}"] {
        let fields = [
            ("organization", "acme"),
            ("form[name]", template),
            ("form[mirrors][]", "acme/dhi-nginx"),
            ("form[destination]", destination.as_str()),
            ("form[template]", template),
            ("form[attestations]", "on"),
            ("form[enabled]", "on"),
        ];
        let answer = olivia.post("rules/save", &fields).await;
        let RuleOutcome::Saved(id) = serde_json::from_str(&answer.body).expect("an outcome") else {
            panic!("{answer:?}")
        };
        rules.push(id.to_string());
    }
    // So slow that both want the same layers in the same moment.
    let slow = Fault::on("/blobs/", Trouble::SlowBody { millis: 40 }).at(Facade::Docker).method("GET").times(6);
    story.world().faults().add(slow);
    story.world().ledger().clear();

    let mut workers = [spawn_worker(&story), spawn_worker(&story)];
    let (one, two) = tokio::join!(story.run(&olivia, &rules[0]), story.run(&olivia, &rules[1]));
    let (one, two) = tokio::join!(story.run_to_end(&olivia, &one), story.run_to_end(&olivia, &two));

    for detail in [&one, &two] {
        assert_ended(detail, RunState::Succeeded);
    }
    let entries = story.world().ledger().find(|entry| entry.facade == Facade::Destination);
    let twice: Vec<_> = sent(&entries).into_iter().filter(|(_, times)| *times > 1).collect();
    assert!(twice.is_empty(), "each blob crosses once, whichever repository wants it: {twice:#?}");
    let mounts = |repository: &str| {
        let mounted = |e: &&Entry| e.method == "POST" && e.path.contains("mount=") && e.status == 201;
        entries.iter().filter(mounted).filter(|entry| entry.path.contains(repository)).count()
    };
    let (ones, twos) = (mounts("/one-dhi-nginx/blobs"), mounts("/two-dhi-nginx/blobs"));
    assert!(ones + twos >= sent(&entries).len() / 2, "the other repository mounts: {ones} + {twos}");
    for worker in &mut workers {
        worker.kill().await.expect("it can be ended");
    }
    story.end().await;
}
