//! Puts an image together: layers, configuration, platform manifests, the index, then what refers to them.

use serde_json::{Value, json};

use super::attestations::attest_all;
use super::layers::{self, Layer};
use super::signatures::sign_root;
use super::{INDEX, Image, MANIFEST, Object, PlatformImage, Recipe, sha256};

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const HELM_CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
const HELM_CHART: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/// Builds an image and all its referrers.
pub fn assemble(recipe: &Recipe) -> Image {
    if recipe.is_chart() {
        return chart(recipe);
    }
    let platforms: Vec<_> = recipe.platforms.iter().map(|platform| build_platform(recipe, platform)).collect();
    let entry = |platform: &PlatformImage| {
        let mut descriptor = platform.manifest.descriptor();
        descriptor["platform"] = json!({"architecture": platform.architecture, "os": "linux"});
        descriptor["annotations"] = annotations(recipe, &platform.architecture);
        descriptor
    };
    let index = json!({
        "schemaVersion": 2,
        "mediaType": INDEX,
        "manifests": platforms.iter().map(entry).collect::<Vec<_>>(),
        "annotations": {
            "org.opencontainers.image.title": format!("dhi/{}", recipe.name),
            "org.opencontainers.image.version": recipe.version,
            "org.opencontainers.image.created": created(recipe),
        },
    });
    let root = Object::json(INDEX, &index);
    let root_signature = recipe.signed_index.then(|| sign_root(&recipe.name, &root));
    Image { root, platforms, root_signature }
}

/// A single manifest with one layer, as somebody's own repository holds it.
pub fn plain(name: &str) -> Image {
    let layer = layers::page(name);
    let config = Object::json(
        CONFIG,
        &json!({
            "architecture": "amd64", "os": "linux", "created": "2025-11-03T09:14:00Z",
            "config": {"Cmd": ["httpd"], "WorkingDir": "/srv/www"},
            "rootfs": {"type": "layers", "diff_ids": [layer.diff_id]},
        }),
    );
    let manifest = manifest(&config, &[&layer.blob], &json!({}));
    let platform = PlatformImage {
        architecture: "amd64".into(),
        manifest: manifest.clone(),
        blobs: vec![config, layer.blob],
        attestations: Vec::new(),
    };
    Image { root: manifest, platforms: vec![platform], root_signature: None }
}

fn chart(recipe: &Recipe) -> Image {
    let mut layer = layers::layers(recipe, "noarch").pop().expect("a recipe always has a layer of its own").blob;
    layer.media_type = HELM_CHART.into();
    let config = Object::json(
        HELM_CONFIG,
        &json!({"apiVersion": "v2", "name": recipe.name, "version": recipe.version, "type": "application", "appVersion": recipe.version}),
    );
    let mut about = annotations(recipe, "noarch");
    about["org.opencontainers.image.title"] = json!(format!("dhi/{}", recipe.name));
    let manifest = manifest(&config, &[&layer], &about);
    let attestations = attest_all(recipe, "noarch", &manifest, &[&layer]);
    let platform = PlatformImage {
        architecture: "noarch".into(),
        manifest: manifest.clone(),
        blobs: vec![config, layer],
        attestations,
    };
    Image { root: manifest, platforms: vec![platform], root_signature: None }
}

fn build_platform(recipe: &Recipe, platform: &str) -> PlatformImage {
    let architecture = platform.rsplit('/').next().unwrap_or(platform).to_owned();
    let layers = layers::layers(recipe, &architecture);
    let config = Object::json(CONFIG, &configuration(recipe, &architecture, &layers));
    let blobs: Vec<&Object> = layers.iter().map(|layer| &layer.blob).collect();
    let manifest = manifest(&config, &blobs, &annotations(recipe, &architecture));
    let attestations = attest_all(recipe, &architecture, &manifest, &blobs);
    let mut held = vec![config];
    held.extend(layers.into_iter().map(|layer| layer.blob));
    PlatformImage { architecture, manifest, blobs: held, attestations }
}

fn manifest(config: &Object, layers: &[&Object], annotations: &Value) -> Object {
    let layers: Vec<_> = layers.iter().map(|layer| layer.descriptor()).collect();
    Object::json(
        MANIFEST,
        &json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config.descriptor(), "layers": layers, "annotations": annotations}),
    )
}

fn configuration(recipe: &Recipe, architecture: &str, layers: &[Layer]) -> Value {
    let created = created(recipe);
    let mut labels = json!({
        "com.docker.dhi.build.id": build_id(recipe, architecture),
        "com.docker.dhi.name": format!("dhi/{}", recipe.name),
        "com.docker.dhi.distro": recipe.distribution,
        "com.docker.dhi.flavor": if recipe.dev { "dev" } else { "runtime" },
        "com.docker.dhi.version": recipe.version,
    });
    if recipe.fips || recipe.stig {
        let standards: Vec<_> = [(recipe.fips, "fips"), (recipe.stig, "stig")]
            .iter()
            .filter(|(has, _)| *has)
            .map(|(_, name)| *name)
            .collect();
        labels["com.docker.dhi.compliance"] = json!(standards.join(","));
    }
    let history: Vec<_> =
        layers.iter().map(|layer| json!({"created": created, "created_by": layer.created_by})).collect();
    json!({
        "architecture": architecture, "os": "linux", "created": created,
        "config": {
            "User": recipe.user, "Entrypoint": recipe.entrypoint, "Cmd": recipe.cmd, "WorkingDir": "/",
            "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", format!("DHI_VERSION={}", recipe.version)],
            "Labels": labels,
        },
        "rootfs": {"type": "layers", "diff_ids": layers.iter().map(|layer| &layer.diff_id).collect::<Vec<_>>()},
        "history": history,
    })
}

fn annotations(recipe: &Recipe, architecture: &str) -> Value {
    json!({
        "com.docker.dhi.build.id": build_id(recipe, architecture),
        "com.docker.dhi.definition": format!("image/{}/{}", recipe.name, recipe.definition),
        "org.opencontainers.image.version": recipe.version,
    })
}

fn build_id(recipe: &Recipe, architecture: &str) -> String {
    let seed = format!("{} {} {architecture} {}", recipe.name, recipe.definition, recipe.revision);
    sha256(seed.as_bytes()).trim_start_matches("sha256:").chars().take(24).collect()
}

/// A date that only the recipe decides: a build a week.
pub fn created(recipe: &Recipe) -> String {
    let week = i64::from(recipe.revision - 1);
    let first = chrono::DateTime::from_timestamp(1_767_600_000, 0).unwrap_or_default();
    (first + chrono::TimeDelta::weeks(week)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
