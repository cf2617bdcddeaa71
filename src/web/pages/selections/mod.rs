//! Selections of the catalog that propose mirrors by themselves.

mod edit;
mod editor;
mod list;
mod new;
mod preview;

pub use edit::EditSelectionPage;
pub use list::SelectionsPage;
pub use new::NewSelectionPage;
