//! Rules: the list, one with its runs, and the form for a new one or a change.

mod part;
mod timetable;
mod when;
mod actions;
mod edit;
mod editor;
mod fields;
mod freshness;
mod how;
mod list;
mod mirror_choice;
mod new;
mod preview;
mod rule;
mod target_names;
mod words;

pub use edit::EditRulePage;
pub use list::RulesPage;
pub use new::NewRulePage;
pub use rule::RulePage;
