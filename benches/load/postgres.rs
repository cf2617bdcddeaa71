//! A PostgreSQL of our own in a temporary folder, with the settings it is delivered with, so that what is committed stays;
//! it can be restarted. It refuses to run as root, so a root session lends it to the user `postgres`, as `.tools/postgres`
//! does.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use rand::TryRngCore as _;
use tempfile::TempDir;

use crate::cost;

/// How it is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Whoever is connected is sent away, and all is written.
    Fast,
    /// As if it had crashed.
    Immediate,
}

impl Stop {
    fn mode(self) -> &'static str {
        match self {
            Self::Fast => "--mode=fast",
            Self::Immediate => "--mode=immediate",
        }
    }
}

/// The server; it ends with the value.
pub struct Postgres {
    folder: TempDir,
    programs: PathBuf,
    is_lent: bool,
    port: u16,
    password: String,
}

impl Postgres {
    /// Creates and starts it.
    pub async fn start() -> anyhow::Result<Self> {
        let mut secret = [0; 24];
        rand::rngs::OsRng.try_fill_bytes(&mut secret)?;
        let server = Self {
            folder: TempDir::with_prefix("ferry-load-")?,
            programs: programs().context("PostgreSQL's initdb and pg_ctl are missing: .tools/setup installs them")?,
            is_lent: fs::metadata("/proc/self")?.uid() == 0,
            port: std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port(),
            password: hex::encode(secret),
        };
        let password = server.folder.path().join("password");
        fs::write(&password, &server.password)?;
        fs::set_permissions(&password, fs::Permissions::from_mode(0o600))?;
        if server.is_lent {
            let (user, group) = user("postgres").context("there is no user postgres to lend the database to")?;
            for path in [server.folder.path(), &password] {
                std::os::unix::fs::chown(path, Some(user), Some(group))?;
            }
        }
        let mut create = server.command("initdb");
        create.arg("--pgdata").arg(server.data()).arg("--pwfile").arg(&password);
        create.args(["--username=ferry", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]);
        let created = create.stdin(Stdio::null()).output()?;
        ensure!(created.status.success(), "initdb: {}", String::from_utf8_lossy(&created.stderr));
        let mut settings = fs::OpenOptions::new().append(true).open(server.data().join("postgresql.conf"))?;
        writeln!(settings, "port = {}\nlisten_addresses = '127.0.0.1'", server.port)?;
        writeln!(settings, "unix_socket_directories = ''\nmax_connections = 200")?;
        server.control("start", &[]).await?;
        Ok(server)
    }

    /// The address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://ferry:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// An empty database; its address.
    pub async fn database(&self, name: &str) -> anyhow::Result<String> {
        Ok(ferry::store::recreate(&self.url("postgres"), name).await?)
    }

    /// Stops it so, starts it again, and waits until it answers.
    pub async fn restart(&self, how: Stop) -> anyhow::Result<()> {
        self.control("restart", &[how.mode()]).await
    }

    /// Seconds of CPU that it and all its processes have used so far, since its last start.
    pub fn cpu(&self) -> f64 {
        let id = fs::read_to_string(self.data().join("postmaster.pid"));
        id.ok().and_then(|text| text.lines().next()?.parse().ok()).map_or(0.0, cost::of_family)
    }

    async fn control(&self, what: &str, more: &[&str]) -> anyhow::Result<()> {
        let status = tokio::process::Command::from(self.controlled(what, more)).status().await?;
        let log = || fs::read_to_string(self.log()).unwrap_or_default();
        ensure!(status.success(), "pg_ctl {what}: {}", log().lines().last().unwrap_or_default());
        Ok(())
    }

    fn controlled(&self, what: &str, more: &[&str]) -> Command {
        let mut command = self.command("pg_ctl");
        command.args([what, "--silent", "--wait", "--timeout=60"]).args(more);
        command.arg("--pgdata").arg(self.data());
        if what != "stop" {
            command.arg("--log").arg(self.log());
        }
        // The server would keep a pipe of ours open.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if self.is_lent {
            let mut lent = Command::new("setpriv");
            lent.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program);
            lent
        } else {
            Command::new(program)
        };
        command.current_dir("/");
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // It may not run at this moment.
        let _ = self.controlled("stop", &[Stop::Immediate.mode()]).status();
    }
}

/// Where Debian keeps them, the newest; or on the path.
fn programs() -> Option<PathBuf> {
    let holds = |folder: &PathBuf| folder.join("initdb").exists() && folder.join("pg_ctl").exists();
    let version = |folder: &Path| folder.file_name()?.to_str()?.parse::<f64>().ok();
    let versions =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut versions: Vec<PathBuf> = versions.collect();
    versions.sort_by(|one, other| version(other).partial_cmp(&version(one)).unwrap_or(std::cmp::Ordering::Equal));
    let debian = versions.iter().map(|folder| folder.join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian.chain(std::env::split_paths(&path)).find(holds)
}

/// The numbers of a user and of its group.
fn user(name: &str) -> Option<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let fields: Vec<&str> = users.lines().map(|line| line.split(':').collect()).find(|f: &Vec<&str>| f[0] == name)?;
    Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
}
