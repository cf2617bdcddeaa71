//! What every part begins with: a pretend Docker Hub with mirrors, a console on an empty database, and somebody signed in
//! who connects the organization, adds a destination and a rule of all mirrors.

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use ferry::api::destinations::DestinationOutcome;
use ferry::api::rules::RuleOutcome;
use ferry::model::HookDetail;
use ferry::sandbox::{DESTINATION_PASSWORD, DESTINATION_USER};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

use crate::person::Person;
use crate::postgres::Postgres;
use crate::processes::{Ferry, Process};
use crate::sandbox::{Sandbox, Shape};

const ACME: (&str, &str) = ("organization", "acme");
/// Path before each repository at the destination.
pub const PREFIX: &str = "forwarded";

/// Everything that runs.
pub struct Scene {
    pub shape: Shape,
    pub sandbox: Sandbox,
    pub ferry: Ferry,
    pub serve: Process,
    /// Our own eyes, beside the console.
    pub database: PgPool,
    olivia: Person,
}

impl Scene {
    /// Sets it: `serve` is what `ferry` is told to do for the console.
    pub async fn set(
        part: &str,
        shape: Shape,
        postgres: &Postgres,
        serve: &[&str],
        settings: &[(&'static str, &str)],
    ) -> anyhow::Result<Self> {
        eprintln!("{part}: filling {} mirrors with {} digests each", shape.mirrors, shape.digests);
        Self::on(part, shape, Sandbox::start(shape).await?, postgres, serve, settings).await
    }

    /// The same on a sandbox that runs already.
    pub async fn on(
        part: &str,
        shape: Shape,
        sandbox: Sandbox,
        postgres: &Postgres,
        serve: &[&str],
        settings: &[(&'static str, &str)],
    ) -> anyhow::Result<Self> {
        let url = postgres.database(&part.replace('-', "_")).await?;
        let ferry = Ferry::new(part, &sandbox, &url, settings)?;
        let serve = ferry.start("serve", serve)?;
        ferry.ready().await?;
        let database =
            PgPoolOptions::new().max_connections(2).acquire_timeout(Duration::from_secs(2)).connect(&url).await?;
        let olivia = Person::new(ferry.base.clone());
        let scene = Self { shape, sandbox, ferry, serve, database, olivia };
        scene.post("session/sign-in", &[("username", "olivia"), ("token", "dckr_pat_olivia_demo")]).await?;
        let token = [ACME, ("form[username]", "acme"), ("form[token]", "dckr_oat_acme_pull")];
        scene.post("connection/save", &token).await?;
        Ok(scene)
    }

    /// Adds the destination and a rule that forwards all tags of all mirrors there; the rule's id.
    pub async fn rule(&self) -> anyhow::Result<String> {
        let fields = [
            ACME,
            ("form[name]", "Somewhere"),
            ("form[host]", self.sandbox.addresses.destination.as_str()),
            ("form[prefix]", PREFIX),
            ("form[username]", DESTINATION_USER),
            ("form[secret]", DESTINATION_PASSWORD),
            ("form[plain_http]", "on"),
        ];
        let DestinationOutcome::Saved(destination) =
            serde_json::from_str(&self.post("destinations/save", &fields).await?)?
        else {
            bail!("the destination is not saved")
        };
        let (destination, mirrors) = (destination.to_string(), self.shape.mirrors().map(|name| format!("acme/{name}")));
        let mirrors: Vec<String> = mirrors.collect();
        let mut fields = vec![
            ACME,
            ("form[name]", "everything"),
            ("form[destination]", destination.as_str()),
            ("form[template]", "{mirror}"),
            ("form[attestations]", "on"),
            ("form[enabled]", "on"),
        ];
        fields.extend(mirrors.iter().map(|mirror| ("form[mirrors][]", mirror.as_str())));
        match serde_json::from_str(&self.post("rules/save", &fields).await?)? {
            RuleOutcome::Saved(id) => Ok(id.to_string()),
            RuleOutcome::Previewed(_) => bail!("the rule is not saved"),
        }
    }

    /// Runs the rule by hand; the run's id.
    pub async fn run(&self, rule: &str) -> anyhow::Result<Uuid> {
        let page = format!("/orgs/acme/rules/{rule}");
        let answer = self.olivia.submit(&page, "rules/run", &[ACME, ("id", rule)]).await;
        ensure!(answer.status == 302, "the rule does not run: {answer:?}");
        Ok(answer.leads_to().parse()?)
    }

    /// Makes a webhook for a mirror; the address that Docker Hub calls.
    pub async fn hook(&self, mirror: &str) -> anyhow::Result<String> {
        let fields = [ACME, ("mirror", mirror)];
        self.post("hooks/create", &fields).await?;
        let detail: HookDetail = self.olivia.read("hooks/get", &fields).await;
        Ok(detail.hook.and_then(|hook| hook.address).context("the address is not shown")?.0)
    }

    /// Opens a page as a browser does; its size in bytes.
    pub async fn open(&self, path: &str) -> anyhow::Result<usize> {
        let answer = self.olivia.page(path).await;
        ensure!(answer.status == 200, "{path} answers {}: {}", answer.status, answer.body);
        Ok(answer.body.len())
    }

    async fn post(&self, function: &str, fields: &[(&str, &str)]) -> anyhow::Result<String> {
        let answer = self.olivia.post(function, fields).await;
        ensure!(answer.status == 200, "{function}: {answer:?}");
        Ok(answer.body)
    }
}
