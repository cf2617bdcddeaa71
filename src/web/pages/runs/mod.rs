//! Runs: the history, and one run as it goes on.

mod attestations;
mod facts;
mod filter;
mod item_row;
mod items;
mod list;
mod live;
mod proof;
mod run;
mod table;
mod words;

pub use list::RunsPage;
pub use run::RunPage;
pub use table::RunTable;
