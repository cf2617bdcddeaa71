//! Every request the sandbox received, so that a test can say "no blob was sent twice".

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Facade;

/// One request with its answer.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Who received it.
    pub facade: Facade,
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The status answered; 0 when the connection was cut instead.
    pub status: u16,
    /// Bytes of the request's body.
    pub bytes_in: u64,
    /// Bytes of the answer's body as announced.
    pub bytes_out: u64,
    /// The user or organization that was proved, if one was.
    pub user: Option<String>,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// The list of them, oldest first.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Mutex<Vec<Entry>>,
}

impl Ledger {
    /// All entries.
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().clone()
    }

    /// How many fit.
    pub fn count(&self, fits: impl Fn(&Entry) -> bool) -> usize {
        self.lock().iter().filter(|entry| fits(entry)).count()
    }

    /// Those that fit.
    pub fn find(&self, fits: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        self.lock().iter().filter(|entry| fits(entry)).cloned().collect()
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.lock().clear();
    }

    pub(super) fn note(&self, entry: Entry) {
        self.lock().push(entry);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
