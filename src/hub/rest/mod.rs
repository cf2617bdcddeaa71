//! The REST API under `/v2`: who signed in, and the organization's repositories, tags and webhooks (sections 3 to 5).

mod account;
mod repositories;
mod tags;
mod webhooks;

pub use account::{DockerRole, HubUser, Organization, SignedIn};
pub use repositories::{HubRepository, NewRepository, Permissions};
pub use tags::{HubImage, HubTag};
pub use webhooks::{Webhook, WebhookCall};
