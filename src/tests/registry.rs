//! Debian's `docker-registry` and `skopeo`: a registry and a client that none of us wrote.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

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
