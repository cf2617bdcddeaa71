//! Which kind of failure an error is, and what mends it in Ferry.

use super::ForwardError;
use crate::connection::ConnectionError;
use crate::destinations::DestinationError;
use crate::hub::HubError;
use crate::model::{FailureClass as Class, Mend};
use crate::oci::{Meaning, Side};

impl ForwardError {
    /// The kind, and what a person can do.
    pub(super) fn class(&self) -> (Class, Mend) {
        match self {
            Self::Store(_) | Self::Queue(_) | Self::Session(_) | Self::Connection(ConnectionError::Store(_)) => {
                (Class::Storage, Mend::Retry)
            }
            Self::Hub(error) => of_hub(error),
            Self::Mirror(_) => (Class::Network, Mend::Retry),
            Self::Copy(error) => of_registry(error.meaning(), error.side),
            Self::Registry(error) => of_registry(error.meaning(), Side::Destination),
            Self::Destination(DestinationError::Store(_)) => (Class::Storage, Mend::Retry),
            Self::Destination(DestinationError::Seal(_)) => (Class::SignIn, Mend::Destination),
            Self::Destination(_) | Self::DestinationGone | Self::Filter(_) | Self::Target(_) => {
                (Class::Settings, Mend::Rule)
            }
            Self::NoRun(_) => (Class::Bug, Mend::Nothing),
            Self::RuleGone => (Class::Settings, Mend::Nothing),
            Self::SignedOut | Self::NotConnected | Self::Connection(_) => (Class::SignIn, Mend::Connection),
            Self::Overtaken => (Class::Cancelled, Mend::Nothing),
            Self::Refused(_) | Self::Held(_) => (Class::Proof, Mend::Nothing),
            Self::Incomplete(_) => (Class::Proof, Mend::Retry),
        }
    }
}

fn of_hub(error: &HubError) -> (Class, Mend) {
    match error {
        HubError::BadCredential { .. } | HubError::WrongKindOfCredential { .. } => (Class::SignIn, Mend::Connection),
        HubError::Forbidden { .. } | HubError::Entitlement { .. } => (Class::Permission, Mend::Connection),
        HubError::NotFound => (Class::NotFound, Mend::Rule),
        HubError::RateLimited { .. } => (Class::RateLimit, Mend::Retry),
        HubError::Unavailable { .. } => (Class::Network, Mend::Retry),
        HubError::Refused { .. } | HubError::Unexpected { .. } => (Class::Unsupported, Mend::Nothing),
    }
}

fn of_registry(meaning: Meaning, side: Side) -> (Class, Mend) {
    // What is entered is the destination's; what the source is read with is the connection's.
    let entered = if side == Side::Destination { Mend::Destination } else { Mend::Connection };
    match meaning {
        Meaning::SignIn => (Class::SignIn, entered),
        Meaning::Permission => (Class::Permission, entered),
        Meaning::NotFound => (Class::NotFound, Mend::Retry),
        Meaning::RateLimit { .. } => (Class::RateLimit, Mend::Retry),
        Meaning::Network => (Class::Network, Mend::Retry),
        Meaning::Tls if side == Side::Destination => (Class::Tls, Mend::Destination),
        Meaning::Tls => (Class::Tls, Mend::Nothing),
        Meaning::DigestMismatch | Meaning::SizeMismatch => (Class::Digest, Mend::Retry),
        Meaning::ImmutableTag => (Class::ImmutableTag, Mend::Nothing),
        Meaning::Quota => (Class::Quota, Mend::Retry),
        Meaning::Storage | Meaning::ChildMissing => (Class::Storage, Mend::Retry),
        Meaning::Unsupported => (Class::Unsupported, Mend::Rule),
        Meaning::NotARegistry if side == Side::Destination => (Class::Unsupported, Mend::Destination),
        Meaning::NotARegistry => (Class::Unsupported, Mend::Retry),
        Meaning::Cancelled => (Class::Cancelled, Mend::Nothing),
        Meaning::Bug => (Class::Bug, Mend::Nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_entered_wrongly_is_mended_where_it_was_entered() {
        assert_eq!(of_registry(Meaning::SignIn, Side::Destination), (Class::SignIn, Mend::Destination));
        assert_eq!(of_registry(Meaning::Permission, Side::AttestationSource), (Class::Permission, Mend::Connection));
        assert_eq!(ForwardError::NotConnected.class(), (Class::SignIn, Mend::Connection));
    }

    #[test]
    fn what_passes_by_itself_is_tried_again() {
        for meaning in [Meaning::Network, Meaning::Storage, Meaning::Quota, Meaning::RateLimit { until: None }] {
            assert_eq!(of_registry(meaning, Side::Destination).1, Mend::Retry, "{meaning:?}");
        }
    }
}
