//! Signing in, and which credential opens which door.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};

use super::*;

#[tokio::test]
async fn a_secret_is_exchanged_for_a_token_of_ten_minutes_that_names_its_user() {
    let bench = Bench::start().await;
    let token = bench.token(OLIVIA).await;
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).expect("claims")).expect("base64");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    assert_eq!(claims["https://hub.docker.com"]["username"], "olivia");
    let life = claims["exp"].as_i64().expect("exp") - claims["iat"].as_i64().expect("iat");
    assert_eq!(life, 600);
    assert!(!token.contains("dckr_pat"), "the token does not carry the secret");
}

#[tokio::test]
async fn wrong_secrets_and_wrong_identifiers_are_refused_with_the_sign_in_body() {
    let bench = Bench::start().await;
    for who in [("olivia", "wrong"), ("mia", OLIVIA.1), ("olivia", ACME.1), ("nobody", "x")] {
        let answer = bench.exchange(who).await;
        assert_eq!(answer.status(), 401, "{who:?}");
        let body: Value = answer.json().await.expect("JSON");
        assert!(body["detail"].is_string() && body["message"].is_string() && body.get("errinfo").is_none(), "{body}");
    }
    let url = format!("{}/v2/auth/token", bench.sandbox.hub_url());
    let (status, body) = read(bench.http.post(url).json(&json!({"identifier": "olivia"}))).await;
    assert_eq!(status, 400);
    assert!(body["fields"].is_object() && body["text"].is_string());
}

#[tokio::test]
async fn a_stale_bearer_is_refused_even_where_the_public_may_look() {
    let bench = Bench::start().await;
    let (public, _) = bench.get("/v2/namespaces/acme/repositories/dhi-redis", "").await;
    let (stale, _) = bench.get("/v2/namespaces/acme/repositories/dhi-redis", "stale").await;
    assert_eq!((public.as_u16(), stale.as_u16()), (200, 401));
}

#[tokio::test]
async fn tokens_end_when_their_life_does_and_when_the_world_ends_them() {
    let bench = Bench::start().await;
    let token = bench.token(OLIVIA).await;
    assert_eq!(bench.get("/v2/user", &token).await.0, 200);
    bench.sandbox.world().expire_tokens();
    assert_eq!(bench.get("/v2/user", &token).await.0, 401);

    let short = Bench::with(Options { token_life: Duration::from_secs(1), ..Options::default() }).await;
    let token = short.token(OLIVIA).await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(short.get("/v2/user", &token).await.0, 401);
}

#[tokio::test]
async fn members_refuse_personal_tokens_and_show_a_page_with_capitalised_roles_to_others() {
    let bench = Bench::start().await;
    let (status, body) = bench.get("/v2/orgs/acme/members", &bench.token(OLIVIA).await).await;
    assert_eq!(status, 403);
    assert_eq!(body["message"], "token issued from personal access token is not allowed");
    assert!(body["errinfo"].is_object());

    for who in [ACME, ("olivia", "olivia-demo-password")] {
        let (status, body) = bench.get("/v2/orgs/acme/members", &bench.token(who).await).await;
        assert_eq!(status, 200);
        let roles: Vec<_> = body["results"].as_array().expect("a page").iter().map(|one| text(&one["role"])).collect();
        assert_eq!(roles, ["Owner", "Editor", "Release manager", "Member"]);
    }
    assert_eq!(bench.get("/v2/orgs/acme/members", &bench.token(ACME_PULL).await).await.0, 403);
}

#[tokio::test]
async fn legacy_paths_refuse_organization_tokens() {
    let bench = Bench::start().await;
    let token = bench.token(ACME).await;
    for path in ["/v2/repositories/acme", "/v2/repositories/acme/dhi-redis/", "/v2/repositories/acme/dhi-redis/tags"] {
        let (status, body) = bench.get(path, &token).await;
        assert_eq!(status, 403, "{path}");
        assert_eq!(body["message"], "token issued from organization access token is not allowed");
    }
    let write =
        bench.hub(Method::POST, "/v2/repositories/acme/dhi-redis/privacy", &token).json(&json!({"is_private": true}));
    assert_eq!(read(write).await.0, 403);
    assert_eq!(bench.get("/v2/namespaces/acme/repositories/dhi-redis", &token).await.0, 200);
}

#[tokio::test]
async fn a_user_sees_their_organizations_with_their_role() {
    let bench = Bench::start().await;
    for (who, role) in [(OLIVIA, "Owner"), (ADAM, "Editor"), (CARL, "Release manager"), (MIA, "Member")] {
        let (_, body) = bench.get("/v2/user/orgs", &bench.token(who).await).await;
        assert_eq!(body["count"], 1);
        assert_eq!(body["results"][0]["orgname"], "acme");
        assert_eq!(body["results"][0]["user_role"], role);
    }
    assert_eq!(bench.get("/v2/user/orgs", &bench.token(ACME).await).await.0, 403);
}
