//! What Docker's analysis answers for one platform's image, and that an index is none.

use serde_json::{Value, json};

use super::*;

const PACKAGES: &str = "query($query: ImagePackagesForImageCoordsQuery!) { dhiImagePackagesForImageCoords(query: $query) { digest hostName repoName sbomState imagePackages { packages { package { name purl type version licenses vulnerabilities { sourceId isExcepted cvss { severity score } epss { score } vulnerabilityExceptions { type justification } } } } } } }";
const TAG: &str = "query($query: DhiTagDetailsQuery!) { dhiTagDetails(query: $query) { indexDigest imageManifests { manifestDigest platform vulnerabilities { total } } } }";

async fn tag(bench: &Bench, token: &str, name: &str, tag: &str) -> Value {
    let answer = bench.ask(token, TAG, json!({"query": {"repoName": name, "tag": tag}})).await;
    answer["data"]["dhiTagDetails"].clone()
}

async fn packages(bench: &Bench, token: &str, name: &str, digest: &Value, excepted: bool) -> Value {
    let query = json!({"digest": digest, "hostName": "docker.io", "repoName": name, "includeExcepted": excepted});
    let answer = bench.ask(token, PACKAGES, json!({"query": query})).await;
    assert!(answer["errors"].is_null(), "{answer}");
    answer["data"]["dhiImagePackagesForImageCoords"].clone()
}

fn ids(found: &Value, excepted: bool) -> std::collections::BTreeSet<String> {
    let all = found["imagePackages"]["packages"].as_array().into_iter().flatten();
    let all = all.flat_map(|one| one["package"]["vulnerabilities"].as_array().into_iter().flatten());
    all.filter(|one| one["isExcepted"] == excepted).map(|one| text(&one["sourceId"])).collect()
}

#[tokio::test]
async fn a_platform_has_packages_and_its_index_has_none() {
    let bench = Bench::start().await;
    let token = bench.token(MIA).await;
    let node = tag(&bench, &token, "node", "22-dev").await;
    let amd64 = &node["imageManifests"][0];
    let found = packages(&bench, &token, "dhi/node", &amd64["manifestDigest"], true).await;
    assert_eq!(found["sbomState"], "INDEXED");
    let live = ids(&found, false);
    assert_eq!(
        amd64["vulnerabilities"]["total"],
        json!(live.len()),
        "the report counts those that are live, each once"
    );
    assert!(ids(&found, true).contains("CVE-2025-0395"));
    let without = packages(&bench, &token, "node", &amd64["manifestDigest"], false).await;
    assert!(ids(&without, true).is_empty() && ids(&without, false) == live, "left out unless asked for");
    assert!(packages(&bench, &token, "dhi/node", &node["indexDigest"], true).await.is_null());
    assert!(packages(&bench, &token, "dhi/nginx", &amd64["manifestDigest"], true).await.is_null());
}

#[tokio::test]
async fn one_platform_is_not_analysed_and_one_repository_is_large() {
    let bench = Bench::start().await;
    let token = bench.token(MIA).await;
    let arm64 = tag(&bench, &token, "rabbitmq", "4").await["imageManifests"][1].clone();
    assert!(arm64["platform"] == "linux/arm64" && arm64["vulnerabilities"].is_null());
    let found = packages(&bench, &token, "dhi/rabbitmq", &arm64["manifestDigest"], true).await;
    assert_eq!((&found["sbomState"], &found["imagePackages"]["packages"]), (&json!("INDEXING"), &json!([])));
    let grafana = tag(&bench, &token, "grafana", "12").await["imageManifests"][0].clone();
    let found = packages(&bench, &token, "dhi/grafana", &grafana["manifestDigest"], true).await;
    assert_eq!(found["imagePackages"]["packages"].as_array().map(Vec::len), Some(5_000));
}
