//! Mirrors over time: filling, following a push, webhooks, renewed VEX, privacy, reset.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::routing::post;
use axum::{Json, Router};
use reqwest::Method;
use serde_json::{Value, json};

use super::super::content::OPENVEX;
use super::*;

const LOGS: &str = "query($context: Context!, $query: DhiListMirroringLogsQuery) { dhiListMirroringLogs(context: $context, query: $query) { items { id reason status sourceRepository destinationRepository tag digest triggeredAt startedAt pushedAt completedAt } } }";

async fn logs(bench: &Bench, query: Value) -> Vec<Value> {
    let token = bench.token(MIA).await;
    let answer = bench.ask(&token, LOGS, json!({"context": {"organization": "acme"}, "query": query})).await;
    answer["data"]["dhiListMirroringLogs"]["items"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
}

fn of(name: &str) -> Value {
    json!({"destinationRepositories": [{"hostname": "docker.io", "namespace": "acme", "name": name}]})
}

/// A receiver of webhooks, and what it received.
async fn receiver() -> (String, Arc<Mutex<Vec<Value>>>) {
    let received = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&received);
    let app = Router::new()
        .route("/hook", post(async move |Json(body): Json<Value>| kept.lock().expect("a list").push(body)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, received)
}

async fn hook(bench: &Bench, repository: &str, url: &str) {
    let path = format!("/v2/repositories/acme/{repository}/webhook_pipeline/");
    let body = json!({"name": "hook", "expect_final_callback": false, "webhooks": [{"name": "hook", "hook_url": url}]});
    let (status, _) = read(bench.hub(Method::POST, &path, &bench.token(OLIVIA).await).json(&body)).await;
    assert_eq!(status, 201);
}

#[tokio::test]
async fn a_mirror_fills_for_a_while_and_its_tags_appear_with_their_attestations() {
    let bench = Bench::with(Options { mirror_pace: Duration::from_millis(150), ..Options::default() }).await;
    let world = bench.sandbox.world();
    world.mirror("acme", "traefik", "dhi-traefik").expect("a mirror");
    let token = bench.token(OLIVIA).await;
    let (_, repository) = bench.get("/v2/namespaces/acme/repositories/dhi-traefik", &token).await;
    assert_eq!(repository["is_private"], true);
    assert_eq!(bench.get("/v2/namespaces/acme/repositories/dhi-traefik/tags", &token).await.1["count"], 0);
    world.settled().await;

    let logs = logs(&bench, of("dhi-traefik")).await;
    assert_eq!(logs.len(), 8);
    assert!(
        logs.iter()
            .all(|log| log["status"] == "SUCCEEDED" && log["reason"] == "ONBOARDING" && log["pushedAt"].is_string())
    );
    assert_eq!(logs[0]["sourceRepository"], "dhi/traefik");
    assert_eq!(bench.get("/v2/namespaces/acme/repositories/dhi-traefik/tags", &token).await.1["count"], 8);
    let docker = bench.docker("acme/dhi-traefik").await;
    assert_eq!(docker.digest("3").await, docker.digest("3.6.2-debian13").await);
    let platform = docker.platforms("3").await.remove(0);
    assert!(bench.scout("acme/dhi-traefik").await.referrers(&platform, None).await.len() >= 8);
}

#[tokio::test]
async fn a_chart_is_mirrored_as_a_single_manifest_with_attestations() {
    let bench = Bench::start().await;
    bench.sandbox.world().mirror("acme", "redis-chart", "dhi-redis-chart").expect("a mirror");
    bench.sandbox.world().settled().await;
    let docker = bench.docker("acme/dhi-redis-chart").await;
    let manifest = docker.json("/manifests/23.2.12").await;
    assert!(manifest["manifests"].is_null() && manifest["layers"].is_array());
    let digest = docker.digest("23.2.12").await;
    assert!(bench.scout("acme/dhi-redis-chart").await.referrers(&digest, None).await.len() >= 8);
}

#[tokio::test]
async fn logs_are_newest_first_filtered_and_paged_to_a_short_page() {
    let bench = Bench::start().await;
    let all = logs(&bench, json!({})).await;
    assert_eq!(all.len(), 13 + 8);
    let times: Vec<_> = all.iter().map(|log| text(&log["id"])).collect();
    assert!(times.is_sorted_by(|one, other| one > other));
    let page = async |number: i32| logs(&bench, json!({"paging": {"pageSize": 8, "page": number}})).await;
    assert_eq!((page(1).await.len(), page(2).await.len(), page(3).await.len(), page(4).await.len()), (8, 8, 5, 0));
    assert_eq!(page(2).await[0], all[8]);

    let before = chrono::DateTime::parse_from_rfc3339(&text(&all[0]["triggeredAt"])).expect("a date")
        + chrono::TimeDelta::seconds(1);
    bench.sandbox.world().push("nginx", "1.29.3").await.expect("a push");
    bench.sandbox.world().settled().await;
    let since = logs(&bench, json!({"triggeredSince": before.to_rfc3339(), "includedStatuses": ["SUCCEEDED"]})).await;
    assert_eq!(since.len(), 6);
    assert!(since.iter().all(|log| log["reason"] == "PUSH"));
    assert!(logs(&bench, json!({"excludedStatuses": ["SUCCEEDED"]})).await.is_empty());
}

#[tokio::test]
async fn a_push_moves_all_tags_of_a_digest_and_calls_the_webhook_in_bursts() {
    let bench = Bench::start().await;
    let (url, received) = receiver().await;
    hook(&bench, "dhi-nginx", &url).await;
    let docker = bench.docker("acme/dhi-nginx").await;
    let (before, other) = (docker.digest("1.29.3").await, docker.digest("1-dev").await);
    let old_platform = docker.platforms("1.29.3").await.remove(0);

    let pushed = bench.sandbox.world().push("nginx", "1.29.3").await.expect("a push");
    bench.sandbox.world().settled().await;
    assert_ne!(pushed, before);
    for tag in ["1", "1.29", "1.29.3", "1-debian13"] {
        assert_eq!(docker.digest(tag).await, pushed);
    }
    assert_eq!(docker.digest("1-dev").await, other);
    assert!(docker.head(&format!("/manifests/{before}")).await.status().is_success(), "the old image stays by digest");

    let received = received.lock().expect("a list").clone();
    let of_tag = |tag: &str| received.iter().filter(|one| one["push_data"]["tag"] == tag).cloned().collect::<Vec<_>>();
    assert!((2..=3).contains(&of_tag("1.29.3").len()), "{}", received.len());
    let one = &of_tag("1.29.3")[0];
    assert_eq!(one["repository"]["repo_name"], "acme/dhi-nginx");
    assert!(!one.to_string().contains(&pushed), "a delivery does not name the index");
    let platform = docker.platforms("1.29.3").await.remove(0);
    let changes = &one["dhi_metadata"][&platform];
    assert_eq!(changes["schema_version"], 1);
    assert_eq!(changes["previous_version"]["digest"], old_platform);
    assert!(bench.scout("acme/dhi-nginx").await.referrers(&platform, None).await.len() >= 8);
}

#[tokio::test]
async fn renewed_vex_adds_attestations_and_moves_nothing() {
    let bench = Bench::start().await;
    let docker = bench.docker("acme/dhi-nginx").await;
    let scout = bench.scout("acme/dhi-nginx").await;
    let (digest, platform) = (docker.digest("1.29.3").await, docker.platforms("1.29.3").await.remove(0));
    let before = scout.referrers(&platform, None).await.len();
    let renewed = bench.sandbox.world().renew_vex("nginx", "1.29.3").await.expect("a renewal");
    let after = scout.referrers(&platform, None).await;
    assert_eq!(after.len(), before + 1);
    let newest = after.last().expect("the new one");
    assert!(renewed.contains(&text(&newest["digest"])));
    assert_eq!(newest["annotations"]["in-toto.io/predicate-type"], OPENVEX);
    assert_eq!(scout.referrers(&text(&newest["digest"]), None).await.len(), 1, "it is signed");
    assert_eq!(docker.digest("1.29.3").await, digest);
}

#[tokio::test]
async fn a_stopped_mirror_keeps_its_tags_and_follows_no_longer() {
    let bench = Bench::start().await;
    let world = bench.sandbox.world();
    let docker = bench.docker("acme/dhi-nginx").await;
    let before = docker.digest("1").await;
    world.stop_mirroring(&world.mirrors_of("nginx")[0].id).expect("a mirror");
    world.push("nginx", "1").await.expect("a push");
    world.settled().await;
    assert_eq!(docker.digest("1").await, before);
}

#[tokio::test]
async fn a_reset_brings_back_the_first_world() {
    let bench = Bench::start().await;
    let world = bench.sandbox.world();
    let before = bench.docker("acme/dhi-nginx").await.digest("1").await;
    let control = bench.sandbox.control_url().to_owned();
    let push = bench.http.post(format!("{control}/push")).json(&json!({"repository": "nginx", "tag": "1"}));
    assert_eq!(read(push).await.0, 200);
    world.settled().await;
    assert_ne!(bench.docker("acme/dhi-nginx").await.digest("1").await, before);
    assert_eq!(bench.http.post(format!("{control}/reset")).send().await.expect("an answer").status(), 204);
    assert!(world.ledger().entries().is_empty());
    assert_eq!(bench.docker("acme/dhi-nginx").await.digest("1").await, before);
    let (_, addresses) = read(bench.http.get(&control)).await;
    assert_eq!(addresses["hub"], bench.sandbox.hub_url());
    let (_, accounts) = read(bench.http.get(format!("{control}/accounts"))).await;
    assert!(accounts.as_array().expect("accounts").iter().any(|one| one["secret"] == ACME.1));
}

#[tokio::test]
async fn a_catalogue_file_adds_repositories_whose_images_are_real_too() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let catalog = json!({"source": "test", "repositories": [{
        "name": "exporter", "kind": "IMAGE", "displayName": "Exporter", "shortDescription": "Exports.", "featured": false,
        "fipsCompliant": false, "stigCertified": false, "homeUrl": "https://example.com", "categories": ["networking"],
        "definitions": [{"id": "exporter/debian-13/0", "name": "Exporter 0.x", "variant": "runtime", "distribution": "debian-13",
            "tags": ["0", "0.4", "0.4.11"], "platforms": ["linux/amd64", "linux/arm64"], "user": "nonroot", "release": "2025-08-11",
            "packages": 4, "entrypoint": ["/usr/local/bin/exporter"], "cmd": []}],
    }]});
    std::fs::write(file.path(), catalog.to_string()).expect("written");
    let bench = Bench::with(Options { catalog: Some(file.path().to_owned()), ..Options::default() }).await;
    bench.sandbox.world().mirror("acme", "exporter", "dhi-exporter").expect("a mirror");
    bench.sandbox.world().settled().await;
    assert_eq!(bench.docker("acme/dhi-exporter").await.platforms("0.4.11").await.len(), 2);
}
