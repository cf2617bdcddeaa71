//! The page of a catalog repository: its variants, how to pull them, where they are, and texts that mean harm.

use std::time::Duration;

use ferry::model::{AtHub, CatalogRepository, MirrorPlaces, PolicyStatus, RunState, Variant, VulnerabilityCounts};
use ferry::sandbox::{Facade, Fault, Trouble};

use super::person::Person;
use super::story::{Story, assert_ended};

const ACME: (&str, &str) = ("organization", "acme");

async fn repository(person: &Person, name: &str) -> CatalogRepository {
    person.read("catalog/get", &[ACME, ("name", name)]).await
}

/// The variant that a tag points at.
fn of_tag<'a>(repository: &'a CatalogRepository, tag: &str) -> &'a Variant {
    let found = repository.variants.iter().find(|variant| variant.tags.iter().any(|one| one.as_str() == tag));
    found.unwrap_or_else(|| panic!("no {tag}: {repository:#?}"))
}

async fn shown(person: &Person, path: &str) -> String {
    let page = person.page(&format!("/orgs/acme/catalog/{path}")).await;
    assert_eq!(page.status, 200, "{path}: {page:?}");
    page.body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variant_says_what_docker_says_and_not_analysed_is_never_none_found() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    let node = repository(&mia, "node").await;
    assert_eq!(node.variants.len(), 4);
    let dev = of_tag(&node, "22-dev");
    assert_eq!(dev.tags.len(), 5, "all tags of one digest: {dev:#?}");
    let platforms: Vec<&str> = dev.images.iter().map(|image| image.platform.as_str()).collect();
    assert_eq!(platforms, ["linux/amd64", "linux/arm64"]);
    for image in &dev.images {
        assert_eq!((image.shell.as_deref(), image.package_manager.as_deref()), (Some("bash"), Some("apt")));
        assert!(image.is_root() && image.size > 0 && image.working_directory == "/");
        let health = image.health.as_ref().expect("a score");
        let failed: Vec<_> = health.policies.iter().filter(|policy| policy.status == PolicyStatus::Fail).collect();
        assert_eq!((health.score.as_str(), failed.len(), failed[0].violations), ("B", 1, 1));
    }
    let fips = of_tag(&node, "22-fips");
    assert!(fips.images.iter().all(|image| image.fips && image.stig && image.shell.is_none()));
    let page = shown(&mia, "node?find=22-dev").await;
    for words in
        ["Default non-root user", "1 not kept", "1 violation", "Debian 13", "/orgs/acme/catalog/node/tags/22-dev"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let mut all = Vec::new();
    // What is found goes by the digest, which is another in each world: in some image of these it is nothing.
    for name in ["node", "nginx", "postgres", "python", "golang", "vault", "redis", "grafana", "keycloak"] {
        let found = repository(&mia, name).await;
        all.extend(found.variants.iter().flat_map(|variant| variant.images.iter().map(|image| image.vulnerabilities)));
    }
    assert!(all.iter().all(Option::is_some), "analysed long ago");
    assert!(all.iter().any(|counts| counts.is_some_and(VulnerabilityCounts::finds_nothing)), "{all:?}");

    // A build of this moment has not been looked at.
    let digest = story.world().push("node", "22").await.expect("a build");
    story.listings_grow_old().await;
    let node = repository(&mia, "node").await;
    let newest = &node.variants[0];
    assert_eq!(newest.digest.as_str(), digest, "last pushed first");
    assert!(newest.images.iter().all(|image| image.vulnerabilities.is_none() && image.health.is_none()));
    let page = shown(&mia, "node?find=22.21.1-debian13").await;
    assert!(page.contains(">Not analysed<") && page.contains(">Not scored<") && !page.contains("None found"), "{page}");
    let chart = shown(&mia, "redis-chart").await;
    assert!(chart.contains(">Not analysed<") && !chart.contains("None found"), "{chart}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_and_the_tool_stand_in_the_address() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    let cases = [
        ("", "4 of 4 variants"),
        ("?find=22+alpine", "1 of 4 variants"),
        ("?distribution=debian-13", "3 of 4 variants"),
        ("?compliance=fips", "1 of 4 variants"),
        ("?compliance=none&shell=no", "2 of 4 variants"),
        ("?manager=apt&user=root&platform=linux%2Farm64", "1 of 4 variants"),
        ("?user=nonsense", "No variant matches"),
    ];
    for (query, words) in cases {
        let page = shown(&mia, &format!("node{query}")).await;
        assert!(page.contains(words), "{query}: {words}: {page}");
    }
    let page = shown(&mia, "node?tag=22-alpine&tool=skopeo&shell=no").await;
    assert!(page.contains("skopeo copy --all docker://dhi.io/node:22-alpine oci:node:22-alpine"), "{page}");
    // Each way on keeps what else was asked for.
    for kept in
        ["tag=22-alpine&amp;tool=podman&amp;shell=no", "tab=guides&amp;tag=22-alpine&amp;tool=skopeo&amp;shell=no"]
    {
        assert!(page.contains(kept), "{kept}: {page}");
    }
    let page = shown(&mia, "redis-chart?tool=docker").await;
    assert!(page.contains("helm pull oci://dhi.io/redis-chart --version 23."), "{page}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fips_variant_is_pulled_from_a_mirror_only() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let page = shown(&olivia, "vault?tag=1-fips").await;
    assert!(page.contains("This variant needs a mirror") && !page.contains("docker pull dhi.io/"), "{page}");
    assert!(shown(&olivia, "vault?tag=1").await.contains("docker pull dhi.io/vault:1<"));
    story.world().mirror("acme", "vault", "dhi-vault").expect("a mirror");
    story.world().settled().await;
    let page = shown(&olivia, "vault?tag=1-fips").await;
    assert!(page.contains("docker pull docker.io/acme/dhi-vault:1-fips<") && !page.contains("pull dhi.io/"), "{page}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_tag_is_follows_the_catalog_docker_hub_and_each_destination() {
    let story = Story::begin().await;
    let olivia = story.signed_in("olivia").await;
    let destination = story.sandbox_destination(&olivia).await;
    let only = [("form[include]", "1.29")];
    let rule = story.rule_with(&olivia, "out", &["acme/dhi-nginx"], &destination, &only).await;
    let host = story.sandbox.destination_registry();
    let later = story.destination(&olivia, "Later", &host, "later", None).await;
    story.rule_with(&olivia, "later", &["acme/dhi-nginx"], &later, &only).await;
    assert_ended(&story.run_whole(&olivia, &rule).await, RunState::Succeeded);

    let asked = [ACME, ("mirrors[0]", "dhi-nginx"), ("tag", "1.29")];
    let places = async || -> MirrorPlaces {
        let mut found: Vec<MirrorPlaces> = olivia.read("catalog/places", &asked).await;
        assert_eq!(found.len(), 1, "{found:#?}");
        found.remove(0)
    };
    let digest = of_tag(&repository(&olivia, "nginx").await, "1.29").digest.clone();
    let found = places().await;
    assert!(matches!(&found.at_hub, AtHub::Held { digest: Some(held), .. } if *held == digest), "{found:#?}");
    let addresses: Vec<_> = found.destinations.iter().map(|place| place.address.clone()).collect();
    assert_eq!(addresses, [format!("{host}/forwarded/dhi-nginx"), format!("{host}/later/dhi-nginx")]);
    let seen = found.destinations[0].seen.as_ref().expect("it was forwarded");
    assert!(seen.digest == digest && seen.coverage.len() == 2, "{seen:#?}");
    assert!(seen.coverage.iter().all(|held| held.held > 0 && held.held == held.expected), "{seen:#?}");
    assert_eq!((&found.destinations[1].seen, &found.destinations[1].rules), (&None, &vec!["later".to_owned()]));
    let page = shown(&olivia, "nginx?tag=1.29").await;
    for words in [
        "docker pull docker.io/acme/dhi-nginx:1.29".to_owned(),
        format!("docker pull {host}/forwarded/dhi-nginx:1.29"),
        "Same digest".to_owned(),
        "Not there".to_owned(),
        "later will bring it.".to_owned(),
    ] {
        assert!(page.contains(&words), "{words}: {page}");
    }
    assert!(!page.contains(&format!("docker pull {host}/later/")), "nothing is there: {page}");

    // Docker publishes a build; its mirror follows at once and the rule has not run since.
    // Docker's stamps are whole seconds: the build must be seen to come after the run.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let newer = story.world().push("nginx", "1.29").await.expect("a build");
    story.world().settled().await;
    story.listings_grow_old().await;
    let found = places().await;
    assert!(matches!(&found.at_hub, AtHub::Held { digest: Some(held), .. } if held.as_str() == newer), "{found:#?}");
    let seen = found.destinations[0].seen.as_ref().expect("it is still there");
    assert_eq!(seen.digest, digest);
    let page = shown(&olivia, "nginx?tag=1.29").await;
    assert!(page.contains("Older digest"), "{page}");

    // What Hub cannot say hides nothing else; another organization's runs are not told.
    let down = Trouble::Status { code: 503, retry_after: None, body: None };
    story.world().faults().add(Fault::on("/dhi-nginx/tags/1.29", down).at(Facade::Hub).times(3));
    let found = places().await;
    assert!(matches!(&found.at_hub, AtHub::Unknown(_)) && found.destinations.len() == 2, "{found:#?}");
    let gus = story.signed_in("gus").await;
    let theirs = [("organization", "globex"), ("mirrors[0]", "dhi-nginx"), ("tag", "1.29")];
    let found: Vec<MirrorPlaces> = gus.read("catalog/places", &theirs).await;
    assert!(found.iter().all(|places| places.destinations.is_empty() && places.at_hub == AtHub::Absent), "{found:#?}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_text_is_nothing_but_words() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    let page = shown(&mia, "hostile-guide").await;
    assert!(page.contains("Docker lists no tags for it yet") && !page.contains("__hostile"), "{page}");
    for tab in ["overview", "guides"] {
        let page = shown(&mia, &format!("hostile-guide?tab={tab}")).await;
        let words = ["A friendly guide", "Press me", "Everything is fine.", "$ docker run --rm"];
        for words in words {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(page.contains("<a href=\"https://docs.docker.com/dhi/\" rel=\"external noopener"), "{page}");
        assert!(page.contains("aria-label=\"On this page\"") && page.contains("href=\"#text-links\""), "{page}");
        for bad in ["__hostile", "hostile.example", "srcdoc", "onerror", "ontoggle", "autofocus", "position: fixed"] {
            assert!(!page.contains(bad), "{bad}: {page}");
        }
        assert_eq!(page.matches("<h1").count(), 1, "the page's own: {page}");
        assert_eq!(page.matches("id=\"main\"").count(), 1, "the page's own: {page}");
    }
    story.end().await;
}
