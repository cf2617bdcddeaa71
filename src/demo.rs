//! `ferry demo` and `ferry push`: the console on a pretend Docker Hub. Every start is a fresh world in an empty database.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use ferry::app::App;
use ferry::clock::Clock;
use ferry::config::Config;
use ferry::sandbox::{self, DESTINATION_PASSWORD, DESTINATION_USER, Sandbox};
use ferry::seal::SealingKey;
use ferry::store;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// First of the sandbox's five ports, unless another is chosen.
const PORTS: u16 = 4780;

/// What the demo can be told.
#[derive(clap::Args)]
pub struct Demo {
    /// Any database of a PostgreSQL server on which a new one may be made
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: SecretString,
    /// Name of the database that is made anew at every start
    #[arg(long, env = "FERRY_DEMO_DATABASE", default_value = "ferry_demo")]
    database: String,
    /// Where the console listens
    #[arg(long, env = "FERRY_ADDRESS", default_value = "127.0.0.1:3000")]
    address: SocketAddr,
    /// How browsers reach the console
    #[arg(long, env = "FERRY_PUBLIC_URL")]
    public_url: Option<Url>,
    /// Folder with the browser's half
    #[arg(long, env = "FERRY_SITE_ROOT", default_value = "site")]
    site_root: PathBuf,
    /// First of five ports for the pretend Docker Hub and its registries
    #[arg(long, env = "FERRY_SANDBOX_PORTS", default_value_t = PORTS)]
    sandbox_ports: u16,
    /// File of catalog repositories to show beside the sandbox's own
    #[arg(long)]
    catalog: Option<PathBuf>,
    /// Milliseconds between two states of a mirroring log
    #[arg(long, env = "FERRY_SANDBOX_PACE", default_value_t = 1_500)]
    pace: u64,
}

/// A new build of a tag.
#[derive(clap::Args)]
pub struct Push {
    /// Catalog repository and tag, for example node:22
    image: String,
    /// First of the demo's five ports
    #[arg(long, env = "FERRY_SANDBOX_PORTS", default_value_t = PORTS)]
    sandbox_ports: u16,
}

impl Demo {
    /// Serves until it is stopped.
    pub async fn run(self) -> anyhow::Result<()> {
        let options = sandbox::Options {
            ports: self.sandbox_ports,
            catalog: self.catalog.clone(),
            mirror_pace: std::time::Duration::from_millis(self.pace),
            ..sandbox::Options::demo()
        };
        let world = sandbox::start(options).await.context("the sandbox cannot start")?;
        let database_url = store::recreate(self.database_url.expose_secret(), &self.database)
            .await
            .with_context(|| format!("the database {} cannot be made anew", self.database))?;
        let trusted_key = std::env::temp_dir().join(format!("ferry-demo-{}.pub", std::process::id()));
        tokio::fs::write(&trusted_key, world.public_key_pem()).await.context("the sandbox's key cannot be written")?;
        let config = self.config(&world, database_url, trusted_key.clone())?;
        let public_url = config.public_url.clone();
        let app = App::assemble(config, Clock::System).await?;
        // Read once when the application is assembled.
        tokio::fs::remove_file(&trusted_key).await.context("the sandbox's key cannot be removed")?;
        println!("{}", welcome(&public_url, &world));
        super::serve(app, true, super::stop_on_signal()?).await
    }

    fn config(&self, world: &Sandbox, database_url: String, trusted_key: PathBuf) -> anyhow::Result<Config> {
        let own = || Url::parse(&format!("http://{}", self.address));
        Ok(Config {
            database_url: SecretString::from(database_url),
            sealing_key: SealingKey::random(),
            address: self.address,
            public_url: self.public_url.clone().map_or_else(own, Ok)?,
            site_root: self.site_root.clone(),
            hub_url: Url::parse(world.hub_url())?,
            graphql_url: Url::parse(world.graphql_url())?,
            docker_registry: world.docker_registry().parse()?,
            scout_registry: world.scout_registry().parse()?,
            trusted_key: Some(trusted_key),
            concurrency: 4,
            worker_timeout: std::time::Duration::from_secs(20),
            // Somebody watches.
            settle: std::time::Duration::from_secs(2),
            follow: std::time::Duration::from_secs(10),
            history_days: 90,
            session_hours: 12,
        })
    }
}

/// What somebody needs who sees the demo for the first time.
fn welcome(public_url: &Url, world: &Sandbox) -> String {
    let mut text = format!("\nFerry's console: {public_url}\n\nSign in as\n");
    for account in world.accounts().iter().filter(|account| account.kind == "personal access token") {
        let role = account.role.map(|role| format!("{role:?}").to_lowercase()).unwrap_or_default();
        let place = account.organization.as_deref().unwrap_or_default();
        let _ =
            writeln!(text, "  {:<8} {:<24} {role} of {place}; {}", account.identifier, account.secret, account.note);
    }
    let _ = write!(
        text,
        "\nA registry to forward to\n  host {}   username {DESTINATION_USER}   password {DESTINATION_PASSWORD}   plain HTTP\n\
         \nPublish a new build upstream, while this runs\n  make push IMAGE=node:22   (or POST {}/push)\n\
         \nEvery start is a fresh world. Ctrl-C ends it.\n",
        world.destination_registry(),
        world.control_url(),
    );
    text
}

impl Push {
    /// Asks the demo for the build.
    pub async fn run(self) -> anyhow::Result<()> {
        let (repository, tag) =
            self.image.split_once(':').context("write the image as repository:tag, for example node:22")?;
        let url = format!("http://127.0.0.1:{}/push", u32::from(self.sandbox_ports) + 4);
        let answer = ask(&url, &serde_json::json!({ "repository": repository, "tag": tag }))
            .await
            .context("the demo does not answer: start it with `make demo`")?;
        println!("{answer}");
        Ok(())
    }
}

/// One POST to the demo's own handles.
async fn ask(url: &str, body: &serde_json::Value) -> anyhow::Result<String> {
    // Installed already where something else in this process asked first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let answer = reqwest::Client::new().post(url).json(body).send().await?;
    let (status, text) = (answer.status(), answer.text().await?);
    anyhow::ensure!(status.is_success(), "{status}: {text}");
    Ok(text)
}
