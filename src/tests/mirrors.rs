//! Mirrors, managed: several at once, progress, stopped and started again, and what the Docker plan allows.

use std::time::Duration;

use ferry::model::{
    Allowance, CatalogRepository, Entitlement, LogState, MirrorDetail, MirrorList, MirrorOutcome, MirrorProposals,
    MirrorState, Progress,
};
use ferry::sandbox::world::people::Organization;
use ferry::sandbox::{Facade, Fault, Options, Trouble};

use super::person::Person;
use super::story::{Beginning, PATIENCE, Story};

const ACME: (&str, &str) = ("organization", "acme");

async fn listed(person: &Person) -> MirrorList {
    person.read("mirrors/list", &[ACME]).await
}

async fn mirror(person: &Person, name: &str) -> MirrorDetail {
    person.read("mirrors/get", &[ACME, ("name", name)]).await
}

/// Changes what Docker knows of acme.
fn acme(story: &Story, change: impl FnOnce(&mut Organization)) {
    let world = story.world();
    let mut state = world.state();
    change(state.people.organizations.iter_mut().find(|one| one.name == "acme").expect("acme"));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_begin_at_once_and_what_was_refused_is_tried_again() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let chosen = [ACME, ("sources[0]", "nginx"), ("sources[1]", "redis-chart"), ("sources[2]", "nothing")];
    let proposed: MirrorProposals = olivia.read("mirrors/propose", &chosen).await;
    let names: Vec<_> = proposed.proposals.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["dhi-nginx-2", "dhi-redis-chart"], "a free name each");
    assert_eq!(proposed.proposals[0].mirrors[0].as_str(), "acme/dhi-nginx");
    assert_eq!(proposed.unknown, ["nothing"]);

    // One may be, one has a name that is taken, one is beyond what the plan allows; one is not ticked.
    acme(&story, |acme| acme.mirror_limit = 3);
    let page = "/orgs/acme/mirrors/new?source=node&source=vault&source=traefik&source=postgres";
    let form = [
        ACME,
        ("wishes[0][source]", "node"),
        ("wishes[0][name]", "dhi-node"),
        ("wishes[0][wanted]", "true"),
        ("wishes[1][source]", "vault"),
        ("wishes[1][name]", "dhi-nginx"),
        ("wishes[1][wanted]", "true"),
        ("wishes[3][source]", "postgres"),
        ("wishes[3][name]", "dhi-postgres"),
    ];
    let answer = olivia.submit(page, "mirrors/start-several", &form).await;
    assert_eq!((answer.status, answer.location.as_deref()), (302, Some(page)), "{answer:?}");
    let shown = olivia.page(page).await.body;
    for words in ["1 of 2 started", "acme/dhi-nginx is the mirror of nginx already", "3 of 3 mirrors used"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(shown.contains(r#"value="dhi-nginx""#), "what was typed stays");
    let again: Vec<_> = form
        .into_iter()
        .map(|(name, value)| if value == "dhi-nginx" { (name, "dhi-vault") } else { (name, value) })
        .collect();
    let answer = olivia.post("mirrors/start-several", &again).await;
    let outcomes: Vec<MirrorOutcome> = serde_json::from_str(&answer.body).expect("outcomes");
    assert_eq!(outcomes[0].refused, None, "it is there and not asked for again");
    let refused = outcomes[1].refused.as_deref().expect("refused");
    assert!(refused.contains("Docker says: entitlement exceeded"), "{refused}");

    acme(&story, |acme| acme.mirror_limit = 50);
    let answer = olivia.post("mirrors/start-several", &again).await;
    let outcomes: Vec<MirrorOutcome> = serde_json::from_str(&answer.body).expect("outcomes");
    assert!(outcomes.len() == 2 && outcomes.iter().all(|one| one.refused.is_none()), "{outcomes:?}");
    story.world().settled().await;
    let list = listed(&olivia).await;
    let of = |source: &str| list.mirrors.iter().filter(|mirror| mirror.source == source).count();
    assert_eq!((of("node"), of("vault"), of("traefik"), of("postgres")), (1, 1, 0, 0));
    let vault = list.mirrors.iter().find(|mirror| mirror.source == "vault").expect("vault");
    assert_eq!(vault.started_by.as_deref(), Some("olivia"));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn null_without_an_error_is_looked_after_before_it_counts() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let start = async |source: &str, name: &str| {
        olivia.post("mirrors/start", &[ACME, ("source", source), ("name", name)]).await
    };
    story.world().state().silent_sets.push_back(true);
    let answer = start("node", "dhi-node").await;
    assert_eq!(answer.status, 200, "Docker said nothing and did it: {answer:?}");
    story.world().state().silent_sets.push_back(false);
    let answer = start("vault", "dhi-vault").await;
    assert_eq!(answer.status, 502, "Docker said nothing and did nothing: {answer:?}");
    let words = answer.error().to_string();
    assert!(words.contains("did not start acme/dhi-vault and gave no reason"), "{words}");
    story.world().settled().await;
    let list = listed(&olivia).await;
    let names: Vec<_> = list.mirrors.iter().map(|mirror| mirror.repository.name()).collect();
    assert_eq!(names, ["dhi-nginx", "dhi-node", "dhi-redis"]);
    assert!(list.stopped.is_empty());
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_counts_the_tags_and_what_failed_comes_first() {
    let sandbox = Options { mirror_pace: Duration::from_millis(1_500), ..Options::default() };
    let story = Story::with(Beginning { sandbox, ..Beginning::default() }).await;
    let olivia = story.signed_in("olivia").await;
    let catalog: CatalogRepository = olivia.read("catalog/get", &[ACME, ("name", "traefik")]).await;
    let all = u32::try_from(catalog.variants.iter().map(|group| group.tags.len()).sum::<usize>()).expect("some");

    let answer = olivia.post("mirrors/start", &[ACME, ("source", "traefik"), ("name", "dhi-traefik")]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let began = std::time::Instant::now();
    let (busy, progress) = loop {
        let detail = mirror(&olivia, "dhi-traefik").await;
        if let Some(progress) = detail.mirror.progress {
            break (detail, progress);
        }
        assert!(began.elapsed() < PATIENCE, "Docker logs nothing");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(busy.mirror.state.is_busy() && progress.total == all && progress.arrived < all, "{:?}", busy.mirror);
    assert!(busy.tags.iter().any(|tag| tag.last_pushed.is_none()), "tags on their way are listed");
    let page = olivia.page("/orgs/acme/mirrors").await.body;
    assert!(page.contains("Docker fills 1 mirror"), "{page}");

    story.world().settled().await;
    let done = mirror(&olivia, "dhi-traefik").await;
    assert_eq!(done.mirror.progress, Some(Progress { arrived: all, failed: 0, pending: 0, total: all }));
    for tag in &done.tags {
        let progress = tag.progress.expect("what the log says");
        assert!(progress.state == LogState::Succeeded && progress.completed_at > progress.triggered_at, "{tag:?}");
    }

    let failing = catalog.variants[0].tags[0].to_string();
    story.world().state().failing.push(("traefik".to_owned(), failing.clone()));
    story.world().push("traefik", &failing).await.expect("a push");
    story.world().settled().await;
    let failed = mirror(&olivia, "dhi-traefik").await;
    assert_eq!(failed.mirror.state, MirrorState::Failed);
    assert_eq!(failed.tags[0].progress.map(|progress| progress.state), Some(LogState::Failed));
    let row = listed(&olivia).await.mirrors.into_iter().find(|one| one.source == "traefik").expect("traefik");
    assert!(row.progress.is_some_and(|progress| progress.failed > 0 && progress.arrived > 0), "{row:?}");
    assert!(olivia.page("/orgs/acme/mirrors/dhi-traefik").await.body.contains(" failed"));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_mirror_stays_listed_and_starts_again() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    story.rule(&olivia, "Nightly", &["acme/dhi-nginx"], &destination, "").await;
    story.rule(&olivia, "Everything", &["acme/dhi-nginx", "acme/dhi-redis"], &destination, "").await;
    let question = olivia.page("/orgs/acme/mirrors/stop?name=dhi-nginx").await.body;
    for words in ["These rules fall silent", "Nightly", "Everything (with dhi-redis)", "Stop 1 mirror"] {
        assert!(question.contains(words), "{words}: {question}");
    }

    // Docker's refusal is in the answer's status, not among its errors.
    story.world().state().refused_removal = Some("not now".to_owned());
    let names = [ACME, ("names[0]", "dhi-nginx"), ("names[1]", "dhi-none")];
    let answer = olivia.post("mirrors/stop-several", &names).await;
    let outcomes: Vec<MirrorOutcome> = serde_json::from_str(&answer.body).expect("outcomes");
    assert!(outcomes.len() == 2 && outcomes.iter().all(|one| one.refused.is_some()), "{outcomes:?}");
    assert_eq!(listed(&olivia).await.mirrors.len(), 2, "nothing was stopped");

    let page = "/orgs/acme/mirrors/stop?name=dhi-nginx";
    let answer = olivia.submit(page, "mirrors/stop-several", &[ACME, ("names[0]", "dhi-nginx")]).await;
    assert_eq!((answer.status, answer.location.as_deref()), (302, Some("/orgs/acme/mirrors")), "{answer:?}");
    let list = listed(&olivia).await;
    assert_eq!((list.mirrors.len(), list.stopped.len()), (1, 1));
    assert_eq!(list.stopped[0].stopped.as_ref().and_then(|stopped| stopped.by.as_deref()), Some("olivia"));
    assert_eq!(list.stopped[0].rules, ["Everything", "Nightly"]);
    let detail = mirror(&olivia, "dhi-nginx").await;
    assert_eq!(detail.mirror.state, MirrorState::Stopped);
    assert!(!detail.tags.is_empty() && !detail.log.is_empty(), "its tags and its history stay");
    let shown = olivia.page("/orgs/acme/mirrors/dhi-nginx").await.body;
    assert!(shown.contains("Stopped by olivia") && shown.contains("Start again"), "{shown}");
    assert!(olivia.page("/orgs/acme/mirrors?state=stopped").await.body.contains("1 of 2 mirrors"));

    let again = [ACME, ("source", "nginx"), ("name", "dhi-nginx")];
    let answer = olivia.submit("/orgs/acme/mirrors/dhi-nginx", "mirrors/start", &again).await;
    assert_eq!(answer.location.as_deref(), Some("/orgs/acme/mirrors/dhi-nginx"), "{answer:?}");
    story.world().settled().await;
    let list = listed(&olivia).await;
    assert_eq!((list.mirrors.len(), list.stopped.len()), (2, 0));
    assert_eq!(mirror(&olivia, "dhi-nginx").await.mirror.state, MirrorState::UpToDate);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_of_one_mirror_are_listed_and_where_there_is_none_one_is_written_for_it() {
    let story = Story::begin().await;
    let (olivia, mia) = (story.signed_in("olivia").await, story.signed_in("mia").await);
    let destination = story.sandbox_destination(&olivia).await;
    story.rule(&olivia, "Nightly", &["acme/dhi-nginx"], &destination, "").await;
    story.rule(&olivia, "Elsewhere", &["acme/dhi-traefik"], &destination, "").await;
    let menu = olivia.page("/orgs/acme/mirrors").await.body;
    for mirror in ["dhi-nginx", "dhi-redis"] {
        assert!(menu.contains(&format!("href=\"/orgs/acme/rules?mirror=acme/{mirror}\"")), "{mirror}: {menu}");
    }

    let used = mia.page("/orgs/acme/rules?mirror=acme/dhi-nginx").await.body;
    assert!(used.contains(">Nightly<") && !used.contains(">Elsewhere<"), "{used}");
    assert!(used.contains("Remove the filter Mirror: acme/dhi-nginx"), "{used}");
    let all = mia.page("/orgs/acme/rules?mirror=").await.body;
    assert!(all.contains(">Nightly<") && all.contains(">Elsewhere<") && !all.contains("Remove the filter"), "{all}");

    let unused = "/orgs/acme/rules?mirror=acme/dhi-redis";
    let shown = mia.page(unused).await.body;
    assert!(shown.contains("No rule forwards acme/dhi-redis") && !shown.contains(">Nightly<"), "{shown}");
    assert!(shown.contains("Remove the filter Mirror: acme/dhi-redis"), "{shown}");
    assert!(!shown.contains("New rule for it") && shown.contains("An admin of the organization"), "{shown}");
    let new = "/orgs/acme/rules/new?mirror=acme/dhi-redis";
    assert!(olivia.page(unused).await.body.contains(&format!("href=\"{new}\"")), "and she may");
    let form = olivia.page(new).await.body;
    let chosen = |mirror: &str| {
        let value = format!("value=\"acme/{mirror}\"");
        let input = form.split("<input").find(|input| input.contains(&value)).expect("a box");
        input.split('>').next().is_some_and(|attributes| attributes.contains("checked"))
    };
    assert_eq!((chosen("dhi-redis"), chosen("dhi-nginx")), (true, false), "{form}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_that_was_stopped_outside_of_ferry_is_noticed() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    assert_eq!(listed(&mia).await.mirrors.len(), 2);
    let id = story.world().mirrors_of("nginx")[0].id.clone();
    story.world().stop_mirroring(&id).expect("it is there");
    let list = listed(&mia).await;
    assert_eq!(list.stopped.len(), 1);
    assert!(list.stopped[0].stopped.as_ref().is_some_and(|stopped| stopped.by.is_none()), "{:?}", list.stopped);
    assert!(mia.page("/orgs/acme/mirrors").await.body.contains("outside of Ferry, noticed"));
    let page = mia.page("/orgs/acme/mirrors/dhi-nginx").await.body;
    assert!(page.contains("Stopped outside of Ferry") && !page.contains(">Start again<"), "{page}");
    let log = mia.page("/orgs/acme/audit?action=mirror.found-stopped").await.body;
    assert!(log.contains("Keeps a mirror in step no more") && log.contains("acme/dhi-nginx"), "{log}");
    // And begun again outside of it.
    story.world().mirror("acme", "nginx", "dhi-nginx").expect("a mirror");
    story.world().settled().await;
    let list = listed(&mia).await;
    assert_eq!((list.mirrors.len(), list.stopped.len()), (2, 0));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_is_told_where_it_matters_and_its_silence_hides_nothing() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let pages = ["/orgs/acme/mirrors", "/orgs/acme/catalog/node", "/orgs/acme/mirrors/new?source=node"];
    let say = async |words: &str| {
        for path in pages {
            let page = olivia.page(path).await;
            assert!(page.status == 200 && page.body.contains(words), "{path}: {words}: {}", page.body);
        }
    };
    say("2 of 50 mirrors used.").await;
    acme(&story, |acme| acme.trial = "2026-12-03T00:00:00Z".parse().ok());
    say("Trial until 3 December 2026: mirrors stop being updated when no plan follows.").await;
    acme(&story, |acme| acme.told = false);
    say("Docker does not say how many mirrors acme may have.").await;

    let down = Trouble::Status { code: 503, retry_after: None, body: None };
    story.world().faults().add(Fault::on("", down).at(Facade::GraphQl).times(20));
    let said: Entitlement = olivia.read("mirrors/entitlement", &[ACME]).await;
    assert_eq!(said.mirrors, Allowance::Unknown);
    story.world().faults().clear();

    let gus = story.signed_in("gus").await;
    let page = gus.page("/orgs/globex/mirrors").await.body;
    assert!(page.contains("(Docker Team) does not include Docker Hardened Images"), "{page}");
    assert!(page.contains("DHI Select, DHI Enterprise or a trial"), "and what to do");
    story.end().await;
}
