//! Rate limits, repetitions and bounds: traps 9 and 17, section 2.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures::future::join_all;
use serde_json::json;

use super::fake::{Fake, Reply, limits, noon, repo};
use crate::hub::{HubError, Limits, NewRepository};

/// Answers `first` so many times, then the user.
fn after(times: usize, first: impl Fn() -> Option<Reply> + Send + Sync + 'static) -> Script {
    let left = AtomicUsize::new(times);
    Box::new(move |asked| {
        if asked.path == "/v2/auth/token" {
            return None;
        }
        match left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) {
            Ok(_) => first(),
            Err(_) => Reply::json(200, &json!({ "username": "ada" })),
        }
    })
}

type Script = Box<dyn Fn(&super::fake::Asked) -> Option<Reply> + Send + Sync>;

#[tokio::test]
async fn a_short_pause_is_waited_for_whichever_header_says_it() {
    let second = noon().timestamp() + 1;
    for (name, value) in [("Retry-After", 1), ("X-Retry-After", second), ("Retry-After", second)] {
        let fake = Fake::start(after(1, move || Reply::with(429, name, &value, "slow down"))).await;
        let begun = Instant::now();
        assert_eq!(fake.session().user().await.unwrap().username, "ada", "{name}: {value}");
        assert!(begun.elapsed() >= Duration::from_millis(950), "{name}: {value}");
        assert_eq!(fake.asked().len(), 2);
    }
}

#[tokio::test]
async fn a_long_pause_is_an_error_with_its_end_and_nobody_asks_before() {
    let fake = Fake::start(after(1, || Reply::with(429, "Retry-After", &300, "<html>Too many</html>"))).await;
    let session = fake.session();
    let error = session.user().await.unwrap_err();
    assert!(matches!(error, HubError::RateLimited { until } if until == noon() + TimeDelta::seconds(300)));
    assert!(error.retryable());
    assert_eq!(error.sentence(), "Docker Hub asks for a pause. Try again after 12:05:00 UTC.");
    session.user().await.unwrap_err();
    assert_eq!(fake.asked().len(), 1, "the second call does not run into the same refusal");
    fake.clock.advance(TimeDelta::seconds(301));
    session.user().await.unwrap();
}

#[tokio::test]
async fn a_refusal_that_says_nothing_is_a_minute() {
    let fake = Fake::start(after(1, || Reply::text(429, "Too Many Requests"))).await;
    let error = fake.session().user().await.unwrap_err();
    assert!(matches!(error, HubError::RateLimited { until } if until == noon() + TimeDelta::seconds(60)));
}

#[tokio::test]
async fn patience_is_the_callers() {
    let fake = Fake::start(after(1, || Reply::with(429, "Retry-After", &1, ""))).await;
    let hurried = fake.session().with_patience(Duration::from_millis(100));
    assert!(matches!(hurried.user().await, Err(HubError::RateLimited { .. })));
}

#[tokio::test]
async fn endless_refusals_end() {
    let fake = Fake::start(after(usize::MAX, || Reply::with(429, "Retry-After", &0, ""))).await;
    assert!(matches!(fake.session().user().await, Err(HubError::RateLimited { .. })));
    assert_eq!(fake.asked().len(), 5);
}

#[tokio::test]
async fn a_passing_failure_is_tried_again_where_that_does_no_harm() {
    let fake = Fake::start(after(2, || Reply::text(503, "<html>upstream</html>"))).await;
    fake.session().user().await.unwrap();
    assert_eq!(fake.asked().len(), 3);

    let fake = Fake::start(after(9, || Reply::text(503, "no upstream"))).await;
    let error = fake.session().user().await.unwrap_err();
    assert!(matches!(error, HubError::Unavailable { status: Some(503), .. }) && error.retryable());
    assert_eq!(fake.asked().len(), 3);

    let fake = Fake::start(after(9, || Reply::text(503, ""))).await;
    let new = NewRepository { repository: repo("acme/dhi-node"), description: String::new(), is_private: true };
    assert!(fake.session().create_repository(&new).await.unwrap_err().retryable());
    assert_eq!(fake.asked().len(), 1, "a repository is not made twice");
}

#[tokio::test]
async fn no_host_is_unavailable() {
    let fake = Fake::start(|_| None).await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = |path: &str| format!("http://{nobody}{path}").parse().unwrap();
    let endpoints = crate::hub::Endpoints::new(url(""), url("/v1/graphql")).unwrap();
    let hub = crate::hub::Hub::with_limits(endpoints, fake.clock.clone(), limits()).unwrap();
    let credential = crate::hub::Credential { identifier: "ada".to_owned(), secret: "x".into() };
    let error = hub.session(credential).sign_in().await.unwrap_err();
    assert!(matches!(&error, HubError::Unavailable { status: None, source: Some(_), .. }), "{error:?}");
}

#[tokio::test]
async fn no_more_requests_than_allowed_are_under_way() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (begun, seen) = (Arc::clone(&now), Arc::clone(&most));
    let fake = Fake::start_with(Limits { concurrent: 3, ..limits() }, move |asked| {
        if asked.path == "/v2/auth/token" {
            return None;
        }
        let under_way = begun.fetch_add(1, Ordering::SeqCst) + 1;
        seen.fetch_max(under_way, Ordering::SeqCst);
        let ended = Arc::clone(&begun);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(25)).await;
            ended.fetch_sub(1, Ordering::SeqCst);
        });
        let reply = Reply::json(200, &json!({}))?;
        Some(Reply { delay: Duration::from_millis(40), ..reply })
    })
    .await;
    let session = fake.session();
    assert!(join_all((0..12).map(|_| session.user())).await.iter().all(Result::is_ok));
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_the_end() {
    let fake = Fake::start(|asked| match asked.path.as_str() {
        "/v2/auth/token" => None,
        _ => Reply::text(200, &" ".repeat(33 << 20)),
    })
    .await;
    let error = fake.session().user().await.unwrap_err();
    assert!(matches!(&error, HubError::Unexpected { what, .. } if what.contains("more than")), "{error:?}");
}
