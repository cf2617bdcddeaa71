//! Sign-in from Docker's own configuration: `config.json` and its credential helpers, by a kept crate.

use std::fs::File;
use std::io::{BufReader, ErrorKind};
use std::path::PathBuf;

use docker_credential::{CredentialRetrievalError, DockerCredential, get_credential_from_reader};

use super::ShellError;
use crate::model::Host;
use crate::oci::Credential;

/// The credential `docker login` has left for this host, if any.
pub(super) fn of(host: &Host) -> Result<Option<Credential>, ShellError> {
    let failed = |why: String| ShellError::Credential(host.clone(), why);
    let Some(path) = config() else { return Ok(None) };
    for server in servers(host) {
        let file = match File::open(&path) {
            Ok(file) => BufReader::new(file),
            // Whoever never signed in has none.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ShellError::File(path, error)),
        };
        match get_credential_from_reader(file, &server) {
            Ok(DockerCredential::UsernamePassword(username, secret)) => {
                return Ok(Some(Credential { username, secret: secret.into() }));
            }
            Ok(DockerCredential::IdentityToken(_)) => {
                let why = "Docker keeps an identity token for it, which ferry cannot use: sign in with a password or access token";
                return Err(failed(why.to_owned()));
            }
            Err(CredentialRetrievalError::NoCredentialConfigured) => {}
            // Helpers say so in their own words, and with a status that means failure.
            Err(CredentialRetrievalError::HelperFailure { stdout, stderr, .. })
                if format!("{stdout}{stderr}").contains("credentials not found") => {}
            Err(error) => return Err(failed(error.to_string())),
        }
    }
    Ok(None)
}

/// Where Docker keeps it.
fn config() -> Option<PathBuf> {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".docker"));
    let folder = std::env::var_os("DOCKER_CONFIG").map(PathBuf::from).or_else(home)?;
    Some(folder.join("config.json"))
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
