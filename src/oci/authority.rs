//! A certificate authority of one's own: believed for one registry, beside those the system knows.

use reqwest::{Certificate, Client, ClientBuilder};

use super::error::RegistryError;

/// Whether these are certificates in PEM that a client can believe.
pub fn is_authority(pem: &str) -> bool {
    super::registry::choose_crypto();
    Certificate::from_pem_bundle(pem.as_bytes()).is_ok_and(|certificates| {
        // Only a whole client looks into the certificates.
        !certificates.is_empty() && Client::builder().tls_certs_only(certificates).build().is_ok()
    })
}

/// The client that believes this authority too.
pub(super) fn believing(builder: ClientBuilder, pem: Option<&str>) -> Result<ClientBuilder, RegistryError> {
    let Some(pem) = pem else { return Ok(builder) };
    let certificates = Certificate::from_pem_bundle(pem.as_bytes()).map_err(RegistryError::Client)?;
    Ok(builder.tls_certs_merge(certificates))
}
