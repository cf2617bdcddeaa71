//! The time, as a value a test may hold still. The only place that asks the system.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Where the time comes from.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's own.
    #[default]
    System,
    /// One that stands still until it is told to move.
    Manual(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that stands at this moment.
    pub fn standing_at(moment: DateTime<Utc>) -> Self {
        Self::Manual(Arc::new(Mutex::new(moment)))
    }

    /// The time now.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
            Self::System => Utc::now(),
            Self::Manual(moment) => *moment.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves a standing clock on; the system's goes by itself.
    pub fn advance(&self, by: TimeDelta) {
        if let Self::Manual(moment) = self {
            *moment.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }
}
