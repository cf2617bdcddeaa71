//! What a destination really holds, read back from it (`contracts/attestations.md` section 8).

use std::collections::{BTreeSet, HashMap, HashSet};

use futures::stream::{self, StreamExt, TryStreamExt};

use super::attestations::{Attestations, IN_TOTO, Referrer, Role, SIMPLE_SIGNING};
use super::copy::{CopiedImage, CopyContext};
use super::error::RegistryError;
use super::failure::{CopyError, Side, Step};
use super::graph::Parts;
use super::progress::Stage;
use super::proof;
use super::referrers::Listing;
use super::registry::Repository;
use super::signature::{Claim, TrustedKeys, verify};
use crate::model::{AttestationSeen, Coverage, Digest, PlatformCoverage, Reference, SignatureState};

const SIGNATURE: &str = "dev.cosignproject.cosign/signature";
const LARGEST_PAYLOAD: usize = 1024 * 1024;

/// Coverage, and what it leaves out because no platform shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    pub coverage: Coverage,
    /// Everything the source lists and the destination does not: attestations, signatures and others, at every level.
    pub missing: Vec<Digest>,
    /// Listed there and not by the source.
    pub beyond: usize,
    /// The best signature over the index itself at the destination.
    pub index_signature: SignatureState,
}

impl Observed {
    /// Nothing the source lists is missing, signatures included, and what is there has the right bytes.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.coverage.is_complete()
    }
}

/// Reads back listings, attestations, statements and signatures from the destination and verifies them with these keys.
/// `expected` is what the attestation source lists. A listing that failed is an error: not checked, never "none".
pub async fn observe_coverage(
    image: &CopiedImage,
    expected: &Attestations,
    target: &Repository,
    keys: &TrustedKeys,
    ctx: &CopyContext,
) -> Result<Observed, CopyError> {
    observe(image, expected, (target, Side::Destination), keys, ctx).await
}

/// The same at the attestation source, before anything is written.
pub async fn observe_source(
    image: &CopiedImage,
    expected: &Attestations,
    source: &Repository,
    keys: &TrustedKeys,
    ctx: &CopyContext,
) -> Result<Observed, CopyError> {
    observe(image, expected, (source, Side::AttestationSource), keys, ctx).await
}

async fn observe(
    image: &CopiedImage,
    expected: &Attestations,
    (place, side): (&Repository, Side),
    keys: &TrustedKeys,
    ctx: &CopyContext,
) -> Result<Observed, CopyError> {
    ctx.unless_cancelled(format!("{place}@{}", image.digest), async {
        ctx.progress.enter(Stage::Checking);
        let listings = list(image, expected, (place, side), ctx).await?;
        let named = |listing: &Listing| listing.entries.iter().map(|entry| entry.digest.clone()).collect();
        let listed = listings.iter().map(|(subject, listing)| (subject.clone(), named(listing))).collect();
        let reading = Reading { place, side, keys, listings, listed, at_once: ctx.limits.manifests };
        let mut observed = reading.observe(image, expected).await?;
        observed.coverage.checks = proof::checks(image, expected, &observed, &ctx.kinds);
        Ok(observed)
    })
    .await
}

/// The registry's lists for everything that has or could have a referrer.
async fn list(
    image: &CopiedImage,
    expected: &Attestations,
    (place, side): (&Repository, Side),
    ctx: &CopyContext,
) -> Result<HashMap<Digest, Listing>, CopyError> {
    let mut subjects = BTreeSet::from([&image.digest]);
    subjects.extend(image.platforms().map(|(_, digest)| digest));
    subjects.extend(expected.referrers.iter().map(|referrer| &referrer.subject));
    let attested = |referrer: &&Referrer| matches!(referrer.role, Role::Attestation { .. });
    subjects.extend(expected.referrers.iter().filter(attested).map(|referrer| &referrer.digest));
    let lists = stream::iter(subjects).map(|subject| async move {
        let at = CopyError::at(side, Step::ListReferrers, format!("{place}@{subject}"));
        place.referrers(subject).await.map(|listing| (subject.clone(), listing)).map_err(at)
    });
    lists.buffer_unordered(ctx.limits.manifests).boxed().try_collect().await
}

struct Reading<'a> {
    place: &'a Repository,
    side: Side,
    keys: &'a TrustedKeys,
    listings: HashMap<Digest, Listing>,
    /// What each of them names, to be looked up.
    listed: HashMap<Digest, HashSet<Digest>>,
    at_once: usize,
}

impl Reading<'_> {
    async fn observe(&self, image: &CopiedImage, expected: &Attestations) -> Result<Observed, CopyError> {
        let mut platforms = Vec::new();
        for (platform, digest) in image.platforms() {
            let of_it = expected.of(digest).filter_map(|referrer| match &referrer.role {
                Role::Attestation { predicate_type } => Some((referrer, predicate_type)),
                _ => None,
            });
            let seen = stream::iter(of_it).map(|(referrer, kind)| self.attestation(referrer, kind));
            let attestations = seen.buffered(self.at_once).boxed().try_collect().await?;
            platforms.push(PlatformCoverage { platform: platform.clone(), digest: digest.clone(), attestations });
        }
        let over_index = expected.of(&image.digest).filter(|referrer| referrer.role == Role::Signature);
        let (mut index_signatures_expected, mut index_signatures_present) = (0, 0);
        for signature in over_index {
            index_signatures_expected += 1;
            let there = self.is_listed(signature) && self.manifest(&signature.digest).await?.is_some();
            index_signatures_present += u32::from(there);
        }
        let claim = Claim { digest: &image.digest, predicate_type: None, about: None };
        let index_signature = self.signature(claim).await?.state;
        let gone = expected.referrers.iter().filter(|referrer| !self.is_listed(referrer));
        let missing = gone.map(|referrer| referrer.digest.clone()).collect();
        let known: BTreeSet<&Digest> = expected
            .referrers
            .iter()
            .map(|referrer| &referrer.digest)
            .chain(&expected.strangers)
            .chain(image.manifests.iter().map(|manifest| &manifest.digest))
            .collect();
        let listed = self.listings.values().flat_map(|listing| &listing.entries);
        let beyond = listed.filter(|entry| !known.contains(&entry.digest)).count();
        let discovered_by =
            self.place.discovered_by().await.map_err(self.failed(Step::ListReferrers, &image.digest))?;
        let coverage = Coverage {
            platforms,
            index_signatures_expected,
            index_signatures_present,
            discovered_by,
            checks: Vec::new(),
            checked_at: None,
            at_source: self.side != Side::Destination,
            gone: None,
        };
        Ok(Observed { coverage, missing, beyond, index_signature })
    }

    fn failed(&self, step: Step, digest: &Digest) -> impl FnOnce(RegistryError) -> CopyError + use<> {
        CopyError::at(self.side, step, format!("{}@{digest}", self.place))
    }

    fn is_listed(&self, referrer: &Referrer) -> bool {
        self.listed.get(&referrer.subject).is_some_and(|listed| listed.contains(&referrer.digest))
    }

    async fn attestation(&self, referrer: &Referrer, predicate_type: &str) -> Result<AttestationSeen, CopyError> {
        let parts = if self.is_listed(referrer) { self.manifest(&referrer.digest).await? } else { None };
        let statement = match &parts {
            Some(parts) => self.statement(parts, referrer, predicate_type).await?,
            None => StatementSeen::Absent,
        };
        let claim =
            Claim { digest: &referrer.digest, predicate_type: Some(predicate_type), about: Some(&referrer.subject) };
        let odd = matches!(statement, StatementSeen::Odd);
        let mut signature = self.signature(claim).await?;
        if odd && signature.state == SignatureState::Valid {
            // The chain from the key to the image goes through the statement: broken there, it proves nothing.
            signature.state = SignatureState::Invalid;
        }
        Ok(AttestationSeen {
            predicate_type: predicate_type.to_owned(),
            digest: referrer.digest.clone(),
            present: !matches!(statement, StatementSeen::Absent),
            signature: signature.state,
            signed_by: signature.by,
            key: signature.key.filter(|_| !odd),
            odd,
        })
    }

    /// Statement and attestation agree about what they are and whom they speak of.
    async fn statement(&self, parts: &Parts, referrer: &Referrer, kind: &str) -> Result<StatementSeen, CopyError> {
        let mut sound = parts.subject.as_ref().is_some_and(|subject| subject.digest == referrer.subject);
        let mut statements = 0;
        for layer in &parts.layers {
            let digest = &layer.digest;
            if layer.media_type == IN_TOTO {
                statements += 1;
                match self.place.read_statement(digest).await {
                    Ok(Some(read)) => sound &= read.is_about(&referrer.subject) && read.predicate_type == kind,
                    Ok(None) => sound = false,
                    Err(error) if is_wrong_content(&error) => return Ok(StatementSeen::Absent),
                    Err(error) => return Err(self.failed(Step::ReadReferrer, digest)(error)),
                }
            } else if !self.place.has_blob(digest).await.map_err(self.failed(Step::CheckBlob, digest))? {
                return Ok(StatementSeen::Absent);
            }
        }
        Ok(if sound && statements > 0 { StatementSeen::Sound } else { StatementSeen::Odd })
    }

    /// The best of all signatures the destination lists for this; one valid is enough.
    async fn signature(&self, claim: Claim<'_>) -> Result<SignatureSeen, CopyError> {
        let mut best = SignatureSeen { state: SignatureState::Missing, by: None, key: None };
        for entry in self.listings.get(claim.digest).into_iter().flat_map(|listing| &listing.entries) {
            let Some(parts) = self.manifest(&entry.digest).await? else { continue };
            let about = parts.subject.as_ref().map(|subject| &subject.digest);
            if about != Some(claim.digest) {
                continue;
            }
            for layer in parts.layers.iter().filter(|layer| layer.media_type == SIMPLE_SIGNING) {
                best.state = SignatureState::Invalid;
                let Some(text) = layer.annotations.get(SIGNATURE) else { continue };
                let payload = match self.place.read_blob(&layer.digest, LARGEST_PAYLOAD).await {
                    Err(error) if is_wrong_content(&error) => continue,
                    payload => payload.map_err(self.failed(Step::ReadSignature, &layer.digest))?,
                };
                match verify(&payload, text, self.keys, claim) {
                    Ok(key) => {
                        let (by, key) = (Some(entry.digest.clone()), Some(key.to_owned()));
                        return Ok(SignatureSeen { state: SignatureState::Valid, by, key });
                    }
                    Err(why) => tracing::debug!("{} over {} does not count: {why}", entry.digest, claim.digest),
                }
            }
        }
        Ok(best)
    }

    /// The manifest, or `None` where it is not there or not itself.
    async fn manifest(&self, digest: &Digest) -> Result<Option<Parts>, CopyError> {
        let read = self.place.get_manifest(&Reference::Digest(digest.clone())).await;
        match read.and_then(|found| found.as_ref().map(Parts::of).transpose()) {
            Err(error) if is_wrong_content(&error) => Ok(None),
            read => read.map_err(self.failed(Step::ReadReferrer, digest)),
        }
    }
}

struct SignatureSeen {
    state: SignatureState,
    /// The manifest of the one that counts, and the key that made it.
    by: Option<Digest>,
    key: Option<String>,
}

#[derive(Clone, Copy)]
enum StatementSeen {
    Sound,
    /// There, and it does not say what its manifest says.
    Odd,
    Absent,
}

/// The destination gave an answer, and not the content.
fn is_wrong_content(error: &RegistryError) -> bool {
    matches!(
        error,
        RegistryError::Digest { .. }
            | RegistryError::Size { .. }
            | RegistryError::Missing { .. }
            | RegistryError::BadManifest { .. }
            | RegistryError::Unfit { .. }
    )
}
