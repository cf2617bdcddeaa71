//! Behaviour of the copy engine, against registries that none of us wrote and one that misbehaves on purpose.

mod checks;
mod extent;
mod fake;
mod graphs;
mod image;
mod kinds;
mod many;
mod nasty;
mod proofs;
mod real;
mod refused;
mod resumed;
mod sign_in;
mod tls;
mod views;
mod whole;

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::*;
use crate::clock::Clock;
use crate::model::{Host, Reference, RepoName, Tag};

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

/// A worker moves its jobs between threads: this compiles only while every public future may go along.
#[test]
fn every_public_future_may_move_between_threads() {
    fn may_move<T: Send>(_: T) {}
    fn all(registry: &Registry, here: &Repository, image: &CopiedImage, found: &Attestations, ctx: &CopyContext) {
        let (digest, keys) = (&image.digest, TrustedKeys::docker());
        let tag: Tag = "1".parse().expect("a tag");
        let reference = Reference::Tag(tag.clone());
        may_move(copy_image(here, here, digest, ctx));
        may_move(copy_attestations(image, here, here, ctx));
        may_move(list_attestations(image, here, ctx));
        may_move(observe_coverage(image, found, here, &keys, ctx));
        may_move(publish_tag(here, digest, &tag, ctx));
        may_move(probe(registry, None));
        may_move(registry.ping());
        may_move(here.head_manifest(&reference));
        may_move(here.resolve(&tag));
        may_move(here.get_manifest(&reference));
        may_move(here.referrers(digest));
        may_move(here.discovered_by());
        may_move(here.tags());
        may_move(here.has_blob(digest));
        may_move(here.open_blob(digest));
        may_move(here.read_blob(digest, 1));
        may_move(here.write_blob(digest, bytes::Bytes::new()));
    }
    let _: fn(&Registry, &Repository, &CopiedImage, &Attestations, &CopyContext) = all;
}
