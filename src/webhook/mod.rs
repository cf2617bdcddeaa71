//! What Docker Hub tells us: route -> payload -> accept, which keeps many deliveries in one transaction with the hints
//! they amount to. A delivery is a hint and nothing more: unsigned, repeated, perhaps never sent. `callback_url` is
//! never called.

mod accept;
mod changes;
mod payload;
mod refusal;
mod route;

pub use route::router;
