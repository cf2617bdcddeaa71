//! Any image and any trouble: in the end the destination equals the source, or the tag has not moved.

use std::collections::BTreeSet;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha512};

use super::fake::{Act, Fake};
use super::image::{INDEX, KINDS, MANIFEST, attest, descriptor, keys, sign};
use super::{context, reading, writing};
use crate::model::{Digest, Tag};
use crate::oci::*;

const REPO: &str = "acme/any";
/// Sizes of the blobs an image is made of: nothing, `{}`, and what needs a transfer.
const POOL: [usize; 5] = [0, 2, 1, 900, 40_000];

#[derive(Clone, Debug)]
struct Shape {
    /// Layers of each platform, as places in the pool; twice the same is a duplicated layer.
    platforms: Vec<Vec<usize>>,
    /// The first platforms stand in an index of their own.
    nested: usize,
    /// Of which platform, and whether it is signed.
    attested: Vec<(usize, bool)>,
    /// Every other platform has a digest of the longer kind.
    long: bool,
}

fn shapes() -> impl Strategy<Value = Shape> {
    let layers = prop::collection::vec(0..POOL.len(), 0..5);
    let attested = prop::collection::vec((0..4_usize, any::<bool>()), 0..4);
    (prop::collection::vec(layers, 1..4), 0..3_usize, attested, any::<bool>())
        .prop_map(|(platforms, nested, attested, long)| Shape { platforms, nested, attested, long })
}

/// Which requests go wrong, how, and how often; the answers that would mean "there is none" are not among them.
#[derive(Clone, Debug)]
struct Trouble {
    at_source: bool,
    request: usize,
    act: usize,
    times: usize,
}

const REQUESTS: [(&str, &str); 8] = [
    ("GET", "/blobs/sha"),
    ("GET", "/manifests/sha"),
    ("HEAD", "/blobs/sha"),
    ("HEAD", "/manifests/"),
    ("POST", "/blobs/uploads/"),
    ("PUT", "/blobs/uploads/"),
    ("PUT", "/manifests/"),
    ("GET", "/referrers/"),
];

fn troubles() -> impl Strategy<Value = Vec<Trouble>> {
    let one = (any::<bool>(), 0..REQUESTS.len(), 0..7_usize, 1..9_usize)
        .prop_map(|(at_source, request, act, times)| Trouble { at_source, request, act, times });
    prop::collection::vec(one, 0..6)
}

impl Trouble {
    fn script(&self, source: &Fake, destination: &Fake) {
        let (method, part) = REQUESTS[self.request];
        let status = |code| Act::Status(code, vec![], "");
        let act = match self.act {
            0 => status(503),
            1 => Act::Status(429, vec![("retry-after", "0".to_owned())], ""),
            2 => status(401),
            3 => Act::Cut,
            4 => Act::Spoil,
            5 if method == "PUT" => Act::Swallow,
            6 if part == "/blobs/uploads/" => status(404),
            _ => status(500),
        };
        let fake = if self.at_source && method != "PUT" && method != "POST" { source } else { destination };
        fake.fail(method, part, self.times, act);
    }
}

fn long_digest(bytes: &[u8]) -> Digest {
    format!("sha512:{}", hex::encode(Sha512::digest(bytes))).parse().expect("a digest")
}

fn add(source: &Fake, manifest: &Value, long: bool) -> Digest {
    if !long {
        return source.add_manifest(REPO, manifest);
    }
    let bytes = Bytes::from(manifest.to_string());
    let digest = long_digest(&bytes);
    source.world().manifests.insert((REPO.to_owned(), digest.to_string()), (bytes, MANIFEST.to_owned()));
    digest
}

fn build(source: &Fake, shape: &Shape) -> Digest {
    let mut children = Vec::new();
    for (number, layers) in shape.platforms.iter().enumerate() {
        let config = format!(r#"{{"os":"linux","architecture":"cpu{number}"}}"#);
        let config = descriptor(
            "application/vnd.oci.image.config.v1+json",
            &source.add_blob(REPO, config.clone()),
            config.len(),
        );
        let layers: Vec<_> = layers
            .iter()
            .map(|place| {
                let bytes =
                    if *place == 1 { b"{}".to_vec() } else { vec![u8::try_from(*place).unwrap_or(0); POOL[*place]] };
                let size = bytes.len();
                descriptor("application/vnd.oci.image.layer.v1.tar", &source.add_blob(REPO, bytes), size)
            })
            .collect();
        let manifest = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers });
        let digest = add(source, &manifest, shape.long && number % 2 == 1);
        let mut child = descriptor(MANIFEST, &digest, manifest.to_string().len());
        child["platform"] = json!({ "os": "linux", "architecture": format!("cpu{number}") });
        children.push((child, digest));
    }
    for (number, (platform, signed)) in shape.attested.iter().enumerate() {
        let about = &children[platform % children.len()].1;
        let (attestation, size) = attest(source, REPO, about, KINDS[number % KINDS.len()]);
        if *signed {
            sign(source, REPO, &attestation, size, Some((KINDS[number % KINDS.len()], about)));
        }
    }
    let index = |manifests: Vec<Value>| json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests });
    let mut outer: Vec<_> = children.into_iter().map(|(child, _)| child).collect();
    let inner: Vec<_> = outer.drain(..shape.nested.min(outer.len())).collect();
    if !inner.is_empty() {
        let inner = index(inner);
        outer.push(descriptor(INDEX, &source.add_manifest(REPO, &inner), inner.to_string().len()));
    }
    source.add_manifest(REPO, &index(outer))
}

/// As `forward` does it: image, proofs, a look at what is there, and only then the tag.
async fn forward(source: &Fake, destination: &Fake, image: &Digest) -> Result<bool, CopyError> {
    let (from, to, ctx) = (reading(&source.host, REPO), writing(&destination.host, REPO), context());
    let copied = copy_image(&from, &to, image, &ctx).await?;
    let found = copy_attestations(&copied, &from, &to, &ctx).await?;
    if !observe_coverage(&copied, &found, &to, &keys(), &ctx).await?.missing.is_empty() {
        return Ok(false);
    }
    publish_tag(&to, image, &"1".parse::<Tag>().expect("a tag"), &ctx).await.map(|_| true)
}

/// What the source has and the destination lacks or has otherwise.
fn differences(source: &Fake, destination: &Fake) -> BTreeSet<String> {
    let (here, there) = (source.world(), destination.world());
    let blobs = here.blobs.iter().filter(|(key, bytes)| there.blobs.get(*key) != Some(*bytes)).map(|(key, _)| &key.1);
    let differs =
        |(key, manifest): &(&(String, String), &(Bytes, String))| there.manifests.get(*key) != Some(*manifest);
    let manifests = here.manifests.iter().filter(differs).map(|(key, _)| &key.1);
    blobs.chain(manifests).cloned().collect()
}

async fn holds(shape: &Shape, troubles: &[Trouble]) -> Result<(), TestCaseError> {
    let (source, destination) = (Fake::start().await, Fake::start().await);
    let image = build(&source, shape);
    for trouble in troubles {
        trouble.script(&source, &destination);
    }
    for attempt in 0..4 {
        if attempt == 3 {
            source.world().faults.clear();
            destination.world().faults.clear();
        }
        let came = forward(&source, &destination, &image).await;
        if destination.manifest(REPO, "1").is_some() {
            prop_assert_eq!(differences(&source, &destination), BTreeSet::new(), "tagged too early");
        }
        if attempt == 3 {
            prop_assert!(matches!(came, Ok(true)), "it is not healed: {:?}", came);
            prop_assert!(destination.manifest(REPO, "1").is_some());
        }
    }
    Ok(())
}

#[test]
fn after_any_trouble_the_destination_equals_the_source_or_the_tag_has_not_moved() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let config =
        ProptestConfig { cases: 20, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(shape in shapes(), troubles in troubles())| {
        runtime.block_on(holds(&shape, &troubles))?;
    });
}
