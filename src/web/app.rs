//! STAND-IN of task B, to be dropped in the merge: weba writes `app.rs`.

pub use crate::web::frame::{use_organization, use_role};
