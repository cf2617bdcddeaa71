//! Debian's `docker-registry` on a port and in a folder of its own; its access log says what it was asked.

use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use tempfile::TempDir;

use crate::process;

/// One registry; it ends with the value.
pub struct Registry {
    process: Child,
    port: u16,
    folder: TempDir,
}

impl Registry {
    pub async fn start() -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let config = folder.path().join("config.yml");
        let data = folder.path().join("data");
        std::fs::write(
            &config,
            format!(
                "version: 0.1\nlog: {{level: error}}\nstorage:\n  filesystem: {{rootdirectory: {}, maxthreads: 100}}\n\
                 http: {{addr: '127.0.0.1:{port}'}}\n",
                data.display()
            ),
        )?;
        let log = File::create(folder.path().join("log"))?;
        let process = Command::new("docker-registry")
            .args(["serve".as_ref(), config.as_os_str()])
            .stdout(log)
            .stderr(Stdio::null())
            .spawn()
            .context("Debian's docker-registry is not installed: .tools/setup bench")?;
        let registry = Self { process, port, folder };
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(registry);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        anyhow::bail!("docker-registry does not listen")
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Requests answered so far.
    pub fn requests(&self) -> usize {
        self.count(|line| line.contains("/v2/"))
    }

    /// Manifests read from it so far.
    pub fn manifests_read(&self) -> usize {
        self.count(|line| line.contains("\"GET /v2/") && line.contains("/manifests/"))
    }

    /// Manifests given to it so far.
    pub fn manifests_written(&self) -> usize {
        self.count(|line| line.contains("\"PUT /v2/") && line.contains("/manifests/"))
    }

    /// Seconds of CPU it has used so far, user and system.
    pub fn cpu(&self) -> f64 {
        process::cpu(self.process.id()).0
    }

    fn count(&self, fits: fn(&str) -> bool) -> usize {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        log.lines().filter(|line| fits(line)).count()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
