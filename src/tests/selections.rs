//! Selections of the catalog: they ask for what matches, and nothing starts before an owner says so.

use ferry::api::selections::SelectionOutcome;
use ferry::model::{Asker, Look, Selection, SelectionPreview};

use super::person::{Answer, Person};
use super::requests::{decide, listed};
use super::story::{PATIENCE, Story};

const DATABASES: (&str, &str) = ("form[category]", "databases-and-storage");

async fn save(person: &Person, id: Option<&str>, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("organization", "acme"), ("form[name]", "Databases"), DATABASES];
    all.extend(id.map(|id| ("id", id)));
    all.extend_from_slice(fields);
    person.post("selections/save", &all).await
}

async fn saved(person: &Person, cap: &str) -> String {
    let answer = save(person, None, &[("form[cap]", cap), ("intent", "save")]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    match serde_json::from_str(&answer.body).expect("an outcome") {
        SelectionOutcome::Saved(id) => id.to_string(),
        other @ SelectionOutcome::Previewed(_) => panic!("not saved: {other:?}"),
    }
}

async fn selection(person: &Person) -> Selection {
    person.read::<Vec<Selection>>("selections/list", &[("organization", "acme")]).await.pop().expect("a selection")
}

/// The names of the mirrors that are asked for.
async fn proposed(person: &Person) -> Vec<String> {
    let mut names: Vec<String> = listed(person, false).await.into_iter().map(|r| r.name.to_string()).collect();
    names.sort();
    names
}

/// Has the clockwork look now instead of in ten minutes, at what Docker says then, and waits until what it finds looks so.
async fn looked(story: &Story, person: &Person, done: impl AsyncFn() -> bool) {
    sqlx::query("update selections set due_at = now()").execute(&story.app.db).await.expect("it is due");
    let old = "update listings set read_at = read_at - interval '1 hour'";
    sqlx::query(old).execute(&story.app.db).await.expect("Docker's catalog is read again");
    let started = std::time::Instant::now();
    while !done().await {
        assert!(started.elapsed() < PATIENCE, "it does not get there: {:#?}", selection(person).await);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_asks_for_what_matches_and_an_owner_starts_it() {
    let story = Story::begin().await;
    let (adam, olivia) = (story.signed_in("adam").await, story.signed_in("olivia").await);
    let answer = save(&adam, None, &[("form[cap]", "20"), ("intent", "preview")]).await;
    let outcome = serde_json::from_str(&answer.body).expect("an outcome");
    let SelectionOutcome::Previewed(preview) = outcome else { panic!("{outcome:?}") };
    assert_eq!(preview.sentence(), "Matches 3 repositories: 1 mirrored, 2 would be proposed.");
    let SelectionPreview { proposed: names, mirrored, .. } = preview;
    assert_eq!(names.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), ["postgres", "redis-chart"], "featured first");
    assert_eq!(mirrored.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), ["redis"]);
    assert!(listed(&adam, false).await.is_empty(), "a preview keeps nothing");

    let id = saved(&adam, "20").await;
    assert_eq!(proposed(&adam).await, ["dhi-postgres", "dhi-redis-chart"]);
    assert!(story.world().mirrors_of("postgres").is_empty(), "nothing starts by itself");
    let open = listed(&adam, false).await;
    assert!(open.iter().all(|r| matches!(&r.asker, Asker::Selection { name, .. } if name == "Databases")), "{open:?}");

    let postgres = open.iter().find(|request| request.source.as_str() == "postgres").expect("postgres");
    assert_eq!(decide(&olivia, &[postgres], "approve", "").await.status, 302);
    assert_eq!(story.world().mirrors_of("postgres").len(), 1);
    story.world().settled().await;
    let page = adam.page("/orgs/acme/requests/selections").await;
    assert!(page.body.contains("2 of 20") && page.body.contains("in databases and storage"), "{page:?}");

    assert_eq!(adam.post("selections/delete", &[("organization", "acme"), ("id", &id)]).await.status, 200);
    assert!(listed(&adam, false).await.is_empty(), "what it asked for is withdrawn");
    assert_eq!(story.world().mirrors_of("postgres").len(), 1, "what was started stays");
    let deeds: Vec<String> = sqlx::query_scalar("select action from audit where action like 'selection.%' order by id")
        .fetch_all(&story.app.db)
        .await
        .expect("the audit log");
    assert_eq!(deeds, ["selection.create", "selection.delete"]);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cap_holds_back_and_what_was_declined_does_not_come_again() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let id = saved(&olivia, "1").await;
    assert_eq!(proposed(&olivia).await, ["dhi-postgres"]);
    let look = selection(&olivia).await.look.expect("a look");
    let expected = Look { matching: 3, mirrored: 1, taken: 1, proposed: 1, held_back: 1, ..Look::default() };
    assert_eq!(look, expected);
    let page = olivia.page("/orgs/acme/requests/selections").await;
    assert!(page.body.contains("1 of 1; 1 more matches but the cap holds it back"), "{page:?}");

    // Declined: its place is free for the next, at once and without anybody's doing.
    let open = listed(&olivia, false).await;
    assert_eq!(decide(&olivia, &[&open[0]], "decline", "We buy it elsewhere.").await.status, 302);
    looked(&story, &olivia, async || proposed(&olivia).await == ["dhi-redis-chart"]).await;

    let answer = save(&olivia, Some(&id), &[("form[cap]", "20"), ("intent", "save")]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(proposed(&olivia).await, ["dhi-redis-chart"], "postgres was declined");
    assert_eq!(selection(&olivia).await.look.expect("a look").declined, 1);

    // What matches no more is withdrawn.
    let charts = [("form[cap]", "20"), ("form[kind]", "image"), ("intent", "save")];
    assert_eq!(save(&olivia, Some(&id), &charts).await.status, 200);
    assert!(listed(&olivia, false).await.is_empty());
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_docker_adds_is_asked_for_with_the_token_of_whoever_saved_or_the_organizations_own() {
    let story = Story::begin().await;
    let (adam, olivia) = (story.signed_in("adam").await, story.signed_in("olivia").await);
    saved(&adam, "20").await;
    story.world().publish("postgres", "valkey").expect("Docker adds it");
    looked(&story, &olivia, async || proposed(&olivia).await.contains(&"dhi-valkey".to_owned())).await;
    assert!(story.world().mirrors_of("valkey").is_empty(), "nothing starts by itself");

    assert_eq!(adam.post("session/sign-out", &[]).await.status, 200);
    story.world().publish("postgres", "mariadb").expect("Docker adds it");
    looked(&story, &olivia, async || selection(&olivia).await.trouble.is_some()).await;
    let page = olivia.page("/orgs/acme/requests/selections").await;
    assert!(page.body.contains("Ferry has no token to read the catalog with."), "{page:?}");

    story.connect(&olivia).await;
    looked(&story, &olivia, async || proposed(&olivia).await.contains(&"dhi-mariadb".to_owned())).await;
    assert_eq!(selection(&olivia).await.trouble, None);
    assert_eq!(proposed(&olivia).await.len(), 4, "each once");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_a_script_is_previewed_and_keeps_what_was_refused() {
    let story = Story::begin().await;
    let adam = story.signed_in("adam").await;
    let page = "/orgs/acme/requests/selections/new";
    let fields = [("organization", "acme"), ("form[cap]", "0"), ("form[words]", "relational"), ("intent", "save")];
    assert_eq!(adam.submit(page, "selections/save", &fields).await.status, 302);
    let shown = adam.page(page).await;
    assert!(shown.body.contains("A whole number from 1 to 1000.") && shown.body.contains("relational"), "{shown:?}");

    let fields = [("organization", "acme"), ("form[cap]", "5"), ("form[words]", "relational"), ("intent", "preview")];
    assert_eq!(adam.submit(page, "selections/save", &fields).await.status, 302);
    let shown = adam.page(page).await;
    assert!(shown.body.contains("Matches 1 repository: 0 mirrored, 1 would be proposed."), "{shown:?}");

    let mia = story.signed_in("mia").await;
    assert!(mia.page(page).await.body.contains("Admins write selections"));
    assert_eq!(save(&mia, None, &[("form[cap]", "5")]).await.status, 403);
    story.end().await;
}
