//! Components, one file each; the root class of each is its name in kebab case, styled in `style/components/`.
//! They show what they are given: no server calls, no knowledge of routes beyond `Section`.
//!
//! Reading the map: `name` is needed, `name?` is optional, `name=x` has a default. Texts take `&str` or `String`;
//! optional texts take those, an `Option`, or a signal. "view" is a closure: `actions=|| view! { … }`.
//! Any `attr:name=…`, `on:event=…` written on a component lands on its root element.
//!
//! Frames
//! - `Shell org organizations path user role theme theme_action sign_out_action requests?(view)` *children*: side
//!   navigation and `<main id="main">`; `org`, `organizations`, `path`, `theme` may be signals; `Section` gives the addresses
//! - `PlainShell title lead? foot?(view)` *children*: sign-in and other pages that stand alone
//! - `PageHeader title lead? crumbs?=vec![Crumb::new(label, href)] actions?(view)` *children?*: the `<h1>`; children are badges under it
//! - `Panel title lead? actions?(view) framed?` *children*: a titled part with an `<h2>`
//! - `Toolbar end?(view)` *children*, `Tabs label` of `Tab href label current? count?`
//! - `Logo href?`, `Icon glyph=Glyph::…`, `Menu summary(view) framed? up? end?` of `a.menu__item`, `button.menu__item`
//! - parts of `Shell`: `OrganizationMenu`, `AccountMenu`, `ThemeSwitch theme action back`, `WaitingCount number`
//!
//! Actions
//! - `Button variant=Variant::Secondary size=Size::Medium kind="submit" name? value? disabled? busy?` *children*
//! - `ButtonLink href variant? size?` *children*
//! - `Confirm label title variant? size? inline? open?` *children*: asks first; children are the words and the form
//! - `CopyButton text`, `Copyable text`, `CodeBlock text label? wrap?`
//!
//! Forms (the id of a field is its `name`)
//! - `TextField name label value? kind="text" hint? error? placeholder? autocomplete? inputmode? required? optional? mono?`
//! - `TextArea name label value? rows=4 hint? error? required? optional? mono?`
//! - `SelectField name label options=vec![(value, words)] selected? hint? error? required? optional?`
//! - `Field id label hint? error? optional?` *children*: around a control of your own, with `described_by(id, hint, error)`
//! - `Checkbox name label value="true" checked? disabled? hint?`, `Radio name value label checked? disabled? hint?`
//! - `ChoiceGroup legend hint? error? row?` of `Checkbox` or `Radio`
//! - `FilterBar action label active?(signal) everything?(signal)` of `FilterSearch name="q" value?(signal) label placeholder?`, `FilterSelect name label options
//!   selected?`, `FilterDate name label value?(signal)`, `FilterToggle name label value="true" checked?`, `FilterKept name value(signal)`, some of them in
//!   `FilterMore label="More filters" open?`: a GET form; `filter_options(all, chosen, names)` makes the options of a `FilterSelect`
//! - `FilterChips label` of `FilterChip href label`: what is filtered, each with the way to ask for it no more
//! - `FilterRefused errors label`: what a list cannot be filtered by
//!
//! What is so
//! - `StatusBadge status label?`: `status` is a state's `as_str()`; `CoverageChip platform held expected`
//! - `Badge tone=Tone::Neutral` *children*, `ShortDigest digest`, `TimeAgo at now?` (or the context `Now`, or a signal of it that goes on)
//! - `LocalTime at`: a moment to come, by the viewer's clock
//! - `ProgressBar label value max detail? tone=Tone::Accent`, `CounterBar label` of `Counter href label count status="all" current?`
//! - `BarChart title bars=vec![Bar::new(label, value, words)]`: bars side by side, and the same as a table for screen readers
//! - `KeyValues` of `KeyValue key` *children*; `Timeline label` of `TimelineEntry status title time?(view)` *children?*
//! - `CheckList label` of `Check outcome=Outcome::Passed title` *children?*; `HealthMark score`: Docker Scout's letter
//! - `Card href title name text? mark?` *children?*: in a `<div class="grid">`; `Prose html`: already sanitised
//!
//! Lists
//! - `DataTable caption columns=vec![Column::text("Tag"), Column::number("Size"), Column::unseen("Actions")]` of `<tr>` of
//!   `HeadCell label?` and `Cell label? number? fit?`; `label` repeats the heading for narrow windows
//! - `Pagination previous? next? summary? previous_label="Previous" next_label="Next"`
//!
//! Waiting, nothing, trouble
//! - `Loading rows=5 label?`, `EmptyState title actions?(view)` *children?*, `ErrorState title? message actions?(view)`
//! - `Notice tone=Tone::Accent title? actions?(view)` *children?*
//!
//! Outside space belongs to the parent: `stack` (`data-gap` xs s m l xl xxl, by itself l), `cluster` (`data-gap` xs s m l xl,
//! `data-align` between end baseline), `grid` (`data-min` s m l, `data-gap` m l xl), `split` (main and side; `data-side=l`).
//! A page is usually `<div class="stack" data-gap="xl">`; buttons below a form stand in a `cluster`. A page's own arrangement goes to
//! `style/pages/`, with an `@import` in `style/main.css`. Utilities: `visually-hidden truncate tabular-nums mono muted small
//! nowrap measure`. Words for numbers and moments: `crate::web::format`.

mod account_menu;
mod badge;
mod bar_chart;
mod button;
mod card;
mod check_list;
mod choice;
mod choice_group;
mod code_block;
mod confirm;
mod copy_button;
mod copyable;
mod counter_bar;
mod coverage_chip;
mod data_table;
mod empty_state;
mod error_state;
mod field;
mod filter_bar;
mod filter_chips;
mod health_mark;
mod icon;
mod key_values;
mod loading;
mod local_time;
mod logo;
mod menu;
mod notice;
mod organization_menu;
mod page_header;
mod pagination;
mod panel;
mod plain_shell;
mod progress_bar;
mod prose;
mod shell;
mod short_digest;
mod status_badge;
mod tabs;
mod theme_switch;
mod time_ago;
mod timeline;
mod toolbar;
mod waiting_count;

pub use account_menu::AccountMenu;
pub use badge::{Badge, Tone};
pub use bar_chart::{Bar, BarChart};
pub use button::{Button, ButtonLink, Size, Variant};
pub use card::Card;
pub use check_list::{Check, CheckList, Outcome};
pub use choice::{Checkbox, Radio};
pub use choice_group::ChoiceGroup;
pub use code_block::CodeBlock;
pub use confirm::Confirm;
pub use copy_button::CopyButton;
pub use copyable::Copyable;
pub use counter_bar::{Counter, CounterBar};
pub use coverage_chip::CoverageChip;
pub use data_table::{Cell, Column, DataTable, HeadCell};
pub use empty_state::EmptyState;
pub use error_state::ErrorState;
pub use field::{Field, SelectField, TextArea, TextField, described_by};
pub use filter_bar::{
    FilterBar, FilterDate, FilterKept, FilterMore, FilterSearch, FilterSelect, FilterToggle, filter_options,
};
pub use filter_chips::{FilterChip, FilterChips, FilterRefused};
pub use health_mark::HealthMark;
pub use icon::{Glyph, Icon};
pub use key_values::{KeyValue, KeyValues};
pub use loading::Loading;
pub use local_time::LocalTime;
pub use logo::Logo;
pub use menu::Menu;
pub use notice::Notice;
pub use organization_menu::OrganizationMenu;
pub use page_header::{Crumb, PageHeader};
pub use pagination::Pagination;
pub use panel::Panel;
pub use plain_shell::PlainShell;
pub use progress_bar::ProgressBar;
pub use prose::Prose;
pub use shell::{Section, Shell};
pub use short_digest::ShortDigest;
pub use status_badge::StatusBadge;
pub use tabs::{Tab, Tabs};
pub use theme_switch::ThemeSwitch;
pub use time_ago::{Now, TimeAgo};
pub use timeline::{Timeline, TimelineEntry};
pub use toolbar::Toolbar;
pub use waiting_count::WaitingCount;
