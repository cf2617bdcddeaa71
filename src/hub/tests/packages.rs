//! Packages, attestations and configuration of one platform's image: traps 10, 14, 15 and 16, sections 6.2, 6.5 and 6.6.

use serde_json::{Value, json};

use super::fake::{Fake, Reply, refused};
use crate::hub::{Coordinates, HubError, SbomState, ScoutPolicyStatus, Severity, TagDetails};

const INDEX: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const AMD64: &str = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn tag() -> Value {
    json!({ "indexDigest": INDEX, "repo": "node", "tag": { "name": "22" }, "allTags": [], "imageManifests": [
        { "manifestDigest": AMD64, "platform": "linux/amd64", "compressedSize": 1.0, "scoutHealthScore": { "score": "A",
            "policies": [{ "name": "root", "label": "No root", "status": "FAIL", "violationCount": 1 }] } },
        { "manifestDigest": null, "platform": "linux/arm64", "scoutHealthScore": null },
    ] })
}

/// Answers the tag, and everything else with this data.
async fn answering(data: Value) -> (Fake, TagDetails) {
    let fake = Fake::start(move |asked| {
        if asked.query.contains("dhiTagDetails") {
            Reply::data(&json!({ "dhiTagDetails": tag() }))
        } else if asked.path == "/v1/graphql" {
            Reply::data(&data)
        } else {
            None
        }
    })
    .await;
    let details = fake.session().tag_details("acme", "node", &"22".parse().unwrap()).await.unwrap().unwrap();
    (fake, details)
}

fn amd64(details: &TagDetails) -> Coordinates {
    details.manifests[0].coordinates("node").unwrap()
}

#[tokio::test]
async fn a_platform_is_asked_about_by_its_own_digest_and_never_by_the_index() {
    let (fake, details) = answering(json!({ "dhiImagePackagesForImageCoords": { "sbomState": "INDEXED" } })).await;
    assert_eq!(details.manifests[1].coordinates("node"), None, "without a digest there is nothing to ask about");
    let health = details.manifests[0].scout_health_score.as_ref().unwrap();
    assert_eq!((health.score.as_str(), &health.policies[0].status), ("A", &ScoutPolicyStatus::Fail));

    let session = fake.session();
    session.packages("acme", &amd64(&details)).await.unwrap();
    session.attestations("acme", &amd64(&details)).await.unwrap();
    session.image_origin("acme", &amd64(&details)).await.unwrap();
    for asked in &fake.asked()[1..] {
        let expected =
            json!({ "organization": "acme", "digest": AMD64, "host": "docker.io", "repository": "dhi/node" });
        assert_eq!(asked.body["variables"], expected);
        assert!(asked.query.contains("hostName: $host, repoName: $repository"), "{}", asked.query);
        assert!(!asked.query.contains("hostname") && !asked.query.contains(" repository:"), "{}", asked.query);
    }
    assert!(fake.asked()[1].query.contains("includeExcepted: true"));
}

#[tokio::test]
async fn what_is_not_said_of_a_vulnerability_stays_unsaid() {
    let vulnerabilities = json!([
        { "sourceId": "CVE-1", "source": "nist", "url": "", "cisaExploited": false, "isExcepted": true,
            "cvss": { "severity": null, "version": null, "score": null, "vector": null }, "epss": null, "fixedBy": null,
            "vulnerabilityExceptions": [{ "type": "FALSE_POSITIVE", "justification": null, "additionalDetails": null }] },
        { "sourceId": "CVE-2", "cvss": { "severity": "HIGH", "score": 7.5 }, "epss": { "score": 0.01, "percentile": 0.9 } },
    ]);
    let package = json!({ "name": "libc6", "type": "deb", "purl": "pkg:deb/debian/libc6@2.41", "version": "2.41",
        "licenses": ["LGPL-2.1"], "vulnerabilities": vulnerabilities });
    let answer = json!({ "sbomState": "INDEXED", "imagePackages": { "packages": [{ "package": package }] } });
    let (fake, details) = answering(json!({ "dhiImagePackagesForImageCoords": answer })).await;
    let found = fake.session().packages("acme", &amd64(&details)).await.unwrap().unwrap();
    let [excepted, live] = &found.packages[0].vulnerabilities[..] else { panic!("{found:?}") };
    assert!(excepted.is_excepted && excepted.cvss.score.is_none() && excepted.epss.is_none());
    assert_eq!(excepted.exceptions[0].justification, None);
    assert_eq!((&live.cvss.severity, live.cvss.score, live.is_excepted), (&Severity::High, Some(7.5), false));
}

#[tokio::test]
async fn an_image_that_was_not_analysed_is_not_one_without_findings() {
    for (said, expected) in
        [("INDEXING", SbomState::Indexing), ("NONE", SbomState::None), ("LATER", SbomState::Other("LATER".into()))]
    {
        let answer = json!({ "sbomState": said, "imagePackages": { "packages": [] } });
        let (fake, details) = answering(json!({ "dhiImagePackagesForImageCoords": answer })).await;
        let found = fake.session().packages("acme", &amd64(&details)).await.unwrap().unwrap();
        assert_eq!(found.state, expected);
    }
    let (fake, details) =
        answering(json!({ "dhiImagePackagesForImageCoords": null, "dhiAttestationsList": null })).await;
    assert_eq!(fake.session().packages("acme", &amd64(&details)).await.unwrap(), None);
    assert_eq!(fake.session().attestations("acme", &amd64(&details)).await.unwrap(), None);
}

#[tokio::test]
async fn a_refusal_in_an_answer_that_looks_fine_is_no_empty_list() {
    let (_, details) = answering(json!({})).await;
    let fake = Fake::start(|asked| match asked.path.as_str() {
        "/v1/graphql" => refused("dhiImagePackagesForImageCoords", 403, "no access to dhi/node"),
        _ => None,
    })
    .await;
    let error = fake.session().packages("acme", &amd64(&details)).await.unwrap_err();
    assert!(matches!(&error, HubError::Forbidden { message } if message == "no access to dhi/node"), "{error:?}");
}
