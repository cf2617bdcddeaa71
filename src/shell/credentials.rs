//! Sign-in from Docker's own configuration: `config.json` and its credential helpers, by a kept crate.

use docker_credential::{CredentialRetrievalError, DockerCredential, get_credential};

use super::ShellError;
use crate::model::Host;
use crate::oci::Credential;

/// The credential `docker login` has left for this host, if any.
pub(super) fn of(host: &Host) -> Result<Option<Credential>, ShellError> {
    let failed = |why: String| ShellError::Credential(host.clone(), why);
    for server in servers(host) {
        match get_credential(&server) {
            Ok(DockerCredential::UsernamePassword(username, secret)) => {
                return Ok(Some(Credential { username, secret: secret.into() }));
            }
            Ok(DockerCredential::IdentityToken(_)) => {
                let why = "Docker keeps an identity token for it, which ferry cannot use: sign in with a password or access token";
                return Err(failed(why.to_owned()));
            }
            Err(CredentialRetrievalError::NoCredentialConfigured | CredentialRetrievalError::ConfigNotFound) => {}
            // Helpers say so in their own words, and with a status that means failure.
            Err(CredentialRetrievalError::HelperFailure { stdout, stderr, .. })
                if format!("{stdout}{stderr}").contains("credentials not found") => {}
            Err(error) => return Err(failed(error.to_string())),
        }
    }
    Ok(None)
}

/// Under which names Docker keeps it: Docker Hub's is an address of old.
fn servers(host: &Host) -> Vec<String> {
    match host.as_str() {
        "docker.io" | "index.docker.io" | "registry-1.docker.io" => {
            vec!["https://index.docker.io/v1/".to_owned(), "docker.io".to_owned()]
        }
        // One sign-in serves both (`contracts/hub.md` section 7.2).
        "registry.scout.docker.com" => vec![host.to_string(), "https://index.docker.io/v1/".to_owned()],
        other => vec![other.to_owned(), format!("https://{other}")],
    }
}
