//! Requests for mirrors: what is asked for, and what became of it.

mod decide;
mod filter;
mod list;
mod table;
mod words;

pub use list::RequestsPage;
pub use words::{RequestStatus, asked_by};
