//! One GraphQL call: refusals come with HTTP 200 and `null` data (6.1, trap 10), so `errors` are read before `data`.

use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tracing::{debug, warn};

use super::operations::Operation;
use super::send::{Answer, Call, Place, Verdict, decode};
use super::{HubError, Session, lenient, refusal};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    data: Value,
    errors: Vec<Fault>,
    extensions: EnvelopeExtensions,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EnvelopeExtensions {
    #[serde(deserialize_with = "lenient::text")]
    correlation_id: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fault {
    #[serde(deserialize_with = "lenient::text")]
    message: String,
    extensions: FaultExtensions,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FaultExtensions {
    #[serde(deserialize_with = "lenient::text")]
    code: String,
    /// A number; a client of Docker's own takes it for a text and never matches (6.1).
    #[serde(deserialize_with = "lenient::optional_count")]
    status: Option<u64>,
}

impl Session {
    /// The operation's answer; fails where it is `null`.
    pub(super) async fn ask<T: DeserializeOwned>(&self, operation: &Operation) -> Result<T, HubError> {
        self.ask_for(operation).await?.ok_or_else(|| HubError::unexpected(format!("{} is null", operation.field)))
    }

    /// The operation's answer, none where it is `null` and nothing is said against it.
    pub(super) async fn ask_for<T: DeserializeOwned>(&self, operation: &Operation) -> Result<Option<T>, HubError> {
        let answer = self
            .send(&Call {
                place: Place::Graphql,
                method: Method::POST,
                url: self.hub.endpoints.graphql().clone(),
                body: Some(json!({ "query": operation.text, "variables": operation.variables })),
                repeatable: !operation.mutation,
                verdict,
            })
            .await?;
        let now = self.hub.clock.now();
        let mut envelope: Envelope = match decode(&answer.body) {
            Ok(envelope) if answer.status.is_success() || has_errors(&envelope) => envelope,
            _ if !answer.status.is_success() => return Err(answer.refusal(now)),
            Ok(envelope) => envelope,
            Err(error) => return Err(error),
        };
        let id = std::mem::take(&mut envelope.extensions.correlation_id);
        let asked = envelope.data.get_mut(operation.field).map(Value::take);
        let Some(asked) = asked else {
            return match worst(&envelope.errors) {
                Some(fault) => {
                    debug!(hub.operation = operation.field, hub.correlation_id = %id, "Docker refused {}", operation.field);
                    Err(self.fault(fault, id))
                }
                None => Ok(None),
            };
        };
        if let Some(fault) = envelope.errors.first() {
            let message = refusal::tidy(&fault.message);
            warn!(hub.operation = operation.field, hub.correlation_id = %id, "a part of {} is missing: {message}", operation.field);
        }
        serde_json::from_value(asked).map(Some).map_err(|error| HubError::Unexpected {
            what: format!("{} does not decode: {error}", operation.field),
            correlation_id: known(id),
        })
    }

    fn fault(&self, fault: &Fault, id: String) -> HubError {
        let message = match refusal::tidy(&fault.message) {
            empty if empty.is_empty() => "no reason given".to_owned(),
            message => message,
        };
        let code = fault.extensions.code.to_ascii_uppercase();
        let status = fault.extensions.status.and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok());
        match (status.map(|status| status.as_u16()), code.as_str()) {
            (Some(401), _) | (None, "UNAUTHENTICATED") => HubError::BadCredential { message },
            (Some(402), _) => HubError::Entitlement { message },
            (Some(403), _) | (None, "FORBIDDEN") => refusal::forbidden(message),
            (Some(404), _) | (None, "NOT_FOUND") => HubError::NotFound,
            // No header says how long; the window of 2.1 is a minute.
            (Some(429), _) => HubError::RateLimited { until: self.hub.clock.now() + chrono::TimeDelta::seconds(60) },
            (Some(status @ 500..), _) => HubError::unavailable(message, Some(status)),
            (Some(400..=499), _) | (None, "BAD_REQUEST" | "BAD_USER_INPUT") => HubError::refused(message),
            _ => HubError::Unexpected { what: message, correlation_id: known(id) },
        }
    }
}

/// Says nothing for most answers without parsing them: a catalog is some megabytes.
fn verdict(answer: &Answer) -> Verdict {
    match answer.status {
        StatusCode::UNAUTHORIZED => return Verdict::Stale,
        StatusCode::FORBIDDEN => return Verdict::Doubtful,
        _ => {}
    }
    if !answer.body.windows(8).any(|window| window == b"\"errors\"") {
        return Verdict::Fine;
    }
    let Ok(envelope) = decode::<Envelope>(&answer.body) else { return Verdict::Fine };
    // What came with data was not refused: a part of it was.
    if envelope.data.as_object().is_some_and(|data| !data.is_empty()) {
        return Verdict::Fine;
    }
    match worst(&envelope.errors).and_then(|fault| fault.extensions.status) {
        Some(401) => Verdict::Stale,
        Some(403) => Verdict::Doubtful,
        _ => Verdict::Fine,
    }
}

/// The fault that decides: one that says what to do before one that only says that something failed.
fn worst(faults: &[Fault]) -> Option<&Fault> {
    let tells = |fault: &&Fault| matches!(fault.extensions.status, Some(401 | 402 | 403 | 429));
    faults.iter().find(tells).or(faults.first())
}

fn has_errors(envelope: &Envelope) -> bool {
    !envelope.errors.is_empty()
}

fn known(id: String) -> Option<String> {
    (!id.is_empty()).then_some(id)
}
