//! What people see: pages made of components, compiled for the browser and the server.

pub mod components;
pub mod format;
pub mod platform;
