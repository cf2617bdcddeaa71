//! The history, looked through: filters, search, files, where an image is, how a tag made its way, what needs attention.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use ferry::model::{
    FilterNames, FoundRun, Freshness, Item, ItemState, Overview, Page, Place, RunDetail, RunId, RunState, StepKind,
    TagTimeline, Whereabouts,
};
use ferry::sandbox::{Facade, Fault, Trouble};
use serde_json::Value;

use super::person::Person;
use super::story::{Story, assert_ended, only};

const ACME: (&str, &str) = ("organization", "acme");

/// The page of runs that a filter takes.
async fn page(person: &Person, filter: &[(&str, &str)]) -> Page<FoundRun> {
    person.read("history/runs", &[&[ACME], filter].concat()).await
}

/// Ids of those runs.
async fn ids(person: &Person, filter: &[(&str, &str)]) -> Vec<String> {
    page(person, filter).await.rows.iter().map(|found| found.run.id.to_string()).collect()
}

async fn places(person: &Person, q: &str) -> Whereabouts {
    person.read("history/places", &[ACME, ("q", q)]).await
}

async fn overview(person: &Person) -> Overview {
    person.read("history/overview", &[ACME]).await
}

/// A rule that forwards one tag of nginx to the sandbox's destination: the destination's id, and the rule's.
async fn scene(story: &Story, person: &Person) -> (String, String) {
    let destination = story.sandbox_destination(person).await;
    let more = [("form[include]", "1.29")];
    let rule = story.rule_with(person, "out", &["acme/dhi-nginx"], &destination, &more).await;
    (destination, rule)
}

/// A rule whose destination refuses the password; the rule's id.
async fn refused(story: &Story, person: &Person) -> String {
    let host = story.sandbox.destination_registry();
    let destination = story.destination(person, "Refused", &host, "refused", Some(("robot", "wrong"))).await;
    story.rule_with(person, "wrong", &["acme/dhi-nginx"], &destination, &[("form[include]", "1.29")]).await
}

/// Later, another organization forwards another image of the same tag to the same repository; its run.
async fn forwarded_by_globex(story: &Story, ours: RunId) -> RunId {
    let (run, item) = (uuid::Uuid::now_v7(), uuid::Uuid::now_v7());
    let copy = "insert into runs select (jsonb_populate_record(r, jsonb_build_object(
                    'id', $1::uuid, 'organization', 'globex', 'rule_id', null, 'destination_id', null))).*
                from runs r where r.id = $2";
    sqlx::query(copy).bind(run).bind(ours.0).execute(&story.app.db).await.expect("their run");
    let copy = "insert into items select (jsonb_populate_record(i, jsonb_build_object(
                    'id', $1::uuid, 'run_id', $2::uuid, 'digest', 'sha256:' || repeat('e', 64)))).*
                from items i where i.run_id = $3";
    sqlx::query(copy).bind(item).bind(run).bind(ours.0).execute(&story.app.db).await.expect("their item");
    RunId(run)
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_are_found_by_each_of_the_filters_and_by_several_at_once() {
    let story = Story::begin().await;
    let (olivia, adam) = (story.signed_in("olivia").await, story.signed_in("adam").await);
    let (destination, rule) = scene(&story, &olivia).await;
    let wrong = refused(&story, &olivia).await;
    let first = story.run_whole(&olivia, &rule).await.run;
    let second = story.run_whole(&olivia, &rule).await.run;
    let third = story.run_whole(&adam, &wrong).await.run;
    assert_eq!([first.state, second.state, third.state], [RunState::Succeeded, RunState::Unchanged, RunState::Failed]);
    let [first, second, third] = [first, second, third].map(|run| run.id.to_string());
    let (today, all) = (story.app.clock.now().format("%Y-%m-%d").to_string(), [&third, &second, &first]);

    let cases: &[(&str, &str, &[&String])] = &[
        ("rule", &rule, &[&second, &first]),
        ("rule", &wrong, &[&third]),
        ("destination", &destination, &[&second, &first]),
        ("state", "succeeded", &[&first]),
        ("state", "unchanged", &[&second]),
        ("state", "failed", &[&third]),
        ("state", "held", &[]),
        ("trigger", "manual", &all),
        ("trigger", "webhook", &[]),
        ("person", "adam", &[&third]),
        ("person", "mia", &[]),
        ("mirror", "dhi-redis", &[]),
        ("from", &today, &all),
        ("until", &today, &all),
        ("until", "2020-01-01", &[]),
        ("from", "2999-01-01", &[]),
        ("q", "no-such-tag", &[]),
    ];
    for (field, value, expected) in cases {
        let name = format!("filter[{field}]");
        let found = ids(&olivia, &[(&name, value)]).await;
        assert!(found.iter().eq(expected.iter().copied()), "{field}={value}: {found:?}, expected {expected:?}");
    }
    let both = [("filter[rule]", rule.as_str()), ("filter[state]", "succeeded"), ("filter[mirror]", "dhi-nginx")];
    assert_eq!(ids(&olivia, &both).await, [first]);

    let bad = olivia.get("history/runs", &[ACME, ("filter[state]", "lost"), ("filter[until]", "soon")]).await;
    assert_eq!(bad.status, 422);
    assert!(bad.field("state").contains("choose a state") && bad.field("until").contains("2026-11-25"), "{bad:?}");
    let shown = olivia.page("/orgs/acme/runs?state=lost&q=1.29").await;
    assert!(shown.status == 200 && shown.body.contains("choose a state") && shown.body.contains("Unknown: lost"));
    let names: FilterNames = olivia.read("history/names", &[ACME]).await;
    assert_eq!(names.persons, ["adam", "olivia"]);
    assert_eq!(names.mirrors, ["dhi-nginx"]);
    assert_eq!((names.rules.len(), names.destinations.len()), (2, 2));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_found_by_a_tag_a_digest_or_a_reference_and_says_which_of_its_tags_it_was() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let (_, rule) = scene(&story, &olivia).await;
    let detail = story.run_whole(&olivia, &rule).await;
    let (item, host) = (only(&detail), story.sandbox.destination_registry());
    let texts = [
        "1.29".to_owned(),
        "1.2".to_owned(),
        item.digest.to_string(),
        item.digest.as_str()[..20].to_owned(),
        item.digest.short().to_owned(),
        "dhi-nginx:1.29".to_owned(),
        "acme/dhi-nginx:1.29".to_owned(),
        format!("docker.io/acme/dhi-nginx@{}", item.digest),
        format!("{host}/forwarded/dhi-nginx:1.29"),
    ];
    for text in &texts {
        let found = page(&olivia, &[("filter[q]", text)]).await.rows;
        assert_eq!(found.len(), 1, "{text}: {found:#?}");
        let tags: Vec<_> = found[0].found.iter().map(|found| (found.tag.as_str(), &found.digest)).collect();
        assert_eq!((tags, found[0].found_in_all), (vec![("1.29", &item.digest)], 1), "{text}");
    }
    for text in ["1", "2.29", "sha256:00000000", "dhi-redis:1.29", "elsewhere.example.com/dhi-nginx:1.29"] {
        assert!(ids(&olivia, &[("filter[q]", text)]).await.is_empty(), "{text}");
    }
    let shown = olivia.page("/orgs/acme/runs?q=1.29").await;
    assert!(shown.body.contains("dhi-nginx:1.29") && shown.body.contains("runs.csv?q=1.29"), "{shown:?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_goes_on_where_it_stopped_with_the_same_filter() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    runs(&story, 120).await;
    let reconcile = ("filter[trigger]", "reconcile");
    let (mut seen, mut after, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let more: Vec<_> = after.iter().map(|after| ("after", after.as_str())).collect();
        let found = page(&olivia, &[&[reconcile], more.as_slice()].concat()).await;
        seen.extend(found.rows.iter().map(|found| found.run.id));
        pages += 1;
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((pages, seen.len()), (2, 60));
    assert!(seen.is_sorted_by(|a, b| a > b), "newest first, none twice");
    story.end().await;
}

/// Writes runs without tags, by turns of the regular check and of the schedule.
async fn runs(story: &Story, number: i32) {
    sqlx::query(
        "insert into runs (id, organization, rule_name, destination_address, attestations, trigger, created_at, planned_at)
         select gen_random_uuid(), 'acme', 'made', 'r.example.com', true,
                case when n % 2 = 0 then 'reconcile' else 'schedule' end, now(), now()
         from generate_series(1, $1) n",
    )
    .bind(number)
    .execute(&story.app.db)
    .await
    .expect("runs");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_say_what_the_list_says() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let rule = story.rule(&olivia, "=1+1", &["acme/dhi-nginx"], &destination, "").await;
    let detail = story.run_whole(&olivia, &rule).await;
    runs(&story, 3).await;

    let json = olivia.page("/orgs/acme/runs.json").await;
    let json: Value = serde_json::from_str(&json.body).expect("JSON");
    let items = json["items"].as_array().expect("items");
    assert_eq!((items.len(), json["is_cut"].as_bool()), (detail.items.len() + 3, Some(false)), "{json:#}");
    for item in &detail.items {
        let line = items.iter().find(|line| line["tag"] == item.tag.as_str()).expect("a line");
        let coverage = item.coverage.as_ref().expect("it was looked at");
        let held: u32 = coverage.platforms.iter().map(ferry::model::PlatformCoverage::present).sum();
        assert_eq!(line["run"], detail.run.id.to_string());
        assert_eq!((&line["digest"], &line["state"]), (&item.digest.as_str().into(), &item.state.as_str().into()));
        assert_eq!((&line["bytes"], &line["coverage_held"]), (&item.bytes.into(), &held.into()));
        assert_eq!((&line["rule"], &line["person"]), (&"=1+1".into(), &"olivia".into()));
    }
    let csv = olivia.page("/orgs/acme/runs.csv").await.body;
    let mut lines = csv.lines();
    assert!(
        lines.next().is_some_and(|head| head.starts_with("run,started,trigger,person,rule,destination,mirror,tag,"))
    );
    assert_eq!(lines.count(), detail.items.len() + 3);
    assert!(csv.contains(",'=1+1,") && !csv.contains(",=1+1,"), "no table program works it out: {csv}");

    let some = olivia.page("/orgs/acme/runs.csv?q=1.29&state=succeeded").await.body;
    let tags: BTreeSet<&str> = some.lines().skip(1).filter_map(|line| line.split(',').nth(7)).collect();
    let expected = detail.items.iter().map(|item| item.tag.as_str()).filter(|tag| tag.starts_with("1.29")).collect();
    assert_eq!(tags, expected, "only what was searched for");
    let bad = olivia.page("/orgs/acme/runs.json?from=soon").await;
    assert!(bad.status == 422 && bad.body.contains("2026-11-25"), "{bad:?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_an_image_is_names_mirrors_and_destinations_with_what_was_proven_and_what_came_after() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let (_, rule) = scene(&story, &olivia).await;
    let first = story.run_whole(&olivia, &rule).await;
    let old = only(&first).digest.clone();

    let found = places(&olivia, "1.29").await.places;
    assert_eq!(found.len(), 2, "{found:#?}");
    let (mirror, there) = (&found[0], &found[1]);
    assert_eq!(
        (&mirror.place, mirror.address.as_str()),
        (&Place::Mirror("dhi-nginx".into()), "docker.io/acme/dhi-nginx")
    );
    assert_eq!(there.place, Place::Destination(Some("Sandbox".into())));
    assert_eq!(there.address, format!("{}/forwarded/dhi-nginx", story.sandbox.destination_registry()));
    assert_eq!((&there.digest, there.run, &there.moved_on), (&old, first.run.id, &None));
    assert!(!there.coverage.is_empty() && there.coverage.iter().all(|held| held.held == held.expected), "{there:#?}");
    let page = olivia.page("/orgs/acme/where?q=1.29").await;
    assert!(
        page.status == 200 && page.body.contains("/forwarded/dhi-nginx") && page.body.contains("last saw"),
        "{page:?}"
    );

    story.world().push("nginx", "1.29").await.expect("a new build");
    story.world().settled().await;
    let second = story.run_whole(&olivia, &rule).await;
    let new = only(&second).digest.clone();
    assert_ne!(old, new);
    let foreign = forwarded_by_globex(&story, second.run.id).await;
    let gus = story.signed_in("gus").await;
    let theirs: Whereabouts = gus.read("history/places", &[("organization", "globex"), ("q", "1.29")]).await;
    assert!(!theirs.places.is_empty(), "{theirs:#?}");
    assert!(theirs.places.iter().all(|place| place.run == foreign && place.moved_on.is_none()), "{theirs:#?}");
    let found = places(&olivia, old.short()).await.places;
    assert_eq!(found.len(), 2, "{found:#?}");
    for place in &found {
        let moved = place.moved_on.as_ref().expect("another digest stands there");
        assert_eq!((&place.digest, &moved.digest, moved.run), (&old, &new, second.run.id));
    }
    let host = story.sandbox.destination_registry();
    let at_host = places(&olivia, &format!("{host}/forwarded/dhi-nginx:1.29")).await.places;
    assert_eq!(at_host.iter().map(|place| (&place.digest, &place.moved_on)).collect::<Vec<_>>(), [(&new, &None)]);
    let at_hub = places(&olivia, "docker.io/acme/dhi-nginx:1.29").await.places;
    assert_eq!(at_hub.iter().map(|place| &place.place).collect::<Vec<_>>(), [&Place::Mirror("dhi-nginx".into())]);
    assert!(places(&olivia, "1.30").await.places.is_empty());
    let bad = olivia.get("history/places", &[ACME, ("q", "acme/dhi-nginx")]).await;
    assert!(bad.status == 422 && bad.field("q").contains("which tag or digest"), "{bad:?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tags_timeline_goes_from_dockers_push_to_the_moved_tag() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let (_, rule) = scene(&story, &olivia).await;
    let detail = story.run_whole(&olivia, &rule).await;
    pushed(&story, &detail).await;

    let about = [ACME, ("mirror", "dhi-nginx"), ("tag", "1.29")];
    let timeline: TagTimeline = olivia.read("history/timeline", &about).await;

    assert_eq!(timeline.hub_trouble, None);
    let told = &timeline.digests[0];
    assert!(told.is_current && told.digest == only(&detail).digest, "{timeline:#?}");
    let kinds: Vec<_> = told.steps.iter().map(|step| step.kind).collect();
    for kind in [StepKind::Delivered, StepKind::Found, StepKind::Begun, StepKind::Verified, StepKind::Published] {
        assert!(kinds.contains(&kind), "{kind:?}: {told:#?}");
    }
    assert!(kinds.iter().any(|kind| matches!(kind, StepKind::Pushed | StepKind::Arrived)), "Hub's part: {told:#?}");
    assert!(told.steps.is_sorted_by_key(|step| step.at), "{told:#?}");
    let page = olivia.page("/orgs/acme/mirrors/dhi-nginx/tags/1.29").await;
    assert!(page.status == 200 && page.body.contains("The tag was moved") && page.body.contains(" later"), "{page:?}");
    let none = [ACME, ("mirror", "dhi-none"), ("tag", "1")];
    assert_eq!(olivia.get("history/timeline", &none).await.status, 404);

    let freshness: Freshness = olivia.read("history/freshness", &[ACME, ("rule", &rule)]).await;
    assert_eq!((freshness.tags, freshness.within_quarter, freshness.days.len()), (1, 0, 1));
    assert!(freshness.p95_seconds >= 20 * 60, "from the push on: {freshness:#?}");
    let page = olivia.page(&format!("/orgs/acme/rules/{rule}")).await;
    assert!(page.body.contains("Freshness") && page.body.contains("95 % within"), "{page:?}");
    story.end().await;
}

/// As if a push twenty minutes before had led to the run.
async fn pushed(story: &Story, detail: &RunDetail) {
    let hint = uuid::Uuid::now_v7();
    let statements = [
        "insert into hints (id, organization, mirror, tag, first_at, last_at, deliveries, taken_at)
         select $1, 'acme', 'acme/dhi-nginx', '1.29', created_at, created_at, 1, created_at from runs where id = $2",
        "insert into hint_runs (hint_id, run_id) values ($1, $2)",
        "insert into deliveries (id, organization, mirror, tag, pushed_at, received_at, duplicate, hint_id)
         select $1, 'acme', 'acme/dhi-nginx', '1.29', created_at - interval '20 minutes',
                created_at - interval '19 minutes', false, $1 from runs where id = $2",
        "update runs set trigger = 'webhook' where id = $2 and $1 is not null",
    ];
    for statement in statements {
        let done = sqlx::query(statement).bind(hint).bind(detail.run.id.0).execute(&story.app.db).await;
        assert_eq!(done.expect(statement).rows_affected(), 1, "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_names_what_failed_what_waits_and_what_is_stale() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let fresh = olivia.page("/orgs/acme/overview").await;
    assert!(fresh.body.contains("Three steps to the first run") && fresh.body.contains("acme/dhi-redis"), "{fresh:?}");
    let wrong = refused(&story, &olivia).await;
    let failed = story.run_whole(&olivia, &wrong).await;
    assert_ended(&failed, RunState::Failed);
    let (_, rule) = scene(&story, &olivia).await;
    assert_eq!(olivia.post("hooks/create", &[ACME, ("mirror", "dhi-nginx")]).await.status, 200);
    sqlx::query("update hooks set created_at = now() - interval '8 days'")
        .execute(&story.app.db)
        .await
        .expect("a week");
    let pause = Trouble::Status { code: 429, retry_after: Some(60), body: None };
    story.world().faults().add(Fault::on("/manifests/", pause).at(Facade::Destination).method("PUT"));
    let run = story.run(&olivia, &rule).await;
    let waits = |item: &Item| item.state == ItemState::Waiting && item.next_try_at.is_some();
    story.run_until(&olivia, &run, |detail| detail.items.iter().any(waits)).await;

    let seen = overview(&olivia).await;
    assert!(seen.begun.run && seen.begun.rule && seen.begun.destination);
    assert_eq!(seen.failures.len(), 1, "{seen:#?}");
    assert_eq!((seen.failures[0].runs, seen.failures[0].newest), (1, failed.run.id));
    assert_eq!(seen.waiting.len(), 1, "{seen:#?}");
    let waiting = &seen.waiting[0];
    assert_eq!((waiting.run.to_string(), waiting.rule_name.as_str(), waiting.tags), (run.clone(), "out", 1));
    assert!(waiting.until.is_some_and(|until| until - story.app.clock.now() <= TimeDelta::seconds(60)), "{waiting:#?}");
    assert!(waiting.why.as_ref().is_some_and(|why| why.contains("pause")), "{waiting:#?}");
    assert_eq!(seen.stale_rules.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), ["out", "wrong"]);
    assert_eq!(seen.silent_mirrors.iter().map(|silent| silent.mirror.name()).collect::<Vec<_>>(), ["dhi-nginx"]);

    let page = olivia.page("/orgs/acme/overview").await;
    for words in ["In the last seven days", "Waiting", "Stale rules", "Silent webhooks", "acme/dhi-redis"] {
        assert!(page.body.contains(words), "{words}: {page:?}");
    }
    assert_eq!(olivia.post("runs/cancel", &[ACME, ("id", &run)]).await.status, 200);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_counts_the_bytes_that_moved() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let (_, rule) = scene(&story, &olivia).await;
    let run = story.run_whole(&olivia, &rule).await.run;
    assert_ended(&story.run_whole(&olivia, &rule).await, RunState::Unchanged);

    let seen = overview(&olivia).await;

    assert_eq!(seen.moved.iter().map(|day| day.bytes).sum::<u64>(), run.bytes);
    assert_eq!(
        seen.moved_to.iter().map(|to| (&to.destination, to.bytes)).collect::<Vec<_>>(),
        [(&run.destination, run.bytes)]
    );
    assert!(seen.stale_rules.is_empty() && seen.failures.is_empty() && seen.waiting.is_empty(), "{seen:#?}");
    let page = olivia.page("/orgs/acme/overview").await;
    assert!(page.body.contains("Nothing needs attention") && page.body.contains("Bytes moved by day"), "{page:?}");
    story.end().await;
}
