//! What the environment says: addresses, keys, limits. Read once at the start and never looked up again.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::hub::Endpoints;
use crate::model::Host;
use crate::seal::SealingKey;

/// Everything Ferry is told from outside.
#[derive(Clone, Debug, clap::Args)]
pub struct Config {
    /// PostgreSQL 14 or newer, as `postgres://user:password@host/database`
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: SecretString,
    /// Seals secrets at rest: 32 random bytes in base64 (`openssl rand -base64 32`)
    #[arg(long = "secret-key", env = "FERRY_SECRET_KEY", hide_env_values = true)]
    pub sealing_key: SealingKey,
    /// Where the console listens
    #[arg(long, env = "FERRY_ADDRESS", default_value = "127.0.0.1:3000")]
    pub address: SocketAddr,
    /// How browsers reach the console; https makes the session cookie secure
    #[arg(long, env = "FERRY_PUBLIC_URL", default_value = "http://127.0.0.1:3000")]
    pub public_url: Url,
    /// Folder with the browser's half: pkg/ and the files of public/
    #[arg(long, env = "FERRY_SITE_ROOT", default_value = "site")]
    pub site_root: PathBuf,
    /// Docker Hub's REST API
    #[arg(long, env = "FERRY_HUB_URL", default_value = "https://hub.docker.com")]
    pub hub_url: Url,
    /// Docker's GraphQL API for Hardened Images
    #[arg(long, env = "FERRY_GRAPHQL_URL", default_value = "https://api.dso.docker.com/v1/graphql")]
    pub graphql_url: Url,
    /// The registry that holds mirrored images
    #[arg(long, env = "FERRY_DOCKER_REGISTRY", default_value = "docker.io")]
    pub docker_registry: Host,
    /// The registry that holds the attestations of mirrored images
    #[arg(long, env = "FERRY_SCOUT_REGISTRY", default_value = "registry.scout.docker.com")]
    pub scout_registry: Host,
    /// PEM file with one more public key that may sign attestations, beside Docker's own
    #[arg(long, env = "FERRY_TRUSTED_KEY")]
    pub trusted_key: Option<PathBuf>,
    /// How many copies this process works on at once
    #[arg(long, env = "FERRY_CONCURRENCY", default_value_t = 4)]
    pub concurrency: u16,
    /// Seconds without a sign of life after which a worker's jobs go on elsewhere
    #[arg(long = "worker-timeout", env = "FERRY_WORKER_TIMEOUT", default_value = "20", value_parser = seconds)]
    pub worker_timeout: Duration,
    /// Seconds within which several webhook calls about one tag are one
    #[arg(long = "settle-seconds", env = "FERRY_SETTLE_SECONDS", default_value = "10", value_parser = settle)]
    pub settle: Duration,
    /// Seconds after which Docker's mirroring log is read again; 0 for never
    #[arg(long = "follow-seconds", env = "FERRY_FOLLOW_SECONDS", default_value = "300", value_parser = follow)]
    pub follow: Duration,
    /// Days for which the tags of runs and the deliveries are kept; runs stay
    #[arg(long, env = "FERRY_HISTORY_DAYS", default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..))]
    pub history_days: u16,
    /// Hours a sign-in lasts without use
    #[arg(long, env = "FERRY_SESSION_HOURS", default_value_t = 12)]
    pub session_hours: u16,
}

impl Config {
    /// Docker Hub's two interfaces.
    pub fn endpoints(&self) -> Result<Endpoints, crate::model::Refused> {
        Endpoints::new(self.hub_url.clone(), self.graphql_url.clone())
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<u64>() {
        Ok(seconds @ 2..=3_600) => Ok(Duration::from_secs(seconds)),
        _ => Err("give a number of seconds from 2 to 3600".to_owned()),
    }
}

fn follow(text: &str) -> Result<Duration, String> {
    match text.parse::<u64>() {
        Ok(seconds @ 0..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err("give a number of seconds from 0 to 86400".to_owned()),
    }
}

fn settle(text: &str) -> Result<Duration, String> {
    match text.parse::<u64>() {
        Ok(seconds @ 0..=600) => Ok(Duration::from_secs(seconds)),
        _ => Err("give a number of seconds from 0 to 600".to_owned()),
    }
}
