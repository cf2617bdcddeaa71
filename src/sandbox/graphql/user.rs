//! `user`: who is asking and what they are in their organizations.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::context::refusal;
use super::given;
use crate::sandbox::world::people::Role;

/// The query.
#[derive(Default)]
pub struct User;

#[derive(SimpleObject)]
struct ScUserResult {
    id: ID,
    email: Option<String>,
    name: Option<String>,
    username: Option<String>,
    avatar_url: Option<String>,
    orgs: Vec<DockerOrg>,
}

#[derive(SimpleObject)]
struct DockerOrg {
    name: String,
    role: Option<DockerRole>,
    avatar_url: Option<String>,
}

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(rename_items = "lowercase")]
enum DockerRole {
    Editor,
    Owner,
    Member,
    User,
}

#[Object]
impl User {
    async fn user(&self, context: &Context<'_>) -> Result<ScUserResult> {
        let (world, identity) = given(context)?;
        let people = world.state().people.clone();
        // Whether an OAT gets an answer is unconfirmed; there is no user behind it, so here it does not.
        let person = people.persons.iter().find(|one| Some(one.username.as_str()) == identity.name());
        let person = person.ok_or_else(|| refusal("DOWNSTREAM_SERVICE_ERROR", 403, "no user is signed in"))?;
        let role = |name: &str| {
            people.role(identity, name).and_then(|role| match role {
                Role::Owner => Some(DockerRole::Owner),
                Role::Editor => Some(DockerRole::Editor),
                Role::Member => Some(DockerRole::Member),
                // What Docker answers is unconfirmed: the field is nullable, and its type has no word for such a role.
                Role::Custom => None,
            })
        };
        let member = people.organizations.iter().filter(|one| people.role(identity, &one.name).is_some());
        let orgs =
            member.map(|one| DockerOrg { name: one.name.clone(), role: role(&one.name), avatar_url: None }).collect();
        Ok(ScUserResult {
            id: ID(format!("user-{}", person.username)),
            email: Some(format!("{}@example.com", person.username)),
            name: Some(person.full_name.clone()),
            username: Some(person.username.clone()),
            avatar_url: None,
            orgs,
        })
    }
}
