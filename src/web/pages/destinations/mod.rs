//! Destinations: the list, a new one, and one with its form.

mod decision;
mod delete;
mod destination;
mod editor;
mod help;
mod list;
mod new;
mod report;

pub use destination::DestinationPage;
pub use list::DestinationsPage;
pub use new::NewDestinationPage;
