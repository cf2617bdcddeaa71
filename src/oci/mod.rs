//! The copy engine: moves an image and its attestations between registries, digest by digest and byte by byte. It knows no
//! rules and no database.
//!
//! Read in this order:
//!
//! | file | what it does |
//! |---|---|
//! | `registry` | a client for one registry and one credential; a repository in it |
//! | `send` | how a request leaves: budget, sign-in, redirects, retries |
//! | `pace`, `pulls` | how fast a registry is asked, and what is left of its pull limit |
//! | `token`, `challenge` | sign-in, tokens, and who may see the credential |
//! | `guard`, `authority` | where a registry may send us, and whose certificates it may show |
//! | `manifest`, `graph` | manifests as raw bytes, and what they name |
//! | `blob`, `resume`, `upload`, `checked`, `heartbeat` | blobs read, begun again in the middle, written, hashed on the way, watched |
//! | `referrers`, `fallback` | what refers to a manifest: the API, or the tag that stands in for it |
//! | `carrier`, `settled` | one object from one side to the other, each once in a run |
//! | `copy`, `attestations`, `publish` | the three steps of a copy, in this order |
//! | `known` | what a destination is known to hold, so that nothing is asked twice |
//! | `selection`, `digest_tags` | some platforms of an image instead of all; cosign's older tags as well |
//! | `coverage`, `statement`, `signature`, `proof` | what the destination really holds, and what that proves |
//! | `inspect` | an image described without copying it |
//! | `probe` | *Test connection* |
//! | `profile` | what differs between registries, as data |
//! | `coordination`, `progress` | what other workers and people are told |
//! | `error`, `answer`, `failure` | what can go wrong, and what it means |
//!
//! The order of a copy is the argument that it is correct: blobs, then manifests from the leaves up, then attestations,
//! then their signatures, then a look at what is there, and only then the tag.

mod answer;
mod attestations;
mod authority;
mod blob;
mod carrier;
mod challenge;
mod checked;
mod coordination;
mod copy;
mod coverage;
mod digest_tags;
mod digests;
mod error;
mod failure;
mod fallback;
mod graph;
mod guard;
mod heartbeat;
mod inspect;
mod known;
mod manifest;
mod pace;
mod probe;
mod profile;
mod progress;
mod proof;
mod publish;
mod pulls;
mod referrers;
mod registry;
mod resume;
mod selection;
mod send;
mod settled;
mod signature;
mod statement;
mod token;
mod upload;

#[cfg(test)]
mod tests;

pub use answer::{Answer, Asked};
pub use attestations::{Attestations, Referrer, Role, copy_attestations, list_attestations};
pub use authority::is_authority;
pub use blob::BlobStream;
pub use coordination::{Coordination, CoordinationError, InProcess, LockGuard};
pub use copy::{CopiedImage, CopiedManifest, CopyContext, Limits, copy_image};
pub use coverage::{Observed, observe_coverage, observe_source};
pub use digest_tags::copy_digest_tags;
pub use error::{Meaning, Place, RegistryError, Unfit, Unsafe};
pub use failure::{CopyError, Side, Step};
pub use graph::{Descriptor, Parts, is_index};
pub use inspect::{missing_parts, read_image};
pub use known::{Known, Listed};
pub use manifest::{Accepted, LARGEST_MANIFEST, ManifestHead, RawManifest};
pub use probe::probe;
pub use profile::{Chunking, Profile};
pub use progress::{Progress, Snapshot, Stage};
pub use proof::{image_check, tag_check};
pub use publish::{Published, publish_tag};
pub use referrers::Listing;
pub use registry::{Budget, Credential, Endpoint, Patience, Registry, Repository};
pub use selection::Selection;
pub use signature::{Claim, NotAKey, NotValid, TrustedKey, TrustedKeys, verify};
