//! Requests for mirrors: what is asked for, and what became of it.

mod decide;
mod filter;
mod list;
mod several;
mod table;
mod words;

pub use list::RequestsPage;
pub use several::RequestMirrorsPage;
pub use words::{RequestStatus, asked_by};
