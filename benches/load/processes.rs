//! `ferry serve` and `ferry work` as processes of their own, on one database and one pretend Docker Hub, which can be killed
//! and started again. What they log stays in the target folder after the run.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use ferry::seal::SealingKey;
use secrecy::ExposeSecret as _;
use tempfile::NamedTempFile;
use tokio::process::{Child, Command};
use url::Url;

use crate::sandbox::Sandbox;
use crate::{cost, process, program};

/// How long the console may take until it is ready.
const PATIENCE: Duration = Duration::from_mins(1);

/// What all processes of one console share.
pub struct Ferry {
    pub base: Url,
    environment: Vec<(&'static str, String)>,
    logs: PathBuf,
    /// Read at each start.
    _key: NamedTempFile,
}

/// One process.
pub struct Process {
    name: String,
    arguments: Vec<String>,
    child: Child,
}

impl Ferry {
    /// For this part, with these settings beside the usual ones.
    pub fn new(
        part: &str,
        sandbox: &Sandbox,
        database: &str,
        settings: &[(&'static str, &str)],
    ) -> anyhow::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let base = Url::parse(&format!("http://{address}"))?;
        let key = NamedTempFile::new()?;
        fs::write(key.path(), &sandbox.addresses.key)?;
        let logs = Path::new(env!("CARGO_TARGET_TMPDIR")).join("load").join(part);
        if logs.exists() {
            fs::remove_dir_all(&logs)?;
        }
        fs::create_dir_all(&logs)?;
        let there = &sandbox.addresses;
        let mut environment = vec![
            ("DATABASE_URL", database.to_owned()),
            ("FERRY_SECRET_KEY", SealingKey::random().to_base64().expose_secret().to_owned()),
            ("FERRY_ADDRESS", address),
            ("FERRY_PUBLIC_URL", base.to_string()),
            ("FERRY_SITE_ROOT", "/nonexistent".to_owned()),
            ("FERRY_HUB_URL", there.hub.clone()),
            ("FERRY_GRAPHQL_URL", there.graphql.clone()),
            ("FERRY_DOCKER_REGISTRY", there.docker.clone()),
            ("FERRY_SCOUT_REGISTRY", there.scout.clone()),
            ("FERRY_TRUSTED_KEY", key.path().display().to_string()),
            // Runs begin by hand or by deliveries here, and by nothing else.
            ("FERRY_FOLLOW_SECONDS", "0".to_owned()),
            ("RUST_LOG", "warn".to_owned()),
        ];
        environment.extend(settings.iter().map(|(name, value)| (*name, (*value).to_owned())));
        Ok(Self { base, environment, logs, _key: key })
    }

    /// Starts a process; its log is called so.
    pub fn start(&self, name: &str, arguments: &[&str]) -> anyhow::Result<Process> {
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        let child = self.spawn(name, &arguments)?;
        Ok(Process { name: name.to_owned(), arguments, child })
    }

    /// Starts it once more, after it has ended.
    pub fn again(&self, process: &mut Process) -> anyhow::Result<()> {
        process.child = self.spawn(&process.name, &process.arguments)?;
        Ok(())
    }

    /// Waits until the console answers and its database too.
    pub async fn ready(&self) -> anyhow::Result<()> {
        let (http, url, begun) = (reqwest::Client::new(), self.base.join("readyz")?, Instant::now());
        loop {
            let answer = http.get(url.clone()).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            ensure!(
                begun.elapsed() < PATIENCE,
                "the console does not get ready; its log is in {}",
                self.logs.display()
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn spawn(&self, name: &str, arguments: &[String]) -> anyhow::Result<Child> {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.logs.join(format!("{name}.log")))?;
        Command::new(program::ferry())
            .args(arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{name} does not start"))
    }
}

impl Process {
    /// Seconds of CPU so far.
    pub fn cpu(&self) -> f64 {
        process::cpu(self.id()).0
    }

    /// MiB at its peak.
    pub fn peak_memory(&self) -> f64 {
        cost::peak_memory(self.id())
    }

    /// SIGKILL, and waits until it is gone.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// It has ended without having been told to.
    pub fn has_ended(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    fn id(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }
}
