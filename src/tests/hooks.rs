//! Docker Hub's webhooks: how they are set up, what comes in, what is refused, and which runs it leads to.

use std::time::Duration;

use ferry::model::{Delivery, DeliveryOutcome, HintId, HookDetail, LedTo, Page, RunDetail, RunState, Trigger};
use ferry::sandbox::Facade;
use ferry::{forward, worker};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::person::Person;
use super::story::{Beginning, PATIENCE, Story, assert_ended, only, runs};

const MIRROR: [(&str, &str); 2] = [("organization", "acme"), ("mirror", "dhi-nginx")];

async fn hook(person: &Person) -> HookDetail {
    person.read("hooks/get", &MIRROR).await
}

/// Sets the webhook up and gives its address back.
async fn address(person: &Person) -> String {
    let answer = person.post("hooks/create", &MIRROR).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    shown(person).await
}

async fn shown(person: &Person) -> String {
    hook(person).await.hook.and_then(|hook| hook.address).expect("they may see it").0
}

/// The addresses that the pretend Docker Hub calls about the mirror.
fn called(story: &Story) -> Vec<String> {
    let world = story.world();
    let state = world.state();
    let repository = state.repository("acme", "dhi-nginx").expect("the mirror's repository");
    repository.webhooks.iter().map(|webhook| webhook.hook_url.clone()).collect()
}

fn body(tag: &str, pushed_at: i64) -> String {
    json!({
        "push_data": { "tag": tag, "pushed_at": pushed_at, "pusher": "dockerhardenedimages" },
        "repository": { "repo_name": "acme/dhi-nginx" },
    })
    .to_string()
}

/// Calls an address as Docker Hub does: status and words of the answer.
async fn deliver(address: &str, body: impl Into<reqwest::Body>) -> (u16, String) {
    let answer = reqwest::Client::new().post(address).body(body).send().await.expect("Ferry answers");
    (answer.status().as_u16(), answer.text().await.expect("words"))
}

async fn deliveries(person: &Person, filter: &[(&str, &str)]) -> Vec<Delivery> {
    let mut fields = vec![("organization", "acme")];
    fields.extend_from_slice(filter);
    person.read::<Page<Delivery>>("deliveries/list", &fields).await.rows
}

/// Waits until the deliveries of a tag have settled.
async fn settled(person: &Person, tag: &str) -> Vec<Delivery> {
    let started = std::time::Instant::now();
    loop {
        let mut found = deliveries(person, &[]).await;
        found.retain(|one| one.tag.as_ref().is_some_and(|named| named.as_str() == tag));
        if !found.is_empty() && found.iter().all(|one| one.led_to != LedTo::Settling) {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "{tag} does not settle: {found:#?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn accepted(deliveries: &[Delivery]) -> Vec<&Delivery> {
    deliveries.iter().filter(|one| one.outcome == DeliveryOutcome::Accepted).collect()
}

/// A rule that forwards only this tag of the mirror.
async fn rule_for(story: &Story, person: &Person, tag: &str) -> String {
    let destination = story.sandbox_destination(person).await;
    story.rule_with(person, "pushed", &["acme/dhi-nginx"], &destination, &[("form[include]", tag)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_is_delivered_several_times_and_starts_one_run_of_its_tag() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    rule_for(&story, &adam, "1").await;
    let address = address(&adam).await;
    let made = hook(&adam).await.hook.expect("it is there");
    assert!(made.made_by_ferry, "adam's token may");
    assert_eq!(called(&story), [address]);

    story.world().push("nginx", "1").await.expect("a build");
    story.world().settled().await;
    let found = settled(&adam, "1").await;

    assert!((2..=3).contains(&found.len()), "{found:#?}");
    let first = accepted(&found);
    assert_eq!(first.len(), 1, "the rest repeats it: {found:#?}");
    assert!(first[0].changes.as_ref().is_some_and(|changes| changes.words().contains("fixes 1 high")), "{first:#?}");
    let LedTo::Runs(led) = &first[0].led_to else { panic!("{first:#?}") };
    assert_eq!(led.iter().map(|run| run.rule_name.as_str()).collect::<Vec<_>>(), ["pushed"]);
    assert!(found.iter().all(|one| one.led_to == first[0].led_to), "a burst is one hint: {found:#?}");
    let other = settled(&adam, "1.29").await;
    assert!(accepted(&other).iter().all(|one| one.led_to == LedTo::Runs(vec![])), "no rule takes it: {other:#?}");

    let all = runs(&adam).await;
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!((all[0].trigger, all[0].started_by.as_deref()), (Trigger::Webhook, None));
    let scope: (Option<String>, Option<String>) =
        sqlx::query_as("select scope_mirror, scope_tag from runs").fetch_one(&story.app.db).await.expect("the run");
    assert_eq!(scope, (Some("acme/dhi-nginx".to_owned()), Some("1".to_owned())));
    let page = adam.page("/orgs/acme/deliveries").await;
    assert!(page.status == 200 && page.body.contains("fixes 1 high") && page.body.contains("Repeated"), "{page:?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_push_told_again_later_starts_nothing() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    rule_for(&story, &adam, "1.29").await;
    let address = address(&adam).await;

    assert_eq!(deliver(&address, body("1.29", 1_800_000_000)).await.0, 202);
    settled(&adam, "1.29").await;
    assert_eq!(deliver(&address, body("1.29", 1_800_000_000)).await.0, 202);
    let again = &settled(&adam, "1.29").await[0];
    assert_eq!((again.outcome, &again.led_to), (DeliveryOutcome::Repeated, &LedTo::Nothing));
    assert_eq!(runs(&adam).await.len(), 1);

    // A later push of the same tag is another one, and two within the settle time are one hint.
    assert_eq!(deliver(&address, body("1.29", 1_800_000_060)).await.0, 202);
    assert_eq!(deliver(&address, body("1.29", 1_800_000_061)).await.0, 202);
    let found = settled(&adam, "1.29").await;
    assert_eq!(found[0].led_to, found[1].led_to);
    assert_eq!(runs(&adam).await.len(), 2);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_used_is_refused_and_kept_with_its_reason() {
    let story = Story::begin().await;
    let (adam, mia) = (story.signed_in("adam").await, story.signed_in("mia").await);
    let address = address(&adam).await;
    let other = json!({ "push_data": { "tag": "1" }, "repository": { "repo_name": "acme/dhi-redis" } }).to_string();
    let cases = [
        (400, "no JSON", "tag=1.29".to_owned()),
        (422, "names no tag", "{}".to_owned()),
        (422, "is no tag", body("no tag", 1)),
        (422, "made for acme/dhi-nginx", other),
        (413, "more than 1 MiB", "x".repeat(1024 * 1024 + 1)),
    ];
    for (status, words, body) in &cases {
        let answer = deliver(&address, body.clone()).await;
        assert!(answer.0 == *status && answer.1.contains(words), "{words}: {answer:?}");
    }
    // PostgreSQL keeps no NUL; it must not keep the delivery from being kept.
    let nul = r#"{"push_data":{"tag":"1.29","pusher":"a\u0000b"},"x":"\u0000"}"#;
    assert_eq!(deliver(&address, nul).await.0, 202);

    let refused = deliveries(&mia, &[("filter[outcome]", "refused"), ("filter[mirror]", "dhi-nginx")]).await;
    assert_eq!(refused.len(), cases.len(), "{refused:#?}");
    for ((_, words, _), kept) in cases.iter().rev().zip(&refused) {
        assert!(kept.refusal.as_ref().is_some_and(|reason| reason.contains(words)), "{words}: {kept:#?}");
        assert_eq!(kept.led_to, LedTo::Nothing);
    }
    assert!(deliveries(&mia, &[("filter[mirror]", "dhi-redis")]).await.is_empty());
    assert_eq!(reqwest::get(&address).await.expect("Ferry answers").status().as_u16(), 405);

    let seen = hook(&mia).await;
    assert!(seen.hook.is_some_and(|hook| hook.address.is_none()) && seen.recent.len() == 5, "{:#?}", seen.recent);
    let secret = address.rsplit('/').next().expect("a secret");
    for path in ["/orgs/acme/deliveries", "/orgs/acme/mirrors/dhi-nginx"] {
        let page = mia.page(path).await;
        assert!(
            page.status == 200 && page.body.contains("more than 1 MiB") && !page.body.contains(secret),
            "{path}: {page:?}"
        );
    }
    assert!(adam.page("/orgs/acme/mirrors/dhi-nginx").await.body.contains(secret), "those who may configure see it");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_nobody_made_is_answered_404_and_told_of_once_a_minute() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    let address = address(&adam).await;
    for wrong in ["hooks/wrong", "hooks/", "hooks/a/b", "hooks/%00"] {
        let status = deliver(story.base.join(wrong).expect("an address").as_str(), body("1", 1)).await.0;
        assert!(status == 404 || wrong == "hooks/", "{wrong}: {status}");
    }
    assert_eq!(deliver(&format!("{address}/"), body("1", 1)).await.0, 404);
    let lines: Vec<String> = sqlx::query_scalar("select refusal from deliveries where organization is null")
        .fetch_all(&story.app.db)
        .await
        .expect("lines");
    assert!(lines.len() == 1 && lines[0].contains("Unknown address"), "{lines:?}");
    assert!(deliveries(&adam, &[]).await.is_empty(), "they are nobody's");
    let secret = address.rsplit('/').next().expect("a secret");
    let kept: i64 = sqlx::query_scalar(
        "select (select count(*) from hooks where hooks::text like $1)
              + (select count(*) from audit where audit::text like $1)
              + (select count(*) from deliveries where deliveries::text like $1)",
    )
    .bind(format!("%{secret}%"))
    .fetch_one(&story.app.db)
    .await
    .expect("a count");
    assert_eq!(kept, 0, "the secret is kept sealed, and nowhere else");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_address_works_for_a_day_beside_the_new_one() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    let old = address(&adam).await;
    assert_eq!(adam.post("hooks/create", &MIRROR).await.status, 409, "one at a time");

    assert_eq!(adam.post("hooks/rotate", &MIRROR).await.status, 200);
    let new = shown(&adam).await;
    assert_ne!(old, new);
    assert_eq!(called(&story), std::slice::from_ref(&new), "Docker Hub calls the new one only");
    assert!(hook(&adam).await.hook.is_some_and(|hook| hook.old_until.is_some() && hook.made_by_ferry));
    for (address, tag) in [(&old, "1.29"), (&new, "1.29.3")] {
        assert_eq!(deliver(address, body(tag, 1_800_000_000)).await.0, 202);
        settled(&adam, tag).await;
    }
    sqlx::query("update hooks set ends_at = now() - interval '1 second' where ends_at is not null")
        .execute(&story.app.db)
        .await
        .expect("a day goes by");
    assert_eq!(deliver(&old, body("1.29", 1_800_000_001)).await.0, 404);
    assert!(hook(&adam).await.hook.is_some_and(|hook| hook.old_until.is_none()));

    assert_eq!(adam.post("hooks/delete", &MIRROR).await.status, 200);
    assert_eq!(deliver(&new, body("1.29", 1_800_000_002)).await.0, 404);
    assert!(called(&story).is_empty() && hook(&adam).await.hook.is_none());
    assert_eq!(deliveries(&adam, &[]).await.len(), 2, "what was delivered stays");
    let deeds: Vec<String> = sqlx::query_scalar("select action from audit where action like 'hook.%' order by id")
        .fetch_all(&story.app.db)
        .await
        .expect("deeds");
    assert_eq!(deeds, ["hook.create", "hook.rotate", "hook.delete"]);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_token_may_not_the_page_says_how_to_do_it_by_hand() {
    let story = Story::begin().await;
    let olivia = story.nobody();
    let fields = [("username", "olivia"), ("token", "dckr_pat_olivia_write")];
    assert_eq!(olivia.post("session/sign-in", &fields).await.status, 200);
    let page = olivia.page("/orgs/acme/mirrors/dhi-nginx").await;
    assert!(page.body.contains("Set up the webhook"), "{page:?}");

    let answer = olivia.submit("/orgs/acme/mirrors/dhi-nginx", "hooks/create", &MIRROR).await;
    assert_eq!((answer.status, answer.location.as_deref()), (302, Some("/orgs/acme/mirrors/dhi-nginx")), "{answer:?}");
    assert!(called(&story).is_empty());
    let page = olivia.page("/orgs/acme/mirrors/dhi-nginx").await;
    let (steps, address) = ("https://hub.docker.com/repository/docker/acme/dhi-nginx/webhooks", shown(&olivia).await);
    assert!(page.body.contains(steps) && page.body.contains(&address), "{page:?}");
    assert_eq!(deliver(&address, body("1.29", 1_800_000_000)).await.0, 202, "it is heard whoever made it");

    let none = [("organization", "acme"), ("mirror", "dhi-none")];
    assert_eq!(olivia.post("hooks/create", &none).await.status, 404);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_one_tag_lists_nothing_and_reads_the_tag_itself() {
    let story = Story::with(Beginning { work: false, ..Beginning::default() }).await;
    let olivia = story.signed_in("olivia").await;
    rule_for(&story, &olivia, "1*").await;
    let address = address(&olivia).await;
    assert_eq!(deliver(&address, body("1.29", 1_800_000_000)).await.0, 202);
    let hint: uuid::Uuid = sqlx::query_scalar("select id from hints").fetch_one(&story.app.db).await.expect("one hint");
    tokio::time::sleep(story.app.config.settle).await;
    forward::settle(&story.app, HintId(hint)).await.expect("it settles");
    forward::settle(&story.app, HintId(hint)).await.expect("the second time does nothing");
    let [run] = runs(&olivia).await.try_into().expect("one run");
    story.connect(&olivia).await;
    story.world().ledger().clear();

    let stop = CancellationToken::new();
    tokio::spawn(worker::run(story.app.clone(), stop.clone()));
    let detail: RunDetail = story.run_to_end(&olivia, &run.id.to_string()).await;

    stop.cancel();
    assert_ended(&detail, RunState::Succeeded);
    assert_eq!(only(&detail).tag.as_str(), "1.29");
    let listed = story.world().ledger().find(|entry| entry.facade == Facade::Hub && entry.path.contains("/tags"));
    assert!(listed.is_empty(), "{listed:#?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_deliveries_at_once_none_is_lost() {
    const MANY: i64 = 300;
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    rule_for(&story, &adam, "none").await;
    let address = address(&adam).await;
    let client = reqwest::Client::new();
    let calls = (0..MANY).map(|n| {
        let call = client.post(&address).body(body(&format!("tag-{}", n % 30), 1_800_000_000 + n));
        async move { call.send().await.expect("Ferry answers").status().as_u16() }
    });
    let answers = futures::future::join_all(calls).await;

    assert!(answers.iter().all(|status| *status == 202), "{answers:?}");
    let kept: i64 = sqlx::query_scalar("select count(*) from deliveries where refusal is null and not duplicate")
        .fetch_one(&story.app.db)
        .await
        .expect("a count");
    assert_eq!(kept, MANY);
    settled(&adam, "tag-7").await;
    let counted: i64 =
        sqlx::query_scalar("select sum(deliveries)::bigint from hints").fetch_one(&story.app.db).await.expect("a sum");
    assert_eq!(counted, MANY, "each came to a hint");
    story.end().await;
}
