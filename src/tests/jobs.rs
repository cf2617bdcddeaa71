//! Runs in a person's hands: paused and resumed, tried again, run in part, and swept when they are old.

use chrono::TimeDelta;
use ferry::forward;
use ferry::model::{FailureClass, FoundRun, Item, ItemState, Mend, Page, Preview, RunDetail, RunState};
use ferry::queue::SweepHistory;
use ferry::sandbox::{Facade, Fault, Trouble};
use ferry::store;

use super::person::Person;
use super::story::{Beginning, Story, all_items, assert_ended, only};
use super::trouble::spawn_worker;

const ACME: (&str, &str) = ("organization", "acme");

async fn scene(story: &Story) -> (Person, String, String) {
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "out", &["acme/dhi-nginx"], &destination, "").await;
    (olivia, destination, rule)
}

fn is_paused(item: &Item) -> bool {
    let class = item.failure.as_ref().map(|failure| failure.class);
    item.state == ItemState::Waiting && class == Some(FailureClass::Paused)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_while_forwarding_is_paused_waits_and_goes_on_when_it_is_resumed() {
    let story = Story::begin().await;
    let (olivia, destination, rule) = scene(&story).await;
    let mia = story.signed_in("mia").await;
    assert_eq!(mia.post("pauses/set", &[ACME, ("paused", "true")]).await.status, 403, "members watch");
    let one = ("destination", destination.as_str());
    for part in [vec![ACME], vec![ACME, one]] {
        let set = async |paused| olivia.post("pauses/set", &[part.as_slice(), &[("paused", paused)]].concat()).await;
        assert_eq!(set("true").await.status, 200);
        let run = story.run(&olivia, &rule).await;
        let detail = story
            .run_until(&olivia, &run, |d| {
                !d.items.is_empty() && d.items.iter().all(|i| is_paused(i) || i.state == ItemState::Unchanged)
            })
            .await;
        let paused = detail.items.iter().find(|item| is_paused(item));
        if let Some(item) = paused {
            let failure = item.failure.as_ref().expect("why it waits");
            assert!(failure.sentence.contains("paused by olivia") && failure.mend == Mend::Resume, "{failure:?}");
        }
        assert!(paused.is_some() || part.len() == 2, "the first run has everything to do");
        let address = if part.len() == 1 {
            "/orgs/acme/runs".to_owned()
        } else {
            format!("/orgs/acme/destinations/{destination}")
        };
        let page = mia.page(&address).await;
        assert!(page.body.contains("is paused"), "{address}: everybody sees it");

        assert_eq!(set("false").await.status, 200);
        let ended = story.run_to_end(&olivia, &run).await;
        assert!(matches!(ended.run.state, RunState::Succeeded | RunState::Unchanged), "{ended:#?}");
        story.world().push("nginx", "1.29").await.expect("something to do for the next");
        story.world().settled().await;
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_failed_is_tried_again() {
    let story = Story::begin().await;
    let (olivia, _, rule) = scene(&story).await;
    let full = Trouble::Status { code: 507, retry_after: None, body: None };
    story.world().faults().add(Fault::on("/manifests/1.29.3", full).at(Facade::Destination).method("PUT").times(1_000));
    let run = story.run(&olivia, &rule).await;
    let failed = story.run_to_end(&olivia, &run).await;
    assert_ended(&failed, RunState::Failed);
    let quota = failed.items.iter().find_map(|item| item.failure.clone()).expect("why");
    assert_eq!((quota.class, quota.mend), (FailureClass::Quota, Mend::Retry));
    let before: Vec<_> = failed.items.iter().filter(|item| item.state == ItemState::Succeeded).cloned().collect();

    let mia = story.signed_in("mia").await;
    let again = [ACME, ("id", run.as_str())];
    assert_eq!(mia.post("runs/retry", &again).await.status, 403, "members watch");
    story.world().faults().clear();
    assert_eq!(olivia.post("runs/retry", &again).await.status, 200);
    let detail = story.run_to_end(&olivia, &run).await;

    assert_ended(&detail, RunState::Succeeded);
    for item in &before {
        let now = detail.items.iter().find(|other| other.id == item.id).expect("it is there");
        assert_eq!(now.finished_at, item.finished_at, "what had arrived was not touched");
    }
    assert_eq!(olivia.post("runs/retry", &again).await.status, 409, "nothing is left");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_could_not_even_be_planned_is_planned_again_by_whoever_asks() {
    let story = Story::with(Beginning { work: false, ..Beginning::default() }).await;
    let (olivia, _, rule) = scene(&story).await;
    let run = story.run(&olivia, &rule).await;
    assert_eq!(olivia.post("session/sign-out", &[]).await.status, 200);
    let mut worker = spawn_worker(&story);
    let adam = story.signed_in("adam").await;
    let failed = story.run_to_end(&adam, &run).await;
    assert_ended(&failed, RunState::Failed);
    let why = failed.plan_failure.expect("why");
    assert_eq!((why.class, why.mend), (FailureClass::SignIn, Mend::Connection));

    assert_eq!(adam.post("runs/retry", &[ACME, ("id", &run)]).await.status, 200);
    assert_ended(&story.run_to_end(&adam, &run).await, RunState::Succeeded);
    worker.kill().await.expect("it can be ended");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_rule_is_run_by_hand() {
    let story = Story::begin().await;
    let (olivia, _, rule) = scene(&story).await;
    let part = async |fields: &[(&str, &str)]| {
        olivia
            .submit(&format!("/orgs/acme/rules/{rule}"), "rules/run", &[&[ACME, ("id", &rule)], fields].concat())
            .await
    };
    let run = part(&[("part[mirror]", "acme/dhi-nginx"), ("part[tag]", "1.29")]).await.leads_to();
    let detail = story.run_to_end(&olivia, &run).await;
    assert_ended(&detail, RunState::Succeeded);
    assert_eq!(only(&detail).tag.as_str(), "1.29");
    assert_eq!(detail.run.scope.as_deref(), Some("acme/dhi-nginx:1.29"));

    let refused = olivia.post("rules/run", &[ACME, ("id", &rule), ("part[tag]", "1.29")]).await;
    assert!(refused.field("mirror").contains("Choose the mirror"), "{refused:?}");
    let foreign = olivia.post("rules/run", &[ACME, ("id", &rule), ("part[mirror]", "acme/dhi-redis")]).await;
    assert_eq!(foreign.status, 409, "{foreign:?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_what_a_preview_showed_is_run_even_where_the_source_has_moved_on() {
    let story = Story::begin().await;
    let (olivia, _, rule) = scene(&story).await;
    let here = [ACME, ("id", rule.as_str())];
    let shown: Preview = olivia.read("rules/preview", &here).await;
    let kept = shown.kept_as.expect("it is kept").to_string();
    let planned = shown.planned().expect("every digest is known");
    let mia = story.signed_in("mia").await;
    assert_eq!(mia.read::<Preview>("rules/preview", &here).await.kept_as, None, "members run nothing");
    story.world().push("nginx", "1.29").await.expect("a new build");
    story.world().settled().await;

    let page = format!("/orgs/acme/rules/{rule}");
    let run = olivia.submit(&page, "rules/run-preview", &[ACME, ("preview", &kept)]).await.leads_to();
    let detail = story.run_to_end(&olivia, &run).await;

    assert_ended(&detail, RunState::Succeeded);
    let ran: Vec<_> = detail.items.iter().map(|item| (&item.tag, &item.digest)).collect();
    assert_eq!(ran.len(), planned.len());
    assert!(planned.iter().all(|tag| ran.contains(&(&tag.tag, &tag.digest))), "the digests of the preview");

    assert_eq!(olivia.post("rules/enable", &[ACME, ("id", &rule), ("enabled", "false")]).await.status, 200);
    let off = olivia.post("rules/run-preview", &[ACME, ("preview", &kept)]).await;
    assert!(off.status == 409 && off.body.contains("switched off"), "{off:?}");
    sqlx::query("update previews set made_at = made_at - interval '2 hours'")
        .execute(&story.app.db)
        .await
        .expect("old");
    let old = olivia.post("rules/run-preview", &[ACME, ("preview", &kept)]).await;
    assert!(old.status == 409 && old.body.contains("too old"), "{old:?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_runs_keep_their_numbers_when_their_tags_go() {
    let story = Story::begin().await;
    let (olivia, _, rule) = scene(&story).await;
    let before = story.run_whole(&olivia, &rule).await;
    let young = story.run_whole(&olivia, &rule).await;
    sqlx::query("update runs set created_at = $2 where id = $1")
        .bind(uuid::Uuid::parse_str(&before.run.id.to_string()).expect("an id"))
        .bind(story.app.clock.now() - TimeDelta::days(91))
        .execute(&story.app.db)
        .await
        .expect("an old run");

    let mut tx = store::begin(&story.app.db).await.expect("a transaction");
    let later = Some(story.app.clock.now() + TimeDelta::days(1));
    story.app.queue.add_at(&mut tx, &SweepHistory::new(), later).await.expect("it is queued");
    store::commit(tx).await.expect("it is kept");
    let used_up =
        "update ferry_queue._private_jobs set attempts = max_attempts where run_at > now() + interval '1 hour'";
    let used_up = sqlx::query(used_up).execute(&story.app.db).await.expect("begun as often as it may be");
    assert_eq!(used_up.rows_affected(), 1);

    forward::sweep(&story.app).await.expect("it sweeps");
    let jobs: i64 = sqlx::query_scalar("select count(*) from ferry_queue._private_jobs where attempts = max_attempts")
        .fetch_one(&story.app.db)
        .await
        .expect("a number");
    assert_eq!(jobs, 0, "a job that can never begin is not kept");
    forward::sweep(&story.app).await.expect("a second time does nothing");

    let run = before.run.id.to_string();
    let after: RunDetail = olivia.read("runs/get", &[ACME, ("id", &run)]).await;
    assert!(after.run.is_swept && after.items.is_empty());
    assert_eq!(
        (after.run.state, &after.run.counts, after.run.bytes),
        (before.run.state, &before.run.counts, before.run.bytes)
    );
    let page = olivia.page(&format!("/orgs/acme/runs/{run}")).await;
    assert!(page.body.contains("no longer kept"), "{page:?}");
    let found: Page<FoundRun> = olivia.read("history/runs", &[ACME, ("filter[state]", "succeeded")]).await;
    assert!(found.rows.iter().any(|found| found.run.id == before.run.id), "it is found by its state");
    let kept: RunDetail = olivia.read("runs/get", &[ACME, ("id", &young.run.id.to_string())]).await;
    assert!(all_items(&kept, ItemState::Unchanged), "younger ones stay whole");
    story.end().await;
}
