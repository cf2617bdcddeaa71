//! Scripted trouble, and the ledger that saw it.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use super::super::content::sha256;
use super::super::{Facade, Fault, Trouble};
use super::*;

async fn layer(bench: &Bench) -> (Registry, String) {
    let docker = bench.docker("acme/dhi-nginx").await;
    let platform = docker.platforms("1").await.remove(0);
    let manifest = docker.json(&format!("/manifests/{platform}")).await;
    let path = format!("/blobs/{}", text(&manifest["layers"][1]["digest"]));
    (docker, path)
}

#[tokio::test]
async fn a_status_comes_as_often_as_scripted_and_then_no_more() {
    let bench = Bench::start().await;
    let token = bench.token(OLIVIA).await;
    let trouble = Trouble::Status { code: 429, retry_after: Some(2), body: Some("too much".into()) };
    bench.sandbox.world().faults().add(Fault::on("/v2/user", trouble).at(Facade::Hub).method("GET").after(1).times(2));
    let mut seen = Vec::new();
    for _ in 0..4 {
        let answer = bench.hub(Method::GET, "/v2/user", &token).send().await.expect("an answer");
        if answer.status() == 429 {
            assert_eq!(answer.headers()["retry-after"], "2");
        }
        seen.push(answer.status().as_u16());
    }
    assert_eq!(seen, [200, 429, 429, 200]);
    assert!(bench.sandbox.world().faults().left().is_empty());
    assert_eq!(bench.sandbox.world().ledger().count(|entry| entry.status == 429), 2);
}

#[tokio::test]
async fn bodies_are_cut_changed_or_slow() {
    let bench = Bench::start().await;
    let (docker, path) = layer(&bench).await;
    let faults = bench.sandbox.world();
    let faults = faults.faults();

    faults.add(Fault::on(&path, Trouble::CutBody).at(Facade::Docker));
    let answer = docker.call(Method::GET, &path).send().await.expect("a head");
    assert_eq!(answer.status(), 200);
    assert!(answer.bytes().await.is_err(), "the body breaks off");

    faults.add(Fault::on(&path, Trouble::WrongBytes));
    let wrong = docker.bytes(&path).await;
    let right = docker.bytes(&path).await;
    assert_eq!(wrong.len(), right.len());
    assert_eq!(format!("/blobs/{}", sha256(&right)), path);
    assert_ne!(sha256(&wrong), sha256(&right));

    faults.add(Fault::on(&path, Trouble::SlowBody { millis: 20 }));
    let begun = Instant::now();
    assert_eq!(docker.bytes(&path).await, right);
    assert!(begun.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn a_connection_is_reset_and_the_next_one_is_fine() {
    let bench = Bench::start().await;
    let (docker, path) = layer(&bench).await;
    bench.sandbox.world().faults().add(Fault::on(&path, Trouble::Reset));
    assert!(docker.call(Method::GET, &path).send().await.is_err());
    assert_eq!(bench.sandbox.world().ledger().entries().last().map(|entry| entry.status), Some(0));
    docker.bytes(&path).await;
}

#[tokio::test]
async fn a_token_seems_to_end_once_at_each_facade() {
    let bench = Bench::start().await;
    let (docker, path) = layer(&bench).await;
    let token = bench.token(OLIVIA).await;
    let world = bench.sandbox.world();
    for facade in [Facade::Docker, Facade::Hub, Facade::GraphQl] {
        world.faults().add(Fault::on("", Trouble::Unauthorized).at(facade));
    }
    let refused = docker.call(Method::GET, &path).send().await.expect("an answer");
    assert_eq!(refused.status(), 401);
    assert!(refused.headers()["www-authenticate"].to_str().expect("text").contains("scope="));
    docker.bytes(&path).await;
    assert_eq!(bench.get("/v2/user", &token).await.0, 401);
    assert_eq!(bench.get("/v2/user", &token).await.0, 200);
    let refused = bench.ask(&token, "{ user { id } }", json!({})).await;
    assert_eq!(refused["errors"][0]["extensions"]["status"], 401);
    assert!(bench.ask(&token, "{ user { id } }", json!({})).await["errors"].is_null());
}

#[tokio::test]
async fn trouble_and_ledger_have_handles_over_http() {
    let bench = Bench::start().await;
    let control = bench.sandbox.control_url().to_owned();
    let fault = json!({"facade": "graphql", "path": "", "times": 1, "trouble": {"kind": "status", "code": 200, "body": "{\"data\":{\"dhiSetMirroredRepository\":null}}"}});
    assert_eq!(
        bench.http.post(format!("{control}/faults")).json(&fault).send().await.expect("an answer").status(),
        204
    );
    let quiet = bench.ask("", "{ user { id } }", json!({})).await;
    assert!(quiet["errors"].is_null() && quiet["data"]["dhiSetMirroredRepository"].is_null());
    bench.token(OLIVIA).await;
    let (_, ledger) = read(bench.http.get(format!("{control}/ledger"))).await;
    let ledger = ledger.as_array().expect("entries").clone();
    assert_eq!(ledger.len(), 2);
    assert_eq!((&ledger[0]["facade"], &ledger[1]["user"]), (&json!("graphql"), &json!("olivia")));
    assert!(ledger[1]["bytes_in"].as_u64() > Some(10) && ledger[1]["bytes_out"].as_u64() > Some(100));
    bench.http.delete(format!("{control}/ledger")).send().await.expect("an answer");
    assert!(bench.sandbox.world().ledger().entries().is_empty());
}
