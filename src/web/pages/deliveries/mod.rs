//! Deliveries: what Docker Hub told Ferry, and what came of it.

mod filter;
mod list;
mod table;

pub use filter::href;
pub use list::DeliveriesPage;
pub use table::DeliveryTable;
