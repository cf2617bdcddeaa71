//! Ferry mirrors Docker Hardened Images, forwards them with every attestation, and shows what arrived.

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("features `ssr` and `hydrate` are two builds of one crate: choose one");

// Compiled for the browser and for the server.
pub mod api;
pub mod model;
pub mod web;

// The server only.
#[cfg(feature = "ssr")]
pub mod clock;
#[cfg(feature = "ssr")]
pub mod hub;
#[cfg(feature = "ssr")]
pub mod oci;
#[cfg(feature = "sandbox")]
pub mod sandbox;
#[cfg(feature = "ssr")]
pub mod store;
