//! Behaviour, told as stories against PostgreSQL, the sandbox and a real registry; and the house rules, as tests.

mod connection;
mod control;
mod extent;
mod faults;
mod forwarding;
mod history;
mod hooks;
mod input;
mod jobs;
mod mirroring;
mod person;
mod proofs;
mod questions;
mod registry;
mod rights;
mod sessions;
mod shell;
mod story;
mod tagpage;
mod terminal;
mod tidy;
mod triggers;
mod trouble;
mod unchanged;
mod waiting;
mod workers;
