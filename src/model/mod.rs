//! The words of Ferry as types; compiled for the browser and the server.

mod image;
mod text;

pub use image::{Digest, Host, ImageRef, Platform, Reference, RepoName, RepoRef, Tag};
pub use text::Refused;
