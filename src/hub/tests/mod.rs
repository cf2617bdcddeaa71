//! Behaviour of the client against a small pretend Docker Hub, one file a concern. Names of traps: `contracts/hub.md`, 8.

mod auth;
mod fake;
mod graphql;
mod limits;
mod mirrors;
mod organizations;
mod packages;
mod rest;
mod secrets;
