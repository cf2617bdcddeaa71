//! Keys whose signatures count.

mod add;
mod list;

pub use list::KeysPage;
