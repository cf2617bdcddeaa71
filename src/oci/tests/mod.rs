//! Behaviour of the copy engine, against registries that none of us wrote and one that misbehaves on purpose.

mod fake;
mod image;
mod nasty;
mod proofs;
mod real;
mod sign_in;
mod whole;

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::{CopyContext, Credential, Endpoint, InProcess, Patience, Registry, Repository};
use crate::clock::Clock;
use crate::model::{Host, RepoName};

/// A client that does not wait long.
fn connect(host: &Host, credential: Option<Credential>) -> Registry {
    let patience = Patience {
        answer: Duration::from_secs(5),
        tries: 3,
        shortest_pause: Duration::from_millis(5),
        longest_pause: Duration::from_secs(2),
        ..Patience::default()
    };
    let endpoint = Endpoint { plain_http: true, patience, ..Endpoint::new(host.clone(), Clock::System) };
    Registry::connect(endpoint, credential).expect("a client")
}

fn name(text: &str) -> RepoName {
    text.parse().expect("a repository's name")
}

fn reading(host: &Host, repo: &str) -> Repository {
    connect(host, None).reading(name(repo))
}

fn writing(host: &Host, repo: &str) -> Repository {
    connect(host, None).writing(name(repo))
}

fn context() -> CopyContext {
    CopyContext::new(Arc::new(InProcess::default()))
}

fn robot() -> Credential {
    Credential { username: "robot$acme+ferry".into(), secret: SecretString::from("s3cret") }
}
