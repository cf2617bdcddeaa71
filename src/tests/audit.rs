//! The audit log: it only grows, says in plain words who did what, and is looked through.

use std::collections::BTreeSet;

use ferry::model::{About, AuditEntry, DEEDS, Page};

use super::person::Person;
use super::story::{Story, assert_ended};

const ACME: (&str, &str) = ("organization", "acme");

async fn log(person: &Person, filter: &[(&str, &str)]) -> Page<AuditEntry> {
    let mut fields = vec![ACME];
    fields.extend_from_slice(filter);
    person.read("audit/list", &fields).await
}

fn actions(page: &Page<AuditEntry>) -> Vec<&str> {
    page.rows.iter().map(|entry| entry.action.as_str()).collect()
}

/// As if many had done something, one each minute.
async fn fill(story: &Story, number: i32) {
    let statement = "insert into audit (id, organization, actor, action, subject, happened_at)
        select gen_random_uuid(), 'acme', 'person' || n % 3, 'mirror.paint', '=acme/dhi-' || n, now() - n * interval '1 minute'
        from generate_series(1, $1) n";
    sqlx::query(statement).bind(number).execute(&story.app.db).await.expect("lines");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_only_grows() {
    let story = Story::begin().await;
    fill(&story, 3).await;
    for statement in [
        "update audit set actor = 'nobody'",
        "delete from audit where false",
        "truncate audit",
        "truncate audit cascade",
    ] {
        let error = sqlx::query(statement).execute(&story.app.db).await.expect_err(statement).to_string();
        assert!(error.contains("the audit log only grows"), "{statement}: {error}");
    }
    fill(&story, 1).await;
    let lines: i64 = sqlx::query_scalar("select count(*) from audit").fetch_one(&story.app.db).await.expect("a number");
    assert_eq!(lines, 4);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_written_down_with_who_made_it() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let adam = story.signed_in("adam").await;
    let done = async |person: &Person, function: &str, fields: &[(&str, &str)]| {
        let mut all = vec![ACME];
        all.extend_from_slice(fields);
        let answer = person.post(function, &all).await;
        assert_eq!(answer.status, 200, "{function}: {answer:?}");
    };
    done(&olivia, "mirrors/start", &[("source", "node"), ("name", "dhi-node")]).await;
    story.world().settled().await;
    done(&adam, "hooks/create", &[("mirror", "dhi-nginx")]).await;
    done(&adam, "hooks/rotate", &[("mirror", "dhi-nginx")]).await;
    done(&adam, "hooks/delete", &[("mirror", "dhi-nginx")]).await;
    done(&olivia, "mirrors/stop", &[("name", "dhi-node")]).await;
    story.connect(&adam).await;
    done(&adam, "connection/remove", &[]).await;
    let destination = story.sandbox_destination(&adam).await;
    let rule = story.rule_with(&adam, "out", &["acme/dhi-nginx"], &destination, &[("form[include]", "1.29")]).await;
    let run = story.run_whole(&olivia, &rule).await;
    assert_ended(&run, ferry::model::RunState::Succeeded);
    done(&adam, "rules/enable", &[("id", &rule), ("enabled", "false")]).await;
    done(&adam, "rules/enable", &[("id", &rule), ("enabled", "true")]).await;
    done(&adam, "pauses/set", &[("paused", "true")]).await;
    done(&adam, "pauses/set", &[("paused", "false")]).await;
    done(&adam, "pauses/set", &[("destination", &destination), ("paused", "true")]).await;
    done(&adam, "pauses/set", &[("destination", &destination), ("paused", "false")]).await;

    let mia = story.signed_in("mia").await;
    let page = log(&mia, &[]).await;

    let mut expected = vec![
        "mirror.start",
        "hook.create",
        "hook.rotate",
        "hook.delete",
        "mirror.stop",
        "connection.save",
        "connection.remove",
        "destination.create",
        "rule.create",
        "rule.run",
        "rule.disable",
        "rule.enable",
        "forwarding.pause",
        "forwarding.resume",
        "destination.pause",
        "destination.resume",
    ];
    expected.reverse();
    let mut found = actions(&page);
    // Whoever makes a webhook new removes the old one.
    found.dedup();
    found.retain(|action| !action.starts_with("mirror.found"));
    assert_eq!(found, expected);
    assert!(page.rows.iter().all(|entry| DEEDS.iter().any(|(action, _)| *action == entry.action)), "{page:#?}");
    let line = |action: &str| page.rows.iter().find(|entry| entry.action == action).expect(action);
    assert_eq!((line("mirror.start").actor.as_str(), line("rule.create").actor.as_str()), ("olivia", "adam"));
    assert_eq!(line("rule.disable").subject, "out");
    assert_eq!(line("rule.disable").about, Some(About::Rule(rule.parse().expect("an id"))));
    assert_eq!(line("destination.pause").about, Some(About::Destination(destination.parse().expect("an id"))));
    assert_eq!(line("mirror.stop").about, Some(About::Mirror("dhi-node".parse().expect("a name"))));

    done(&adam, "rules/delete", &[("id", &rule)]).await;
    let gone = log(&mia, &[("filter[action]", "rule.delete")]).await;
    assert_eq!((gone.rows[0].subject.as_str(), &gone.rows[0].about), ("out", &None), "its name stays: {gone:#?}");
    let text = mia.page("/orgs/acme/audit").await.body;
    for words in ["Switched a rule off", "Started a mirror", "dhi/node to acme/dhi-node", "Paused all forwarding"] {
        assert!(text.contains(words), "{words}");
    }
    for secret in ["dckr_", "robot-demo-password", "/hooks/"] {
        assert!(!text.contains(secret), "a member sees everything but secrets: {secret}");
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_filtered_paged_and_taken_along_as_a_file() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    let adam = story.signed_in("adam").await;
    fill(&story, 120).await;
    assert_eq!(adam.post("pauses/set", &[ACME, ("paused", "true")]).await.status, 200);

    assert_eq!(actions(&log(&mia, &[("filter[person]", "adam")]).await), ["forwarding.pause"]);
    assert_eq!(log(&mia, &[("filter[q]", "DHI-119")]).await.rows.len(), 1, "whatever the case");
    assert!(log(&mia, &[("filter[q]", "dhi_119")]).await.rows.is_empty(), "as it is typed, not as a pattern");
    assert!(log(&mia, &[("filter[until]", "2001-01-01")]).await.rows.is_empty());
    let recent = story.app.clock.now() - chrono::TimeDelta::seconds(150);
    let recent = log(&mia, &[("filter[from]", &recent.to_rfc3339()), ("filter[action]", "mirror.paint")]).await;
    assert_eq!(recent.rows.len(), 2);
    let (mut seen, mut after, mut pages) = (BTreeSet::new(), None::<String>, 0);
    loop {
        let mut filter = vec![("filter[action]", "mirror.paint")];
        filter.extend(after.as_deref().map(|after| ("after", after)));
        let page = log(&mia, &filter).await;
        seen.extend(page.rows.iter().map(|entry| entry.subject.clone()));
        pages += 1;
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    assert_eq!((seen.len(), pages), (120, 3), "each once");
    let actors: Vec<String> = mia.read("audit/actors", &[ACME]).await;
    assert_eq!(actors, ["adam", "person0", "person1", "person2"]);

    let page = mia.page("/orgs/acme/audit?action=mirror.paint&person=person1").await;
    assert!(page.body.contains("mirror.paint") && page.body.contains("What: mirror.paint"), "{page:?}");
    assert!(page.body.contains("/orgs/acme/audit.csv?person=person1&amp;action=mirror.paint"), "{page:?}");
    let refused = mia.get("audit/list", &[ACME, ("filter[from]", "soon")]).await;
    assert!(refused.status == 422 && refused.field("from").contains("Write a day as"), "{refused:?}");

    let csv = mia.page("/orgs/acme/audit.csv?person=person1").await;
    let lines: Vec<&str> = csv.body.lines().collect();
    assert_eq!((lines.len(), lines[0]), (41, "at,person,action,what,subject"), "{csv:?}");
    assert!(lines[1].contains("person1,mirror.paint,mirror.paint,'=acme/dhi-"), "no formula: {}", lines[1]);
    let json = mia.page("/orgs/acme/audit.json?person=adam").await;
    let json: serde_json::Value = serde_json::from_str(&json.body).expect("JSON");
    assert_eq!(
        (json["items"][0]["what"].as_str(), json["is_cut"].as_bool()),
        (Some("Paused all forwarding"), Some(false))
    );
    assert_eq!(mia.page("/orgs/acme/audit.csv?until=soon").await.status, 422);
    story.end().await;
}
