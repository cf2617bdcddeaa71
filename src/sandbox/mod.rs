//! A pretend Docker Hub, DHI GraphQL, Hub registry, Scout registry and destination registry, for the demo and the tests.
//! Imports nothing of the product and writes its own wire JSON, so it cannot share a misunderstanding of the contracts.

mod content;
mod control;
pub mod faults;
mod graphql;
mod hub;
pub mod ledger;
mod listen;
mod proxy;
mod registry;
mod seed;
#[cfg(test)]
mod tests;
mod webhooks;
pub mod world;

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

pub use faults::{Fault, Trouble};
pub use ledger::{Entry, Ledger};
pub use proxy::Proxy;
pub use seed::{Account, DESTINATION_PASSWORD, DESTINATION_USER};
pub use world::people::Role;
pub use world::{Refused, World};

/// The interfaces the sandbox pretends to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Facade {
    /// Docker Hub's REST interface.
    Hub,
    /// The DHI GraphQL interface.
    #[serde(rename = "graphql")]
    GraphQl,
    /// Docker Hub's registry, `docker.io`.
    Docker,
    /// The registry that holds attestations, `registry.scout.docker.com`.
    Scout,
    /// Somebody's own registry.
    Destination,
    /// The sandbox's own handles.
    Control,
}

/// How a sandbox is started. The default suits tests.
#[derive(Clone, Debug)]
pub struct Options {
    /// The first of five ports, for Hub with GraphQL, Hub's registry, Scout, the destination and control; 0 takes free ones.
    pub ports: u16,
    /// A file of catalogue repositories to add to the seeded ones.
    pub catalog: Option<PathBuf>,
    /// Time between two states of a mirroring log.
    pub mirror_pace: Duration,
    /// Life of a Hub token.
    pub token_life: Duration,
    /// Life of a registry token.
    pub registry_token_life: Duration,
    /// The lowest role that may begin and stop a mirror: the newest documents say editor, the schema says owner.
    pub mirror_role: Role,
    /// How many referrers a registry lists at once.
    pub referrers_page: usize,
    /// Manifest pulls from Hub's registry that are allowed in a window, signed in; anonymous ones have 100.
    pub pull_limit: u32,
    /// That window: six hours at Docker; it begins with the first pull.
    pub pull_window: Duration,
    /// Hub REST calls a minute that are allowed, signed in; anonymous ones have 180.
    pub call_limit: u32,
    /// Whether Hub's registry sends readers of blobs to another host, as the real one does.
    pub redirect_blobs: bool,
    /// What the destination can and cannot do.
    pub destination: Destination,
}

/// The abilities in which destination registries differ (`contracts/registries.md` section 2).
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent abilities, each on or off")]
pub struct Destination {
    /// Whether it has the referrers API; without, clients keep the fallback tag.
    pub referrers: bool,
    /// Whether it mounts blobs from other repositories.
    pub mounts: bool,
    /// Whether it refuses a manifest whose subject it does not hold.
    pub subject_first: bool,
    /// Whether it refuses to move a tag, even to where it points already.
    pub immutable_tags: bool,
    /// Whether anybody may pull from it.
    pub public: bool,
}

impl Default for Destination {
    fn default() -> Self {
        Self { referrers: true, mounts: true, subject_first: false, immutable_tags: false, public: false }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ports: 0,
            catalog: None,
            mirror_pace: Duration::from_millis(10),
            token_life: Duration::from_mins(10),
            registry_token_life: Duration::from_mins(5),
            mirror_role: Role::Editor,
            referrers_page: 10,
            pull_limit: 5000,
            pull_window: Duration::from_hours(6),
            call_limit: 6000,
            redirect_blobs: false,
            destination: Destination::default(),
        }
    }
}

impl Options {
    /// The world of the demo: fixed ports, and mirrors that take a while one can watch.
    pub fn demo() -> Self {
        Self { ports: 4780, mirror_pace: Duration::from_millis(1500), ..Self::default() }
    }
}

/// Where the sandbox listens.
#[derive(Clone, Debug, Serialize)]
pub struct Addresses {
    /// Base of Hub's REST interface, `http://127.0.0.1:port`.
    pub hub: String,
    /// The GraphQL endpoint, whole.
    pub graphql: String,
    /// `host:port` of Hub's registry.
    pub docker: String,
    /// `host:port` of the Scout registry.
    pub scout: String,
    /// `host:port` of the destination.
    pub destination: String,
    /// Base of the sandbox's own handles.
    pub control: String,
}

/// Why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port could not be had.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        /// The port.
        port: u16,
        /// The cause.
        source: std::io::Error,
    },
    /// The catalogue file could not be read.
    #[error("cannot read the catalogue file {}", path.display())]
    Catalog {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The catalogue file has another shape.
    #[error("the catalogue file has another shape")]
    CatalogShape(#[from] serde_json::Error),
    /// The client for webhook calls could not be made.
    #[error("cannot make a client for webhook calls")]
    Client(#[source] reqwest::Error),
}

/// A running sandbox; dropping it ends its listeners.
pub struct Sandbox {
    world: World,
    stop: watch::Sender<bool>,
}

/// Starts a sandbox on the loopback interface.
pub async fn start(options: Options) -> Result<Sandbox, StartError> {
    let doors = listen::Doors::open(options.ports).await?;
    let world = World::new(options, doors.addresses()).await?;
    let (stop, stopped) = watch::channel(false);
    doors.serve(&world, &stopped);
    Ok(Sandbox { world, stop })
}

impl Sandbox {
    /// Base of Hub's REST interface; paths begin with `/v2`.
    pub fn hub_url(&self) -> &str {
        &self.world.addresses().hub
    }

    /// The GraphQL endpoint, whole.
    pub fn graphql_url(&self) -> &str {
        &self.world.addresses().graphql
    }

    /// `host:port` of this world's `docker.io`.
    pub fn docker_registry(&self) -> String {
        self.world.addresses().docker.clone()
    }

    /// `host:port` of this world's `registry.scout.docker.com`.
    pub fn scout_registry(&self) -> String {
        self.world.addresses().scout.clone()
    }

    /// `host:port` of the destination.
    pub fn destination_registry(&self) -> String {
        self.world.addresses().destination.clone()
    }

    /// Base of the sandbox's own handles.
    pub fn control_url(&self) -> &str {
        &self.world.addresses().control
    }

    /// The public half of the key that signs this world's attestations, PEM.
    pub fn public_key_pem(&self) -> String {
        content::public_key_pem()
    }

    /// A handle on the world.
    pub fn world(&self) -> World {
        self.world.clone()
    }

    /// Who can sign in, and with what.
    pub fn accounts(&self) -> Vec<Account> {
        seed::accounts(&self.world.state().people)
    }

    /// Ends the listeners.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop();
    }
}
