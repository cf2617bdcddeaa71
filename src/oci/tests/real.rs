//! Two registries that none of us wrote: Debian's `docker-registry` (no referrers API) and `ferro-oci-server` (with it).

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ferro_blob_store::InMemoryBlobStore;
use ferro_oci_server::{AppState, InMemoryRegistryMeta};

use crate::model::Host;

/// A running `docker-registry`; ended, by its own process id, when dropped.
pub(super) struct Distribution {
    pub(super) host: Host,
    child: Child,
    _directory: tempfile::TempDir,
}

impl Drop for Distribution {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Starts Debian's registry on a free port.
pub(super) async fn distribution() -> Distribution {
    let directory = tempfile::tempdir().expect("a directory");
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        free.local_addr().expect("an address").port()
    };
    let config = format!(
        "version: 0.1\nlog:\n  level: info\nstorage:\n  filesystem:\n    rootdirectory: {}\n  delete:\n    enabled: true\nhttp:\n  addr: 127.0.0.1:{port}\n",
        directory.path().join("data").display()
    );
    let path = directory.path().join("config.yml");
    std::fs::write(&path, config).expect("a file");
    let log = std::fs::File::create(directory.path().join("log")).expect("a file");
    let child = Command::new("docker-registry")
        .arg("serve")
        .arg(&path)
        .stdout(Stdio::from(log.try_clone().expect("a handle")))
        .stderr(Stdio::from(log))
        .spawn()
        .expect("Debian's docker-registry is installed");
    let started =
        Distribution { host: format!("127.0.0.1:{port}").parse().expect("a host"), child, _directory: directory };
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(started.host.as_str()).await.is_ok() {
            return started;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("docker-registry did not start");
}

/// Starts a registry with the referrers API inside this process.
pub(super) async fn ferro() -> Host {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let host = listener.local_addr().expect("an address").to_string().parse().expect("a host");
    let state = AppState::new(Arc::new(InMemoryBlobStore::new()), Arc::new(InMemoryRegistryMeta::new()));
    tokio::spawn(async move { axum::serve(listener, ferro_oci_server::router(state)).await });
    host
}
