//! What must never be printed.

use serde_json::json;

use super::fake::{Fake, Reply, repo};
use crate::hub::{Credential, HubError, Webhook};

#[tokio::test]
async fn nothing_printed_holds_a_secret_or_a_token() {
    let fake = Fake::start(|asked| match asked.path.as_str() {
        "/v2/user/" => Reply::json(403, &json!({ "message": "no" })),
        _ => None,
    })
    .await;
    let session = fake.session();
    let error = session.user().await.unwrap_err();
    let token =
        session.slot.token(crate::hub::token::Want::Valid, &fake.clock, async { unreachable!() }).await.unwrap();
    let credential = Credential { identifier: "ada".to_owned(), secret: "dckr_pat_sesame".into() };
    let printed = format!("{session:?} {:?} {error:?} {error} {} {token:?} {credential:?}", fake.hub, error.sentence());
    assert!(!printed.contains("sesame") && !printed.contains("signature"), "{printed}");
    assert!(printed.contains("Credential(\"ada\", Pat, ***)"), "{printed}");
}

#[tokio::test]
async fn a_secret_that_docker_repeats_is_struck_out() {
    for body in [json!({ "detail": "bad secret: pass\"wörd" }).to_string(), "bad secret: pass\"wörd".to_owned()] {
        let fake = Fake::start(move |_| Reply::text(401, &body)).await;
        let error = fake.session_with("ada", "pass\"wörd").sign_in().await.unwrap_err();
        assert!(matches!(&error, HubError::BadCredential { message } if message == "bad secret: ***"), "{error:?}");
    }
}

#[tokio::test]
async fn a_lost_connection_names_no_secret() {
    let fake = Fake::start(|_| Reply::with(307, "location", "http://127.0.0.1:1/", "")).await;
    let error = fake.session().sign_in().await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains("sesame"));
}

#[tokio::test]
async fn a_webhooks_address_is_printed_without_its_path() {
    let fake = Fake::start(|asked| match asked.path.as_str() {
        "/v2/auth/token" => None,
        _ => Reply::json(
            201,
            &json!({ "name": "ferry", "slug": "ferry",
                "webhooks": [{ "name": "ferry", "hook_url": "https://ferry.example.com/hooks/0pen" }] }),
        ),
    })
    .await;
    let url = "https://ferry.example.com/hooks/0pen".parse().unwrap();
    let webhook: Webhook = fake.session().create_webhook(&repo("acme/dhi-node"), "ferry", &url).await.unwrap();
    assert_eq!(webhook.calls[0].hook_url, url.as_str());
    let printed = format!("{webhook:?}");
    assert!(!printed.contains("0pen") && printed.contains("ferry.example.com"), "{printed}");
}
