//! GraphQL: refusals with HTTP 200, partial data, nullable answers; traps 10, 13, 17, section 6.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::fake::{Asked, Fake, Reply, noon, refused, repo};
use crate::hub::{CatalogManifest, HubError, LogQuery, LogReason, LogStatus, MirrorEnd, operations};
use crate::model::Digest;

const DIGEST: &str = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn graphql(asked: &Asked, reply: impl FnOnce() -> Option<Reply>) -> Option<Reply> {
    if asked.path == "/v1/graphql" { reply() } else { None }
}

async fn answering(body: Value) -> Fake {
    Fake::start(move |asked| graphql(asked, || Reply::json(200, &body))).await
}

fn catalog() -> Value {
    json!({ "dhiRepositories": { "items": [{ "name": "node", "namespace": "dhi", "homeUrl": null }], "categories": [] } })
}

#[tokio::test]
async fn a_refusal_in_an_answer_that_looks_fine_is_a_refusal() {
    let fake = Fake::start(|asked| graphql(asked, || refused("dhiRepositories", 403, "no access to acme"))).await;
    let session = fake.session();
    let error = session.catalog("acme").await.unwrap_err();
    assert!(matches!(&error, HubError::Forbidden { message } if message == "no access to acme"), "{error:?}");
    assert_eq!(
        (fake.exchanges().len(), fake.asked().len()),
        (2, 2),
        "renewed once, since a stale token looks the same"
    );
    session.catalog("acme").await.unwrap_err();
    session.catalog("acme").await.unwrap_err();
    assert_eq!((fake.exchanges().len(), fake.asked().len()), (2, 4), "a token that is new is not blamed again");
}

#[tokio::test]
async fn a_stale_token_is_renewed_whether_graphql_or_http_says_so() {
    for status in [401, 403] {
        for inside in [true, false] {
            let fake = Fake::start(move |asked| {
                graphql(asked, || match (asked.token, inside) {
                    (1, true) => refused("dhiRepositories", status, "unauthenticated"),
                    (1, false) => Reply::text(status, "no"),
                    _ => Reply::data(&catalog()),
                })
            })
            .await;
            let catalog = fake.session().catalog("acme").await.unwrap();
            assert_eq!(catalog.repositories[0].name, "node", "{status} {inside}");
            assert_eq!(fake.exchanges().len(), 2);
        }
    }
}

#[tokio::test]
async fn statuses_of_refusals_say_what_to_do() {
    let of = |status: u16, message: &'static str| async move {
        let fake = Fake::start(move |asked| graphql(asked, || refused("dhiListMirroredRepositories", status, message)));
        fake.await.session().mirrors("acme").await.unwrap_err()
    };
    assert!(matches!(of(402, "limit reached").await, HubError::Entitlement { message } if message == "limit reached"));
    assert!(matches!(of(401, "who?").await, HubError::BadCredential { .. }));
    assert!(matches!(of(404, "none").await, HubError::NotFound));
    assert!(matches!(of(429, "slowly").await, HubError::RateLimited { until } if until > noon()));
    assert!(matches!(of(500, "oops").await, HubError::Unavailable { status: Some(500), .. }));
    assert!(matches!(of(400, "bad").await, HubError::Refused { .. }));
    let kind = "token issued from organization access token is not allowed";
    assert!(matches!(of(403, kind).await, HubError::WrongKindOfCredential { .. }));
}

#[tokio::test]
async fn what_is_not_understood_keeps_the_id_for_docker() {
    let body = json!({ "data": null, "errors": [{ "message": "boom" }], "extensions": { "correlation_id": "c-7" } });
    let error = answering(body).await.session().catalog("acme").await.unwrap_err();
    assert!(error.sentence().contains("c-7"), "{error:?}");
    let body = json!({ "data": { "dhiRepositories": { "items": 5 } }, "extensions": { "correlation_id": "c-8" } });
    let error = answering(body).await.session().catalog("acme").await.unwrap_err();
    assert!(matches!(&error, HubError::Unexpected { correlation_id: Some(id), .. } if id == "c-8"), "{error:?}");
    // A schema that has moved on answers 400 with errors.
    let fake = Fake::start(|asked| {
        graphql(asked, || Reply::json(400, &json!({ "errors": [{ "message": "Cannot query field \"x\"" }] })))
    });
    let error = fake.await.session().catalog("acme").await.unwrap_err();
    assert!(matches!(&error, HubError::Unexpected { what, .. } if what.starts_with("Cannot query")), "{error:?}");
    let fake = Fake::start(|asked| graphql(asked, || Reply::text(200, "<html>")));
    assert!(matches!(fake.await.session().catalog("acme").await, Err(HubError::Unexpected { .. })));
}

#[tokio::test]
async fn data_that_came_is_kept_though_a_part_failed() {
    let body = json!({
        "data": { "dhiTagDetails": { "indexDigest": DIGEST, "repo": "node", "tag": { "name": "22" }, "allTags": [],
            "imageManifests": [{ "manifestDigest": DIGEST, "platform": "linux/amd64", "compressedSize": 4.5e7,
                "lastPushed": "2026-09-30T10:00:00Z", "vulnerabilities": null }] } },
        "errors": [{ "message": "no scan", "path": ["dhiTagDetails", "imageManifests", 0, "vulnerabilities"],
            "extensions": { "status": 403 } }],
    });
    let fake = answering(body).await;
    let tag = fake.session().tag_details("acme", "node", &"22".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(tag.manifests[0].compressed_size, 45_000_000);
    assert_eq!(tag.manifests[0].vulnerabilities, None, "not analysed is not zero");
    assert_eq!(fake.exchanges().len(), 1);
    let asked = &fake.asked()[0].body["variables"];
    assert_eq!(*asked, json!({ "organization": "acme", "name": "node", "tag": "22" }));
}

#[tokio::test]
async fn null_without_a_reason_is_none_where_that_is_an_answer() {
    let fake = answering(json!({ "data": { "dhiRepositoryDetails": null, "dhiRepositories": null } })).await;
    assert_eq!(fake.session().repository_details("acme", "none").await.unwrap(), None);
    assert!(matches!(fake.session().catalog("acme").await, Err(HubError::Unexpected { .. })));
}

#[tokio::test]
async fn details_carry_texts_and_lists_do_not_ask_for_them() {
    let body = json!({ "data": {
        "dhiRepositories": catalog()["dhiRepositories"],
        "dhiRepositoryDetails": { "name": "node", "namespace": "dhi", "displayName": "Node.js", "overview": "# Node",
            "images": [{ "indexDigest": DIGEST, "tags": [{ "name": "22", "lastUpdated": "?" }], "imageManifests": [] }] },
    } });
    let fake = answering(body).await;
    let details = fake.session().repository_details("acme", "node").await.unwrap().unwrap();
    assert_eq!((details.summary.display_name.as_str(), details.overview.as_str()), ("Node.js", "# Node"));
    assert_eq!(details.images[0].index_digest.as_ref().map(Digest::as_str), Some(DIGEST));
    fake.session().catalog("acme").await.unwrap();
    let asked = fake.asked();
    assert!(asked[0].query.contains("overview guides") && !asked[1].query.contains("overview"));
    assert!(asked.iter().all(|asked| asked.query.contains("context: { organization: $organization }")));
}

#[tokio::test]
async fn entitlements_may_be_unsaid() {
    let said = json!({ "namespace": "acme", "plan": { "displayName": "Business", "isFree": false }, "isEnrolled": true,
        "featureEntitlements": { "dhi": { "dhiEnabled": true, "canMirrorMoreRepositories": true, "repositoriesLimit": -1,
            "mirroredRepositoriesCount": 3, "freeTrial": true, "freeTrialEndDate": "2026-11-01T00:00:00Z" } } });
    let entitlements = answering(json!({ "data": { "namespaceEntitlements": said } })).await;
    let entitlements = entitlements.session().entitlements("acme").await.unwrap();
    let dhi = entitlements.dhi.unwrap();
    assert!(dhi.dhi_enabled && dhi.can_mirror_more_repositories && dhi.free_trial_end_date.is_some());
    assert_eq!((dhi.repositories_limit, dhi.mirrored_repositories_count), (Some(-1), 3));
    let unsaid = json!({ "data": { "namespaceEntitlements": { "namespace": "acme", "featureEntitlements": null } } });
    assert_eq!(answering(unsaid).await.session().entitlements("acme").await.unwrap().dhi, None);
}

/// Logs with these numbers.
fn logs(from: usize, to: usize) -> Option<Reply> {
    let items: Vec<_> = (from..to)
        .map(|n| json!({ "id": n.to_string(), "reason": "REBUILD", "status": "succeeded", "tag": "22", "digest": DIGEST }))
        .collect();
    Reply::data(&json!({ "dhiListMirroringLogs": { "items": items } }))
}

#[tokio::test]
async fn the_log_is_read_until_a_short_page_and_each_entry_once() {
    let fake = Fake::start(|asked| {
        graphql(asked, || match asked.body["variables"]["page"].as_u64() {
            Some(1) => logs(0, 100),
            // One more push came in between: the last entry of page 1 is the first of page 2.
            Some(2) => logs(99, 199),
            _ => logs(199, 210),
        })
    })
    .await;
    let session = fake.session();
    let log = session.whole_mirroring_log("acme", &LogQuery::default(), 1_000).await.unwrap();
    assert_eq!((log.items.len(), log.complete), (210, true));
    assert_eq!(log.items[0].reason, LogReason::Other("REBUILD".to_owned()), "a value of tomorrow is kept");
    assert_eq!(log.items[0].status, LogStatus::Succeeded);
    let log = session.whole_mirroring_log("acme", &LogQuery::default(), 150).await.unwrap();
    assert_eq!((log.items.len(), log.complete), (150, false));
    let fake = Fake::start(|asked| graphql(asked, || logs(0, 100))).await;
    let log = fake.session().whole_mirroring_log("acme", &LogQuery::default(), 1_000).await.unwrap();
    assert_eq!((log.items.len(), log.complete, fake.asked().len()), (100, false, 2));
}

#[tokio::test]
async fn the_log_is_asked_with_the_filters_that_are_set() {
    let fake = Fake::start(|asked| graphql(asked, || logs(0, 1))).await;
    let end = |name: &str| MirrorEnd {
        hostname: "docker.io".to_owned(),
        namespace: "acme".to_owned(),
        name: name.to_owned(),
        display_name: String::new(),
    };
    let query = LogQuery {
        mirrors: vec![end("dhi-node"), end("dhi-\"}")],
        since: Some(noon()),
        included: vec![LogStatus::Failed, LogStatus::Other("] evil".to_owned())],
        excluded: vec![],
    };
    assert!(!fake.session().mirroring_log("acme", &query, 4).await.unwrap().more);
    let asked = fake.asked().remove(0);
    assert_eq!(
        asked.body["variables"],
        json!({ "organization": "acme", "page": 4, "pageSize": 100, "since": "2026-10-01T12:00:00Z",
            "host0": "docker.io", "space0": "acme", "name0": "dhi-node",
            "host1": "docker.io", "space1": "acme", "name1": "dhi-\"}" })
    );
    assert!(asked.query.contains("includedStatuses: [FAILED]"), "{}", asked.query);
    assert!(!asked.query.contains("excludedStatuses") && !asked.query.contains("evil"), "{}", asked.query);
    fake.session().mirroring_log("acme", &LogQuery::default(), 1).await.unwrap();
    assert!(!fake.asked()[1].query.contains("destinationRepositories"));
}

#[test]
fn every_variable_of_an_operation_is_declared_used_and_given() {
    let (source, mirror) = (repo("dhi/node"), repo("acme/dhi-node"));
    let image = CatalogManifest { manifest_digest: DIGEST.parse().ok(), ..CatalogManifest::default() };
    let image = image.coordinates("node").unwrap();
    let every = LogQuery {
        mirrors: vec![MirrorEnd::default(), MirrorEnd::default()],
        since: Some(noon()),
        included: vec![LogStatus::Failed, LogStatus::Started],
        excluded: vec![LogStatus::Requested],
    };
    for operation in [
        operations::user(),
        operations::catalog("a"),
        operations::repository_details("a", "b"),
        operations::tag_details("a", "b", "c"),
        operations::packages("a", &image),
        operations::attestations("a", &image),
        operations::image_origin("a", &image),
        operations::mirrors("a"),
        operations::mirror("a", "b"),
        operations::mirrors_of("a", &source),
        operations::set_mirror("a", &source, &mirror),
        operations::remove_mirror("a", "b"),
        operations::mirroring_log("a", &every, 1),
        operations::mirroring_log("a", &LogQuery::default(), 1),
        operations::entitlements("a"),
    ] {
        let text = &operation.text;
        let given: BTreeSet<&str> = operation.variables.as_object().unwrap().keys().map(String::as_str).collect();
        let (head, body) = text.split_once('{').unwrap();
        for part in [head, body] {
            let named =
                part.split('$').skip(1).map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap());
            assert_eq!(named.collect::<BTreeSet<_>>(), given, "{text}");
        }
        assert!(body.trim_start().starts_with(operation.field), "{text}");
        for (open, close) in [('{', '}'), ('(', ')'), ('[', ']')] {
            assert_eq!(text.matches(open).count(), text.matches(close).count(), "{text}");
        }
    }
}
