//! Starting and stopping mirrors: traps 11 and 12.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::fake::{Asked, Fake, Reply, refused, repo};
use crate::hub::{HubError, SetMirror};

fn mirror() -> Value {
    json!({ "id": "m-1",
        "destinationRepository": { "name": "dhi-node", "namespace": "acme", "hostname": "hub.docker.com" },
        "dhiSourceRepository": { "name": "node", "namespace": "dhi", "hostname": "dhi.io", "displayName": "Node.js" } })
}

fn by_source(mirrors: &[Value]) -> Option<Reply> {
    Reply::data(&json!({ "dhiGetMirroredRepositoriesBySourceRepository": { "mirroredRepositories": mirrors } }))
}

/// A fake whose mutation gives `set`, and which has the mirror afterwards where `works`.
async fn starting(set: Option<Reply>, works: bool) -> Fake {
    let there = AtomicBool::new(false);
    Fake::start(move |asked| {
        if asked.query.starts_with("mutation") {
            there.store(works, Ordering::SeqCst);
            return set.clone();
        }
        if asked.query.contains("BySourceRepository") {
            let mirrors = if there.load(Ordering::SeqCst) { vec![mirror()] } else { vec![] };
            return by_source(&mirrors);
        }
        None
    })
    .await
}

async fn set(fake: &Fake) -> Result<SetMirror, HubError> {
    fake.session().set_mirror("acme", &repo("dhi/node"), &repo("acme/dhi-node")).await
}

fn mutations(fake: &Fake) -> Vec<Asked> {
    fake.asked().into_iter().filter(|asked| asked.query.starts_with("mutation")).collect()
}

#[tokio::test]
async fn a_mirror_is_started() {
    let said = Reply::data(&json!({ "dhiSetMirroredRepository": { "mirroredRepository": mirror() } }));
    let fake = starting(said, true).await;
    let SetMirror { mirror, was_there } = set(&fake).await.unwrap();
    assert_eq!((mirror.id.as_str(), mirror.repository.hostname.as_str()), ("m-1", "hub.docker.com"));
    assert!(!was_there && mirror.source.display_name == "Node.js");
    assert_eq!(
        mutations(&fake)[0].body["variables"],
        json!({ "organization": "acme", "name": "node", "namespace": "dhi", "toName": "dhi-node", "toNamespace": "acme" })
    );
}

#[tokio::test]
async fn a_mirror_that_is_there_is_not_started_again() {
    let fake =
        Fake::start(|asked| if asked.query.contains("BySourceRepository") { by_source(&[mirror()]) } else { None })
            .await;
    assert!(set(&fake).await.unwrap().was_there);
    assert!(mutations(&fake).is_empty());
}

#[tokio::test]
async fn null_is_looked_after_before_it_is_called_a_success() {
    for said in [json!(null), json!({ "mirroredRepository": null }), json!({ "mirroredRepository": {} })] {
        let said = Reply::data(&json!({ "dhiSetMirroredRepository": said }));
        let done = set(&starting(said.clone(), true).await).await.unwrap();
        assert_eq!((done.mirror.id.as_str(), done.was_there), ("m-1", false));
        let error = set(&starting(said, false).await).await.unwrap_err();
        assert!(matches!(error, HubError::Unexpected { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_looked_after_and_never_sent_twice() {
    let fake = starting(Reply::text(502, "bad gateway"), true).await;
    assert_eq!(set(&fake).await.unwrap().mirror.id, "m-1");
    assert_eq!(mutations(&fake).len(), 1);
    let error = set(&starting(Reply::text(502, "bad gateway"), false).await).await.unwrap_err();
    assert!(matches!(error, HubError::Unavailable { status: Some(502), .. }), "{error:?}");
}

#[tokio::test]
async fn a_refused_start_is_refused() {
    let fake = starting(refused("dhiSetMirroredRepository", 402, "5 of 5 mirrors"), false).await;
    assert!(matches!(set(&fake).await, Err(HubError::Entitlement { message }) if message == "5 of 5 mirrors"));
}

#[tokio::test]
async fn only_accepted_stops_a_mirror() {
    let of = |response: Value| async move {
        let body = json!({ "dhiRemoveMirroredRepository": response });
        let fake = Fake::start(move |asked| if asked.path == "/v1/graphql" { Reply::data(&body) } else { None }).await;
        fake.session().remove_mirror("acme", "m-1").await
    };
    assert!(of(json!({ "status": "ACCEPTED", "message": null })).await.is_ok());
    assert!(matches!(of(json!({ "status": "NOT_FOUND" })).await, Err(HubError::NotFound)));
    let bad = of(json!({ "status": "BAD_REQUEST", "message": "no such id" })).await;
    assert!(matches!(bad, Err(HubError::Refused { message, .. }) if message == "no such id"));
    assert!(of(json!({ "status": "ERROR", "message": "later" })).await.is_err_and(|error| error.retryable()));
    assert!(matches!(of(json!({ "status": "QUEUED" })).await, Err(HubError::Unexpected { .. })));
    assert!(matches!(of(json!({})).await, Err(HubError::Unexpected { .. })));
}

#[tokio::test]
async fn a_stop_without_an_answer_is_looked_after() {
    for there in [true, false] {
        let fake = Fake::start(move |asked| match asked.path.as_str() {
            "/v1/graphql" if asked.query.starts_with("mutation") => {
                Reply::data(&json!({ "dhiRemoveMirroredRepository": null }))
            }
            "/v1/graphql" => {
                let found = if there { mirror() } else { Value::Null };
                Reply::data(&json!({ "dhiGetMirroredRepository": { "mirroredRepository": found } }))
            }
            _ => None,
        })
        .await;
        assert_eq!(fake.session().remove_mirror("acme", "m-1").await.is_ok(), !there);
    }
}

#[tokio::test]
async fn all_mirrors_come_at_once() {
    let all = json!({ "mirroredRepositories": [mirror()], "totalCount": 1, "canMirrorMoreRepositories": true });
    let fake = Fake::start(move |asked| match asked.path.as_str() {
        "/v1/graphql" => Reply::data(&json!({ "dhiListMirroredRepositories": all })),
        _ => None,
    })
    .await;
    let mirrors = fake.session().mirrors("acme").await.unwrap();
    assert!(mirrors.total_count == 1 && mirrors.can_mirror_more_repositories);
    assert!(mirrors.mirrors[0].repository.is(&repo("acme/dhi-node")));
}
