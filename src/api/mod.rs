//! Server functions, one file a noun: the browser's only door. Each is a public endpoint, so its first line authorises.
//!
//! Reads are `GET`, changes are `POST` with plain form fields, so that every form also works with JavaScript off:
//! a change that was refused keeps what the form held in the session, and [`forms::get_kept_form`] gives it back.

pub mod catalog;
pub mod catalog_tag;
pub mod connection;
pub mod destinations;
pub mod forms;
pub mod history;
pub mod hooks;
pub mod keys;
pub mod mirrors;
pub mod pauses;
pub mod rules;
pub mod runs;
pub mod session;
