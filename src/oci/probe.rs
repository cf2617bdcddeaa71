//! *Test connection*: what a copy will need, tried one after the other, until the first failure.

use bytes::Bytes;
use oci_client::manifest::OCI_IMAGE_MEDIA_TYPE;
use reqwest::Method;

use super::digests::sha256;
use super::error::{Meaning, RegistryError};
use super::failure::{CopyError, Side, Step};
use super::manifest::RawManifest;
use super::registry::{Registry, Repository};
use super::send::Call;
use crate::model::{Check, CheckState, DiscoveredBy, ProbeReport, Reference, RepoName, Tag};

/// Always the same bytes, so that a hundred tests leave one small artifact.
const CONTENT: &[u8] = b"Ferry was here to test the connection.\n";
const REPOSITORY: &str = "ferry-probe";
const NAMES: [&str; 6] = ["Reach", "Sign in", "List tags", "Pull", "Push", "Referrers"];

type Outcome = Result<(CheckState, String), String>;

/// Tries out a registry under a prefix: reach, sign-in, list, pull, push of a tiny artifact to `<prefix>/ferry-probe`, and
/// how it lists referrers.
pub async fn probe(registry: &Registry, prefix: Option<&RepoName>) -> ProbeReport {
    let path = prefix.map_or_else(|| REPOSITORY.to_owned(), |prefix| format!("{prefix}/{REPOSITORY}"));
    let mut report = ProbeReport::default();
    let Ok(name) = path.parse::<RepoName>() else {
        let sentence = "The prefix is too long for a repository's name: shorten it.".to_owned();
        report.checks.push(Check { name: NAMES[0].to_owned(), state: CheckState::Failed, sentence });
        return report;
    };
    let repository = registry.writing(name);
    let mut going = true;
    for name in NAMES {
        let outcome = if going {
            check(name, &repository).await
        } else {
            Ok((CheckState::Skipped, "Not tried, because the check before it failed.".to_owned()))
        };
        let (state, sentence) = outcome.unwrap_or_else(|sentence| (CheckState::Failed, sentence));
        going &= state != CheckState::Failed;
        report.checks.push(Check { name: name.to_owned(), state, sentence });
    }
    report
}

async fn check(name: &str, repository: &Repository) -> Outcome {
    match name {
        "Reach" => reach(&repository.registry).await,
        "Sign in" => sign_in(repository).await,
        "List tags" => list(repository).await,
        "Pull" => pull(repository).await,
        "Push" => push(repository).await,
        _ => referrers(repository).await,
    }
}

fn passed(sentence: impl Into<String>) -> (CheckState, String) {
    (CheckState::Passed, sentence.into())
}

fn info(sentence: impl Into<String>) -> (CheckState, String) {
    (CheckState::Info, sentence.into())
}

/// The sentence of a failed copy, for the destination it is.
fn sentence(step: Step, repository: &Repository, error: RegistryError) -> String {
    let detail = error.to_string();
    format!("{} ({detail})", CopyError::at(Side::Destination, step, repository)(error).sentence())
}

async fn reach(registry: &Registry) -> Outcome {
    let host = registry.host();
    let asked = registry.at("v2/").map(|url| Call::new(Method::GET, url, Vec::new()));
    let reply = match asked {
        Ok(call) => registry.bare(call, None).await,
        Err(error) => Err(error),
    };
    match reply {
        Ok(reply) if matches!(reply.status.as_u16(), 200 | 401 | 403) && reply.content_type() != "text/html" => {
            Ok(passed(format!("{host} answers as a registry.")))
        }
        Ok(reply) if reply.status.is_server_error() => {
            Err(format!("{host} answers with an error ({}). Ask its operator.", reply.status.as_u16()))
        }
        Ok(reply) => Err(format!(
            "{host} answers, but not as a registry ({}). Check the host's name and its port.",
            reply.status.as_u16()
        )),
        Err(error) => Err(match error.meaning() {
            Meaning::Tls => {
                format!("{host}'s certificate was not accepted. Check the host's name and its certificate. ({error})")
            }
            _ => format!("{host} could not be reached. Check the host's name, its port and the network. ({error})"),
        }),
    }
}

async fn sign_in(repository: &Repository) -> Outcome {
    let registry = &repository.registry;
    let signed_in = async {
        // With the scopes of a push: a token service checks the credential only when it is asked for something.
        let call = Call::new(Method::GET, registry.at("v2/")?, repository.scopes());
        registry.send(call).await.map(drop)
    };
    match signed_in.await {
        Ok(()) if registry.tokens.has_credential() => {
            Ok(passed("The username and the password or token were accepted."))
        }
        Ok(()) => Ok(info("The registry asks for no sign-in, or this destination has none.")),
        Err(error) => Err(match error.meaning() {
            Meaning::SignIn | Meaning::Permission => {
                format!("The sign-in was not accepted. Check the username and the password or token. ({error})")
            }
            _ => sentence(Step::Coordinate, repository, error),
        }),
    }
}

async fn list(repository: &Repository) -> Outcome {
    match repository.tags().await {
        Ok(tags) => Ok(passed(format!("Tags can be listed ({} in {}).", tags.len(), repository.name))),
        Err(error) if error.is_not_found() => Ok(info("There is no test repository yet; that is how it starts.")),
        // Some registries let nobody list what does not exist; the push will tell.
        Err(error) if error.meaning() == Meaning::Permission => {
            Ok(info("Tags cannot be listed. Ferry does not need it, but shows less."))
        }
        Err(error) => Err(sentence(Step::ReadManifest, repository, error)),
    }
}

async fn pull(repository: &Repository) -> Outcome {
    let Ok(tag) = "ferry-probe".parse::<Tag>() else { return Ok(info("Not tried.")) };
    match repository.head_manifest(&Reference::Tag(tag)).await {
        Ok(_) => Ok(passed("Manifests can be asked for.")),
        Err(error) => Err(sentence(Step::ReadManifest, repository, error)),
    }
}

async fn push(repository: &Repository) -> Outcome {
    let failed = |step| move |error| sentence(step, repository, error);
    for content in [CONTENT, b"{}"] {
        let digest = sha256(content);
        if !repository.has_blob(&digest).await.map_err(failed(Step::CheckBlob))? {
            repository.write_blob(&digest, Bytes::from_static(content)).await.map_err(failed(Step::WriteBlob))?;
        }
    }
    let manifest = artifact();
    let reference = Reference::Digest(manifest.digest.clone());
    repository.put_manifest(&reference, &manifest).await.map_err(failed(Step::WriteManifest))?;
    let back = repository.get_manifest(&reference).await.map_err(failed(Step::ReadManifest))?;
    let content = sha256(CONTENT);
    let blob = repository.read_blob(&content, CONTENT.len()).await.map_err(failed(Step::ReadBlob))?;
    if back.is_some_and(|back| back.bytes == manifest.bytes) && blob == CONTENT {
        Ok(passed(format!("A small artifact was pushed to {} and read back.", repository.name)))
    } else {
        Err("What was pushed is not there when read back. Check that the path belongs to a repository that takes images."
            .to_owned())
    }
}

/// The form attestations have: an artifact with the empty configuration. Whoever takes this takes those.
fn artifact() -> RawManifest {
    let (empty, content) = (sha256(b"{}"), sha256(CONTENT));
    let text = format!(
        r#"{{"schemaVersion":2,"mediaType":"{OCI_IMAGE_MEDIA_TYPE}","artifactType":"application/vnd.ferry.probe.v1","config":{{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{empty}","size":2,"data":"e30="}},"layers":[{{"mediaType":"text/plain","digest":"{content}","size":{}}}]}}"#,
        CONTENT.len()
    );
    let bytes = Bytes::from(text);
    RawManifest { digest: sha256(&bytes), bytes, media_type: OCI_IMAGE_MEDIA_TYPE.to_owned() }
}

async fn referrers(repository: &Repository) -> Outcome {
    match repository.discovered_by().await {
        Ok(DiscoveredBy::ReferrersApi) => Ok(passed("Attestations are listed by the registry's referrers API.")),
        Ok(DiscoveredBy::FallbackTag) => Ok(info(
            "The registry has no referrers API: attestations are listed under tags named sha256-…, which Ferry keeps.",
        )),
        Err(error) => Err(sentence(Step::ListReferrers, repository, error)),
    }
}
