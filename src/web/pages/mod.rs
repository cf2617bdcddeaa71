//! Pages, one file or folder a route; each asks `api` and shows what it answers.

pub mod destinations;
mod read_error;
pub mod rules;
pub mod runs;

pub use read_error::{ReadError, ToSignIn};
