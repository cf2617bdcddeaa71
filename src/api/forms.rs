//! What a form held when it was posted without JavaScript and could not be done, or was only tested.

use leptos::prelude::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use server_fn::codec::GetUrl;

use crate::model::ApiError;

/// A form as it was posted, and what came of it. It is given back once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptForm {
    /// JSON of what the form held, never a secret.
    pub held: String,
    /// JSON of the outcome, or the error.
    pub outcome: Result<String, ApiError>,
}

impl KeptForm {
    /// What the form held.
    pub fn held<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.held).ok()
    }

    /// What came of it.
    pub fn outcome<T: DeserializeOwned>(&self) -> Option<Result<T, ApiError>> {
        match &self.outcome {
            Ok(json) => serde_json::from_str(json).ok().map(Ok),
            Err(error) => Some(Err(error.clone())),
        }
    }
}

/// The form of this name that the last page load posted, if any.
#[server(prefix = "/api", endpoint = "forms/kept", input = GetUrl)]
pub async fn get_kept_form(form: String) -> Result<Option<KeptForm>, ApiError> {
    let kept = crate::access::forms::take(&form).await?;
    Ok(kept.map(|(held, outcome)| KeptForm { held, outcome }))
}
