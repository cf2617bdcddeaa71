//! The catalog through its cache: shown at once, read again behind the page, and still there while Docker Hub is away.

use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use ferry::catalog::{self, CatalogError};
use ferry::model::{CatalogEntry, CatalogList, CatalogRepository, Facet, Mirror, MirrorList, MirrorState, OrgName};
use ferry::sandbox::{self, Facade, Fault, Trouble};

use super::person::Person;
use super::story::{Beginning, PATIENCE, Story};

const ACME: (&str, &str) = ("organization", "acme");

async fn list(person: &Person, filter: &[(&str, &str)]) -> CatalogList {
    // A filter of nothing is still a filter.
    let fields = [filter, &[ACME, ("filter[sort]", "best")]].concat();
    person.read("catalog/list", &fields).await
}

/// Looks again and again until the list is so.
async fn until(person: &Person, done: impl Fn(&CatalogList) -> bool) -> CatalogList {
    let started = Instant::now();
    loop {
        let list = list(person, &[]).await;
        if done(&list) {
            return list;
        }
        assert!(started.elapsed() < PATIENCE, "it does not get there: {:?} {:?}", list.read_at, list.refusal);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until every reading that was asked for has come to its end.
async fn at_rest(story: &Story) {
    let started = Instant::now();
    let statement = "select count(*) from listings where asked_at > greatest(read_at, refused_at)";
    while sqlx::query_scalar::<_, i64>(statement).fetch_one(&story.app.db).await.expect("a count") > 0 {
        assert!(started.elapsed() < PATIENCE, "Docker Hub is still being read");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// When the catalog was last found to be another one.
async fn changed_at(story: &Story) -> DateTime<Utc> {
    let statement = "select changed_at from listings where subject = 'catalog'";
    sqlx::query_scalar(statement).fetch_one(&story.app.db).await.expect("a listing")
}

const DOCKER_IS_AWAY: Trouble = Trouble::Status { code: 503, retry_after: None, body: None };

fn docker_is_away(story: &Story) {
    story.world().faults().add(Fault::on("", DOCKER_IS_AWAY).at(Facade::GraphQl).times(10_000));
}

fn asked_docker(story: &Story) -> usize {
    story.world().ledger().count(|entry| entry.facade == Facade::GraphQl)
}

/// How often the organization itself asked, with the token it gave us.
fn asked_as_acme(story: &Story) -> usize {
    story.world().ledger().count(|entry| entry.facade == Facade::GraphQl && entry.user.as_deref() == Some("acme"))
}

fn named<'a>(list: &'a CatalogList, name: &str) -> &'a CatalogEntry {
    list.entries.iter().find(|entry| entry.name.as_str() == name).unwrap_or_else(|| panic!("no {name}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn while_docker_hub_is_away_the_catalog_is_shown_with_a_note() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    let first = list(&mia, &[]).await;
    assert_eq!(first.refusal, None);
    story.listings_grow_old().await;
    docker_is_away(&story);

    let shown = list(&mia, &[]).await;
    assert_eq!((shown.total, shown.refusal), (first.total, None), "nobody waits for Docker Hub");
    at_rest(&story).await;
    let noted = list(&mia, &[]).await;
    assert!(noted.refusal.expect("why").sentence.contains("cannot be reached"));
    assert!(noted.read_at < story.app.clock.now() - TimeDelta::minutes(50), "the age stays");
    let page = mia.page("/orgs/acme/catalog").await;
    assert_eq!(page.status, 200, "{page:?}");
    for words in ["Docker's catalog could not be read again", "cannot be reached", "Docker's catalog as of", "Vault"] {
        assert!(page.body.replace("&#x27;", "'").contains(words), "{words}");
    }

    story.world().faults().clear();
    let asked = asked_docker(&story);
    list(&mia, &[]).await;
    assert_eq!(asked_docker(&story), asked, "after a refusal Docker Hub has a minute of peace");
    story.listings_grow_old().await;
    until(&mia, |list| list.refusal.is_none() && list.read_at > first.read_at).await;
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalog_that_was_never_read_is_an_error_while_docker_hub_is_away() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    docker_is_away(&story);
    let answer = mia.get("catalog/list", &[ACME, ("filter[sort]", "best")]).await;
    assert_eq!(answer.status, 502, "{answer:?}");
    let page = mia.page("/orgs/acme/catalog").await;
    assert_eq!(page.status, 502, "{page:?}");
    assert!(page.body.contains("cannot be reached"), "{page:?}");
    story.world().faults().clear();
    assert!(list(&mia, &[]).await.total > 0);
    story.end().await;
}

async fn repository(person: &Person, name: &str) -> CatalogRepository {
    person.read("catalog/get", &[ACME, ("name", name)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_is_shown_as_it_was_read_and_waited_for_once_it_is_old() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    let says = |shown: &CatalogRepository| shown.entry.short_description.clone();
    let before = repository(&mia, "vault").await;
    story.world().describe("vault", "Says something else.").expect("the vault");
    let fresh = repository(&mia, "vault").await;
    assert_eq!(says(&fresh), says(&before), "what is fresh is not read again");
    story.listings_grow_old().await;
    let waited_for = repository(&mia, "vault").await;
    assert_eq!(says(&waited_for), "Says something else.");
    assert!(waited_for.read_at > fresh.read_at);
    let never = mia.get("catalog/get", &[ACME, ("name", "no-such")]).await;
    assert_eq!(never.status, 404, "{never:?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_docker_hub_is_away_a_repository_and_the_mirrors_are_shown_as_they_were() {
    let story = Story::begin().await;
    let (olivia, mia) = (story.signed_in("olivia").await, story.signed_in("mia").await);
    let fields = [ACME, ("source", "node"), ("name", "dhi-node")];
    assert_eq!(olivia.post("mirrors/start", &fields).await.status, 200);
    let before = repository(&mia, "node").await;
    let mirrors: MirrorList = mia.read("mirrors/list", &[ACME]).await;
    assert!(before.refusal.is_none() && mirrors.refusal.is_none() && !before.mirrors.is_empty());
    story.listings_grow_old().await;
    story.world().faults().add(Fault::on("", DOCKER_IS_AWAY).times(10_000));

    let shown = repository(&mia, "node").await;
    assert!(shown.refusal.as_ref().expect("why").sentence.contains("cannot be reached"), "{shown:?}");
    assert_eq!((&shown.variants, &shown.guides), (&before.variants, &before.guides));
    let names = |mirrors: &[Mirror]| mirrors.iter().map(|mirror| mirror.repository.clone()).collect::<Vec<_>>();
    assert_eq!(names(&shown.mirrors), names(&before.mirrors));
    let listed: MirrorList = mia.read("mirrors/list", &[ACME]).await;
    assert!(listed.refusal.is_some());
    assert_eq!(names(&listed.mirrors), names(&mirrors.mirrors));
    let unknown = |mirror: &Mirror| mirror.state == MirrorState::Unknown && mirror.is_private.is_none();
    assert!(listed.mirrors.iter().all(unknown), "nothing is claimed of them: {listed:?}");
    for (path, words) in [
        ("catalog/node", ["Docker's catalog could not be read again", "cannot be reached", "22-dev"]),
        ("catalog/node?tab=guides", ["Docker's catalog could not be read again", "cannot be reached", "Guides"]),
        ("mirrors", ["Docker Hub could not be asked for the mirrors", "cannot be reached", "acme/dhi-node"]),
    ] {
        let page = mia.page(&format!("/orgs/acme/{path}")).await;
        assert_eq!(page.status, 200, "{path}: {page:?}");
        let body = page.body.replace("&#x27;", "'");
        assert!(words.iter().all(|words| body.contains(words)), "{path}: {body}");
    }
    // What nobody has opened yet is not known.
    assert_eq!(mia.page("/orgs/acme/catalog/redis").await.status, 502);
    story.world().faults().clear();
    assert_eq!(mia.page("/orgs/acme/catalog/redis").await.status, 200);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_at_docker_appears_and_where_nothing_changed_nothing_is_written() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    // With a token of the organization's own a job reads; before, the visitor's own session did.
    for connected in [false, true] {
        if connected {
            story.connect(&olivia).await;
        }
        let before = list(&olivia, &[]).await;
        let (changed, as_acme) = (changed_at(&story).await, asked_as_acme(&story));
        story.listings_grow_old().await;
        until(&olivia, |list| list.read_at > before.read_at).await;
        at_rest(&story).await;
        assert_eq!(changed_at(&story).await, changed, "the same catalog is not written again");
        assert_eq!(asked_as_acme(&story) > as_acme, connected, "by whose token");

        let sentence = format!("Says something else, connected {connected}.");
        story.world().describe("vault", &sentence).expect("the vault");
        let read_at = list(&olivia, &[]).await.read_at;
        at_rest(&story).await;
        assert_eq!(list(&olivia, &[]).await.read_at, read_at, "what is fresh is not read again");
        story.listings_grow_old().await;
        let at_once = list(&olivia, &[]).await;
        assert_ne!(named(&at_once, "vault").short_description, sentence, "read behind the page");
        until(&olivia, |list| named(list, "vault").short_description == sentence).await;
        assert!(changed_at(&story).await > changed);
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_mirrored_or_is_forwarded_since_is_shown_at_once() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let count = |list: &CatalogList, facet: Facet, id: &str| {
        let values = list.facets.iter().find(|values| values.facet == facet).map(|values| values.values.as_slice());
        values.unwrap_or_default().iter().find(|value| value.id == id).map_or(0, |value| value.count)
    };
    let before = list(&olivia, &[]).await;
    assert!(named(&before, "vault").mirrors.is_empty());
    let fields = [ACME, ("source", "vault"), ("name", "dhi-vault")];
    assert_eq!(olivia.post("mirrors/start", &fields).await.status, 200);

    let after = list(&olivia, &[]).await;
    assert_eq!(named(&after, "vault").mirrors.iter().map(ToString::to_string).collect::<Vec<_>>(), ["acme/dhi-vault"]);
    assert_eq!(count(&after, Facet::Mirrored, "yes"), count(&before, Facet::Mirrored, "yes") + 1);
    let open = list(&olivia, &[("filter[mirrored][]", "no"), ("filter[category][]", "security")]).await;
    assert!(open.found > 0 && open.entries.iter().all(|entry| entry.name.as_str() != "vault"), "{open:?}");

    let destination = story.sandbox_destination(&olivia).await;
    story.rule(&olivia, "Vaults", &["acme/dhi-vault"], &destination, "").await;
    let forwarded = list(&olivia, &[("filter[forwarded][]", "yes")]).await;
    assert_eq!(named(&forwarded, "vault").rules, ["Vaults"]);
    assert_eq!(forwarded.found, 1, "{forwarded:?}");

    // What was changed is waited for; where it cannot be had, the list from before is shown.
    docker_is_away(&story);
    sqlx::query("update listings set outdated_at = now()").execute(&story.app.db).await.expect("a change");
    let kept = list(&olivia, &[]).await;
    assert!(kept.refusal.is_some() && kept.total == before.total);
    story.world().faults().clear();
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_selects_without_a_visitor_is_given_every_entry() {
    let story = Story::begin().await;
    let acme: OrgName = "acme".parse().expect("a name");
    let never = catalog::entries(&story.app, &acme, None).await;
    assert!(matches!(never, Err(CatalogError::NeverRead)), "{never:?}");
    let olivia = story.signed_in("olivia").await;
    story.connect(&olivia).await;
    let read = catalog::entries(&story.app, &acme, None).await.expect("with the organization's token");
    assert!(read.len() > 12 && read.iter().any(|entry| entry.fips));
    assert_eq!(list(&olivia, &[]).await.total as usize, read.len(), "a page shows the same");

    story.world().describe("vault", "Another sentence.").expect("the vault");
    story.listings_grow_old().await;
    let renewed = catalog::entries(&story.app, &acme, None).await.expect("read again");
    assert!(renewed.iter().any(|entry| entry.short_description == "Another sentence."));
    docker_is_away(&story);
    story.listings_grow_old().await;
    let kept = catalog::entries(&story.app, &acme, None).await.expect("what was read before");
    assert_eq!(kept, renewed);
    story.world().faults().clear();
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_of_dockers_catalog_is_ranked_counted_and_paged() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/dhi-catalog.json");
    // Where the extracted catalog does not lie beside the project, the seeded one says the same of small numbers.
    let options = sandbox::Options { catalog: path.exists().then_some(path), ..sandbox::Options::default() };
    let story = Story::with(Beginning { sandbox: options, work: false, ..Beginning::default() }).await;
    let mia = story.signed_in("mia").await;
    let all = list(&mia, &[]).await;
    assert_eq!((all.found, all.page), (all.total, 1));
    assert_eq!(all.pages, all.total.div_ceil(60));
    for values in all.facets.iter().filter(|values| values.facet.yes_and_no().is_some() || values.facet == Facet::Kind)
    {
        let sum: u32 = values.values.iter().map(|value| value.count).sum();
        // Of FIPS and STIG only those that have it are offered.
        assert!(sum == all.total || sum < all.total && values.values.len() == 1, "{values:?}");
    }
    for category in all.facets.iter().filter(|values| values.facet == Facet::Category).flat_map(|values| &values.values)
    {
        let narrowed = list(&mia, &[("filter[category][]", category.id.as_str())]).await;
        assert_eq!(narrowed.found, category.count, "{category:?}");
    }
    let pages = all.pages.to_string();
    let last = list(&mia, &[("filter[page]", pages.as_str())]).await;
    assert_eq!(last.skipped + u32::try_from(last.entries.len()).expect("a page"), all.total);

    for (typed, first, mistyped) in [
        ("redis", "redis", false),
        ("REDIS helm", "redis-chart", false),
        ("postgers", "postgres", true),
        ("kubeclt", "kubectl", true),
    ] {
        let began = Instant::now();
        let found = list(&mia, &[("filter[q]", typed)]).await;
        println!("{typed}: {} of {} in {:?}", found.found, found.total, began.elapsed());
        assert_eq!(found.entries.first().map(|entry| entry.name.as_str()), Some(first), "{typed}");
        assert_eq!(found.close, mistyped, "{typed}");
    }
    story.end().await;
}
