//! Docker's record of what it pushed into the mirrors (6.3).

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::mirrors::MirrorEnd;
use crate::hub::lenient::{self, open_enum};
use crate::hub::operations::{self, LOG_PAGE};
use crate::hub::{HubError, Listing, Session};
use crate::model::Digest;

/// Which entries are asked for; what is empty does not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// The mirrors' own repositories, as [`Session::mirrors`] gave them.
    pub mirrors: Vec<MirrorEnd>,
    pub since: Option<DateTime<Utc>>,
    pub included: Vec<LogStatus>,
    pub excluded: Vec<LogStatus>,
}

/// One page of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogPage {
    pub items: Vec<MirroringLog>,
    /// Whether another page may follow: the log has no total, and only a short page is surely the last (trap 17).
    pub more: bool,
}

/// One push of Docker's into a mirror. A failure has no text (6.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MirroringLog {
    pub id: String,
    pub reason: LogReason,
    pub status: LogStatus,
    pub source_repository: String,
    pub destination_repository: String,
    pub tag: String,
    /// Of the index or of a platform manifest, undecided in the contract: show it, do not build on it.
    #[serde(deserialize_with = "lenient::digest")]
    pub digest: Option<Digest>,
    #[serde(deserialize_with = "lenient::moment")]
    pub triggered_at: Option<DateTime<Utc>>,
    #[serde(deserialize_with = "lenient::moment")]
    pub pushed_at: Option<DateTime<Utc>>,
    #[serde(deserialize_with = "lenient::moment")]
    pub started_at: Option<DateTime<Utc>>,
    #[serde(deserialize_with = "lenient::moment")]
    pub completed_at: Option<DateTime<Utc>>,
}

open_enum! {
    /// Why Docker pushed.
    LogReason { Onboarding = "ONBOARDING", Push = "PUSH" }
}

open_enum! {
    /// How far the push is.
    LogStatus { Requested = "REQUESTED", Started = "STARTED", Failed = "FAILED", Succeeded = "SUCCEEDED" }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Items {
    items: Vec<MirroringLog>,
}

impl Session {
    /// One page of the log, from 1, of a hundred entries.
    pub async fn mirroring_log(&self, organization: &str, asked: &LogQuery, page: u32) -> Result<LogPage, HubError> {
        let Items { items } = self.ask(&operations::mirroring_log(organization, asked, page)).await?;
        Ok(LogPage { more: items.len() >= LOG_PAGE, items })
    }

    /// The log until its end, or until there are `at_most` entries; each once, though pages shift while they are read.
    pub async fn whole_mirroring_log(
        &self,
        organization: &str,
        asked: &LogQuery,
        at_most: usize,
    ) -> Result<Listing<MirroringLog>, HubError> {
        let mut seen = HashSet::new();
        let mut items: Vec<MirroringLog> = Vec::new();
        let mut page = 0;
        let ended = loop {
            page += 1;
            let LogPage { items: entries, more } = self.mirroring_log(organization, asked, page).await?;
            let before = items.len();
            items.extend(entries.into_iter().filter(|entry| entry.id.is_empty() || seen.insert(entry.id.clone())));
            // A full page without anything new would go on for ever.
            if !more || items.len() == before || items.len() > at_most {
                break !more;
            }
        };
        let complete = ended && items.len() <= at_most;
        items.truncate(at_most);
        Ok(Listing { items, complete })
    }
}
