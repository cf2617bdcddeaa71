//! REST: pages, tolerance, kinds of credential; traps 3 to 8.

use serde_json::{Value, json};

use super::fake::{Asked, Fake, Reply, repo};
use crate::hub::{HubError, NewRepository};
use crate::model::Digest;

const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// A fake that gives this answer to everything but the exchange.
async fn answering(status: u16, body: Value) -> Fake {
    Fake::start(move |asked| if asked.path == "/v2/auth/token" { None } else { Reply::json(status, &body) }).await
}

fn tag(name: usize) -> Value {
    json!({ "name": name.to_string() })
}

/// Three pages of tags, or what `last` says of the third.
fn pages(asked: &Asked, next: &str, last: Option<Reply>) -> Option<Reply> {
    if !asked.path.starts_with("/v2/namespaces/acme/repositories/dhi-node/tags") {
        return None;
    }
    let link = |n: usize| json!(format!("{next}/v2/namespaces/acme/repositories/dhi-node/tags?page={n}&page_size=100"));
    if asked.path.contains("page=3") {
        last
    } else if asked.path.contains("page=2") {
        Reply::json(200, &json!({ "count": 5, "next": link(3), "results": [tag(3), tag(4)] }))
    } else {
        Reply::json(200, &json!({ "count": 5, "next": link(2), "results": [tag(1), tag(2)] }))
    }
}

#[tokio::test]
async fn a_list_is_read_to_its_end() {
    // `next` may be relative as well as absolute.
    let fake = Fake::start(|asked| {
        pages(asked, "", Reply::json(200, &json!({ "count": 5, "next": null, "results": [tag(5)] })))
    })
    .await;
    let all = fake.session().all_tags(&repo("acme/dhi-node"), 1_000).await.unwrap();
    assert_eq!(all.items.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["1", "2", "3", "4", "5"]);
    assert!(all.complete);
    assert_eq!(fake.asked().len(), 3);
}

#[tokio::test]
async fn a_page_past_the_end_is_the_end() {
    let fake = Fake::start(|asked| pages(asked, "", None)).await;
    let session = fake.session();
    let all = session.all_tags(&repo("acme/dhi-node"), 1_000).await.unwrap();
    assert_eq!((all.items.len(), all.complete), (4, true));
    let past = session.tags(&repo("acme/dhi-node"), 3).await.unwrap();
    assert!(past.items.is_empty() && !past.more);
    let first = session.tags(&repo("acme/dhi-node"), 1).await.unwrap();
    assert_eq!((first.items.len(), first.total, first.more), (2, Some(5), true));
    // A first page that is missing is a repository that is missing.
    assert!(matches!(session.tags(&repo("acme/dhi-none"), 1).await, Err(HubError::NotFound)));
    assert!(matches!(session.all_tags(&repo("acme/dhi-none"), 1).await, Err(HubError::NotFound)));
}

#[tokio::test]
async fn a_list_is_read_no_further_than_asked() {
    let fake = Fake::start(|asked| pages(asked, "", None)).await;
    let some = fake.session().all_tags(&repo("acme/dhi-node"), 3).await.unwrap();
    assert_eq!((some.items.len(), some.complete), (3, false));
    let some = fake.session().all_tags(&repo("acme/dhi-node"), 2).await.unwrap();
    assert_eq!((some.items.len(), some.complete), (2, false));
}

#[tokio::test]
async fn a_next_page_on_another_host_is_refused() {
    let other = Fake::start(|asked| pages(asked, "", None)).await;
    let away = format!("http://{}", other.address);
    for next in [away, "https://127.0.0.1".to_owned(), "http://evil.example.com".to_owned()] {
        let fake = Fake::start(move |asked| pages(asked, &next, None)).await;
        let error = fake.session().all_tags(&repo("acme/dhi-node"), 1_000).await.unwrap_err();
        assert!(matches!(&error, HubError::Unexpected { what, .. } if what.contains("another host")), "{error:?}");
    }
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn an_absolute_next_page_on_our_host_is_followed() {
    let (sender, receiver) = std::sync::mpsc::channel::<String>();
    let receiver = std::sync::Mutex::new((receiver, String::new()));
    let fake = Fake::start(move |asked| {
        let mut known = receiver.lock().unwrap();
        if let Ok(host) = known.0.try_recv() {
            known.1 = host;
        }
        pages(asked, &known.1, None)
    })
    .await;
    sender.send(format!("http://{}", fake.address)).unwrap();
    assert_eq!(fake.session().all_tags(&repo("acme/dhi-node"), 1_000).await.unwrap().items.len(), 4);
}

#[tokio::test]
async fn a_page_that_names_itself_ends() {
    let body = json!({ "next": "?page_size=100", "results": [tag(1)] });
    let error = answering(200, body).await.session().all_tags(&repo("acme/x"), 1_000).await.unwrap_err();
    assert!(matches!(error, HubError::Unexpected { .. }));
}

#[tokio::test]
async fn a_list_without_its_wrapper_is_a_list() {
    let fake = answering(200, json!([{ "name": "a" }, null, { "name": "b" }])).await;
    assert_eq!(fake.session().tags(&repo("acme/x"), 1).await.unwrap().items.len(), 2);
}

#[tokio::test]
async fn tags_decode_as_they_come_and_as_the_reference_says() {
    let come = json!({
        "id": 7, "name": "22-debian13", "v2": true, "tag_status": "active", "full_size": 41_000_000_000_u64,
        "digest": DIGEST, "tag_last_pulled": null, "tag_last_pushed": "2026-09-30T10:00:00.123456Z",
        "images": [
            { "os": "linux", "architecture": "amd64", "variant": null, "digest": DIGEST, "size": 5.0, "status": "active",
              "last_pushed": "0001-01-01T00:00:00Z" },
            { "os": "unknown", "architecture": "unknown", "digest": "none" },
        ],
        "unheard_of": {},
    });
    let tag = answering(200, come).await.session().tag(&repo("a/b"), &"22-debian13".parse().unwrap()).await.unwrap();
    assert_eq!(tag.digest.as_ref().map(Digest::as_str), Some(DIGEST));
    assert_eq!((tag.full_size, tag.images.len(), tag.images[0].size), (Some(41_000_000_000), 2, 5));
    assert!(tag.is_active() && tag.images[0].is_runnable() && !tag.images[1].is_runnable());
    assert!(tag.tag_last_pushed.is_some() && tag.tag_last_pulled.is_none() && tag.images[0].last_pushed.is_none());
    assert_eq!(tag.images[1].digest, None);

    let reference = json!({ "name": "x", "v2": "true", "status": "inactive", "tag_status": null, "full_size": "12",
        "images": { "os": "linux", "architecture": "arm64" } });
    let tag = answering(200, reference).await.session().tag(&repo("a/b"), &"x".parse().unwrap()).await.unwrap();
    assert_eq!((tag.full_size, tag.images.len(), tag.is_active()), (Some(12), 1, false));

    let least = answering(200, json!({})).await.session().tag(&repo("a/b"), &"x".parse().unwrap()).await.unwrap();
    assert!(least.images.is_empty() && least.is_active());
}

#[tokio::test]
async fn repositories_decode_with_what_is_missing() {
    let body = json!({ "name": "dhi-node", "namespace": "acme", "description": null, "storage_size": null,
        "media_types": [null, "application/vnd.oci.image.index.v1+json"], "is_private": true,
        "permissions": { "read": true, "write": true, "admin": false } });
    let fake = answering(200, body).await;
    let repository = fake.session().repository(&repo("acme/dhi-node")).await.unwrap();
    assert_eq!((repository.is_private, repository.storage_size, repository.media_types.len()), (Some(true), None, 1));
    assert!(repository.permissions.is_some_and(|may| may.write && !may.admin));
    assert_eq!(fake.paths(), ["/v2/namespaces/acme/repositories/dhi-node"]);
    let bare = answering(200, json!({})).await.session().repository(&repo("a/b")).await.unwrap();
    assert_eq!((bare.is_private, bare.permissions), (None, None));
}

#[tokio::test]
async fn repositories_are_made_listed_and_hidden_where_the_contract_says() {
    let fake = answering(200, json!({ "results": [] })).await;
    let session = fake.session();
    let new = NewRepository { repository: repo("acme/dhi-node"), description: "ö".repeat(50), is_private: true };
    session.create_repository(&new).await.unwrap();
    session.set_private(&repo("acme/dhi-node"), true).await.unwrap();
    assert!(session.repositories("acme").await.unwrap().complete);
    let asked = fake.asked();
    assert_eq!(asked[0].path, "/v2/namespaces/acme/repositories");
    assert_eq!(
        asked[0].body,
        json!({ "namespace": "acme", "name": "dhi-node", "description": "ö".repeat(50), "registry": "docker.io",
            "is_private": true })
    );
    assert_eq!((asked[1].method.as_str(), asked[1].path.as_str()), ("POST", "/v2/repositories/acme/dhi-node/privacy"));
    assert_eq!(asked[1].body, json!({ "is_private": true }));
    assert_eq!(asked[2].path, "/v2/namespaces/acme/repositories?ordering=name&page_size=100");
    // A hundred bytes, not a hundred characters.
    let long = NewRepository { description: "ö".repeat(51), ..new };
    assert!(matches!(session.create_repository(&long).await, Err(HubError::Refused { .. })));
    assert_eq!(fake.asked().len(), 3);
}

#[tokio::test]
async fn no_name_leads_to_another_path() {
    let fake = answering(200, json!({ "results": [] })).await;
    let session = fake.session();
    for odd in ["..", ".", ""] {
        assert!(matches!(session.repositories(odd).await, Err(HubError::Refused { .. })), "{odd}");
    }
    assert!(matches!(session.delete_webhook(&repo("a/b"), "..").await, Err(HubError::Refused { .. })));
    session.repositories("a/../b?c#d").await.unwrap();
    assert_eq!(fake.paths(), ["/v2/namespaces/a%2F..%2Fb%3Fc%23d/repositories?ordering=name&page_size=100"]);
}

#[tokio::test]
async fn webhooks_use_the_path_that_is_open_to_the_credential() {
    let body = json!({ "name": "ferry", "slug": "ferry", "results": [{ "name": "ferry", "slug": "ferry" }] });
    let fake = answering(200, body).await;
    let (pat, oat) = (fake.session(), fake.session_with("acme", "dckr_oat_x"));
    let (node, url) = (repo("acme/dhi-node"), "https://ferry.example.com/h".parse().unwrap());
    assert_eq!(pat.webhooks(&node).await.unwrap()[0].slug, "ferry");
    pat.create_webhook(&node, "ferry", &url).await.unwrap();
    pat.delete_webhook(&node, "ferry").await.unwrap();
    oat.create_webhook(&node, "ferry", &url).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[0].path, "/v2/repositories/acme/dhi-node/webhook_pipeline/?page_size=100");
    assert_eq!(asked[1].path, "/v2/repositories/acme/dhi-node/webhook_pipeline/");
    assert_eq!(
        asked[1].body,
        json!({ "name": "ferry", "expect_final_callback": false, "registry": "registry-1.docker.io",
            "webhooks": [{ "name": "ferry", "hook_url": "https://ferry.example.com/h" }] })
    );
    assert_eq!(
        (asked[2].method.as_str(), asked[2].path.as_str()),
        ("DELETE", "/v2/repositories/acme/dhi-node/webhook_pipeline/ferry/")
    );
    assert_eq!(asked[3].path, "/v2/namespaces/acme/repositories/dhi-node/webhook_pipeline");
    let long = format!("https://ferry.example.com/{}", "x".repeat(255)).parse().unwrap();
    assert!(matches!(pat.create_webhook(&node, "ferry", &long).await, Err(HubError::Refused { .. })));
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let node = repo("acme/dhi-node");
    for kind in ["organization", "personal"] {
        let text = format!("token issued from {kind} access token is not allowed");
        let fake = answering(403, json!({ "message": text, "errinfo": {} })).await;
        let error = fake.session().set_private(&node, true).await.unwrap_err();
        assert!(matches!(&error, HubError::WrongKindOfCredential { message } if *message == text), "{error:?}");
        assert!(error.is_closed_door() && !error.retryable());
        assert_eq!(fake.exchanges().len(), 1, "another token would not help");
    }
    let fake = answering(403, json!({ "detail": "insufficient scope" })).await;
    let error = fake.session().set_private(&node, true).await.unwrap_err();
    assert!(matches!(&error, HubError::Forbidden { message } if message == "insufficient scope"));
    assert!(error.sentence().ends_with("Docker says: insufficient scope."));

    let body = json!({ "fields": { "name": ["too short", "odd"] }, "text": "Bad name" });
    let error = answering(400, body).await.session().repositories("acme").await.unwrap_err();
    assert_eq!(error.sentence(), "Docker Hub refused this: Bad name. name: too short odd.");
    for status in [404, 405, 410] {
        let error = answering(status, json!({})).await.session().webhooks(&node).await.unwrap_err();
        assert!(matches!(error, HubError::NotFound) && error.is_closed_door());
    }
}
