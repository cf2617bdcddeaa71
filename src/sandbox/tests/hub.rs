//! Hub's repositories, tags, pages and limits.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::json;

use super::*;

#[tokio::test]
async fn pages_link_absolutely_and_end_with_404() {
    let bench = Bench::start().await;
    let token = bench.token(OLIVIA).await;
    let (status, first) = bench.get("/v2/namespaces/acme/repositories/dhi-nginx/tags/?page_size=5", &token).await;
    assert_eq!(status, 200);
    assert_eq!(first["count"], 13);
    let next = text(&first["next"]);
    assert!(
        next.starts_with(&format!("{}/v2/namespaces/acme/repositories/dhi-nginx/tags?", bench.sandbox.hub_url())),
        "{next}"
    );
    let mut seen = first["results"].as_array().expect("results").len();
    let mut url = Some(next);
    while let Some(next) = url {
        let (_, page) = read(bench.http.get(next).bearer_auth(&token)).await;
        seen += page["results"].as_array().expect("results").len();
        url = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(seen, 13);
    let (status, body) = bench.get("/v2/namespaces/acme/repositories/dhi-nginx/tags?page=4&page_size=5", &token).await;
    assert_eq!(status, 404);
    assert!(body["message"].is_string() && body["errinfo"].is_object());
}

#[tokio::test]
async fn lists_hide_private_repositories_from_those_who_may_not_see_them() {
    let bench = Bench::start().await;
    let names = async |token: &str| {
        let (_, body) = bench.get("/v2/namespaces/acme/repositories?ordering=name", token).await;
        body["results"].as_array().expect("results").iter().map(|one| text(&one["name"])).collect::<Vec<_>>()
    };
    assert_eq!(names("").await, ["dhi-redis"]);
    assert_eq!(names(&bench.token(GUS).await).await, ["dhi-redis"]);
    assert_eq!(names(&bench.token(ACME_PULL).await).await, ["dhi-redis"], "without scope-repository-list");
    assert_eq!(names(&bench.token(MIA).await).await, ["dhi-nginx", "dhi-redis", "website"]);
    assert_eq!(names(&bench.token(ACME).await).await, ["dhi-nginx", "dhi-redis", "website"]);
    assert_eq!(bench.get("/v2/namespaces/acme/repositories/dhi-nginx", "").await.0, 404);
    assert_eq!(bench.get("/v2/namespaces/acme/repositories?ordering=size", "").await.0, 400);
}

#[tokio::test]
async fn tags_have_the_types_they_have_in_practice() {
    let bench = Bench::start().await;
    let token = bench.token(OLIVIA).await;
    let (status, tag) = bench.get("/v2/namespaces/acme/repositories/dhi-nginx/tags/1.29.3", &token).await;
    assert_eq!(status, 200);
    assert!(tag["images"].is_array() && tag["v2"].is_boolean() && tag["tag_status"] == "active", "{tag}");
    assert_eq!(tag["digest"], bench.docker("acme/dhi-nginx").await.digest("1.29.3").await);
    let platforms: HashSet<_> =
        tag["images"].as_array().expect("images").iter().map(|one| text(&one["digest"])).collect();
    let real: HashSet<_> = bench.docker("acme/dhi-nginx").await.platforms("1.29.3").await.into_iter().collect();
    assert_eq!(platforms, real);
    assert_eq!(bench.get("/v2/namespaces/acme/repositories/dhi-nginx/tags/none", &token).await.0, 404);
}

#[tokio::test]
async fn repositories_are_created_and_changed_by_those_who_may() {
    let bench = Bench::start().await;
    let path = "/v2/namespaces/acme/repositories";
    let body = json!({"name": "tools", "namespace": "acme", "description": "Tools", "is_private": true});
    let create = async |who| read(bench.hub(Method::POST, path, &bench.token(who).await).json(&body)).await;
    assert_eq!(create(MIA).await.0, 403);
    let (status, created) = create(ADAM).await;
    assert_eq!(status, 201);
    assert_eq!(created["permissions"]["admin"], true);
    assert_eq!(create(ACME).await.0, 400, "there already");

    let bad = json!({"name": "Tools!", "namespace": "acme"});
    let (status, body) = read(bench.hub(Method::POST, path, &bench.token(OLIVIA).await).json(&bad)).await;
    assert_eq!(status, 400);
    assert!(body["fields"]["name"].is_array());

    let change = bench.hub(Method::PATCH, "/v2/namespaces/acme/repositories/tools", &bench.token(OLIVIA).await);
    let (status, changed) = read(change.json(&json!({"description": "Better", "is_private": false}))).await;
    assert_eq!(status, 200);
    assert_eq!((&changed["description"], &changed["is_private"]), (&json!("Better"), &json!(true)));

    let open = bench.hub(Method::POST, "/v2/repositories/acme/tools/privacy", &bench.token(OLIVIA).await);
    assert_eq!(read(open.json(&json!({"is_private": false}))).await.0, 200);
    assert_eq!(bench.get("/v2/namespaces/acme/repositories/tools", "").await.1["is_private"], false);
}

#[tokio::test]
async fn every_answer_counts_and_too_many_are_refused_with_both_headers() {
    let bench = Bench::with(Options { call_limit: 3, ..Options::default() }).await;
    let token = bench.token(OLIVIA).await;
    let mut last = None;
    for _ in 0..4 {
        last = Some(bench.hub(Method::GET, "/v2/user", &token).send().await.expect("an answer"));
    }
    let last = last.expect("four answers");
    assert_eq!(last.status(), 429);
    let number = |name: &str| last.headers()[name].to_str().expect("text").parse::<i64>().expect("a number");
    assert!(number("retry-after") <= 60 && number("x-retry-after") > 1_000_000_000);
    assert_eq!((number("x-ratelimit-limit"), number("x-ratelimit-remaining")), (3, 0));
}

#[tokio::test]
async fn webhooks_are_made_listed_and_removed_and_hidden_without_rights() {
    let bench = Bench::start().await;
    let path = "/v2/repositories/acme/dhi-nginx/webhook_pipeline/";
    let hook = json!({"name": "Ferry hook", "expect_final_callback": false, "webhooks": [{"name": "Ferry hook", "hook_url": "http://127.0.0.1:9/x"}]});
    let (status, _) = read(bench.hub(Method::POST, path, &bench.token(MIA).await).json(&hook)).await;
    assert_eq!(status, 404, "missing rights look like a missing repository");
    let token = bench.token(OLIVIA).await;
    let (status, made) = read(bench.hub(Method::POST, path, &token).json(&hook)).await;
    assert_eq!(status, 201);
    assert_eq!(made["slug"], "ferry-hook");
    assert_eq!(bench.get(&format!("{path}?page_size=100"), &token).await.1["count"], 1);
    let gone = bench.hub(Method::DELETE, &format!("{path}ferry-hook/"), &token).send().await.expect("an answer");
    assert_eq!(gone.status(), 204);
    assert_eq!(bench.get(path, &token).await.1["count"], 0);
}
