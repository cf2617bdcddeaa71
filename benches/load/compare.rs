//! Whether the destination has what the source has: every tag, every manifest and blob below it, every attestation with its
//! signature. Byte by byte.

use std::collections::BTreeSet;

use anyhow::ensure;
use bytes::Bytes;
use ferry::sandbox::{DESTINATION_PASSWORD, DESTINATION_USER};
use futures::stream::{self, StreamExt as _};
use reqwest::Client;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::registry::Repository;
use crate::sandbox::{Addresses, Shape};
use crate::scene::PREFIX;

/// Who may pull the mirrors.
const PULLER: (&str, &str) = ("acme", "dckr_oat_acme_pull");
/// Digests compared at once.
const AT_ONCE: usize = 8;
/// Differences that are told.
const TOLD: usize = 10;

/// What was found.
#[derive(Default)]
pub struct Same {
    tags: usize,
    digests: usize,
    attestations: usize,
    signatures: usize,
    /// The first differences.
    pub wrong: Vec<String>,
}

impl Same {
    /// As numbers.
    pub fn words(&self) -> String {
        let Self { tags, digests, attestations, signatures, .. } = self;
        format!("{tags} tags, {digests} digests, {attestations} attestations, {signatures} signatures")
    }
}

/// Compares every digest of every mirror.
pub async fn all(shape: Shape, at: &Addresses) -> anyhow::Result<Same> {
    let http = Client::builder().no_proxy().build()?;
    let digests = shape.mirrors().flat_map(|mirror| (0..shape.digests).map(move |digest| (mirror.clone(), digest)));
    let compared = digests.map(|(mirror, digest)| {
        let http = &http;
        async move {
            let sides = Sides::open(http, at, &mirror).await?;
            let tags: Vec<String> = shape.tags_of(digest).collect();
            sides.digest(&tags).await.map_err(|error| error.context(format!("{mirror}:{}", tags[0])))
        }
    });
    let mut same = Same::default();
    let mut compared = stream::iter(compared).buffer_unordered(AT_ONCE);
    while let Some(one) = compared.next().await {
        match one {
            Ok((tags, attestations, signatures)) => {
                same.digests += 1;
                same.tags += tags;
                same.attestations += attestations;
                same.signatures += signatures;
            }
            Err(error) if same.wrong.len() < TOLD => same.wrong.push(format!("{error:#}")),
            Err(_) => {}
        }
    }
    Ok(same)
}

/// A mirror, where its attestations are, and its copy.
struct Sides {
    images: Repository,
    proofs: Repository,
    copy: Repository,
}

impl Sides {
    async fn open(http: &Client, at: &Addresses, mirror: &str) -> anyhow::Result<Self> {
        let (source, target) = (format!("acme/{mirror}"), format!("{PREFIX}/{mirror}"));
        let robot = (DESTINATION_USER, DESTINATION_PASSWORD);
        Ok(Self {
            images: Repository::open(http, &at.docker, &source, PULLER).await?,
            proofs: Repository::open(http, &at.scout, &source, PULLER).await?,
            copy: Repository::open(http, &at.destination, &target, robot).await?,
        })
    }

    /// How many tags, attestations and signatures of one digest are the same.
    async fn digest(&self, tags: &[String]) -> anyhow::Result<(usize, usize, usize)> {
        let mut index = Bytes::new();
        for tag in tags {
            index = self.images.manifest(tag).await?;
            ensure!(index == self.copy.manifest(tag).await?, "the tag {tag} points at something else");
        }
        let root = digest_of(&index);
        let mut subjects = vec![root.clone()];
        for platform in named(&index, "manifests")? {
            self.manifest(&self.images, &platform).await?;
            subjects.push(platform);
        }
        let (mut attestations, mut signatures) = (0, 0);
        for subject in subjects {
            let first = self.referrers(&subject).await?;
            ensure!(subject == root || !first.is_empty(), "{subject} has no attestation");
            for referrer in &first {
                let second = self.referrers(referrer).await?;
                ensure!(subject == root || !second.is_empty(), "{referrer} is not signed");
                signatures += second.len();
            }
            // What refers to the index itself is its signature.
            if subject == root {
                signatures += first.len();
            } else {
                attestations += first.len();
            }
        }
        Ok((tags.len(), attestations, signatures))
    }

    /// What refers to a manifest on both sides.
    async fn referrers(&self, subject: &str) -> anyhow::Result<BTreeSet<String>> {
        let (there, here) = (self.proofs.referrers(subject).await?, self.copy.referrers(subject).await?);
        ensure!(there == here, "{} refer to {subject} at the source, {} at the destination", there.len(), here.len());
        for referrer in &there {
            self.manifest(&self.proofs, referrer).await?;
        }
        Ok(there)
    }

    /// A manifest and all its blobs.
    async fn manifest(&self, source: &Repository, digest: &str) -> anyhow::Result<()> {
        let bytes = source.manifest(digest).await?;
        ensure!(bytes == self.copy.manifest(digest).await?, "the manifest {digest} is another one");
        let manifest: Value = serde_json::from_slice(&bytes)?;
        let config = manifest["config"]["digest"].as_str().map(str::to_owned);
        for blob in named(&bytes, "layers")?.into_iter().chain(config) {
            ensure!(source.blob(&blob).await? == self.copy.blob(&blob).await?, "the blob {blob} is another one");
        }
        Ok(())
    }
}

/// The digests in a list of a manifest.
fn named(manifest: &[u8], list: &str) -> anyhow::Result<Vec<String>> {
    let manifest: Value = serde_json::from_slice(manifest)?;
    let entries = manifest[list].as_array().into_iter().flatten();
    Ok(entries.filter_map(|entry| Some(entry["digest"].as_str()?.to_owned())).collect())
}

fn digest_of(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}
