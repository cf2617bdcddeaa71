//! How a container of an image begins: from the bytes of the mirrored image, or as Docker read it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{EvidenceError, holders, in_time, open};
use crate::app::Visitor;
use crate::catalog::tag::{self, Image};
use crate::hub;
use crate::model::{ImageAsked, ImageConfiguration, ReadFrom, Reference, RepoName, RunSettings, SourceLink};
use crate::oci::{CopyError, LARGEST_MANIFEST, Parts, RegistryError, Side, Step};

/// The configuration of one platform's image, and what it was made from.
pub async fn configuration(visitor: &Visitor, asked: &ImageAsked) -> Result<ImageConfiguration, EvidenceError> {
    let (image, mirrors) = tokio::try_join!(tag::image(visitor, asked), tag::mirrors(visitor, &asked.name))?;
    let read = async {
        let holders = holders(visitor, &visitor.app.config.docker_registry, mirrors, &image.digest).await?;
        match holders.first() {
            None => Ok((None, None)),
            Some(mirror) => match in_time(read(visitor, mirror, &image)).await {
                Ok(settings) => Ok((settings.map(|settings| (ReadFrom::Mirror(mirror.clone()), settings)), None)),
                Err(error) if error.is_of_the_registry() => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the configuration in {mirror} cannot be read"
                    );
                    Ok((None, Some(error.sentence())))
                }
                Err(error) => Err(error),
            },
        }
    };
    let origin = async { Ok(tag::origin(visitor, &image).await?) };
    let ((own, trouble), origin) = tokio::try_join!(read, origin)?;
    let origin = origin.unwrap_or_default();
    let viewed = || Some((ReadFrom::Docker, of_docker(origin.oci_config?.config)));
    Ok(ImageConfiguration { settings: own.or_else(viewed), source: origin.source.and_then(link), trouble })
}

/// From the image itself; none where it is no image that runs, such as a chart.
async fn read(visitor: &Visitor, mirror: &RepoName, image: &Image) -> Result<Option<RunSettings>, EvidenceError> {
    #[derive(Deserialize)]
    struct Document {
        #[serde(default)]
        config: Option<Config>,
    }
    let place = open(visitor, &visitor.app.config.docker_registry, mirror).await?;
    let digest = &image.digest;
    let failed = |step| CopyError::at(Side::Source, step, format!("{place}@{digest}"));
    let manifest = place.get_manifest(&Reference::Digest(digest.clone())).await.map_err(failed(Step::ReadManifest))?;
    let missing = || RegistryError::Missing { digest: digest.clone() };
    let manifest = manifest.ok_or_else(missing).map_err(failed(Step::ReadManifest))?;
    let parts = Parts::of(&manifest).map_err(failed(Step::ReadManifest))?;
    let Some(config) = parts.config.filter(|config| config.media_type.contains("image")) else { return Ok(None) };
    let bytes = place.read_blob(&config.digest, LARGEST_MANIFEST).await.map_err(failed(Step::ReadBlob))?;
    let unreadable = |source| RegistryError::BadManifest { digest: config.digest.clone(), source };
    let document: Document = serde_json::from_slice(&bytes).map_err(unreadable).map_err(failed(Step::ReadBlob))?;
    Ok(document.config.map(RunSettings::from))
}

/// `config` of an OCI image configuration; Go writes what is empty as `null`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Config {
    user: Option<String>,
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    working_dir: Option<String>,
    env: Option<Vec<String>>,
    exposed_ports: Option<BTreeMap<String, serde_json::Value>>,
    volumes: Option<BTreeMap<String, serde_json::Value>>,
    labels: Option<BTreeMap<String, String>>,
    stop_signal: Option<String>,
}

impl From<Config> for RunSettings {
    fn from(config: Config) -> Self {
        let keys = |map: Option<BTreeMap<String, serde_json::Value>>| map.unwrap_or_default().into_keys().collect();
        let labels = config.labels.unwrap_or_default();
        Self {
            user: config.user.unwrap_or_default(),
            entrypoint: config.entrypoint.unwrap_or_default(),
            cmd: config.cmd.unwrap_or_default(),
            working_dir: config.working_dir.unwrap_or_default(),
            env: config.env.unwrap_or_default(),
            ports: keys(config.exposed_ports),
            volumes: keys(config.volumes),
            labels: labels.into_iter().map(|(key, value)| format!("{key}={value}")).collect(),
            stop_signal: config.stop_signal.unwrap_or_default(),
        }
    }
}

fn of_docker(config: hub::RunConfig) -> RunSettings {
    RunSettings {
        user: config.user,
        entrypoint: config.entrypoint,
        cmd: config.cmd,
        working_dir: config.working_dir,
        env: config.env,
        ports: config.exposed_ports,
        volumes: config.volumes,
        labels: config.labels,
        stop_signal: config.stop_signal,
    }
}

fn link(source: hub::SourceCommit) -> Option<SourceLink> {
    let safe = |url: Option<String>| url.filter(|url| url.starts_with("https://"));
    let (commit_url, definition_url) = (safe(source.commit_url), safe(source.dockerfile_url));
    let is_known = !source.commit_sha.is_empty() || commit_url.is_some() || definition_url.is_some();
    is_known.then_some(SourceLink { commit: source.commit_sha, commit_url, definition_url })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_leaves_out_or_writes_as_null_is_empty() {
        let text = r#"{"User":"nonroot","Entrypoint":["/bin/x"],"Cmd":null,"ExposedPorts":{"80/tcp":{}},"Labels":{"b":"2","a":"1"}}"#;
        let settings = RunSettings::from(serde_json::from_str::<Config>(text).expect("a configuration"));
        assert_eq!((settings.user.as_str(), settings.cmd.len()), ("nonroot", 0));
        assert_eq!(
            (settings.ports, settings.labels),
            (vec!["80/tcp".to_owned()], vec!["a=1".to_owned(), "b=2".to_owned()])
        );
    }

    #[test]
    fn only_safe_links_are_shown() {
        let of = |url: &str| link(hub::SourceCommit { commit_url: Some(url.into()), ..hub::SourceCommit::default() });
        assert!(of("https://github.com/x").is_some());
        assert_eq!(of("javascript:alert(1)"), None);
    }
}
