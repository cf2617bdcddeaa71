//! The bytes of the sandbox's images: layers, manifests, attestations and signatures, all of them a function of a recipe.
//! The same recipe gives the same digests in every process; shapes follow `contracts/attestations.md` sections 1 to 3.

mod analysis;
mod attestations;
mod image;
mod layers;
mod predicates;
mod signatures;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub use analysis::{Excepted, Found, Holding, holdings};
pub use signatures::public_key_pem;

/// Media type of an OCI image index.
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// Media type of an OCI image manifest.
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// Artifact type of an attestation and media type of its statement.
pub const IN_TOTO: &str = "application/vnd.in-toto+json";
/// Artifact type of a cosign signature manifest.
pub const COSIGN_SIGNATURE: &str = "application/vnd.dev.cosign.artifact.sig.v1+json";
/// The predicate type of a VEX document.
pub const OPENVEX: &str = "https://openvex.dev/ns/v0.2.0";

/// What an image is made from; equal recipes give equal bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "four independent properties of a build")]
pub struct Recipe {
    /// The catalogue's name, `nginx` or `grafana-chart`.
    pub name: String,
    /// The definition inside the repository, `debian-13/1.29`.
    pub definition: String,
    /// The version of the software, as its most exact tag says it.
    pub version: String,
    /// The distribution, `debian-13`; `helm` for a chart.
    pub distribution: String,
    /// Whether a shell and a package manager are aboard.
    pub dev: bool,
    /// Whether the FIPS module is aboard.
    pub fips: bool,
    /// Whether a STIG scan is attested.
    pub stig: bool,
    /// Platforms such as `linux/amd64`; a chart has one manifest whatever it says here.
    pub platforms: Vec<String>,
    /// The user the image runs as.
    pub user: String,
    /// The entry point.
    pub entrypoint: Vec<String>,
    /// Arguments of the entry point.
    pub cmd: Vec<String>,
    /// Names of the packages in its bill of materials.
    pub packages: Vec<String>,
    /// Size of what is its own, in KiB.
    pub weight: usize,
    /// Whether the index itself is signed, as newer images are.
    pub signed_index: bool,
    /// Which build of the definition this is, from 1.
    pub revision: u32,
}

impl Recipe {
    /// Whether it is a Helm chart: one manifest and no index.
    pub fn is_chart(&self) -> bool {
        self.distribution == "helm"
    }
}

/// Bytes under their digest, with what a descriptor says of them.
#[derive(Clone, Debug)]
pub struct Object {
    /// The media type a descriptor would give.
    pub media_type: String,
    /// `sha256:` and 64 hex digits.
    pub digest: String,
    /// The bytes.
    pub bytes: Bytes,
}

impl Object {
    /// Names these bytes.
    pub fn new(media_type: &str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { media_type: media_type.to_owned(), digest: sha256(&bytes), bytes }
    }

    /// A JSON document, written once and never again.
    pub fn json(media_type: &str, value: &Value) -> Self {
        Self::new(media_type, value.to_string())
    }

    /// The descriptor other manifests carry.
    pub fn descriptor(&self) -> Value {
        json!({"mediaType": self.media_type, "digest": self.digest, "size": self.bytes.len()})
    }
}

/// A built image with everything that refers to it.
#[derive(Clone, Debug)]
pub struct Image {
    /// The index, or a chart's only manifest: what a tag points to.
    pub root: Object,
    /// One entry a platform; for a chart the only one is the root again.
    pub platforms: Vec<PlatformImage>,
    /// The signature of the index, on newer images.
    pub root_signature: Option<Signature>,
}

/// One platform of an image.
#[derive(Clone, Debug)]
pub struct PlatformImage {
    /// `amd64`, `arm64`.
    pub architecture: String,
    /// The platform manifest.
    pub manifest: Object,
    /// The configuration, then the layers in order.
    pub blobs: Vec<Object>,
    /// Its attestations, each with its signature.
    pub attestations: Vec<Attestation>,
}

impl PlatformImage {
    /// Compressed size: what a pull of this platform moves.
    pub fn size(&self) -> usize {
        self.blobs.iter().map(|blob| blob.bytes.len()).sum()
    }
}

/// An attestation manifest with its statement, signed.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// The predicate type.
    pub predicate_type: String,
    /// The plain in-toto statement: the manifest's only layer.
    pub statement: Object,
    /// The manifest whose subject is the platform manifest.
    pub manifest: Object,
    /// The signature whose subject is this attestation.
    pub signature: Signature,
}

/// A cosign signature manifest with its blobs.
#[derive(Clone, Debug)]
pub struct Signature {
    /// The simple-signing payload: the message that was signed.
    pub payload: Object,
    /// cosign's nearly empty configuration.
    pub config: Object,
    /// The manifest whose subject is what was signed.
    pub manifest: Object,
}

type Cache = Mutex<HashMap<Recipe, Arc<Image>>>;

/// The image of a recipe, built once in a process: content is a pure function, so all sandboxes of a test run share it.
pub fn build(recipe: &Recipe) -> Arc<Image> {
    static IMAGES: OnceLock<Cache> = OnceLock::new();
    let images = IMAGES.get_or_init(Cache::default);
    if let Some(image) = images.lock().unwrap_or_else(PoisonError::into_inner).get(recipe) {
        return Arc::clone(image);
    }
    let image = Arc::new(image::assemble(recipe));
    Arc::clone(images.lock().unwrap_or_else(PoisonError::into_inner).entry(recipe.clone()).or_insert(image))
}

/// A further VEX document on an image that itself does not change: `number` counts from 1.
pub fn renewed_vex(recipe: &Recipe, image: &Image, number: u32) -> Vec<(String, Attestation)> {
    let renew = |platform: &PlatformImage| {
        let predicate = predicates::vex_renewal(recipe, number);
        let attestation = attestations::attest(&recipe.name, &platform.manifest, OPENVEX, &predicate);
        (platform.manifest.digest.clone(), attestation)
    };
    image.platforms.iter().map(renew).collect()
}

/// A small image that has nothing to do with DHI: one manifest, one layer, no attestations.
pub fn plain(name: &str) -> Image {
    image::plain(name)
}

/// `sha256:` and the digest of the bytes.
pub fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}
