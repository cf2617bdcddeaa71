//! Attestations and origin of one platform's image, as unsigned views (`contracts/hub.md` section 6.6).

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use serde_json::Value;

use super::context::Asking;
use super::given;
use super::packages::find;
use crate::sandbox::content::{PlatformImage, renewed_vex};

/// The queries.
#[derive(Default)]
pub struct Attestations;

#[derive(InputObject)]
struct AttestationsQuery {
    digest: String,
    host_name: String,
    repo_name: String,
}

#[derive(SimpleObject)]
struct AttestationsListResult {
    paging: Paging,
    items: Vec<AttestationItem>,
}

#[derive(SimpleObject)]
struct Paging {
    total_count: i32,
}

#[derive(SimpleObject)]
struct AttestationItem {
    digest: String,
    predicate_type: String,
    reference: String,
}

#[derive(SimpleObject)]
struct AttestationsResult {
    oci_config: Option<OciConfig>,
    source: Option<Source>,
}

#[derive(SimpleObject)]
struct OciConfig {
    config: RunConfig,
}

#[derive(SimpleObject)]
struct RunConfig {
    user: Option<String>,
    exposed_ports: Vec<String>,
    env: Vec<String>,
    entrypoint: Vec<String>,
    cmd: Vec<String>,
    volumes: Vec<String>,
    working_dir: Option<String>,
    labels: Vec<String>,
    stop_signal: Option<String>,
}

#[derive(SimpleObject)]
struct Source {
    commit_url: Option<String>,
    commit_sha: String,
    dockerfile_url: Option<String>,
}

#[Object]
impl Attestations {
    async fn dhi_attestations_list(
        &self,
        given_context: &Context<'_>,
        context: Option<Asking>,
        query: AttestationsQuery,
    ) -> Result<Option<AttestationsListResult>> {
        let (world, identity) = given(given_context)?;
        if let Some(context) = context {
            context.organization(world, identity)?;
        }
        let Some((definition, image)) = find(world, &query.host_name, &query.repo_name, &query.digest).await else {
            return Ok(None);
        };
        let mut all: Vec<(String, String)> = platform(&image.platforms, &query.digest)
            .flat_map(|platform| &platform.attestations)
            .map(|one| (one.manifest.digest.clone(), one.predicate_type.clone()))
            .collect();
        for number in 1..=definition.vex {
            let renewed = renewed_vex(&definition.recipe, &image, number).into_iter();
            let of_it = renewed.filter(|(about, _)| *about == query.digest);
            all.extend(of_it.map(|(_, one)| (one.manifest.digest, one.predicate_type)));
        }
        let items = all.into_iter().map(|(digest, predicate_type)| AttestationItem {
            // The exact form is unconfirmed.
            reference: format!("registry.scout.docker.com/{}@{digest}", query.repo_name),
            digest,
            predicate_type,
        });
        let items: Vec<_> = items.collect();
        let total_count = i32::try_from(items.len()).unwrap_or(i32::MAX);
        Ok(Some(AttestationsListResult { paging: Paging { total_count }, items }))
    }

    async fn dhi_attestations(
        &self,
        given_context: &Context<'_>,
        context: Option<Asking>,
        query: AttestationsQuery,
    ) -> Result<Option<AttestationsResult>> {
        let (world, identity) = given(given_context)?;
        if let Some(context) = context {
            context.organization(world, identity)?;
        }
        let Some((_, image)) = find(world, &query.host_name, &query.repo_name, &query.digest).await else {
            return Ok(None);
        };
        let Some(platform) = platform(&image.platforms, &query.digest).next() else { return Ok(None) };
        Ok(Some(AttestationsResult { oci_config: configuration(platform), source: source(platform) }))
    }
}

fn platform<'a>(platforms: &'a [PlatformImage], digest: &'a str) -> impl Iterator<Item = &'a PlatformImage> {
    platforms.iter().filter(move |platform| platform.manifest.digest == digest)
}

fn configuration(platform: &PlatformImage) -> Option<OciConfig> {
    let document: Value = serde_json::from_slice(&platform.blobs.first()?.bytes).ok()?;
    let config = document.get("config")?;
    let text = |name: &str| config[name].as_str().map(str::to_owned);
    let list = |name: &str| {
        config[name].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let keys = |name: &str| config[name].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
    let labels = config["Labels"].as_object().into_iter().flatten();
    Some(OciConfig {
        config: RunConfig {
            user: text("User"),
            exposed_ports: keys("ExposedPorts"),
            env: list("Env"),
            entrypoint: list("Entrypoint"),
            cmd: list("Cmd"),
            volumes: keys("Volumes"),
            working_dir: text("WorkingDir"),
            labels: labels.filter_map(|(key, value)| Some(format!("{key}={}", value.as_str()?))).collect(),
            stop_signal: text("StopSignal"),
        },
    })
}

/// From the provenance: what the build was made from.
fn source(platform: &PlatformImage) -> Option<Source> {
    let provenance = platform.attestations.iter().find(|one| one.predicate_type.contains("slsa.dev/provenance"))?;
    let statement: Value = serde_json::from_slice(&provenance.statement.bytes).ok()?;
    let material = &statement["predicate"]["materials"][0];
    let repository = material["uri"].as_str()?.trim_start_matches("git+");
    let (commit, file) = (material["digest"]["sha1"].as_str()?, material["entryPoint"].as_str()?);
    Some(Source {
        commit_url: Some(format!("{repository}/commit/{commit}")),
        commit_sha: commit.to_owned(),
        dockerfile_url: Some(format!("{repository}/blob/{commit}/{file}")),
    })
}
