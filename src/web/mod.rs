//! What people see: pages made of components, compiled for the browser and the server.

pub mod app;
pub mod components;
mod drafts;
mod exposed;
mod filter;
pub mod format;
pub mod forms;
mod frame;
mod live_filter;
pub mod pages;
pub mod platform;
mod refresh;
