//! Runs: the history, and one run as it goes on.

mod actions;
mod attestations;
mod cancel;
mod check;
mod facts;
mod filters;
mod held;
mod item_row;
mod items;
mod list;
mod live;
mod mend;
mod pause_all;
mod proof;
mod run;
mod table;
mod verify;
mod words;

pub use list::RunsPage;
pub use run::RunPage;
pub use table::RunTable;
