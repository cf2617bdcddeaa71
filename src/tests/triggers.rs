//! Runs that nobody starts: schedules and hours, regular looks at everything, Docker's log.

use std::time::Duration;

use chrono::TimeDelta;
use ferry::forward;
use ferry::model::{HookDetail, ItemState, Rule, RunState, RunSummary, Trigger};

use super::person::Person;
use super::story::{Beginning, PATIENCE, Story, all_items, assert_ended, runs};

/// Waits for a run that fits.
async fn begun(person: &Person, fits: impl Fn(&RunSummary) -> bool) -> RunSummary {
    let started = std::time::Instant::now();
    loop {
        let all = runs(person).await;
        if let Some(run) = all.iter().find(|run| fits(run)) {
            return run.clone();
        }
        assert!(started.elapsed() < PATIENCE, "no such run begins: {all:#?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A connected organization with a rule of these settings for nginx; the rule's id.
async fn scene(story: &Story, person: &Person, more: &[(&str, &str)]) -> String {
    story.connect(person).await;
    let destination = story.sandbox_destination(person).await;
    story.rule_with(person, "by itself", &["acme/dhi-nginx"], &destination, more).await
}

/// As if that much time had passed since everything was looked at.
async fn age(story: &Story, column: &str) {
    let past = story.app.clock.now() - TimeDelta::hours(2);
    let sql = match column {
        "next_run_at" => "update rules set next_run_at = $1",
        _ => "update rules set reconciled_at = $1",
    };
    sqlx::query(sql).bind(past).execute(&story.app.db).await.expect("the past");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_starts_one_run_however_many_workers_look() {
    let story = Story::with(Beginning { work: false, ..Beginning::default() }).await;
    let olivia = story.signed_in("olivia").await;
    let schedule = [("form[schedule][cron]", "0 3 * * *"), ("form[schedule][zone]", "Europe/Berlin")];
    let rule = scene(&story, &olivia, &schedule).await;
    let shown: Rule = olivia.read("rules/get", &[("organization", "acme"), ("id", &rule)]).await;
    assert!(shown.schedule_words.as_ref().is_some_and(|words| words.contains("03:00")), "{:?}", shown.schedule_words);
    assert_eq!(shown.upcoming.len(), 3);

    age(&story, "next_run_at").await;
    let ticks = (0..8).map(|_| forward::tick(&story.app, false));
    for ticked in futures::future::join_all(ticks).await {
        ticked.expect("it looks");
    }

    let begun = runs(&olivia).await;
    assert_eq!(begun.len(), 1, "{begun:#?}");
    assert_eq!((begun[0].trigger, begun[0].started_by.as_deref()), (Trigger::Schedule, None));
    forward::tick(&story.app, false).await.expect("it looks");
    assert_eq!(runs(&olivia).await.len(), 1, "the next one is tomorrow");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_outside_of_a_rules_hours_waits_for_them_and_a_person_does_not() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let hour = |hours: i64| (story.app.clock.now() + TimeDelta::hours(hours)).format("%H:00").to_string();
    let (from, until) = (hour(3), hour(5));
    let hours = [
        ("form[schedule][cron]", "0 3 * * *"),
        ("form[schedule][window_from]", from.as_str()),
        ("form[schedule][window_until]", until.as_str()),
        ("form[include]", "1.29"),
    ];
    let rule = scene(&story, &olivia, &hours).await;
    age(&story, "next_run_at").await;

    let waiting = begun(&olivia, |run| run.trigger == Trigger::Schedule).await;
    assert_eq!(waiting.state, RunState::Queued);
    let begins = waiting.starts_at.expect("it says when") - story.app.clock.now();
    assert!(begins > TimeDelta::hours(1) && begins < TimeDelta::hours(4), "{begins}");
    assert_ended(&story.run_whole(&olivia, &rule).await, RunState::Succeeded);
    let still: Vec<_> = runs(&olivia).await.into_iter().filter(|run| run.id == waiting.id).collect();
    assert_eq!(still[0].state, RunState::Queued);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_that_makes_no_sense_is_refused_at_its_field_and_kept() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let fields = [
        ("organization", "acme"),
        ("form[name]", "out"),
        ("form[destination]", destination.as_str()),
        ("form[template]", "{mirror}"),
        ("form[mirrors][]", "acme/dhi-nginx"),
        ("form[schedule][cron]", "every night"),
        ("form[schedule][zone]", "Mars"),
        ("form[schedule][window_from]", "22:00"),
    ];
    let answer = olivia.post("rules/save", &fields).await;
    assert!(answer.field("window_until").contains("Say when the hours end"), "{answer:?}");
    let answer = olivia.post("rules/save", &fields[..7]).await;
    assert!(answer.field("cron").contains("five fields"), "{answer:?}");
    assert!(answer.field("zone").contains("Europe/Berlin"), "{answer:?}");
    olivia.submit("/orgs/acme/rules/new", "rules/save", &fields).await;
    let page = olivia.page("/orgs/acme/rules/new").await;
    assert!(page.body.contains("every night") && page.body.contains("Mars"), "what was typed stays");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_regular_look_finds_what_no_delivery_told_of_and_leaves_nothing_behind_otherwise() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let rule = scene(&story, &olivia, &[("form[include]", "1.29")]).await;
    let mirror = [("organization", "acme"), ("mirror", "dhi-nginx")];
    assert_eq!(olivia.post("hooks/create", &mirror).await.status, 200);
    assert_ended(&story.run_whole(&olivia, &rule).await, RunState::Succeeded);

    age(&story, "reconciled_at").await;
    let started = std::time::Instant::now();
    loop {
        let rule: Rule = olivia.read("rules/get", &[("organization", "acme"), ("id", &rule)]).await;
        if rule.reconciled_at.is_some_and(|at| story.app.clock.now() - at < TimeDelta::minutes(1))
            && runs(&olivia).await.len() == 1
        {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "it does not look, or leaves a run behind");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    // Docker Hub forgets the webhook, and the log is read up to here.
    story.world().state().repository_mut("acme", "dhi-nginx").expect("the mirror").webhooks.clear();
    sqlx::query("update followed_logs set read_at = now() + interval '1 hour'")
        .execute(&story.app.db)
        .await
        .expect("a pause");
    story.world().push("nginx", "1.29").await.expect("a new build");
    story.world().settled().await;
    age(&story, "reconciled_at").await;

    let found = begun(&olivia, |run| run.trigger == Trigger::Reconcile).await;
    let detail = story.run_to_end(&olivia, &found.id.to_string()).await;
    assert_ended(&detail, RunState::Succeeded);
    let hook: HookDetail = olivia.read("hooks/get", &mirror).await;
    assert_eq!(hook.missed, 1, "one tag changed, and nobody had told of it");
    let page = olivia.page("/orgs/acme/mirrors/dhi-nginx").await;
    assert!(page.body.contains("1 change in 30 days"), "{page:?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dockers_log_tells_of_a_push_where_there_is_no_webhook() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    scene(&story, &olivia, &[("form[include]", "1.29")]).await;
    // The log is followed from the first look on.
    let started = std::time::Instant::now();
    while sqlx::query("select 1 from followed_logs").fetch_optional(&story.app.db).await.expect("rows").is_none() {
        assert!(started.elapsed() < PATIENCE, "the log is not followed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    story.world().push("nginx", "1.29").await.expect("a new build");

    let run = begun(&olivia, |run| run.trigger == Trigger::Webhook).await;
    assert_eq!(run.scope.as_deref(), Some("acme/dhi-nginx:1.29"));
    let detail = story.run_to_end(&olivia, &run.id.to_string()).await;
    assert_ended(&detail, RunState::Succeeded);
    assert!(all_items(&detail, ItemState::Succeeded));
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(runs(&olivia).await.len(), 1, "the same push is one run, however often the log is read");
    story.end().await;
}
