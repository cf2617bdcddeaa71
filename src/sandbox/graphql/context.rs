//! The `Context` argument and the form of refusals.

use async_graphql::{Error, ErrorExtensions as _, InputObject, Result};

use crate::sandbox::world::World;
use crate::sandbox::world::people::Identity;

/// For which organization something is asked.
#[derive(InputObject)]
#[graphql(name = "Context")]
pub struct Asking {
    organization: Option<String>,
    namespace: Option<String>,
    team_id: Option<String>,
}

impl Asking {
    /// The organization, which the caller must belong to.
    pub fn organization(&self, world: &World, identity: &Identity) -> Result<String> {
        // A team's id is the old way to say the same; nobody here has one.
        let unknown = self.team_id.as_ref().filter(|_| self.organization.is_none() && self.namespace.is_none());
        if unknown.is_some() {
            return Err(refusal("NOT_FOUND", 404, "team not found"));
        }
        let named = self.organization.as_ref().or(self.namespace.as_ref());
        let name = named.ok_or_else(|| refusal("BAD_REQUEST", 400, "organization is required"))?;
        let state = world.state();
        if state.people.organization(name).is_none() || !state.people.belongs(identity, name) {
            return Err(refusal(
                "DOWNSTREAM_SERVICE_ERROR",
                403,
                "you do not have permission to access this organization",
            ));
        }
        Ok(name.clone())
    }
}

/// An entry of `errors`; `status` is a number.
pub fn refusal(code: &'static str, status: u16, message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", code);
        extensions.set("status", status);
    })
}
