//! Rules: the list, one with its runs, and the form for a new one or a change.

mod actions;
mod edit;
mod editor;
mod fields;
mod filter;
mod freshness;
mod how;
mod list;
mod mirror_choice;
mod new;
mod part;
mod preview;
mod rule;
mod target_names;
mod timetable;
mod when;
mod words;

pub use edit::EditRulePage;
pub use list::RulesPage;
pub use new::NewRulePage;
pub use rule::RulePage;
