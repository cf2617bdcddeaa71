//! Layers: gzipped tars of plausible files. Layers that several images share are built once, so that a mount is worth trying.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Mutex, OnceLock, PoisonError};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use super::{Object, Recipe, sha256};

const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// A layer with the digest of its uncompressed tar.
#[derive(Clone, Debug)]
pub struct Layer {
    pub blob: Object,
    pub diff_id: String,
    pub created_by: String,
}

/// The layers of one platform, lowest first: distribution, certificates, the software, its configuration, and tools for `dev`.
pub fn layers(recipe: &Recipe, architecture: &str) -> Vec<Layer> {
    let Recipe { name, definition, distribution, revision, weight, .. } = recipe;
    let mut layers = vec![
        shared(&format!("{distribution} base {architecture}"), || base(distribution, architecture)),
        shared(&format!("{distribution} certificates"), || certificates(distribution)),
    ];
    if recipe.dev {
        layers.push(shared(&format!("{distribution} tools {architecture}"), || tools(distribution, architecture)));
    }
    let seed = format!("{name} {definition} {architecture} {revision}");
    layers.push(pack(&format!("{name} {}", recipe.version), software(recipe, &seed, *weight)));
    layers
}

/// The only layer of an image that is not hardened, for a repository that has nothing to do with DHI.
pub fn page(name: &str) -> Layer {
    let text = format!("<!doctype html><title>{name}</title><h1>{name}</h1>\n");
    pack(
        name,
        vec![("srv/www/index.html".into(), text.into_bytes()), ("srv/www/logo.png".into(), noise(name, 96 * 1024))],
    )
}

type File = (String, Vec<u8>);

fn base(distribution: &str, architecture: &str) -> Vec<File> {
    let (family, version) = distribution.split_once('-').unwrap_or((distribution, "1"));
    let libc = if family == "alpine" {
        format!("lib/ld-musl-{architecture}.so.1")
    } else {
        format!("usr/lib/{architecture}-linux-gnu/libc.so.6")
    };
    let release = format!(
        "PRETTY_NAME=\"Docker Hardened Images ({family} {version})\"\nNAME=\"{family}\"\nID={family}\nVERSION_ID=\"{version}\"\nHOME_URL=\"https://docker.com/products/hardened-images/\"\n"
    );
    vec![
        ("etc/os-release".into(), release.into_bytes()),
        (
            "etc/passwd".into(),
            b"root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n"
                .to_vec(),
        ),
        ("etc/group".into(), b"root:x:0:\nnonroot:x:65532:\n".to_vec()),
        ("etc/nsswitch.conf".into(), b"passwd: files\ngroup: files\nhosts: files dns\n".to_vec()),
        (libc, noise(&format!("{distribution} libc {architecture}"), 448 * 1024)),
        ("usr/share/zoneinfo/tzdata.zi".into(), words(&format!("{distribution} zones"), 48 * 1024)),
    ]
}

fn certificates(distribution: &str) -> Vec<File> {
    vec![("etc/ssl/certs/ca-certificates.crt".into(), words(&format!("{distribution} certificates"), 160 * 1024))]
}

fn tools(distribution: &str, architecture: &str) -> Vec<File> {
    let manager = if distribution.starts_with("alpine") { "sbin/apk" } else { "usr/bin/apt" };
    vec![
        ("usr/bin/bash".into(), noise(&format!("{distribution} bash {architecture}"), 160 * 1024)),
        (manager.into(), noise(&format!("{distribution} {manager} {architecture}"), 96 * 1024)),
    ]
}

fn software(recipe: &Recipe, seed: &str, weight: usize) -> Vec<File> {
    let name = &recipe.name;
    if recipe.is_chart() {
        let chart = format!("apiVersion: v2\nname: {name}\nversion: {}\ntype: application\n", recipe.version);
        let values = format!(
            "image:\n  repository: dhi.io/{}\n  tag: \"{}\"\nreplicaCount: 1\n",
            name.trim_end_matches("-chart"),
            recipe.version
        );
        return vec![
            (format!("{name}/Chart.yaml"), chart.into_bytes()),
            (format!("{name}/values.yaml"), values.into_bytes()),
            (format!("{name}/templates/deployment.yaml"), words(seed, 6 * 1024)),
        ];
    }
    let mut files = vec![
        (format!("opt/{name}/bin/{name}"), noise(seed, weight * 1024)),
        (format!("opt/{name}/VERSION"), format!("{} (build {})\n", recipe.version, recipe.revision).into_bytes()),
        (format!("etc/{name}/{name}.conf"), words(&format!("{name} configuration"), 4 * 1024)),
        (format!("usr/share/doc/{name}/copyright"), words(&format!("{name} licence"), 12 * 1024)),
    ];
    if recipe.fips {
        files.push(("usr/lib/ossl-modules/fips.so".into(), noise("openssl fips provider 3.1.2", 64 * 1024)));
    }
    files
}

fn shared(key: &str, files: impl FnOnce() -> Vec<File>) -> Layer {
    static LAYERS: OnceLock<Mutex<HashMap<String, Layer>>> = OnceLock::new();
    let mut layers = LAYERS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    layers.entry(key.to_owned()).or_insert_with(|| pack(key, files())).clone()
}

fn pack(what: &str, files: Vec<File>) -> Layer {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(if path.contains("bin/") { 0o755 } else { 0o644 });
        header.set_mtime(0);
        tar.append_data(&mut header, path, content.as_slice())
            .expect("a tar in memory takes any file with a short path");
    }
    let tar = tar.into_inner().expect("a tar in memory can be finished");
    // Speed 1: the noise does not compress anyway, and a debug build has to start in a second or two.
    let mut gzip = GzEncoder::new(Vec::new(), Compression::new(1));
    gzip.write_all(&tar).expect("a vector takes all that is written to it");
    let packed = gzip.finish().expect("a vector takes all that is written to it");
    Layer { diff_id: sha256(&tar), blob: Object::new(LAYER, packed), created_by: format!("dhi: add {what}") }
}

/// Bytes that look like machine code to a compressor, the same for the same seed.
fn noise(seed: &str, length: usize) -> Vec<u8> {
    let mut state = start(seed);
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        bytes.extend_from_slice(&next(&mut state).to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Text that compresses somewhat, the same for the same seed.
fn words(seed: &str, length: usize) -> Vec<u8> {
    let mut state = start(seed);
    let mut text = String::with_capacity(length + 64);
    while text.len() < length {
        let (one, two) = (next(&mut state), next(&mut state));
        writeln!(text, "{one:016x}{two:016x}").expect("a string takes all that is written to it");
    }
    text.truncate(length);
    text.into_bytes()
}

fn start(seed: &str) -> u64 {
    let digest = Sha256::digest(seed.as_bytes());
    digest.iter().take(8).fold(0, |state, byte| (state << 8) | u64::from(*byte)) | 1
}

fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}
