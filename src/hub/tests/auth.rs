//! Tokens: trap 1, sections 1.1 and 1.4.

use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::TimeDelta;
use futures::future::join_all;
use serde_json::json;

use super::fake::{Asked, Fake, Reply, jwt};
use crate::hub::{CredentialKind, HubError, Session};

fn user(asked: &Asked) -> Option<Reply> {
    if asked.path == "/v2/user/" { Reply::json(200, &json!({ "username": "ada" })) } else { None }
}

#[tokio::test]
async fn twenty_callers_at_once_make_one_exchange() {
    let fake = Fake::start(user).await;
    let sessions: Vec<_> = (0..20).map(|_| fake.session()).collect();
    let users = join_all(sessions.iter().map(Session::user)).await;
    assert!(users.into_iter().all(|user| user.is_ok_and(|user| user.username == "ada")));
    assert_eq!(fake.exchanges().len(), 1);
    assert_eq!(fake.exchanges()[0].body, json!({ "identifier": "ada", "secret": "dckr_pat_sesame" }));
    assert_eq!(fake.exchanges()[0].authorization, None);
    assert!(fake.asked().iter().all(|asked| asked.token == 1));
}

#[tokio::test]
async fn a_token_is_kept_until_a_minute_before_its_end() {
    let fake = Fake::start(user).await;
    let session = fake.session();
    session.user().await.unwrap();
    fake.clock.advance(TimeDelta::seconds(9 * 60 - 1));
    session.user().await.unwrap();
    assert_eq!(fake.exchanges().len(), 1);
    fake.clock.advance(TimeDelta::seconds(1));
    session.user().await.unwrap();
    assert_eq!(fake.exchanges().len(), 2);
}

#[tokio::test]
async fn a_token_that_says_nothing_of_itself_is_used_all_the_same() {
    let fake = Fake::start(|asked| match asked.path.as_str() {
        "/v2/auth/token" => Reply::json(200, &json!({ "access_token": "opaque" })),
        _ => user(asked),
    })
    .await;
    let session = fake.session();
    session.user().await.unwrap();
    session.user().await.unwrap();
    assert_eq!(fake.exchanges().len(), 1);
    assert_eq!(fake.asked()[0].authorization.as_deref(), Some("Bearer opaque"));
}

#[tokio::test]
async fn a_clock_that_is_ahead_does_not_cost_an_exchange_a_call() {
    let fake = Fake::start(|asked| match asked.path.as_str() {
        "/v2/auth/token" => Reply::json(200, &json!({ "access_token": jwt(&json!({ "exp": 1_000 }), 1) })),
        _ => user(asked),
    })
    .await;
    let session = fake.session();
    session.user().await.unwrap();
    session.user().await.unwrap();
    assert_eq!(fake.exchanges().len(), 1);
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let fake = Fake::start(|asked| match asked.token {
        1 => Reply::json(401, &json!({ "detail": "token expired" })),
        _ => user(asked),
    })
    .await;
    let session = fake.session();
    let users = join_all((0..5).map(|_| session.user())).await;
    assert!(users.iter().all(Result::is_ok));
    assert_eq!(fake.exchanges().len(), 2, "the five share the second exchange too");
}

#[tokio::test]
async fn a_token_refused_twice_is_a_bad_credential() {
    let fake = Fake::start(|asked| match asked.path.as_str() {
        "/v2/user/" => Reply::json(401, &json!({ "message": "unauthorized" })),
        _ => None,
    })
    .await;
    let error = fake.session().user().await.unwrap_err();
    assert!(matches!(&error, HubError::BadCredential { message } if message == "unauthorized"), "{error:?}");
    assert_eq!((fake.exchanges().len(), fake.asked().len()), (2, 2));
}

#[tokio::test]
async fn twenty_callers_with_a_wrong_secret_are_one_refusal() {
    let fake = Fake::start(|asked| {
        let reply = Reply::json(401, &json!({ "detail": "Incorrect authentication credentials" }))?;
        (asked.path == "/v2/auth/token").then(|| Reply { delay: std::time::Duration::from_millis(60), ..reply })
    })
    .await;
    let session = fake.session();
    for user in join_all((0..20).map(|_| session.user())).await {
        let error = user.unwrap_err();
        assert!(
            matches!(&error, HubError::BadCredential { message } if message == "Incorrect authentication credentials")
        );
        assert!(!error.retryable());
    }
    assert_eq!(fake.exchanges().len(), 1);
    session.user().await.unwrap_err();
    assert_eq!(fake.exchanges().len(), 2, "a later caller tries for himself");
}

#[tokio::test]
async fn signing_in_proves_the_credential_anew() {
    let refuse = AtomicUsize::new(0);
    let fake = Fake::start(move |asked| match asked.path.as_str() {
        "/v2/auth/token" if refuse.fetch_add(1, Ordering::SeqCst) == 2 => Reply::json(401, &json!({})),
        _ => user(asked),
    })
    .await;
    let session = fake.session();
    session.user().await.unwrap();
    let signed_in = session.sign_in().await.unwrap();
    assert_eq!((signed_in.username.as_str(), signed_in.kind), ("ada", CredentialKind::Pat));
    assert_eq!(fake.exchanges().len(), 2);
    // Revoked meanwhile: the token that is still in the cache must not let it pass, nor be used again.
    assert!(matches!(session.sign_in().await, Err(HubError::BadCredential { .. })));
    session.user().await.unwrap();
    assert_eq!(fake.exchanges().len(), 4);
}

#[tokio::test]
async fn a_token_without_a_name_is_the_organizations() {
    let fake = Fake::start(|asked| match asked.path.as_str() {
        "/v2/auth/token" => Reply::json(200, &json!({ "access_token": jwt(&json!({}), 1) })),
        _ => None,
    })
    .await;
    let signed_in = fake.session_with("acme", "dckr_oat_sesame").sign_in().await.unwrap();
    assert_eq!((signed_in.username.as_str(), signed_in.kind), ("acme", CredentialKind::Oat));
}

#[tokio::test]
async fn credentials_do_not_share_tokens_and_the_cache_is_bounded() {
    let fake = Fake::start(user).await;
    for (name, secret) in [("ada", "one"), ("ada", "two"), ("adao", "ne"), ("ada", "one")] {
        fake.session_with(name, secret).user().await.unwrap();
    }
    assert_eq!(fake.exchanges().len(), 3);
    for n in 0..600 {
        fake.session_with("many", &n.to_string());
    }
    assert_eq!(fake.hub.0.tokens.len(), 256);
}

#[tokio::test]
async fn no_redirect_takes_the_secret_to_another_host() {
    let other = Fake::start(|_| Reply::json(200, &json!({ "access_token": "stolen" }))).await;
    let away = format!("http://{}/v2/auth/token", other.address);
    let fake = Fake::start(move |_| Reply::with(307, "location", &away, "")).await;
    let error = fake.session().sign_in().await.unwrap_err();
    assert!(matches!(error, HubError::Unexpected { .. }), "{error:?}");
    assert!(other.exchanges().is_empty());
}

#[tokio::test]
async fn every_call_may_run_on_any_thread() {
    fn may_move<T: Send>(call: T) -> T {
        call
    }
    let fake = Fake::start(user).await;
    let session = fake.session();
    let (node, source) = ("acme/dhi-node".parse().unwrap(), "dhi/node".parse().unwrap());
    drop(may_move(session.organizations()));
    drop(may_move(session.set_mirror("acme", &source, &node)));
    drop(may_move(session.remove_mirror("acme", "m-1")));
    drop(may_move(session.all_tags(&node, 1)));
    may_move(tokio::spawn(async move { session.user().await })).await.unwrap().unwrap();
}
