//! Browsing the catalog, and mirrors: started, watched, stopped.

use ferry::model::{CatalogList, CatalogRepository, LogState, MirrorDetail, MirrorList, MirrorState};

use super::story::Story;

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_mirrors_a_repository_watches_it_fill_and_stops_it() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let fields = [("organization", "acme"), ("source", "node"), ("name", "dhi-node")];

    let answer = olivia.submit("/orgs/acme/catalog/node", "mirrors/start", &fields).await;
    assert_eq!((answer.status, answer.location.as_deref()), (302, Some("/orgs/acme/mirrors/dhi-node")), "{answer:?}");
    story.world().settled().await;

    let detail: MirrorDetail = olivia.read("mirrors/get", &[("organization", "acme"), ("name", "dhi-node")]).await;
    assert_eq!(detail.mirror.state, MirrorState::UpToDate);
    assert_eq!(detail.mirror.is_private, Some(true));
    assert!(detail.tags.iter().all(|tag| tag.digest.is_some() && tag.platforms.len() == 2), "{detail:#?}");
    assert!(detail.log.iter().any(|line| line.state == LogState::Succeeded));
    let page = olivia.page("/orgs/acme/mirrors/dhi-node").await;
    assert!(page.status == 200 && page.body.contains("dhi-node"), "{page:?}");

    let catalog: CatalogRepository = olivia.read("catalog/get", &[("organization", "acme"), ("name", "node")]).await;
    assert_eq!(catalog.mirrors.len(), 1);
    assert!(!catalog.variants.is_empty() && catalog.overview.html.contains('<'));

    let answer = olivia.post("mirrors/stop", &[("organization", "acme"), ("name", "dhi-node")]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let mirrors: MirrorList = olivia.read("mirrors/list", &[("organization", "acme")]).await;
    assert!(mirrors.mirrors.iter().all(|mirror| mirror.repository.name() != "dhi-node"));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalog_shows_what_is_mirrored_and_filters() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    let list = async |filter: &[(&str, &str)]| -> CatalogList {
        let mut fields = vec![("organization", "acme")];
        fields.extend_from_slice(filter);
        if filter.is_empty() {
            fields.push(("filter[q]", ""));
        }
        mia.read("catalog/list", &fields).await
    };

    let all = list(&[]).await;
    assert!(all.entries.len() >= 12);
    assert_eq!(all.total as usize, all.entries.len());
    let nginx = all.entries.iter().find(|entry| entry.name.as_str() == "nginx").expect("nginx");
    assert_eq!(nginx.mirrors.iter().map(ToString::to_string).collect::<Vec<_>>(), ["acme/dhi-nginx"]);

    let found = list(&[("filter[q]", "nginx")]).await;
    assert!(!found.entries.is_empty() && found.entries.len() < all.entries.len());
    let charts = list(&[("filter[kind][]", "helm-chart")]).await.entries;
    assert!(!charts.is_empty() && charts.iter().all(|entry| entry.name.as_str().ends_with("-chart")), "{charts:?}");
    let mirrored = list(&[("filter[mirrored][]", "yes")]).await.entries;
    assert!(!mirrored.is_empty() && mirrored.iter().all(|entry| !entry.mirrors.is_empty()), "{mirrored:?}");
    assert!(list(&[("filter[q]", "no such thing")]).await.entries.is_empty());
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_mirror_is_a_loud_warning() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    let mirrors: MirrorList = mia.read("mirrors/list", &[("organization", "acme")]).await;
    let redis = mirrors.mirrors.iter().find(|m| m.repository.name() == "dhi-redis").expect("redis");
    assert_eq!(redis.is_private, Some(false));
    let page = mia.page("/orgs/acme/mirrors").await;
    assert!(page.body.contains("acme/dhi-redis is public"), "the page says so");
    assert!(!page.body.contains("Docker stops updating"), "what nobody has confirmed is not claimed (trap 25)");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_may_not_mirror_and_learns_who_may() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    let fields = [("organization", "acme"), ("source", "node"), ("name", "dhi-node")];
    let answer = mia.post("mirrors/start", &fields).await;
    assert_eq!(answer.status, 403, "{answer:?}");
    assert!(answer.error().to_string().contains("Only owners and editors of acme"), "{answer:?}");
    assert!(story.world().mirrors_of("node").is_empty());
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_without_the_prefix_is_refused_at_its_field_and_stays_in_the_form() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    for (name, word) in [("node", "dhi-"), ("", "dhi-"), ("dhi-", "dhi-node"), ("dhi-UPPER", "lower-case")] {
        let fields = [("organization", "acme"), ("source", "node"), ("name", name)];
        let answer = olivia.post("mirrors/start", &fields).await;
        assert_eq!(answer.status, 422, "{name}: {answer:?}");
        assert!(answer.field("name").contains(word), "{name}: {answer:?}");
    }
    let long = format!("dhi-{}", "x".repeat(10_000));
    let fields = [("organization", "acme"), ("source", "node"), ("name", long.as_str())];
    assert_eq!(olivia.post("mirrors/start", &fields).await.status, 422);

    let fields = [("organization", "acme"), ("source", "node"), ("name", "plain-node")];
    let answer = olivia.submit("/orgs/acme/catalog/node", "mirrors/start", &fields).await;
    assert_eq!(answer.status, 302, "{answer:?}");
    let page = olivia.page("/orgs/acme/catalog/node").await;
    assert!(page.body.contains("plain-node"), "what was typed is still there");
    assert!(page.body.contains("begins with dhi-"), "the sentence stands at the field");
    let again = olivia.page("/orgs/acme/catalog/node").await;
    assert!(!again.body.contains("plain-node"), "once");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_mirrors_something_else_is_refused() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let fields = [("organization", "acme"), ("source", "node"), ("name", "dhi-nginx")];
    let answer = olivia.post("mirrors/start", &fields).await;
    assert_eq!(answer.status, 422, "{answer:?}");
    assert!(answer.field("name").contains("nginx already"), "{answer:?}");
    story.end().await;
}
