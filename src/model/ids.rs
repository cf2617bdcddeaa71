//! Ids of what Ferry itself keeps: version 7 UUIDs, so that they sort by the time they were made.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::text::Refused;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = Refused;
            fn from_str(text: &str) -> Result<Self, Refused> {
                text.parse().map(Self).map_err(|_| Refused::because("This address has no such id."))
            }
        }
    };
}

id! {
    /// A line of the audit log.
    AuditId
}
id! {
    /// A destination.
    DestinationId
}
id! {
    /// A rule.
    RuleId
}
id! {
    /// One execution of a rule.
    RunId
}
id! {
    /// A key that may sign attestations.
    KeyId
}
id! {
    /// One tag of a run.
    ItemId
}
id! {
    /// What a preview showed.
    PreviewId
}
id! {
    /// An address that Docker Hub calls.
    HookId
}
id! {
    /// One call received from Docker Hub.
    DeliveryId
}
id! {
    /// What deliveries about one tag amount to until its runs are started.
    HintId
}
id! {
    /// A mirror that somebody asks for.
    RequestId
}
id! {
    /// A selection of the catalog.
    SelectionId
}
