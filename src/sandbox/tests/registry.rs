//! The registries: rights, limits, uploads, mounts, referrers.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::Destination;
use super::super::content::{MANIFEST, sha256};
use super::*;

fn manifest(layer: &[u8], subject: Option<Value>) -> Value {
    let mut body = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/vnd.example",
        "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": sha256(b"{}"), "size": 2},
        "layers": [{"mediaType": "application/octet-stream", "digest": sha256(layer), "size": layer.len()}],
    });
    if let Some(subject) = subject {
        body["subject"] = subject;
    }
    body
}

fn descriptor(manifest: &Value) -> Value {
    let bytes = manifest.to_string();
    json!({"mediaType": MANIFEST, "digest": sha256(bytes.as_bytes()), "size": bytes.len()})
}

#[tokio::test]
async fn a_token_grants_the_intersection_and_the_registry_refuses_the_rest() {
    let bench = Bench::start().await;
    let host = bench.sandbox.docker_registry();
    let head = async |who: Option<(&str, &str)>, repository: &str, tag: &str| {
        let registry = bench.registry(&host, who, repository, "pull,push").await;
        assert!(!registry.token.is_empty(), "the token service answers with 200 all the same");
        registry.head(&format!("/manifests/{tag}")).await.status().as_u16()
    };
    assert_eq!(head(None, "acme/dhi-redis", "8").await, 200, "public");
    assert_eq!(head(None, "acme/dhi-nginx", "1").await, 401);
    assert_eq!(head(Some(GUS), "acme/dhi-nginx", "1").await, 401);
    for who in [OLIVIA, MIA, ACME, ACME_PULL] {
        assert_eq!(head(Some(who), "acme/dhi-nginx", "1").await, 200, "{who:?}");
    }
    let mia = bench.registry(&host, Some(MIA), "acme/dhi-nginx", "pull,push").await;
    let refused = mia.call(Method::POST, "/blobs/uploads/").send().await.expect("an answer");
    assert_eq!(refused.status(), 401);
    assert!(refused.headers()["www-authenticate"].to_str().expect("text").contains("insufficient_scope"));
    let (status, _) = bench.registry_token(&host, Some(("olivia", "wrong")), &[]).await;
    assert_eq!(status, 401);
    let (status, _) = bench.registry_token(&host, Some(("olivia", ACME.1)), &[]).await;
    assert_eq!(status, 401, "an organization's token does not go with a user's name");
}

#[tokio::test]
async fn privacy_decides_what_the_next_token_grants() {
    let bench = Bench::start().await;
    let host = bench.sandbox.docker_registry();
    bench.sandbox.world().set_private("acme", "dhi-redis", true).expect("a repository");
    let anonymous = bench.registry(&host, None, "acme/dhi-redis", "pull").await;
    assert_eq!(anonymous.head("/manifests/8").await.status(), 401);
}

#[tokio::test]
async fn scout_admits_members_and_their_tokens_but_nobody_else() {
    let bench = Bench::start().await;
    let host = bench.sandbox.scout_registry();
    let platform = bench.docker("acme/dhi-nginx").await.platforms("1").await.remove(0);
    let status = async |who| {
        let scout = bench.registry(&host, who, "acme/dhi-nginx", "pull").await;
        scout.call(Method::GET, &format!("/referrers/{platform}")).send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(status(Some(MIA)).await, 200);
    assert_eq!(status(Some(ACME_PULL)).await, 200);
    assert_eq!(status(Some(GUS)).await, 401);
    assert_eq!(status(None).await, 401);
}

#[tokio::test]
async fn getting_a_manifest_counts_and_looking_does_not() {
    let bench = Bench::with(Options { pull_limit: 2, ..Options::default() }).await;
    let docker = bench.docker("acme/dhi-nginx").await;
    for _ in 0..5 {
        assert_eq!(docker.head("/manifests/1").await.headers()["ratelimit-remaining"], "2;w=21600");
    }
    docker.bytes("/manifests/1").await;
    docker.bytes("/manifests/1").await;
    assert_eq!(docker.head("/manifests/1").await.status(), 200);
    let refused = docker.call(Method::GET, "/manifests/1").send().await.expect("an answer");
    assert_eq!(refused.status(), 429);
    let body: Value = refused.json().await.expect("JSON");
    assert_eq!(body["errors"][0]["code"], "TOOMANYREQUESTS");
}

#[tokio::test]
async fn the_destination_takes_blobs_once_per_repository_and_mounts_across() {
    let bench = Bench::start().await;
    let one = bench.destination("team/one").await;
    let bytes = vec![7_u8; 5 * 1024 * 1024];
    assert_eq!(one.put_blob(&bytes).await.status(), 201);
    let digest = sha256(&bytes);
    assert_eq!(one.head(&format!("/blobs/{digest}")).await.status(), 200);

    let host = bench.sandbox.destination_registry();
    let scopes = ["repository:team/two:pull,push".to_owned(), "repository:team/one:pull".to_owned()];
    let (_, answer) = bench.registry_token(&host, Some(ROBOT), &scopes).await;
    let two = Registry {
        http: bench.http.clone(),
        base: format!("http://{host}/v2/team/two"),
        token: text(&answer["access_token"]),
    };
    assert_eq!(two.head(&format!("/blobs/{digest}")).await.status(), 404, "another repository does not hold it");
    let mount = async |from: &str| {
        two.call(Method::POST, "/blobs/uploads/")
            .query(&[("mount", digest.as_str()), ("from", from)])
            .send()
            .await
            .expect("an answer")
    };
    assert_eq!(mount("team/none").await.status(), 202, "cannot mount: a session to go on with");
    assert_eq!(mount("team/one").await.status(), 201);
    assert_eq!(two.head(&format!("/blobs/{digest}")).await.status(), 200);

    let part = one
        .call(Method::GET, &format!("/blobs/{digest}"))
        .header("range", "bytes=10-19")
        .send()
        .await
        .expect("an answer");
    assert_eq!(part.status(), 206);
    assert_eq!(part.bytes().await.expect("a body").len(), 10);
    let without = bench.registry(&host, None, "team/one", "pull").await;
    assert_eq!(without.head(&format!("/blobs/{digest}")).await.status(), 401);
}

#[tokio::test]
async fn a_manifest_needs_its_blobs_but_not_its_subject_and_is_listed_once() {
    let bench = Bench::start().await;
    let registry = bench.destination("team/app").await;
    let subject = descriptor(&json!({"not": "there"}));
    let referrer = manifest(b"proof", Some(subject.clone()));
    let digest = text(&descriptor(&referrer)["digest"]);
    assert_eq!(registry.put_manifest(&digest, &referrer).await.status(), 400, "the layer is missing");
    registry.put_blob(b"proof").await;
    for _ in 0..2 {
        let answer = registry.put_manifest(&digest, &referrer).await;
        assert_eq!(answer.status(), 201);
        assert_eq!(answer.headers()["oci-subject"].to_str().expect("text"), text(&subject["digest"]));
        assert_eq!(answer.headers()["docker-content-digest"].to_str().expect("text"), digest);
    }
    let subject = text(&subject["digest"]);
    assert_eq!(registry.referrers(&subject, None).await.len(), 1);
    assert_eq!(registry.referrers(&subject, Some("application/vnd.example")).await.len(), 1);
    assert!(registry.referrers(&subject, Some("application/vnd.other")).await.is_empty());
    let filtered =
        registry.call(Method::GET, &format!("/referrers/{subject}?artifactType=x")).send().await.expect("an answer");
    assert_eq!(filtered.headers()["oci-filters-applied"], "artifactType");
}

#[tokio::test]
async fn a_destination_may_be_of_the_older_and_stricter_kind() {
    let destination =
        Destination { referrers: false, mounts: false, subject_first: true, immutable_tags: true, public: true };
    let bench = Bench::with(Options { destination, ..Options::default() }).await;
    let registry = bench.destination("team/app").await;
    registry.put_blob(b"image").await;
    registry.put_blob(b"proof").await;
    let image = manifest(b"image", None);
    let referrer = manifest(b"proof", Some(descriptor(&image)));
    let place = text(&descriptor(&referrer)["digest"]);
    assert_eq!(registry.put_manifest(&place, &referrer).await.status(), 400, "subject first");
    assert_eq!(registry.put_manifest("1.0", &image).await.status(), 201);
    assert_eq!(registry.put_manifest("1.0", &image).await.status(), 412, "even the same digest");
    let answer = registry.put_manifest(&place, &referrer).await;
    assert_eq!(answer.status(), 201);
    assert!(answer.headers().get("oci-subject").is_none());
    let listing = registry
        .call(Method::GET, &format!("/referrers/{}", text(&descriptor(&image)["digest"])))
        .send()
        .await
        .expect("an answer");
    assert_eq!(listing.status(), 404);
    let anybody = bench.registry(&bench.sandbox.destination_registry(), None, "team/app", "pull").await;
    assert_eq!(anybody.head("/manifests/1.0").await.status(), 200);
}

#[tokio::test]
async fn one_repository_of_a_destination_may_be_public() {
    let bench = Bench::start().await;
    for repository in ["team/app", "team/tools"] {
        let registry = bench.destination(repository).await;
        registry.put_blob(b"image").await;
        assert_eq!(registry.put_manifest("1.0", &manifest(b"image", None)).await.status(), 201);
    }
    let anybody = async |repository: &str| {
        let registry = bench.registry(&bench.sandbox.destination_registry(), None, repository, "pull").await;
        registry.head("/manifests/1.0").await.status().as_u16()
    };
    assert_eq!(anybody("team/app").await, 401, "the token service gives a token that is worth nothing");
    let expose = format!("{}/expose", bench.sandbox.control_url());
    let public = json!({"repository": "team/app", "public": true});
    assert!(bench.http.post(expose).json(&public).send().await.expect("an answer").status().is_success());
    assert_eq!((anybody("team/app").await, anybody("team/tools").await), (200, 401));
    bench.sandbox.world().expose("team/app", false);
    assert_eq!(anybody("team/app").await, 401);
}

#[tokio::test]
async fn chunks_are_taken_in_order_and_tags_are_listed_in_pages() {
    let bench = Bench::start().await;
    let registry = bench.destination("team/app").await;
    let begun = registry.call(Method::POST, "/blobs/uploads/").send().await.expect("an answer");
    let place = format!(
        "http://{}{}",
        bench.sandbox.destination_registry(),
        begun.headers()["location"].to_str().expect("text")
    );
    let chunk = async |range: &str, bytes: &'static [u8]| {
        let request = bench.http.patch(&place).bearer_auth(&registry.token).header("content-range", range).body(bytes);
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(chunk("0-3", b"imag").await, 202);
    assert_eq!(chunk("9-9", b"x").await, 416);
    assert_eq!(chunk("4-4", b"e").await, 202);
    let done = bench
        .http
        .put(&place)
        .query(&[("digest", sha256(b"image"))])
        .bearer_auth(&registry.token)
        .send()
        .await
        .expect("an answer");
    assert_eq!(done.status(), 201);
    for tag in ["1", "2", "3"] {
        assert_eq!(registry.put_manifest(tag, &manifest(b"image", None)).await.status(), 201);
    }
    let page = registry.call(Method::GET, "/tags/list?n=2").send().await.expect("an answer");
    assert!(page.headers()["link"].to_str().expect("text").contains("last=2"));
    assert_eq!(registry.json("/tags/list?n=2&last=2").await["tags"], json!(["3"]));
    let unknown = bench.destination("team/none").await;
    assert_eq!(unknown.call(Method::GET, "/tags/list").send().await.expect("an answer").status(), 404);
}

#[tokio::test]
async fn somebodys_own_push_to_hubs_registry_shows_up_in_hub() {
    let bench = Bench::start().await;
    let host = bench.sandbox.docker_registry();
    let registry = bench.registry(&host, Some(OLIVIA), "acme/website", "pull,push").await;
    registry.put_blob(b"page").await;
    assert_eq!(registry.put_manifest("2.0", &manifest(b"page", None)).await.status(), 201);
    let (_, tag) = bench.get("/v2/namespaces/acme/repositories/website/tags/2.0", &bench.token(OLIVIA).await).await;
    assert_eq!(tag["last_updater_username"], "olivia");
}

#[tokio::test]
async fn hubs_registry_may_send_readers_elsewhere_where_credentials_are_not_welcome() {
    let bench = Bench::with(Options { redirect_blobs: true, ..Options::default() }).await;
    let docker = bench.docker("acme/dhi-nginx").await;
    let platform = docker.platforms("1").await.remove(0);
    let manifest = docker.json(&format!("/manifests/{platform}")).await;
    let digest = text(&manifest["config"]["digest"]);
    // This client follows, and drops the token on the way to another port.
    assert_eq!(sha256(&docker.bytes(&format!("/blobs/{digest}")).await), digest);
    let elsewhere = format!("{}/cdn/blobs/{digest}?repository=acme/dhi-nginx", bench.sandbox.hub_url());
    assert_eq!(bench.http.get(elsewhere).bearer_auth(&docker.token).send().await.expect("an answer").status(), 400);
}
