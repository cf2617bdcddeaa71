//! What a run proved, summed up over its images.

use std::collections::HashSet;

use crate::model::{Coverage, Item, SignatureState};
use crate::web::format::counted;

/// Counts over every image of a run that was looked at in the destination; tags of one image count once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    images: u32,
    platforms: u32,
    /// Attestations the source lists.
    pub expected: u32,
    present: u32,
    /// Attestations that arrived with signatures of which none verifies.
    invalid: u32,
    /// Attestations that arrived without a signature.
    unsigned: u32,
    /// Signatures of the images' indexes that did not arrive.
    index_missing: u32,
}

impl Proof {
    /// Sums up; none where no image was looked at.
    pub fn of<'a>(items: impl Iterator<Item = &'a Item>) -> Option<Self> {
        let mut seen = HashSet::new();
        let mut proof = Self::default();
        for item in items {
            // What was only seen at the source, or waits, is not proven for anybody who pulls.
            if item.state.is_published()
                && let Some(coverage) = &item.coverage
                && seen.insert((&item.target, &item.digest))
            {
                proof.add(coverage);
            }
        }
        (proof.images > 0).then_some(proof)
    }

    fn add(&mut self, coverage: &Coverage) {
        self.images += 1;
        self.index_missing += coverage.index_signatures_expected.saturating_sub(coverage.index_signatures_present);
        for platform in &coverage.platforms {
            self.platforms += 1;
            self.expected += platform.expected();
            self.present += platform.present();
            for attestation in platform.attestations.iter().filter(|attestation| attestation.present) {
                match attestation.signature {
                    SignatureState::Valid => {}
                    SignatureState::Invalid => self.invalid += 1,
                    SignatureState::Missing => self.unsigned += 1,
                }
            }
        }
    }

    /// Every attestation arrived and every signature verifies.
    pub fn is_whole(&self) -> bool {
        self.expected > 0 && self.present == self.expected && self.invalid + self.unsigned + self.index_missing == 0
    }

    /// All of it in words: `All 16 attestations of 2 platforms arrived and every signature verifies.`
    pub fn sentence(&self) -> String {
        let of = self.of_what();
        if self.expected == 0 {
            return format!("The source has no attestations of {of}.");
        }
        if self.is_whole() {
            return format!(
                "All {} of {of} arrived and every signature verifies.",
                counted(self.expected, "attestation")
            );
        }
        let all = counted(self.expected, "attestation");
        let arrived = match self.expected - self.present {
            0 => format!("All {all} of {of} arrived."),
            1 => format!("{} of {all} of {of} arrived; 1 is missing.", self.present),
            missing => format!("{} of {all} of {of} arrived; {missing} are missing.", self.present),
        };
        let troubles = [
            (self.unsigned, "attestation", "arrived without a signature."),
            (self.invalid, "attestation", "arrived with a signature that does not verify."),
            (self.index_missing, "signature", "of the image itself did not arrive."),
        ];
        let troubles = troubles.into_iter().filter(|(number, ..)| *number > 0);
        let troubles = troubles.map(|(number, what, how)| format!("{} {how}", counted(number, what)));
        std::iter::once(arrived).chain(troubles).collect::<Vec<_>>().join(" ")
    }

    fn of_what(&self) -> String {
        let platforms = counted(self.platforms, "platform");
        if self.images == 1 { platforms } else { format!("{} ({platforms})", counted(self.images, "image")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AttestationSeen, Digest, DiscoveredBy, ItemId, ItemState, Platform, PlatformCoverage, RepoRef};

    fn digest(of: char) -> Digest {
        format!("sha256:{}", of.to_string().repeat(64)).parse().expect("a digest")
    }

    fn item(image: char, attestations: &[(bool, SignatureState)]) -> Item {
        let seen = |(present, signature): &(bool, SignatureState)| AttestationSeen {
            predicate_type: "https://slsa.dev/provenance/v1".to_owned(),
            digest: digest('a'),
            present: *present,
            signature: *signature,
            signed_by: None,
            key: None,
            odd: false,
        };
        let platform = |architecture: &str| PlatformCoverage {
            platform: Platform { os: "linux".to_owned(), architecture: architecture.to_owned(), variant: None },
            digest: digest('b'),
            attestations: attestations.iter().map(seen).collect(),
        };
        let target =
            RepoRef { host: "r.example.com".parse().expect("a host"), repository: "dhi-node".parse().expect("a name") };
        Item {
            id: ItemId(uuid::Uuid::nil()),
            mirror: "acme/dhi-node".parse().expect("a name"),
            tag: "22".parse().expect("a tag"),
            target,
            digest: digest(image),
            target_digest: None,
            state: ItemState::Succeeded,
            bytes: 0,
            attempts: 1,
            coverage: Some(Coverage {
                platforms: vec![platform("amd64"), platform("arm64")],
                index_signatures_expected: 0,
                index_signatures_present: 0,
                discovered_by: DiscoveredBy::ReferrersApi,
                checks: Vec::new(),
                checked_at: None,
                at_source: false,
                gone: None,
            }),
            failure: None,
            decided_by: None,
            checked_at: None,
            check_failure: None,
            next_try_at: None,
            cancelled_by: None,
            started_at: None,
            finished_at: None,
        }
    }

    fn sentence(items: &[Item]) -> Option<String> {
        Proof::of(items.iter()).map(|proof| proof.sentence())
    }

    #[test]
    fn tags_of_one_image_are_proven_once() {
        let whole = [(true, SignatureState::Valid); 8];
        let one = "All 16 attestations of 2 platforms arrived and every signature verifies.";
        assert_eq!(sentence(&[item('c', &whole), item('c', &whole)]).as_deref(), Some(one));
        let two = "All 32 attestations of 2 images (4 platforms) arrived and every signature verifies.";
        assert_eq!(sentence(&[item('c', &whole), item('d', &whole)]).as_deref(), Some(two));
        assert_eq!(sentence(&[]), None);
    }

    #[test]
    fn what_is_missing_is_said() {
        use SignatureState::{Invalid, Missing, Valid};
        let some = [(true, Valid), (true, Invalid), (true, Missing), (false, Missing)];
        let words = "6 of 8 attestations of 2 platforms arrived; 2 are missing. 2 attestations arrived without a \
                     signature. 2 attestations arrived with a signature that does not verify.";
        assert_eq!(sentence(&[item('c', &some)]).as_deref(), Some(words));
        assert_eq!(sentence(&[item('c', &[])]).as_deref(), Some("The source has no attestations of 2 platforms."));
    }
}
