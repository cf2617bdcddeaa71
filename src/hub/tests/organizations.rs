//! Who the user is and where he is an owner: trap 2, sections 3.1 and 3.3.

use serde_json::{Value, json};

use super::fake::{Asked, Fake, Reply, refused};
use crate::hub::{DockerRole, HubError, Organization};

fn orgs(orgs: &Value) -> Option<Reply> {
    Reply::data(&json!({ "user": { "id": "u", "username": "ada", "orgs": orgs } }))
}

fn rest(asked: &Asked) -> Option<Reply> {
    if !asked.path.starts_with("/v2/user/orgs") {
        return None;
    }
    Reply::json(
        200,
        &json!({ "count": 2, "next": null, "results": [
            { "orgname": "acme", "user_role": "Owner", "gravatar_url": "" }, { "orgname": "globex", "user_role": "MEMBER" } ] }),
    )
}

fn named(organizations: &[Organization]) -> Vec<(&str, Option<&DockerRole>)> {
    organizations.iter().map(|o| (o.name.as_str(), o.role.as_ref())).collect()
}

#[tokio::test]
async fn graphql_is_asked_first_and_unknown_roles_are_kept() {
    let fake = Fake::start(|asked| match asked.path.as_str() {
        "/v1/graphql" => orgs(&json!([
            { "name": "acme", "role": "owner", "avatarUrl": "https://example.com/a.png" },
            { "name": "globex", "role": "EDITOR" }, { "name": "initech", "role": "user" },
        ])),
        _ => rest(asked),
    })
    .await;
    let organizations = fake.session().organizations().await.unwrap();
    let user = DockerRole::Other("user".to_owned());
    assert_eq!(
        named(&organizations),
        [("acme", Some(&DockerRole::Owner)), ("globex", Some(&DockerRole::Editor)), ("initech", Some(&user))]
    );
    assert_eq!(organizations[0].avatar_url.as_deref(), Some("https://example.com/a.png"));
    assert_eq!(fake.paths(), ["/v1/graphql"]);
}

#[tokio::test]
async fn rest_is_asked_where_graphql_refuses() {
    let fake = Fake::start(|asked| match asked.path.as_str() {
        "/v1/graphql" => refused("user", 403, "no"),
        _ => rest(asked),
    })
    .await;
    let organizations = fake.session().organizations().await.unwrap();
    assert_eq!(
        named(&organizations),
        [("acme", Some(&DockerRole::Owner)), ("globex", Some(&DockerRole::Member))],
        "whatever the case"
    );
}

#[tokio::test]
async fn rest_fills_in_the_roles_graphql_leaves_out() {
    let half = json!([{ "name": "Acme", "role": null }, { "name": "globex", "role": "editor" }, { "name": "other" }]);
    let fake = Fake::start(move |asked| match asked.path.as_str() {
        "/v1/graphql" => orgs(&half),
        _ => rest(asked),
    })
    .await;
    let organizations = fake.session().organizations().await.unwrap();
    assert_eq!(
        named(&organizations),
        [("Acme", Some(&DockerRole::Owner)), ("globex", Some(&DockerRole::Editor)), ("other", None)]
    );
}

#[tokio::test]
async fn where_both_refuse_the_one_that_may_pass_is_reported() {
    let fake = Fake::start(|asked| match asked.path.as_str() {
        "/v1/graphql" => Reply::text(503, ""),
        "/v2/auth/token" => None,
        _ => Reply::json(403, &json!({ "message": "token issued from personal access token is not allowed" })),
    })
    .await;
    assert!(fake.session().organizations().await.unwrap_err().retryable());
    let fake = Fake::start(|asked| match asked.path.as_str() {
        "/v1/graphql" => refused("user", 403, "no"),
        "/v2/auth/token" => None,
        _ => Reply::json(403, &json!({ "message": "token issued from personal access token is not allowed" })),
    })
    .await;
    assert!(matches!(fake.session().organizations().await, Err(HubError::WrongKindOfCredential { .. })));
}

#[tokio::test]
async fn a_token_of_an_organization_reaches_that_one_and_has_no_role() {
    let fake = Fake::start(rest).await;
    let organizations = fake.session_with("acme", "dckr_oat_x").organizations().await.unwrap();
    assert_eq!(named(&organizations), [("acme", None)]);
    assert!(fake.asked().is_empty(), "there is no user to ask about");
    assert_eq!(fake.exchanges().len(), 1, "but the credential must be good");
}
