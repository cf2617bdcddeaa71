//! Debian's `docker-registry` and `skopeo`: a registry and a client that none of us wrote.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// A registry of its own port and folder, without a referrers API; it ends with the story.
pub struct DebianRegistry {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl DebianRegistry {
    /// Starts one.
    pub async fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let config = folder.path().join("config.yml");
        let text = format!(
            "version: 0.1\nlog: {{level: warn}}\nstorage:\n  filesystem: {{rootdirectory: {}}}\n  delete: {{enabled: true}}\n\
             http: {{addr: '127.0.0.1:{port}'}}\n",
            folder.path().join("data").display()
        );
        std::fs::write(&config, text).expect("its configuration");
        let process = Command::new("docker-registry")
            .args(["serve".as_ref(), config.as_os_str()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Debian's docker-registry is installed: run `make test`");
        let registry = Self { process, port, _folder: folder };
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return registry;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("docker-registry does not listen");
    }

    /// `127.0.0.1:port`.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

impl Drop for DebianRegistry {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A GET at a registry without credentials; the body, or none for 404.
pub async fn fetched(host: &str, path: &str) -> Option<Vec<u8>> {
    let accept = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json";
    let request = reqwest::Client::new().get(format!("http://{host}/v2/{path}")).header("accept", accept);
    let response = request.send().await.expect("the registry answers");
    match response.status().as_u16() {
        200 => Some(response.bytes().await.expect("a body").to_vec()),
        404 => None,
        other => panic!("{path}: {other}"),
    }
}

/// What a registry has answered, read.
pub fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON")
}

/// The digests in a list of descriptors.
pub fn digests(manifest: &Value, key: &str) -> Vec<String> {
    let entries = manifest[key].as_array().expect("a list");
    entries.iter().map(|entry| entry["digest"].as_str().expect("a digest").to_owned()).collect()
}

/// The referrers of a digest by the tag that stands in for the API.
pub async fn by_fallback_tag(host: &str, repository: &str, digest: &str) -> Vec<String> {
    let tag = digest.replace(':', "-");
    let index = fetched(host, &format!("{repository}/manifests/{tag}")).await;
    index.map(|bytes| digests(&json(&bytes), "manifests")).unwrap_or_default()
}

/// What `skopeo inspect --raw` says of an image, byte for byte; `credentials` as `user:password`.
pub fn raw(image: &str, credentials: Option<&str>) -> Vec<u8> {
    let mut command = Command::new("skopeo");
    command.args(["inspect", "--raw", "--tls-verify=false"]);
    if let Some(credentials) = credentials {
        command.args(["--creds", credentials]);
    }
    let output = command.arg(format!("docker://{image}")).output().expect("skopeo is installed: run `make test`");
    assert!(output.status.success(), "skopeo {image}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Copies an image with all its platforms into a folder, which fetches and checks every blob of it.
pub fn fetch_everything(image: &str) {
    let folder = TempDir::new().expect("a folder");
    let output = Command::new("skopeo")
        .args(["copy", "--all", "--src-tls-verify=false", &format!("docker://{image}")])
        .arg(format!("dir:{}", folder.path().display()))
        .output()
        .expect("skopeo is installed: run `make test`");
    assert!(output.status.success(), "skopeo copy {image}: {}", String::from_utf8_lossy(&output.stderr));
}
