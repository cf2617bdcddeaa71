//! The GraphQL interface: refusals in a 200, catalogue, entitlements.

use serde_json::{Value, json};

use super::*;

const LIST: &str = "query($context: Context!) { dhiListMirroredRepositories(context: $context) { totalCount canMirrorMoreRepositories mirroredRepositories { id destinationRepository { name namespace hostname } dhiSourceRepository { name namespace hostname displayName } } } }";
const SET: &str = "mutation($context: Context!, $input: DhiSetMirroredRepositoryInput!) { dhiSetMirroredRepository(context: $context, input: $input) { mirroredRepository { id } } }";

fn set(source: &str, namespace: &str, name: &str) -> Value {
    json!({
        "context": {"organization": "acme"},
        "input": {"dhiSourceRepository": {"name": source, "namespace": "dhi"}, "destinationRepository": {"name": name, "namespace": namespace}},
    })
}

fn status(answer: &Value) -> Option<i64> {
    answer["errors"][0]["extensions"]["status"].as_i64()
}

#[tokio::test]
async fn refusals_come_with_200_and_a_numeric_status() {
    let bench = Bench::start().await;
    let context = json!({"context": {"organization": "acme"}});
    let nobody = bench.ask("", LIST, context.clone()).await;
    assert_eq!(status(&nobody), Some(401));
    assert!(nobody["data"].is_null());

    let stranger = bench.ask(&bench.token(GUS).await, LIST, context.clone()).await;
    assert_eq!(status(&stranger), Some(403));
    assert_eq!(stranger["errors"][0]["extensions"]["code"], "DOWNSTREAM_SERVICE_ERROR");
    assert!(stranger["extensions"]["correlation_id"].is_string());

    let token = bench.token(OLIVIA).await;
    assert!(bench.ask(&token, LIST, context.clone()).await["errors"].is_null());
    bench.sandbox.world().expire_tokens();
    assert_eq!(status(&bench.ask(&token, LIST, context).await), Some(401));
}

#[tokio::test]
async fn owners_and_editors_with_a_writing_token_mirror_and_a_custom_role_that_was_given_the_permission() {
    let bench = Bench::start().await;
    let wish = set("node", "acme", "dhi-node");
    for who in [CARL, MIA, ("olivia", "dckr_pat_olivia_read"), ACME_PULL] {
        let refused = bench.ask(&bench.token(who).await, SET, wish.clone()).await;
        assert_eq!(status(&refused), Some(403), "{who:?}");
        assert!(refused["data"]["dhiSetMirroredRepository"].is_null());
    }
    assert!(bench.ask(&bench.token(ADAM).await, SET, wish.clone()).await["errors"].is_null());
    for organization in &mut bench.sandbox.world().state().people.organizations {
        organization.custom_may_mirror = true;
    }
    assert!(bench.ask(&bench.token(CARL).await, SET, wish.clone()).await["errors"].is_null());
    bench.sandbox.world().settled().await;
    let older = Bench::with(Options { mirror_role: super::super::Role::Owner, ..Options::default() }).await;
    assert_eq!(status(&older.ask(&older.token(ADAM).await, SET, wish).await), Some(403));
}

#[tokio::test]
async fn a_mirror_needs_a_source_a_prefix_its_own_organization_and_a_plan() {
    let bench = Bench::start().await;
    let token = bench.token(OLIVIA).await;
    for (wish, expected) in [
        (set("nothing", "acme", "dhi-nothing"), 404),
        (set("node", "acme", "node"), 400),
        (set("node", "globex", "dhi-node"), 400),
    ] {
        assert_eq!(status(&bench.ask(&token, SET, wish.clone()).await), Some(expected), "{wish}");
    }
    let mut wish = set("node", "globex", "dhi-node");
    wish["context"] = json!({"organization": "globex"});
    assert_eq!(status(&bench.ask(&bench.token(GUS).await, SET, wish).await), Some(402));
}

#[tokio::test]
async fn setting_a_pair_again_answers_the_mirror_there_is() {
    let bench = Bench::start().await;
    let token = bench.token(OLIVIA).await;
    let wish = set("nginx", "acme", "dhi-nginx");
    let again = bench.ask(&token, SET, wish).await;
    let list = bench.ask(&token, LIST, json!({"context": {"organization": "acme"}})).await;
    let list = &list["data"]["dhiListMirroredRepositories"];
    assert_eq!(list["totalCount"], 2);
    assert_eq!(
        list["mirroredRepositories"][0]["id"],
        again["data"]["dhiSetMirroredRepository"]["mirroredRepository"]["id"]
    );
    assert_eq!(list["mirroredRepositories"][0]["dhiSourceRepository"]["displayName"], "Nginx");
    assert_eq!(
        list["mirroredRepositories"][0]["destinationRepository"],
        json!({"name": "dhi-nginx", "namespace": "acme", "hostname": "docker.io"})
    );
}

#[tokio::test]
async fn an_answer_of_null_may_hide_that_it_was_done() {
    let bench = Bench::start().await;
    let token = bench.token(OLIVIA).await;
    bench.sandbox.world().state().silent_sets.extend([true, false]);
    let answer = bench.ask(&token, SET, set("node", "acme", "dhi-node")).await;
    assert!(answer["errors"].is_null() && answer["data"]["dhiSetMirroredRepository"]["mirroredRepository"].is_null());
    assert_eq!(bench.sandbox.world().mirrors_of("node").len(), 1);
    let answer = bench.ask(&token, SET, set("vault", "acme", "dhi-vault")).await;
    assert!(answer["errors"].is_null() && answer["data"]["dhiSetMirroredRepository"].is_null(), "{answer}");
    assert!(bench.sandbox.world().mirrors_of("vault").is_empty());
}

#[tokio::test]
async fn removal_fails_in_its_status_and_leaves_the_repository() {
    let bench = Bench::start().await;
    let token = bench.token(OLIVIA).await;
    let remove = async |id: &str| {
        let query = "mutation($context: Context!, $input: DhiRemoveMirroredRepositoryInput!) { dhiRemoveMirroredRepository(context: $context, input: $input) { status message } }";
        let answer = bench
            .ask(&token, query, json!({"context": {"organization": "acme"}, "input": {"mirroredRepositoryId": id}}))
            .await;
        assert!(answer["errors"].is_null());
        text(&answer["data"]["dhiRemoveMirroredRepository"]["status"])
    };
    assert_eq!(remove("none").await, "NOT_FOUND");
    assert_eq!(remove("").await, "BAD_REQUEST");
    let id = bench.sandbox.world().mirrors_of("nginx")[0].id.clone();
    bench.sandbox.world().state().refused_removal = Some("not now".to_owned());
    assert_eq!(remove(&id).await, "ERROR");
    assert_eq!(remove(&id).await, "ACCEPTED");
    assert!(bench.sandbox.world().mirrors_of("nginx").is_empty());
    assert_eq!(bench.get("/v2/namespaces/acme/repositories/dhi-nginx", &token).await.0, 200);
}

#[tokio::test]
async fn the_catalogue_has_digests_that_are_real_and_several_tags_for_each() {
    let bench = Bench::start().await;
    let token = bench.token(MIA).await;
    let all = bench.ask(&token, "{ dhiRepositories { items { name namespace displayName shortDescription featured fipsCompliant stigCertified homeUrl categories { id name } distributions platforms } categories { id name } } }", json!({})).await;
    let items = all["data"]["dhiRepositories"]["items"].as_array().expect("items").clone();
    assert!(items.len() >= 14);
    assert!(
        items.iter().any(|one| one["fipsCompliant"] == true)
            && items.iter().any(|one| text(&one["name"]).ends_with("-chart"))
    );

    let query = "query($query: DhiRepositoryDetailsQuery!) { dhiRepositoryDetails(query: $query) { overview guides images { indexDigest tags { name lastUpdated } imageManifests { manifestDigest platform distribution compressedSize packageManager shell user workingDirectory fipsCompliant stigCertified lastPushed vulnerabilities { critical total } scoutHealthScore { score policies { name status violationCount } } } } } }";
    let details = bench.ask(&token, query, json!({"query": {"repoName": "nginx"}})).await;
    assert!(details["errors"].is_null(), "{details}");
    let images = details["data"]["dhiRepositoryDetails"]["images"].as_array().expect("images").clone();
    assert!((2..=4).contains(&images.len()));
    let docker = bench.docker("acme/dhi-nginx").await;
    for image in &images {
        let tags = image["tags"].as_array().expect("tags");
        assert!((3..=6).contains(&tags.len()));
        for tag in tags {
            assert_eq!(docker.digest(&text(&tag["name"])).await, text(&image["indexDigest"]));
        }
    }
    let chart = bench.ask(&token, query, json!({"query": {"repoName": "redis-chart"}})).await;
    let manifest = &chart["data"]["dhiRepositoryDetails"]["images"][0]["imageManifests"][0];
    assert!(manifest["manifestDigest"].is_string(), "{chart}");
    assert!(manifest["vulnerabilities"].is_null() && manifest["scoutHealthScore"].is_null(), "not analysed: {chart}");
    let missing = bench.ask(&token, query, json!({"query": {"repoName": "dhi-nginx"}})).await;
    assert!(missing["errors"].is_null() && missing["data"]["dhiRepositoryDetails"].is_null());

    let tag = "query($query: DhiTagDetailsQuery!) { dhiTagDetails(query: $query) { indexDigest repo tag { name } allTags { name } imageManifests { platform } } }";
    let one = bench.ask(&token, tag, json!({"query": {"repoName": "nginx", "tag": "1.29.3"}})).await;
    assert_eq!(one["data"]["dhiTagDetails"]["allTags"].as_array().expect("tags").len(), 6);
    assert_eq!(one["data"]["dhiTagDetails"]["imageManifests"][1]["platform"], "linux/arm64");
}

#[tokio::test]
async fn user_and_entitlements_say_who_may_do_what() {
    let bench = Bench::start().await;
    let query = "{ user { id username orgs { name role } } }";
    let answer = bench.ask(&bench.token(ADAM).await, query, json!({})).await;
    assert_eq!(answer["data"]["user"]["orgs"], json!([{"name": "acme", "role": "editor"}]));
    assert_eq!(status(&bench.ask(&bench.token(ACME).await, query, json!({})).await), Some(403));

    let query = "query($context: Context!) { namespaceEntitlements(context: $context) { namespace plan { displayName isLegacy isFree } isEnrolled featureEntitlements { enableOnPush dhi { dhiEnabled canMirrorMoreRepositories canViewCatalog repositoriesLimit mirroredRepositoriesCount freeTrial freeTrialEndDate } } } repoFeatures(context: $context, repoName: \"dhi-nginx\") { vulnerabilityReporting { enabled } dhi { isDhiRepo dhiMirroredRepository { id dhiSourceRepository { name } } } } reposFeatures(context: $context, repoNames: [\"website\", \"none\"]) { repoName features { dhi { isDhiRepo } } } }";
    let answer = bench.ask(&bench.token(ACME).await, query, json!({"context": {"organization": "acme"}})).await;
    assert!(answer["errors"].is_null(), "{answer}");
    assert_eq!(answer["data"]["namespaceEntitlements"]["featureEntitlements"]["dhi"]["mirroredRepositoriesCount"], 2);
    assert_eq!(answer["data"]["repoFeatures"]["dhi"]["dhiMirroredRepository"]["dhiSourceRepository"]["name"], "nginx");
    assert_eq!(
        answer["data"]["reposFeatures"],
        json!([{"repoName": "website", "features": {"dhi": {"isDhiRepo": false}}}, {"repoName": "none", "features": null}])
    );
}
