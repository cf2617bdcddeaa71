//! What people see: pages made of components, compiled for the browser and the server.

pub mod app;
pub mod components;
mod exposed;
pub mod format;
mod filter;
pub mod forms;
mod frame;
mod live_filter;
pub mod pages;
pub mod platform;
mod refresh;
