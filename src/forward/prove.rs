//! What a rule's policy makes of the proofs of an image: they suffice, they are refused, or the tag waits.

use super::ForwardError;
use super::perform::Place;
use crate::clock::Clock;
use crate::model::{Coverage, Digest, ProofPolicy};
use crate::oci::{self, Attestations, CopiedImage, CopyContext, CopyError, Known, TrustedKeys};

/// An image that its rule's policy lets pass.
pub(super) struct Verified {
    pub image: CopiedImage,
    /// None where the rule forwards images alone.
    pub coverage: Option<Coverage>,
    /// What the next run needs to see that nothing changed.
    pub known: Known,
}

/// With what, and how strictly, a run proves.
pub(super) struct Prover<'a> {
    pub policy: ProofPolicy,
    pub keys: TrustedKeys,
    pub context: &'a CopyContext,
    pub clock: &'a Clock,
    /// It will not be tried again.
    pub last: bool,
}

impl Prover<'_> {
    /// Where the policy refuses: verifies everything at the source, before the first byte is written.
    pub(super) async fn before(&self, place: &Place, digest: &Digest) -> Result<(), ForwardError> {
        if self.policy != ProofPolicy::Refuse {
            return Ok(());
        }
        let context = self.context;
        let image = oci::read_image(&place.images, &place.target, digest, context).await?;
        let expected = or_none(oci::list_attestations(&image, &place.attestations, context).await)?;
        let observed = oci::observe_source(&image, &expected, &place.attestations, &self.keys, context).await?;
        let coverage = Coverage { checked_at: Some(self.clock.now()), ..observed.coverage };
        if coverage.broken().next().is_some() {
            return Err(ForwardError::Refused(Box::new(coverage)));
        }
        Ok(())
    }

    /// Copies the proofs, reads them back, and decides whether the tag may move.
    pub(super) async fn after(&self, place: &Place, image: CopiedImage) -> Result<Verified, ForwardError> {
        let (target, context) = (&place.target, self.context);
        let expected = or_none(oci::copy_attestations(&image, &place.attestations, target, context).await)?;
        let observed = oci::observe_coverage(&image, &expected, target, &self.keys, context).await?;
        let complete = observed.is_complete();
        let mut coverage = Coverage { checked_at: Some(self.clock.now()), ..observed.coverage };
        // Each was confirmed by the destination before the next step began.
        coverage.checks.insert(0, oci::image_check(&[]));
        if !complete && !self.last {
            // Some registries show what was written a moment later.
            return Err(ForwardError::Incomplete(Box::new(coverage)));
        }
        if coverage.broken().next().is_none() || self.policy == ProofPolicy::Mark {
            let known = Known::of(&image, Some(&expected));
            return Ok(Verified { image, coverage: Some(coverage), known });
        }
        Err(match self.policy {
            ProofPolicy::Hold => ForwardError::Held(Box::new(coverage)),
            _ if complete => ForwardError::Refused(Box::new(coverage)),
            _ => ForwardError::Incomplete(Box::new(coverage)),
        })
    }
}

/// That a hardened image has no attestation at all is a finding, and the policy says what it means.
fn or_none(found: Result<Attestations, CopyError>) -> Result<Attestations, CopyError> {
    match found {
        Err(CopyError { source: oci::RegistryError::NoAttestations { .. }, .. }) => Ok(Attestations::default()),
        found => found,
    }
}
