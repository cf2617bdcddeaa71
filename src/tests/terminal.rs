//! A terminal in which people start `ferry copy`: Docker's configuration, the sandbox to copy from, and Debian's registry to
//! copy to, which is then asked without Ferry's help.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ferry::sandbox::{self, Facade, Options, Proxy, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use super::registry::{DebianRegistry, by_fallback_tag, digests, fetched, json};

/// What is copied.
pub const MIRROR: &str = "acme/dhi-nginx";
/// What it is called at the destination.
pub const TARGET: &str = "mirrors/nginx";
/// Who may read both registries of the source.
pub const OLIVIA: (&str, &str) = ("olivia", "dckr_pat_olivia_demo");

/// A terminal in a world of its own, in which nothing of this machine's configuration is seen.
pub struct Terminal {
    pub sandbox: Sandbox,
    pub registry: DebianRegistry,
    /// Stands before the registry and writes down what Ferry asks.
    pub proxy: Proxy,
    /// Home, Docker's configuration, and first on the path.
    pub home: TempDir,
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// What Docker Hub shows under a tag.
pub struct Original {
    pub digest: String,
    pub bytes: Vec<u8>,
    /// By processor.
    pub platforms: BTreeMap<String, String>,
}

impl Terminal {
    /// Signed in to the registries of the images and of the attestations.
    pub async fn open() -> Self {
        let sandbox = sandbox::start(Options::default()).await.expect("the sandbox starts");
        let registry = DebianRegistry::start().await;
        let proxy = Proxy::before(&registry.host()).await.expect("a proxy");
        let terminal = Self { sandbox, registry, proxy, home: TempDir::new().expect("a folder") };
        terminal.sign_in(&[(terminal.sandbox.docker_registry(), OLIVIA), (terminal.sandbox.scout_registry(), OLIVIA)]);
        terminal
    }

    /// Leaves behind what `docker login` does.
    pub fn sign_in(&self, hosts: &[(String, (&str, &str))]) {
        let entry = |user: &str, secret: &str| json!({ "auth": STANDARD.encode(format!("{user}:{secret}")) });
        let auths: BTreeMap<&str, Value> =
            hosts.iter().map(|(host, (user, secret))| (host.as_str(), entry(user, secret))).collect();
        self.write("config.json", &json!({ "auths": auths }).to_string());
    }

    /// Writes a file at home and gives back its path.
    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.home.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    }

    /// The mirror at Docker Hub; `rest` is a tag or digest with what divides it.
    pub fn source(&self, rest: &str) -> String {
        format!("{}/{MIRROR}{rest}", self.sandbox.docker_registry())
    }

    /// Where it goes, behind the proxy.
    pub fn target(&self, rest: &str) -> String {
        format!("{}/{TARGET}{rest}", self.proxy.host())
    }

    /// `ferry copy` with these arguments, ready to be started.
    pub fn command(&self, source: &str, destination: &str, more: &[&str]) -> Command {
        let home = self.home.path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ferry"));
        command
            .args(["copy", source, destination])
            .args(more)
            .env_clear()
            .env("HOME", home)
            .env("DOCKER_CONFIG", home)
            .env("PATH", format!("{}:/usr/bin:/bin", home.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs it to its end.
    pub async fn run(&self, source: &str, destination: &str, more: &[&str]) -> Said {
        Said::of(self.command(source, destination, more).output().await.expect("ferry starts"))
    }

    /// Copies with the attestations, which are in a registry of their own.
    pub async fn copy(&self, from: &str, destination: &str, more: &[&str]) -> Said {
        let scout = format!("{}/{MIRROR}", self.sandbox.scout_registry());
        let more: Vec<&str> = more.iter().copied().chain(["--referrers-from", scout.as_str()]).collect();
        self.run(&self.source(from), destination, &more).await
    }

    /// What the mirror has under a tag.
    pub async fn original(&self, tag: &str) -> Original {
        let found = self.sandbox.world().store(Facade::Docker).manifest(MIRROR, tag).await;
        let (digest, _, bytes) = found.expect("the tag is there");
        let index = json(&bytes);
        let children = index["manifests"].as_array().expect("platforms");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let named = |child: &Value| (text(&child["platform"]["architecture"]), text(&child["digest"]));
        Original { digest, platforms: children.iter().map(named).collect(), bytes: bytes.to_vec() }
    }

    /// A manifest in Debian's registry.
    pub async fn there(&self, reference: &str) -> Option<Vec<u8>> {
        fetched(&self.registry.host(), &format!("{TARGET}/manifests/{reference}")).await
    }

    /// The tags in Debian's registry, without those that list attestations.
    pub async fn tags(&self) -> BTreeSet<String> {
        let Some(list) = fetched(&self.registry.host(), &format!("{TARGET}/tags/list")).await else {
            return BTreeSet::new();
        };
        let tags = json(&list)["tags"].as_array().cloned().unwrap_or_default();
        let tags = tags.iter().filter_map(Value::as_str).filter(|tag| !tag.starts_with("sha256-"));
        tags.map(str::to_owned).collect()
    }

    /// Requests to Debian's registry that change something.
    pub fn writes(&self) -> usize {
        self.proxy.ledger().count(|entry| !matches!(entry.method.as_str(), "GET" | "HEAD"))
    }

    /// Every attestation that Docker lists for a platform is there, each with its signature.
    pub async fn assert_proven(&self, platform: &str) {
        let host = self.registry.host();
        let listed = self.sandbox.world().store(Facade::Scout).referrers(MIRROR, platform, None).await;
        let listed: BTreeSet<String> = listed.iter().map(|one| one.digest.to_string()).collect();
        let arrived: BTreeSet<String> = by_fallback_tag(&host, TARGET, platform).await.into_iter().collect();
        assert!(arrived.len() >= 8, "{arrived:?}");
        assert_eq!(arrived, listed);
        for attestation in &arrived {
            assert!(self.there(attestation).await.is_some(), "{attestation} is there");
            let signatures = by_fallback_tag(&host, TARGET, attestation).await;
            assert!(!signatures.is_empty(), "{attestation} is signed");
            for signature in signatures {
                assert!(self.there(&signature).await.is_some(), "{signature} is there");
            }
        }
    }

    /// Everything that hangs on a digest in Debian's registry: the manifests, and what each blob weighs.
    pub async fn below(&self, digest: &str) -> (BTreeSet<String>, BTreeMap<String, u64>) {
        let host = self.registry.host();
        let (mut manifests, mut blobs, mut open) = (BTreeSet::new(), BTreeMap::new(), vec![digest.to_owned()]);
        while let Some(digest) = open.pop() {
            let manifest = json(&self.there(&digest).await.expect("it is there"));
            let layers = manifest["layers"].as_array().into_iter().flatten();
            for blob in layers.chain(manifest.get("config")) {
                blobs.insert(blob["digest"].to_string(), blob["size"].as_u64().expect("a size"));
            }
            if manifest["manifests"].is_array() {
                open.extend(digests(&manifest, "manifests"));
            }
            open.extend(by_fallback_tag(&host, TARGET, &digest).await);
            manifests.insert(digest);
        }
        (manifests, blobs)
    }
}

impl Said {
    /// Of a command that has ended.
    pub fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Whether these words are in it, in what it printed or in its complaint.
    pub fn says(&self, words: &str) -> bool {
        self.out.contains(words) || self.err.contains(words)
    }

    /// It ended well.
    pub fn succeeded(&self) -> bool {
        self.code == Some(0)
    }

    /// The words of the line about a tag; how many blanks part them is nobody's concern.
    pub fn about(&self, tag: &str) -> String {
        let line = self.out.lines().find(|line| line.split_whitespace().next() == Some(tag));
        let line = line.unwrap_or_else(|| panic!("nothing about {tag}: {self:?}"));
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What was said to a program, and the name of each event.
    pub fn events(&self) -> (Vec<Value>, Vec<String>) {
        let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        let events: Vec<Value> = self.out.lines().map(read).collect();
        let names = events.iter().map(|event| event["event"].as_str().unwrap_or_default().to_owned()).collect();
        (events, names)
    }
}

/// The digits by which people compare digests.
pub fn short(digest: &str) -> &str {
    digest.trim_start_matches("sha256:").get(..12).expect("a digest")
}
