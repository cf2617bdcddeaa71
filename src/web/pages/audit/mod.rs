//! The audit log: who did what, newest first, looked through and taken along as a file.

mod filter;
mod list;
mod table;

pub use list::AuditPage;
