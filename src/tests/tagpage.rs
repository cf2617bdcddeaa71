//! The page of one tag of the catalog: what is in the image of each platform, what is proven of it, how it differs.

use std::time::Duration;

use ferry::model::{
    Analysis, AtRegistry, CatalogTag, Compared, Comparison, Evidence, ImageConfiguration, PackageList, ReadFrom,
    RepoName, Severity, SignatureState, StatementText, VulnerabilityList,
};
use ferry::sandbox::{Facade, Fault, Options, Trouble};

use super::person::Person;
use super::story::{Beginning, Story};

/// Asks one of the functions about an image.
async fn ask<T: serde::de::DeserializeOwned>(
    person: &Person,
    function: &str,
    (name, tag, platform): (&str, &str, &str),
    more: &[(&str, &str)],
) -> T {
    let image = [("organization", "acme"), ("image[name]", name), ("image[tag]", tag), ("image[platform]", platform)];
    let fields: Vec<_> = image.into_iter().chain(more.iter().copied()).collect();
    person.read(function, &fields).await
}

const PLAIN: &[(&str, &str)] = &[("query[q]", "")];

async fn head(person: &Person, name: &str, tag: &str) -> CatalogTag {
    person.read("tags/get", &[("organization", "acme"), ("name", name), ("tag", tag)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_packages_are_searched_and_paged_and_asked_for_once() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    let image = ("grafana", "12.2", "linux/amd64");
    let first: PackageList = ask(&mia, "tags/packages", image, PLAIN).await;
    assert_eq!((first.analysis, first.total, first.rows.len()), (Analysis::Indexed, 5_000, 100));
    let asked = || story.world().ledger().count(|entry| entry.facade == Facade::GraphQl);
    let before = asked();

    let last: PackageList = ask(&mia, "tags/packages", image, &[("query[page]", "50")]).await;
    assert_eq!((last.page, last.pages, last.rows.len()), (50, 50, 100));
    assert!(last.rows[0].name > first.rows[99].name, "the pages are in order");
    let found: PackageList =
        ask(&mia, "tags/packages", image, &[("query[q]", "react router"), ("query[kind]", "npm")]).await;
    assert!(found.found > 10 && found.found < 100 && found.rows.iter().all(|row| row.name.starts_with("react-router")));
    let licensed: PackageList = ask(&mia, "tags/packages", image, &[("query[q]", "pkg:deb gpl-2.0")]).await;
    assert!(licensed.rows.iter().all(|row| row.kind == "deb" && row.licenses.iter().any(|one| one.starts_with("GPL"))));
    assert_eq!(asked(), before, "Docker is not asked again for a digest whose content is known");

    let page = mia.page("/orgs/acme/catalog/grafana/tags/12.2?q=react+router&type=npm").await;
    assert!(page.status == 200 && page.body.contains("react-router-") && !page.body.contains("async-cache-"));
    let page = mia.page("/orgs/acme/catalog/grafana/tags/12.2?page=2").await;
    assert!(page.body.contains("101 to 200 of 5\u{202f}000") && page.body.contains("page=3"), "the way on");
    let none = mia.page("/orgs/acme/catalog/grafana/tags/12.2?platform=linux%2Fs390x").await;
    assert!(none.status == 404 && none.body.contains("has no image for linux/s390x"), "{none:?}");
    assert_eq!(mia.page("/orgs/acme/catalog/grafana/tags/0.0").await.status, 404);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn vulnerabilities_count_once_suppressed_ones_stand_apart_and_what_was_not_analysed_is_not_zero() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    let image = ("node", "22-dev", "linux/amd64");
    let all: VulnerabilityList = ask(&mia, "tags/vulnerabilities", image, PLAIN).await;
    let counted: u32 = all.counts.iter().map(|(_, number)| number).sum();
    assert!(counted > 0 && counted == all.found, "{all:#?}");
    let many = all.rows.iter().find(|finding| finding.packages.len() == 3).expect("one under many packages");
    assert_eq!(all.rows.iter().filter(|finding| finding.id == many.id).count(), 1);
    let unranked =
        all.rows.iter().find(|finding| finding.severity == Severity::Unspecified).expect("one without a rank");
    assert!(unranked.score.is_none() && unranked.epss.is_none(), "nobody has said, which is not zero");
    assert!(all.rows.windows(2).all(|two| two[0].severity <= two[1].severity), "the worst first");
    let quiet = all.suppressed.iter().find(|finding| finding.id == "CVE-2025-0395").expect("a suppressed one");
    assert_eq!(quiet.notes[0].reason.as_deref(), Some("The vulnerable code is not in the image."));
    assert!(all.rows.iter().all(|finding| finding.id != quiet.id) && quiet.packages.len() == 2);

    let low: VulnerabilityList = ask(&mia, "tags/vulnerabilities", image, &[("query[severity]", "low")]).await;
    assert!(low.found < all.found && low.rows.iter().all(|finding| finding.severity == Severity::Low));
    let page = mia.page("/orgs/acme/catalog/node/tags/22-dev?tab=vulnerabilities").await.body;
    assert!(page.contains("Suppressed") && page.contains("The vulnerable code is never run."), "in plain words");

    let unknown: VulnerabilityList = ask(&mia, "tags/vulnerabilities", ("rabbitmq", "4", "linux/arm64"), PLAIN).await;
    assert_eq!(unknown.analysis, Analysis::Indexing);
    for tab in ["packages", "vulnerabilities"] {
        let page = mia.page(&format!("/orgs/acme/catalog/rabbitmq/tags/4?platform=linux%2Farm64&tab={tab}")).await.body;
        assert!(page.contains("Not analysed") && page.contains("still looking into this image"), "{tab}");
        assert!(!page.contains("0 of 0") && !page.contains("No known vulnerability"), "{tab}");
    }
    let known: VulnerabilityList = ask(&mia, "tags/vulnerabilities", ("rabbitmq", "4", "linux/amd64"), PLAIN).await;
    assert_eq!(known.analysis, Analysis::Indexed, "each platform is looked at by itself");

    // A refusal that comes with 200 is said, and is no empty list either.
    let refusal = r#"{"data":{"dhiImagePackagesForImageCoords":null},"errors":[{"message":"no access to dhi/vault","extensions":{"status":403}}]}"#;
    let trouble = Trouble::Status { code: 200, retry_after: None, body: Some(refusal.to_owned()) };
    head(&mia, "vault", "1").await;
    story.world().faults().add(Fault::on("/v1/graphql", trouble).at(Facade::GraphQl).times(2));
    let fields = [("organization", "acme"), ("image[name]", "vault"), ("image[tag]", "1"), ("query[q]", "")];
    let answer = mia.get("tags/packages", &fields).await;
    assert!(answer.status == 403 && answer.error().to_string().contains("no access to dhi/vault"), "{answer:?}");
    story.world().faults().clear();
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_is_compared_with_another() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    let compare =
        async |image, other: &str| -> Comparison { ask(&mia, "tags/compare", image, &[("other", other)]).await };

    let dev = compare(("node", "22", ""), "22-dev").await;
    assert!(
        dev.others.iter().any(|tag| tag.as_str() == "22-alpine") && dev.others.iter().all(|tag| tag.as_str() != "22")
    );
    let Some(Compared::Differs(found)) = dev.outcome else { panic!("{dev:#?}") };
    let names: Vec<_> = found.added.rows.iter().map(|change| change.name.as_str()).collect();
    assert!(names.contains(&"bash") && found.gone.total == 0 && found.same > 0, "{found:#?}");
    assert!(found.new_vulnerabilities.total > 0, "{found:#?}");

    let older = compare(("postgres", "18", ""), "17").await;
    let Some(Compared::Differs(found)) = older.outcome else { panic!("{older:#?}") };
    let changed = &found.changed.rows[0];
    assert_eq!((changed.name.as_str(), changed.from.as_str(), changed.to.as_str()), ("postgres", "18.1", "17.7"));

    let same = compare(("node", "22", ""), "22.21").await.outcome;
    assert!(matches!(same, Some(Compared::SameImage(_))), "{same:#?}");
    assert_eq!(compare(("node", "22", ""), "0.1").await.outcome, Some(Compared::NoTag));
    let unknown = compare(("rabbitmq", "4", "linux/arm64"), "4-fips").await.outcome;
    assert!(matches!(unknown, Some(Compared::NotAnalysed { analysis: Analysis::Indexing, .. })), "{unknown:#?}");

    let page = mia.page("/orgs/acme/catalog/node/tags/22?tab=compare&compare=22-dev").await.body;
    assert!(page.contains("Only in 22-dev") && page.contains("Added"), "{page}");
    let page = mia.page("/orgs/acme/catalog/node/tags/22?tab=compare&compare=22.21").await.body;
    assert!(page.contains("point at the same digest"), "{page}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attestations_are_read_and_verified_in_the_registry_and_their_statements_taken_along() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    let image = ("nginx", "1.29", "linux/amd64");
    let read = async || -> Evidence { ask(&mia, "tags/attestations", image, &[]).await };

    let evidence = read().await;
    let AtRegistry::Read { repository, platform, index_signature } = evidence.at_registry else {
        panic!("{evidence:#?}")
    };
    assert_eq!((repository.as_str(), index_signature), ("acme/dhi-nginx", SignatureState::Valid));
    assert!(platform.expected() >= 12 && platform.signed() == platform.expected(), "{platform:#?}");
    let of_platform = head(&mia, "nginx", "1.29").await.platform("linux/amd64").expect("the platform").digest.clone();
    assert_eq!(platform.digest, of_platform, "never the index");
    assert_eq!(evidence.listed.expect("Docker's list").len(), platform.attestations.len());

    let spdx =
        platform.attestations.iter().find(|seen| seen.predicate_type.contains("spdx")).expect("a bill of materials");
    let statement: StatementText = mia
        .read("tags/statement", &[("organization", "acme"), ("name", "nginx"), ("digest", spdx.digest.as_str())])
        .await;
    assert!(statement.text.contains("\"predicateType\": \"https://spdx.dev/Document\"") && !statement.is_cut);
    let file = mia.page(&format!("/orgs/acme/catalog/nginx/statements/{}", spdx.digest)).await;
    let document: serde_json::Value = serde_json::from_str(&file.body).expect("JSON as it is stored");
    assert_eq!(document["subject"][0]["digest"]["sha256"], of_platform.hex());
    // A signature is no attestation, and its payload is not given out as one.
    let signature = spdx.signed_by.as_ref().expect("signed");
    assert_eq!(mia.page(&format!("/orgs/acme/catalog/nginx/statements/{signature}")).await.status, 404);
    let page = mia.page("/orgs/acme/catalog/nginx/tags/1.29?tab=attestations").await.body;
    assert!(page.contains("Bill of materials (SPDX)") && page.contains("Verifies with"), "{page}");

    story.world().unsign("acme/dhi-nginx", "1.29").await.expect("a signature goes");
    let AtRegistry::Read { platform, .. } = read().await.at_registry else { panic!("still readable") };
    assert_eq!(platform.signed() + 1, platform.expected(), "{platform:#?}");
    story.world().faults().add(
        Fault::on("/referrers/", Trouble::Status { code: 403, retry_after: None, body: None })
            .at(Facade::Scout)
            .times(1_000),
    );
    let evidence = read().await;
    let AtRegistry::Unreadable { sentence, .. } = &evidence.at_registry else { panic!("{evidence:#?}") };
    assert!(sentence.contains("attestation source") && evidence.listed.is_some(), "never \"none\": {sentence}");
    story.world().faults().clear();

    // Nothing is mirrored here, so the catalog's own attestations are tried.
    let evidence: Evidence = ask(&mia, "tags/attestations", ("vault", "1", ""), &[]).await;
    let AtRegistry::Read { repository, .. } = &evidence.at_registry else { panic!("{evidence:#?}") };
    assert_eq!(repository.as_str(), "dhi/vault");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attestations_are_read_in_the_mirror_that_has_the_tag() {
    // Docker is slow, so that a mirror which has just begun holds nothing yet.
    let sandbox = Options { mirror_pace: Duration::from_mins(10), ..Options::default() };
    let story = Story::with(Beginning { sandbox, ..Beginning::default() }).await;
    let mia = story.signed_in("mia").await;
    story.world().mirror("acme", "nginx", "dhi-a-nginx").expect("a second mirror, and the first by name");
    let image = ("nginx", "1.29", "linux/amd64");
    let mirrors = head(&mia, "nginx", "1.29").await.mirrors;
    assert_eq!(mirrors.iter().map(RepoName::as_str).collect::<Vec<_>>(), ["acme/dhi-a-nginx", "acme/dhi-nginx"]);
    let read = async || -> Evidence { ask(&mia, "tags/attestations", image, &[]).await };

    let AtRegistry::Read { repository, platform, .. } = read().await.at_registry else { panic!("it can be read") };

    assert_eq!(repository.as_str(), "acme/dhi-nginx");
    assert!(platform.expected() >= 12 && platform.signed() == platform.expected(), "{platform:#?}");
    let page = mia.page("/orgs/acme/catalog/nginx/tags/1.29?tab=attestations").await.body;
    assert!(page.contains("of this platform in acme/dhi-nginx, each with a signature that verifies"), "{page}");
    let digest = platform.attestations[0].digest.to_string();
    let file = mia.page(&format!("/orgs/acme/catalog/nginx/statements/{digest}")).await;
    assert_eq!(file.status, 200, "{file:?}");
    let found: ImageConfiguration = ask(&mia, "tags/configuration", image, &[]).await;
    let (from, _) = found.settings.expect("a configuration");
    assert_eq!(from, ReadFrom::Mirror("acme/dhi-nginx".parse().expect("a name")));
    assert_eq!(found.trouble, None);

    // The image has come, its attestations have not.
    let image = story.world().state().catalog["nginx"].definition_of("1.29").expect("a tag").image();
    story.world().store(Facade::Docker).put_image("acme/dhi-a-nginx", &image).await;
    let AtRegistry::Read { repository, .. } = read().await.at_registry else { panic!("it can be read") };
    assert_eq!(repository.as_str(), "acme/dhi-nginx");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_and_the_configuration_say_what_would_run() {
    let story = Story::begin().await;
    let mia = story.signed_in("mia").await;
    let nginx = head(&mia, "nginx", "1.29").await;
    assert!(nginx.tags.iter().any(|tag| tag.as_str() == "1.29.3") && nginx.platforms.len() == 2);
    let pull = format!("{}/acme/dhi-nginx@{}", story.sandbox.docker_registry(), nginx.digest);
    assert_eq!(nginx.pulls.iter().map(ToString::to_string).collect::<Vec<_>>(), [pull]);
    assert!(nginx.platforms[0].health.as_ref().is_some_and(|health| health.score == "A"));
    assert_eq!(head(&mia, "node", "22").await.pulls[0].repo.to_string(), "dhi.io/node");

    let mirrored: ImageConfiguration = ask(&mia, "tags/configuration", ("nginx", "1.29", "linux/arm64"), &[]).await;
    let (from, settings) = mirrored.settings.expect("a configuration");
    assert_eq!(from, ReadFrom::Mirror("acme/dhi-nginx".parse().expect("a name")));
    assert_eq!(
        (settings.user.as_str(), settings.entrypoint.as_slice()),
        ("nonroot", &["/opt/nginx/bin/nginx".to_owned()][..])
    );
    assert!(settings.labels.contains(&"com.docker.dhi.distro=debian-13".to_owned()), "{settings:#?}");
    assert!(mirrored.source.expect("a source").commit_url.is_some_and(|url| url.starts_with("https://github.com/")));

    let viewed: ImageConfiguration = ask(&mia, "tags/configuration", ("node", "22", ""), &[]).await;
    let (from, settings) = viewed.settings.expect("Docker's view");
    assert_eq!((from, settings.user.as_str()), (ReadFrom::Docker, "nonroot"));
    let page = mia.page("/orgs/acme/catalog/node/tags/22?tab=configuration").await.body;
    assert!(page.contains("nobody has signed this") && page.contains("DHI_VERSION=22.21.1"), "{page}");

    let timeline = mia.page("/orgs/acme/mirrors/dhi-nginx/tags/1.29").await.body;
    assert!(timeline.contains("/orgs/acme/catalog/nginx/tags/1.29"), "the two pages lead to each other");
    let page = mia.page("/orgs/acme/catalog/nginx/tags/1.29").await.body;
    assert!(page.contains("/orgs/acme/mirrors/dhi-nginx/tags/1.29"), "{page}");
    story.end().await;
}
