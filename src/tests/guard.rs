//! Private stays private: public mirrors and destinations are noticed, and a person sets them right or says they are meant so.

use std::time::{Duration, Instant};

use ferry::model::{
    ApiError, AuditEntry, Destination, Exposed, FailureClass, ItemState, MirrorList, Page, RunDetail, RunState,
};
use ferry::sandbox::{Facade, Fault, Trouble};

use super::person::{Answer, Person};
use super::story::{PATIENCE, Story, all_items, assert_ended};

const ACME: (&str, &str) = ("organization", "acme");
const FORWARDED: &str = "forwarded/dhi-nginx";

async fn exposed(person: &Person) -> Exposed {
    person.read("exposed/get", &[ACME]).await
}

async fn exposed_until(person: &Person, done: impl Fn(&Exposed) -> bool) -> Exposed {
    let started = Instant::now();
    loop {
        let seen = exposed(person).await;
        if done(&seen) {
            return seen;
        }
        assert!(started.elapsed() < PATIENCE, "it is not noticed: {seen:#?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn public(exposed: &Exposed) -> Vec<&str> {
    exposed.mirrors.iter().map(|mirror| mirror.repository.name()).collect()
}

/// Who did this, and to what, newest first.
async fn did(person: &Person, action: &str) -> Vec<(String, String)> {
    let page: Page<AuditEntry> = person.read("audit/list", &[ACME, ("filter[action]", action)]).await;
    page.rows.into_iter().map(|entry| (entry.actor, entry.subject)).collect()
}

fn by(actor: &str, subject: &str) -> (String, String) {
    (actor.to_owned(), subject.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_made_public_at_docker_hub_is_noticed_and_named_on_every_page() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let mia = story.signed_in("mia").await;
    // Its token may not list repositories, so private ones are silently left out of the list (trap 4).
    story.connect(&olivia).await;
    let first = exposed_until(&mia, |seen| !seen.mirrors.is_empty()).await;
    assert_eq!(public(&first), ["dhi-redis"], "without any rule, and dhi-nginx is private");

    story.world().set_private("acme", "dhi-nginx", false).expect("a mirror");
    let seen = exposed_until(&mia, |seen| seen.mirrors.len() == 2).await;

    assert_eq!(public(&seen), ["dhi-nginx", "dhi-redis"]);
    assert!(seen.mirrors[0].since > seen.mirrors[1].since, "each since it was so: {seen:#?}");
    assert_eq!(did(&mia, "mirror.found-public").await[0], by("Docker Hub", "acme/dhi-nginx"));
    for path in ["overview", "catalog", "mirrors", "mirrors/dhi-nginx", "destinations", "rules/new", "keys", "audit"] {
        let page = mia.page(&format!("/orgs/acme/{path}")).await;
        assert_eq!(page.body.matches("2 mirrors are public").count(), 1, "{path}: once: {page:?}");
        assert!(page.body.contains("Settings of acme/dhi-nginx on Docker Hub"), "{path}: {page:?}");
        assert!(!page.body.contains("Make private"), "{path}: a member cannot");
        // What older documents say is unconfirmed (trap 25).
        assert!(page.body.contains("may stop being updated") && page.body.contains("is not known"), "{path}");
    }
    assert!(olivia.page("/orgs/acme/keys").await.body.contains("Make acme/dhi-nginx private"));

    story.world().set_private("acme", "dhi-nginx", true).expect("a mirror");
    let seen = exposed_until(&mia, |seen| seen.mirrors.len() == 1).await;
    assert_eq!(public(&seen), ["dhi-redis"]);
    assert_eq!(did(&mia, "mirror.found-private").await, [by("Docker Hub", "acme/dhi-nginx")]);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_makes_a_mirror_private_and_docker_hub_is_asked_again() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    let fields = [ACME, ("mirror", "dhi-redis")];
    // No connection and no rule: a page that reads Docker Hub notices, and says so itself that first time.
    let page = adam.page("/orgs/acme/mirrors").await;
    assert_eq!(page.body.matches("acme/dhi-redis is public").count(), 1, "{page:?}");
    assert_eq!(public(&exposed(&adam).await), ["dhi-redis"]);
    let mia = story.signed_in("mia").await;
    assert_eq!(mia.post("exposed/make-private", &fields).await.status, 403);

    let answer = adam.submit("/orgs/acme/keys", "exposed/make-private", &fields).await;

    assert_eq!((answer.status, answer.location.as_deref()), (302, Some("/orgs/acme/mirrors/dhi-redis")), "{answer:?}");
    let asked: Vec<_> =
        story.world().ledger().find(|entry| entry.facade == Facade::Hub && entry.path.contains("dhi-redis"));
    let changed = asked.iter().position(|entry| entry.path.contains("/privacy")).expect("it was asked for");
    assert!(asked[changed..].iter().any(|entry| entry.method == "GET"), "and read again: {asked:#?}");
    assert_eq!(public(&exposed(&mia).await), Vec::<&str>::new());
    assert!(!mia.page("/orgs/acme/catalog").await.body.contains("is public"));
    assert_eq!(did(&mia, "mirror.make-private").await, [by("adam", "acme/dhi-redis")]);
    assert!(did(&mia, "mirror.found-private").await.is_empty(), "nobody else did it");
    let mirrors: MirrorList = mia.read("mirrors/list", &[ACME]).await;
    assert!(mirrors.mirrors.iter().all(|mirror| mirror.is_private == Some(true)));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn docker_hubs_refusal_is_shown_and_its_word_alone_is_not_believed() {
    let story = Story::begin().await;
    let fields = [ACME, ("mirror", "dhi-redis")];
    // A token that may write, but not change a repository's settings.
    let olivia = story.nobody();
    let token = [("username", "olivia"), ("token", "dckr_pat_olivia_write")];
    assert_eq!(olivia.post("session/sign-in", &token).await.status, 200);
    let _: MirrorList = olivia.read("mirrors/list", &[ACME]).await;

    let refused = olivia.submit("/orgs/acme/catalog?q=redis", "exposed/make-private", &fields).await;

    assert_eq!((refused.status, refused.location.as_deref()), (302, Some("/orgs/acme/catalog?q=redis")), "{refused:?}");
    let page = olivia.page("/orgs/acme/catalog?q=redis").await;
    assert!(page.body.contains("Docker says: access to the resource is forbidden."), "{page:?}");
    assert!(page.body.contains("https://hub.docker.com/repository/docker/acme/dhi-redis/settings"), "{page:?}");
    assert!(matches!(olivia.post("exposed/make-private", &fields).await.error(), ApiError::Forbidden(_)));

    let adam = story.signed_in("adam").await;
    let accepted = Trouble::Status { code: 200, retry_after: None, body: None };
    story.world().faults().add(Fault::on("/privacy", accepted).at(Facade::Hub));
    let answer = adam.post("exposed/make-private", &fields).await;
    assert_eq!(answer.status, 502, "{answer:?}");
    assert!(answer.error().to_string().contains("still shows acme/dhi-redis to everybody"), "{answer:?}");
    assert_eq!(public(&exposed(&adam).await), ["dhi-redis"]);
    assert!(did(&adam, "mirror.make-private").await.is_empty());
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_mirror_that_was_stopped_is_still_said_to_be_public_and_is_made_private() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    adam.page("/orgs/acme/mirrors").await;
    let before = adam.page("/orgs/acme/keys").await.body;
    assert!(before.contains("acme/dhi-redis is public") && !before.contains("Stopped"), "{before}");

    assert_eq!(adam.post("mirrors/stop", &[ACME, ("name", "dhi-redis")]).await.status, 200);

    let shown = adam.page("/orgs/acme/keys").await.body;
    assert!(shown.contains("acme/dhi-redis is public") && shown.contains("Stopped"), "{shown}");
    assert!(shown.contains("stays public until somebody makes it private"), "{shown}");
    assert!(!shown.contains("may stop being updated"), "nothing comes to it any more: {shown}");
    // One that is made public once it was stopped is seen as well, by whoever opens the list.
    assert_eq!(adam.post("mirrors/stop", &[ACME, ("name", "dhi-nginx")]).await.status, 200);
    story.world().set_private("acme", "dhi-nginx", false).expect("its repository is there");
    let page = adam.page("/orgs/acme/mirrors").await.body;
    assert_eq!(page.matches("acme/dhi-nginx is public").count(), 1, "{page}");
    assert_eq!(public(&exposed(&adam).await), ["dhi-nginx", "dhi-redis"]);

    for name in ["dhi-nginx", "dhi-redis"] {
        let answer = adam.submit("/orgs/acme/keys", "exposed/make-private", &[ACME, ("mirror", name)]).await;
        let to = format!("/orgs/acme/mirrors/{name}");
        assert_eq!((answer.status, answer.location.as_deref()), (302, Some(to.as_str())), "{answer:?}");
        assert_eq!(adam.page(&to).await.status, 200);
        let world = story.world();
        assert!(world.state().repository("acme", name).expect("its repository").is_private, "at Docker Hub");
    }
    assert!(exposed(&adam).await.mirrors.is_empty());
    assert!(!adam.page("/orgs/acme/keys").await.body.contains("is public"));
    story.end().await;
}

/// A rule that forwards one tag to the sandbox's destination; both ids.
async fn scene(story: &Story, person: &Person) -> (String, String) {
    let destination = story.sandbox_destination(person).await;
    let one = [("form[include]", "1.29")];
    (destination.clone(), story.rule_with(person, "out", &["acme/dhi-nginx"], &destination, &one).await)
}

async fn decide(person: &Person, decision: &str, destination: &str) -> Answer {
    person.post(&format!("exposed/{decision}"), &[ACME, ("id", destination)]).await
}

/// A new build, and a run that begins to forward it.
async fn forward_news(story: &Story, person: &Person, rule: &str) -> String {
    story.world().push("nginx", "1.29").await.expect("a new build");
    story.world().settled().await;
    story.run(person, rule).await
}

/// Every tag waits because everybody can pull what was forwarded before.
fn waits(detail: &RunDetail) -> bool {
    let exposed = |item: &ferry::model::Item| {
        item.failure
            .as_ref()
            .is_some_and(|f| f.class == FailureClass::Paused && f.sentence.contains("Everybody can pull"))
    };
    all_items(detail, ItemState::Waiting) && detail.items.iter().all(exposed)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_everybody_can_pull_from_a_destination_keeps_runs_waiting_until_it_is_private() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let (destination, rule) = scene(&story, &olivia).await;
    story.world().expose(FORWARDED, true);

    assert_ended(&story.run_whole(&olivia, &rule).await, RunState::Succeeded);
    let mia = story.signed_in("mia").await;
    let seen = exposed_until(&mia, |seen| !seen.destinations.is_empty()).await;

    let place = format!("{}/{FORWARDED}", story.sandbox.destination_registry());
    assert_eq!((seen.destinations[0].name.as_str(), &seen.destinations[0].repositories), ("Sandbox", &vec![place]));
    let stranger = story.world().ledger().find(|entry| {
        entry.facade == Facade::Destination && entry.user.is_none() && entry.method == "HEAD" && entry.status == 200
    });
    assert_eq!(stranger.len(), 1, "asked once in a run, by nobody: {stranger:#?}");
    assert_eq!(did(&mia, "destination.found-public").await, [by("Ferry", &format!("Sandbox: {FORWARDED}"))]);
    let page = mia.page("/orgs/acme/catalog").await;
    assert!(page.body.contains("Everybody can pull from Sandbox") && !page.body.contains("Decide"), "{page:?}");

    let run = forward_news(&story, &olivia, &rule).await;
    story.run_until(&olivia, &run, waits).await;
    let page = olivia.page(&format!("/orgs/acme/destinations/{destination}")).await;
    assert!(page.body.contains("Is this destination meant to be public?"), "{page:?}");
    let answer = decide(&olivia, "look-again", &destination).await;
    assert_eq!(answer.status, 409, "{answer:?}");
    assert!(answer.error().to_string().contains("Everybody can still pull forwarded/dhi-nginx"), "{answer:?}");

    // No answer is not "private".
    story.world().expose(FORWARDED, false);
    story.world().faults().add(Fault::on("/token", Trouble::Reset).at(Facade::Destination).times(2));
    let answer = decide(&olivia, "look-again", &destination).await;
    assert_eq!(answer.status, 502, "{answer:?}");
    assert!(waits(&story.run_until(&olivia, &run, |_| true).await) && !exposed(&mia).await.destinations.is_empty());

    assert_eq!(decide(&mia, "look-again", &destination).await.status, 403);
    assert_eq!(decide(&olivia, "look-again", &destination).await.status, 200);
    assert_ended(&story.run_to_end(&olivia, &run).await, RunState::Succeeded);
    assert!(exposed(&mia).await.destinations.is_empty());
    assert_eq!(did(&mia, "destination.made-private").await, [by("olivia", "Sandbox")]);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destination_may_be_meant_to_be_public_and_that_can_be_taken_back() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let (destination, rule) = scene(&story, &olivia).await;
    story.world().expose(FORWARDED, true);
    assert_ended(&story.run_whole(&olivia, &rule).await, RunState::Succeeded);
    exposed_until(&olivia, |seen| !seen.destinations.is_empty()).await;
    let run = forward_news(&story, &olivia, &rule).await;
    story.run_until(&olivia, &run, waits).await;
    // Somebody's own pause is another thing, and stays.
    let pause = |paused| [ACME, ("destination", destination.as_str()), ("paused", paused)];
    assert_eq!(olivia.post("pauses/set", &pause("true")).await.status, 200);

    assert_eq!(decide(&olivia, "accept", &destination).await.status, 200);

    let still = |detail: &RunDetail| {
        let paused =
            |item: &ferry::model::Item| item.failure.as_ref().is_some_and(|f| f.sentence.contains("paused by olivia"));
        all_items(detail, ItemState::Waiting) && detail.items.iter().all(paused)
    };
    story.run_until(&olivia, &run, still).await;
    assert_eq!(olivia.post("pauses/set", &pause("false")).await.status, 200);
    assert_ended(&story.run_to_end(&olivia, &run).await, RunState::Succeeded);
    let next = forward_news(&story, &olivia, &rule).await;
    assert_ended(&story.run_to_end(&olivia, &next).await, RunState::Succeeded);
    assert!(exposed(&olivia).await.destinations.is_empty(), "nobody asks again");
    let shown: Destination = olivia.read("destinations/get", &[ACME, ("id", &destination)]).await;
    assert_eq!(shown.public_accepted.map(|said| said.by).as_deref(), Some("olivia"));
    assert_eq!(did(&olivia, "destination.accept-public").await, [by("olivia", "Sandbox")]);

    assert_eq!(decide(&olivia, "look-again", &destination).await.status, 409, "it is public");
    assert_eq!(exposed(&olivia).await.destinations.len(), 1);
    assert_eq!(did(&olivia, "destination.withdraw-public").await, [by("olivia", "Sandbox")]);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_tag_is_not_released_to_where_everybody_can_pull_it() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    let (destination, rule) = scene(&story, &adam).await;
    story.world().unsign("acme/dhi-nginx", "1.29").await.expect("it has a signature");
    let held = story.run_whole(&adam, &rule).await;
    assert_ended(&held, RunState::Held);
    let run = held.run.id.to_string();
    let page = async || adam.page(&format!("/orgs/acme/runs/{run}")).await.body;
    let release = async || adam.post("runs/release", &[ACME, ("id", &run)]).await;
    let is_tagged = async || story.world().store(Facade::Destination).manifest(FORWARDED, "1.29").await.is_some();
    assert!(page().await.contains("Release all"), "nothing speaks against it yet");

    // No tag has moved, so nobody has asked as a stranger before.
    story.world().expose(FORWARDED, true);
    let answer = release().await;

    assert_eq!(answer.status, 409, "{answer:?}");
    let words = answer.error().to_string();
    assert!(words.contains("Everybody can pull what is at Sandbox, so nothing is released there. Decide"), "{words}");
    assert!(!is_tagged().await, "it did not move");
    assert_eq!(exposed(&adam).await.destinations.len(), 1);
    let shown = page().await;
    assert!(!shown.contains("Release all") && !shown.contains("Release 1.29"), "it cannot be tried: {shown}");
    assert!(shown.contains("Decide about that first") && shown.contains("Discard all"), "{shown}");
    assert!(shown.contains(&format!("href=\"/orgs/acme/destinations/{destination}\"")), "{shown}");

    story.world().expose(FORWARDED, false);
    assert_eq!(decide(&adam, "look-again", &destination).await.status, 200);
    assert!(page().await.contains("Release all"));
    assert_eq!(release().await.status, 200);
    assert_ended(&story.run_to_end(&adam, &run).await, RunState::Succeeded);
    assert!(is_tagged().await);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_fails_says_neither_private_nor_public() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let (_, rule) = scene(&story, &olivia).await;
    assert_ended(&story.run_whole(&olivia, &rule).await, RunState::Succeeded);
    let looked = || async {
        let row: Option<(bool, chrono::DateTime<chrono::Utc>)> =
            sqlx::query_as("select is_public, looked_at from exposures")
                .fetch_optional(&story.app.db)
                .await
                .expect("rows");
        row
    };
    let started = Instant::now();
    while looked().await.is_none() {
        assert!(started.elapsed() < PATIENCE, "nobody looks");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let first = looked().await;
    assert!(first.is_some_and(|(is_public, _)| !is_public));

    // Ferry's own token is still good: only the stranger asks for one.
    story.world().expose(FORWARDED, true);
    let away = Trouble::Status { code: 503, retry_after: None, body: None };
    story.world().faults().add(Fault::on("/token", away).at(Facade::Destination).times(2));
    let run = forward_news(&story, &olivia, &rule).await;
    assert_ended(&story.run_to_end(&olivia, &run).await, RunState::Succeeded);
    let started = Instant::now();
    while !story.world().faults().left().is_empty() {
        assert!(started.elapsed() < PATIENCE, "nobody looks");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(looked().await, first, "nothing was learnt");
    assert!(exposed(&olivia).await.destinations.is_empty());

    let run = forward_news(&story, &olivia, &rule).await;
    assert_ended(&story.run_to_end(&olivia, &run).await, RunState::Succeeded);
    exposed_until(&olivia, |seen| !seen.destinations.is_empty()).await;
    story.end().await;
}
