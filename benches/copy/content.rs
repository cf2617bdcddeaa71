//! What is copied: images of incompressible layers, and their attestations and signatures in a repository of their own.

use std::time::Duration;

use anyhow::ensure;
use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};
use rand::{RngCore, SeedableRng, rngs::SmallRng};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::registry::Registry;

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const IN_TOTO: &str = "application/vnd.in-toto+json";
const SIGNATURE: &str = "application/vnd.dev.cosign.artifact.sig.v1+json";
const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
const MIB: usize = 1024 * 1024;

/// How much of everything.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub images: usize,
    pub tags_per_image: usize,
    pub platforms: usize,
    /// Of each platform, not shared.
    pub layers: usize,
    pub layer: usize,
    /// Of all images together.
    pub shared_layers: usize,
    pub shared_layer: usize,
    /// Of each platform.
    pub attestations: usize,
    /// Of each image.
    pub signatures: usize,
}

impl Shape {
    /// 8 layers, 1 GiB.
    pub const BIG: Self = Self {
        images: 1,
        tags_per_image: 1,
        platforms: 1,
        layers: 8,
        layer: 128 * MIB,
        shared_layers: 0,
        shared_layer: 0,
        attestations: 0,
        signatures: 0,
    };
    /// 40 tags of 2 platforms, 480 attestations, 120 signatures, 600 MB.
    pub const SMALL: Self = Self {
        images: 40,
        tags_per_image: 1,
        platforms: 2,
        layers: 1,
        layer: 4 * MIB + MIB / 2,
        shared_layers: 10,
        shared_layer: 20 * MIB,
        attestations: 6,
        signatures: 3,
    };
    /// 1,000 tags on 50 digests.
    pub const MANY_TAGS: Self = Self {
        images: 50,
        tags_per_image: 20,
        platforms: 2,
        layers: 1,
        layer: 4096,
        shared_layers: 2,
        shared_layer: 65_536,
        attestations: 4,
        signatures: 2,
    };
}

/// Where it goes.
pub struct Seed {
    pub images: &'static str,
    pub proofs: &'static str,
    pub shape: Shape,
}

impl Seed {
    pub async fn push(&self, to: &Registry) -> anyhow::Result<()> {
        let shape = self.shape;
        let pusher = Pusher { host: to.host(), client: reqwest::Client::new() };
        let mut shared = Vec::new();
        for number in 0..shape.shared_layers {
            shared.push(pusher.layer(self.images, number as u64, shape.shared_layer).await?);
        }
        let images = stream::iter(0..shape.images).map(|number| self.image(&pusher, number, &shared));
        images.buffer_unordered(4).try_collect::<()>().await
    }

    async fn image(&self, pusher: &Pusher, number: usize, shared: &[Value]) -> anyhow::Result<()> {
        let shape = self.shape;
        let mut children = Vec::new();
        for platform in 0..shape.platforms {
            let seed = (1 + number * shape.platforms + platform) as u64 * 1_000;
            let mut layers: Vec<Value> = shared.iter().skip(platform % 2).step_by(2).cloned().collect();
            for layer in 0..shape.layers {
                layers.push(pusher.layer(self.images, seed + layer as u64, shape.layer).await?);
            }
            let architecture = ["amd64", "arm64"][platform % 2];
            let config = json!({"architecture": architecture, "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}, "seed": seed});
            let config =
                pusher.blob(self.images, "application/vnd.oci.image.config.v1+json", config.to_string().into()).await?;
            let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers});
            let mut child = pusher.manifest(self.images, None, MANIFEST, &manifest).await?;
            self.attest(pusher, &child, seed, platform == 0).await?;
            child["platform"] = json!({"os": "linux", "architecture": architecture});
            children.push(child);
        }
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": children});
        for tag in 0..shape.tags_per_image {
            pusher.manifest(self.images, Some(&format!("v{number}.{tag}")), INDEX, &index).await?;
        }
        Ok(())
    }

    async fn attest(&self, pusher: &Pusher, subject: &Value, seed: u64, signed: bool) -> anyhow::Result<()> {
        let mut listed = Vec::new();
        for number in 0..self.shape.attestations {
            let attestation = self.attestation(pusher, subject, seed + number as u64).await?;
            if signed && number < self.shape.signatures {
                let payload = json!({"critical": {"image": {"docker-manifest-digest": attestation["digest"]}, "type": "cosign container image signature"}});
                let layer = pusher.blob(self.proofs, SIMPLE_SIGNING, payload.to_string().into()).await?;
                let signature = self.artifact(pusher, SIGNATURE, layer, &attestation).await?;
                pusher.list(self.proofs, &attestation, &[signature]).await?;
            }
            listed.push(attestation);
        }
        if listed.is_empty() { Ok(()) } else { pusher.list(self.proofs, subject, &listed).await }
    }

    async fn attestation(&self, pusher: &Pusher, subject: &Value, seed: u64) -> anyhow::Result<Value> {
        // 1 to 60 KiB, as statements are.
        let filler =
            hex::encode(random(seed, [512, 5_000, 10_000, 15_000, 20_000, 25_000, 30_000][usize::try_from(seed % 7)?]));
        let statement =
            json!({"_type": "https://in-toto.io/Statement/v0.1", "subject": [subject["digest"]], "predicate": filler});
        let layer = pusher.blob(self.proofs, IN_TOTO, statement.to_string().into()).await?;
        self.artifact(pusher, IN_TOTO, layer, subject).await
    }

    async fn artifact(&self, pusher: &Pusher, kind: &str, layer: Value, subject: &Value) -> anyhow::Result<Value> {
        let config = pusher.blob(self.proofs, "application/vnd.oci.empty.v1+json", Bytes::from_static(b"{}")).await?;
        let subject = json!({"mediaType": MANIFEST, "digest": subject["digest"], "size": subject["size"]});
        let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": kind, "config": config, "layers": [layer], "subject": subject});
        let mut entry = pusher.manifest(self.proofs, None, MANIFEST, &manifest).await?;
        entry["artifactType"] = json!(kind);
        Ok(entry)
    }

    /// One more attestation of an image that was copied long ago.
    pub async fn attest_late(&self, to: &Registry) -> anyhow::Result<()> {
        let pusher = Pusher { host: to.host(), client: reqwest::Client::new() };
        let index = pusher.read(self.images, "v0.0").await?;
        let subject = &index["manifests"][0];
        let late = self.attestation(&pusher, subject, 999_999_999).await?;
        let tag = fallback_tag(subject);
        let mut listed = pusher.read(self.proofs, &tag).await?["manifests"].as_array().cloned().unwrap_or_default();
        listed.push(late);
        pusher.list(self.proofs, subject, &listed).await
    }
}

struct Pusher {
    host: String,
    client: reqwest::Client,
}

impl Pusher {
    async fn layer(&self, repository: &str, seed: u64, size: usize) -> anyhow::Result<Value> {
        self.blob(repository, "application/vnd.oci.image.layer.v1.tar+gzip", random(seed, size).into()).await
    }

    async fn blob(&self, repository: &str, kind: &str, bytes: Bytes) -> anyhow::Result<Value> {
        let digest = format!("sha256:{}", hex::encode(Sha256::digest(&bytes)));
        let size = bytes.len();
        let begun = self.client.post(format!("http://{}/v2/{repository}/blobs/uploads/", self.host)).send().await?;
        let location = begun.headers()["location"].to_str()?.to_owned();
        let location = if location.starts_with('/') { format!("http://{}{location}", self.host) } else { location };
        let query = if location.contains('?') { '&' } else { '?' };
        let put = self.client.put(format!("{location}{query}digest={digest}")).body(bytes).send().await?;
        ensure!(put.status().is_success(), "a blob was refused: {}", put.status());
        Ok(json!({"mediaType": kind, "digest": digest, "size": size}))
    }

    async fn manifest(
        &self,
        repository: &str,
        tag: Option<&str>,
        kind: &str,
        manifest: &Value,
    ) -> anyhow::Result<Value> {
        let bytes = manifest.to_string();
        let digest = format!("sha256:{}", hex::encode(Sha256::digest(&bytes)));
        let size = bytes.len();
        let url = format!("http://{}/v2/{repository}/manifests/{}", self.host, tag.unwrap_or(&digest));
        let mut tries = 0;
        loop {
            let put = self.client.put(&url).header("content-type", kind).body(bytes.clone()).send().await?;
            if put.status().is_success() {
                break;
            }
            // On a file system the registry reads at times what another request has half written.
            ensure!(tries < 5, "a manifest was refused: {}", put.text().await?);
            tries += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(json!({"mediaType": kind, "digest": digest, "size": size}))
    }

    async fn list(&self, repository: &str, subject: &Value, entries: &[Value]) -> anyhow::Result<()> {
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries});
        self.manifest(repository, Some(&fallback_tag(subject)), INDEX, &index).await.map(drop)
    }

    async fn read(&self, repository: &str, tag: &str) -> anyhow::Result<Value> {
        let url = format!("http://{}/v2/{repository}/manifests/{tag}", self.host);
        let answer = self.client.get(url).header("accept", INDEX).send().await?;
        Ok(serde_json::from_slice(&answer.bytes().await?)?)
    }
}

fn fallback_tag(subject: &Value) -> String {
    subject["digest"].as_str().unwrap_or_default().replace(':', "-")
}

fn random(seed: u64, size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    SmallRng::seed_from_u64(seed).fill_bytes(&mut bytes);
    bytes
}
