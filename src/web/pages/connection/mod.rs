//! The organization's own sign-in at Docker Hub.

mod page;

pub use page::ConnectionPage;
