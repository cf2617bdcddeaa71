//! The engine from a shell: `ferry copy`. Needs no database; a file may remember what the destination holds.

mod address;
mod batch;
mod credentials;
mod memory;
mod report;

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;

use globset::Glob;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::model::{Digest, Host, Kind, Kinds, Platform, Tag};
use crate::oci::{
    Budget, CopyContext, CopyError, Endpoint, InProcess, NotAKey, Registry, RegistryError, Selection, TrustedKey,
    TrustedKeys,
};

use address::Address;
use batch::Batch;
use memory::Memory;
use report::Report;

/// What `ferry copy` is told.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of a command, each on or off")]
pub struct Copy {
    /// What to copy: host/repository:tag, host/repository@digest, or host/repository for all its tags
    source: Address,
    /// Where to: host/repository, or with one tag host/repository:tag
    destination: Address,
    /// The repository that lists the attestations, where it is not the image's own, for example
    /// registry.scout.docker.com/acme/dhi-node
    #[arg(long, value_name = "REPOSITORY")]
    referrers_from: Option<Address>,
    /// Images alone, without attestations
    #[arg(long, conflicts_with = "referrers_from")]
    no_attestations: bool,
    /// Only this platform, for example linux/amd64; may be repeated. The index then has a digest of its own
    #[arg(long, value_name = "OS/ARCH")]
    platform: Vec<Platform>,
    /// Only attestations whose predicate type (or artifact type) begins so, with their signatures; may be repeated
    #[arg(long, value_name = "TYPE", conflicts_with = "no_attestations")]
    kind: Vec<Kind>,
    /// Cosign's older tags of each manifest as well (sha256-….sig, .att, .sbom)
    #[arg(long)]
    digest_tags: bool,
    /// Only tags that this pattern fits, for example '22*'; may be repeated
    #[arg(long, value_name = "PATTERN")]
    tag: Vec<Glob>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    plan: bool,
    /// Do not read back and verify what was copied
    #[arg(long)]
    no_check: bool,
    /// Move a tag only where every attestation is there and its signature verifies with Docker's key or --key
    #[arg(long, conflicts_with_all = ["no_check", "no_attestations"])]
    require_proof: bool,
    /// PEM file with a public key that may sign attestations, beside Docker's own; may be repeated
    #[arg(long, value_name = "FILE")]
    key: Vec<PathBuf>,
    /// File that remembers what the destination holds: what is unchanged is not asked for again
    #[arg(long, value_name = "FILE")]
    remember: Option<PathBuf>,
    /// Plain HTTP for this host, which need not be this machine; may be repeated
    #[arg(long, value_name = "HOST")]
    plain_http: Vec<Host>,
    /// Images under way at once
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=64))]
    at_once: u16,
    /// Requests to each registry in a second; as fast as it answers without
    #[arg(long, value_name = "NUMBER")]
    requests_per_second: Option<NonZeroU32>,
    /// Megabytes to and from each registry in a second, 1 to 4000; as fast as they come without
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=4000))]
    megabytes_per_second: Option<u32>,
    /// One line of JSON for each event, instead of text for people
    #[arg(long)]
    json: bool,
}

/// Why nothing, or not everything, was copied.
#[derive(Debug, thiserror::Error)]
pub enum ShellError {
    #[error("no client of a registry can be made")]
    Client(#[source] RegistryError),
    #[error("{}", .0.sentence())]
    Copy(#[from] CopyError),
    #[error("the source has no tag {0}")]
    NoTag(String),
    #[error("no tag of the source fits")]
    Nothing,
    #[error("the destination has no tag of its own where a whole repository is copied: leave it out")]
    ManyToOne,
    #[error("give the destination a tag: the source is a digest, which has none")]
    Untagged,
    #[error("--referrers-from names a repository, without a tag or digest")]
    NotARepository,
    #[error("a destination has a tag, not a digest")]
    DigestDestination,
    #[error("{0}: {1}")]
    Credential(Host, String),
    #[error("{0}: {1}")]
    File(PathBuf, #[source] std::io::Error),
    #[error("{0}: {1}")]
    Key(PathBuf, #[source] NotAKey),
    #[error("{0} was not written by ferry copy: {1}")]
    Memory(PathBuf, #[source] serde_json::Error),
    #[error("{0} of {1} tags were not copied")]
    Failed(usize, usize),
}

/// Copies, or says what would be copied. Ends well only if every tag is where it should be.
pub async fn copy(args: Copy, cancel: CancellationToken) -> Result<(), ShellError> {
    let report = Report::new(args.json);
    let source = registry(&args, &args.source.repo.host)?.reading(args.source.repo.repository.clone());
    let target = registry(&args, &args.destination.repo.host)?.writing(args.destination.repo.repository.clone());
    let attestations = match &args.referrers_from {
        _ if args.no_attestations => None,
        None => Some(source.clone()),
        Some(Address { reference: Some(_), .. }) => return Err(ShellError::NotARepository),
        Some(from) => Some(registry(&args, &from.repo.host)?.reading(from.repo.repository.clone())),
    };
    let mut context = CopyContext::new(Arc::new(InProcess::default()));
    (context.selection, context.kinds) = (Selection(args.platform.clone()), Kinds(args.kind.clone()));
    context.cancel = cancel;
    // Nothing else is asked for in this process, and no database has to keep up.
    (context.limits.blobs, context.limits.manifests) = (8, 24);
    let memory = Memory::open(args.remember.as_deref(), &target, &context)?;
    let batch = Batch {
        keys: keys(&args)?,
        at_once: usize::from(args.at_once),
        check: !args.no_check,
        require_proof: args.require_proof,
        digest_tags: args.digest_tags,
        source,
        attestations,
        target,
        context,
        memory,
        report,
    };
    let wanted = batch.list(&args.source, &args.destination, &args.tag).await?;
    if args.plan { batch.plan(wanted).await } else { batch.copy(wanted).await }
}

/// A client of this host with the credential that Docker's configuration has for it.
fn registry(args: &Copy, host: &Host) -> Result<Registry, ShellError> {
    let plain_http = host.is_loopback() || args.plain_http.contains(host);
    // Each large blob under way takes 1.5 MiB of buffers; four fill any line that one thread can.
    let budget = Budget {
        downloads: 4,
        uploads: 4,
        requests_per_second: args.requests_per_second,
        bytes_per_second: args.megabytes_per_second.and_then(|number| NonZeroU32::new(number * 1_000_000)),
        ..Budget::default()
    };
    let endpoint = Endpoint { plain_http, budget, ..Endpoint::new(host.clone(), Clock::System) };
    Registry::connect(endpoint, credentials::of(host)?).map_err(ShellError::Client)
}

fn keys(args: &Copy) -> Result<TrustedKeys, ShellError> {
    let read = |path: &PathBuf| {
        let pem = std::fs::read_to_string(path).map_err(|error| ShellError::File(path.clone(), error))?;
        TrustedKey::of_file(path, &pem).map_err(|error| ShellError::Key(path.clone(), error))
    };
    Ok(TrustedKeys::docker_and(args.key.iter().map(read).collect::<Result<Vec<_>, _>>()?))
}

/// One digest of the source, and the tags it gets.
struct Wanted {
    digest: Digest,
    tags: Vec<Tag>,
}
