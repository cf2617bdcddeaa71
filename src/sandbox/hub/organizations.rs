//! The signed-in user, their organizations, and the members of one.

use axum::Json;
use axum::extract::{OriginalUri, Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::auth::SignedIn;
use super::pages::{Asked, page};
use super::refusals::{forbidden, not_found, wrong_kind};
use crate::sandbox::content::sha256;
use crate::sandbox::world::World;
use crate::sandbox::world::people::{Kind, Organization, People, Person, Role};

const JOINED: &str = "2021-03-14T09:26:53Z";

/// `GET /v2/user`.
pub async fn user(State(world): State<World>, SignedIn(identity): SignedIn) -> Response {
    let state = world.state();
    let found = state.people.persons.iter().find(|one| Some(one.username.as_str()) == identity.name());
    let Some(person) = found else { return wrong_kind("token issued from organization access token is not allowed") };
    let mut body = common(&person.username, &person.full_name, "User");
    body["username"] = json!(person.username);
    body["is_staff"] = json!(false);
    body["is_admin"] = json!(false);
    Json(body).into_response()
}

/// `GET /v2/user/orgs`: the personal namespace is not among them.
pub async fn mine(
    State(world): State<World>,
    uri: OriginalUri,
    Query(asked): Query<Asked>,
    SignedIn(identity): SignedIn,
) -> Response {
    if identity.is_oat() {
        return wrong_kind("token issued from organization access token is not allowed");
    }
    let people = world.state().people.clone();
    let entry = |organization: &Organization| {
        let role = people.role(&identity, &organization.name)?;
        let mut body = describe(organization);
        body["uuid"] = json!(id(&organization.name));
        body["badge"] = json!("");
        body["is_active"] = json!(true);
        body["user_role"] = json!(capital(role));
        body["user_groups"] = json!(if role == Role::Owner { vec!["owners"] } else { vec![] });
        body["org_groups_count"] = json!(1);
        body["plan_name"] = json!(organization.plan);
        body["parent_name"] = Value::Null;
        Some(body)
    };
    let results: Vec<_> = people.organizations.iter().filter_map(entry).collect();
    page(&world, &uri, &asked, &results)
}

/// `GET /v2/orgs/{organization}`.
pub async fn read(State(world): State<World>, Path(name): Path<String>, SignedIn(identity): SignedIn) -> Response {
    let state = world.state();
    match state.people.organization(&name) {
        Some(organization) if state.people.belongs(&identity, &name) => Json(describe(organization)).into_response(),
        _ => not_found("organization not found"),
    }
}

/// `GET /v2/orgs/{organization}/members`: not with a PAT; the reference says array, in practice it is a page.
pub async fn members(
    State(world): State<World>,
    Path(name): Path<String>,
    uri: OriginalUri,
    Query(asked): Query<Asked>,
    SignedIn(identity): SignedIn,
) -> Response {
    if identity.is_pat() {
        return wrong_kind("token issued from personal access token is not allowed");
    }
    let people = world.state().people.clone();
    let Some(organization) = people.organization(&name) else { return not_found("organization not found") };
    let scoped = matches!(&identity.0, Some(one) if matches!(&one.kind, Kind::Oat(scopes) if scopes.contains(&"scope-member-read")));
    if !people.belongs(&identity, &name) || (identity.is_oat() && !scoped) {
        return forbidden();
    }
    let fits = |text: &str| asked.search.as_ref().is_none_or(|part| text.contains(part.as_str()));
    let has = |role: Role| asked.role.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(capital(role)));
    let chosen = organization.members.iter().filter(|(name, role)| fits(name) && has(*role));
    let results: Vec<_> = chosen.map(|(username, role)| member(&people, username, *role)).collect();
    page(&world, &uri, &asked, &results)
}

fn member(people: &People, username: &str, role: Role) -> Value {
    let person = people.persons.iter().find(|one| one.username == username);
    let full_name = person.map_or(username, |Person { full_name, .. }| full_name.as_str());
    let mut body = common(username, full_name, "User");
    body["username"] = json!(username);
    body["email"] = json!(format!("{username}@example.com"));
    body["role"] = json!(capital(role));
    body["groups"] = json!(if role == Role::Owner { vec!["owners"] } else { vec![] });
    body["is_guest"] = json!(false);
    body
}

fn describe(organization: &Organization) -> Value {
    let mut body = common(&organization.name, &organization.full_name, "Org");
    body["orgname"] = json!(organization.name);
    body
}

fn common(name: &str, full_name: &str, kind: &str) -> Value {
    json!({
        "id": id(name), "full_name": full_name, "location": "", "company": "", "profile_url": "", "date_joined": JOINED,
        "gravatar_url": "", "gravatar_email": "", "type": kind,
    })
}

/// A UUID without dashes.
fn id(name: &str) -> String {
    sha256(name.as_bytes())[7..39].to_owned()
}

/// Roles are capitalised in answers.
fn capital(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Editor => "Editor",
        // Unconfirmed: the name that the organization gave it is as good a guess as any.
        Role::Custom => "Release manager",
        Role::Member => "Member",
    }
}
