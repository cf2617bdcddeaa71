//! The pretend Docker Hub in a process of its own, so that its CPU can be told from ours: this program, started once more
//! as `load sandbox MIRRORS DIGESTS TAGS PLATFORMS` or `load sandbox CATALOG`. It ends when whoever started it is gone.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use ferry::sandbox::{self, Options};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Pulls and calls that are allowed: Docker's limits are not what is measured.
const MANY: u32 = 1_000_000_000;
/// Requests that were noted are forgotten so often: nobody reads them here, and there are hundreds of thousands.
const FORGETS: Duration = Duration::from_secs(1);

/// How many mirrors of the organization `acme`, and how much in each.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub mirrors: usize,
    /// Of each mirror.
    pub digests: usize,
    /// Of each digest.
    pub tags: usize,
    /// Of each digest, 1 or 2; each has a dozen attestations, each of those a signature.
    pub platforms: usize,
}

impl Shape {
    /// The mirrors' names, `dhi-load-01`.
    pub fn mirrors(self) -> impl Iterator<Item = String> {
        self.names().map(|name| format!("dhi-{name}"))
    }

    /// The tags of one digest of each mirror.
    pub fn tags_of(self, digest: usize) -> impl Iterator<Item = String> {
        (0..self.tags).map(move |tag| format!("{digest}.{tag}"))
    }

    fn names(self) -> impl Iterator<Item = String> {
        (1..=self.mirrors).map(|number| format!("load-{number:02}"))
    }

    fn arguments(self) -> [String; 4] {
        [self.mirrors, self.digests, self.tags, self.platforms].map(|number| number.to_string())
    }

    fn read(arguments: &[String]) -> anyhow::Result<Self> {
        let numbers: Vec<usize> = arguments.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
        let [mirrors, digests, tags, platforms] = numbers[..] else { bail!("four numbers say how large it is") };
        Ok(Self { mirrors, digests, tags, platforms })
    }

    /// A file of catalog repositories, as the sandbox reads them.
    fn catalog(self) -> Value {
        let platforms = &["linux/amd64", "linux/arm64"][..self.platforms];
        let definition = |number: usize| {
            json!({
                "id": format!("debian-13/{number}"), "variant": "runtime", "distribution": "debian-13",
                "tags": self.tags_of(number).collect::<Vec<_>>(), "platforms": platforms,
            })
        };
        let repository = |name: String| {
            json!({
                "name": name, "kind": "IMAGE", "displayName": name, "shortDescription": "Made for a load test.",
                "featured": false, "fipsCompliant": false, "stigCertified": false, "homeUrl": null, "categories": [],
                "definitions": (0..self.digests).map(definition).collect::<Vec<_>>(),
            })
        };
        json!({ "repositories": self.names().map(repository).collect::<Vec<_>>() })
    }
}

/// What the process says once it is filled.
#[derive(Debug, Serialize, Deserialize)]
pub struct Addresses {
    pub hub: String,
    pub graphql: String,
    pub docker: String,
    pub scout: String,
    pub destination: String,
    /// The public half of the key that signs its attestations, PEM.
    pub key: String,
}

/// A sandbox that runs; it ends with the value.
pub struct Sandbox {
    pub addresses: Addresses,
    process: Child,
}

impl Sandbox {
    /// Starts it and waits until its mirrors are filled.
    pub async fn start(shape: Shape) -> anyhow::Result<Self> {
        Self::with(&shape.arguments()).await
    }

    /// Starts it with the catalog of a file, and the mirrors that every sandbox begins with.
    pub async fn of_catalog(file: &Path) -> anyhow::Result<Self> {
        Self::with(&[file.display().to_string()]).await
    }

    async fn with(arguments: &[String]) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("sandbox")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = process.stdout.take().context("the sandbox has no output")?;
        let line = BufReader::new(output).lines().next_line().await?.context("the sandbox ended before it began")?;
        Ok(Self { addresses: serde_json::from_str(&line)?, process })
    }

    /// Of the process.
    pub fn id(&self) -> u32 {
        self.process.id().unwrap_or_default()
    }
}

/// What the process does.
pub async fn serve(arguments: &[String]) -> anyhow::Result<()> {
    let file = tempfile::NamedTempFile::new()?;
    let (catalog, shape) = match arguments {
        [catalog] => (PathBuf::from(catalog), None),
        numbers => {
            let shape = Shape::read(numbers)?;
            std::fs::write(file.path(), shape.catalog().to_string())?;
            (file.path().to_owned(), Some(shape))
        }
    };
    let options = Options {
        catalog: Some(catalog),
        mirror_pace: Duration::ZERO,
        pull_limit: MANY,
        call_limit: MANY,
        ..Options::default()
    };
    let sandbox = sandbox::start(options).await?;
    let world = sandbox.world();
    for name in shape.into_iter().flat_map(Shape::names) {
        world.mirror("acme", &name, &format!("dhi-{name}"))?;
    }
    world.settled().await;
    let addresses = Addresses {
        hub: sandbox.hub_url().to_owned(),
        graphql: sandbox.graphql_url().to_owned(),
        docker: sandbox.docker_registry(),
        scout: sandbox.scout_registry(),
        destination: sandbox.destination_registry(),
        key: sandbox.public_key_pem(),
    };
    println!("{}", serde_json::to_string(&addresses)?);
    let mut gone = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let mut forgets = tokio::time::interval(FORGETS);
    loop {
        tokio::select! {
            _ = &mut gone => return Ok(()),
            _ = forgets.tick() => world.ledger().clear(),
        }
    }
}
