//! Further catalogue repositories from a file of extracted facts. Their images are real too, only lighter, and built when
//! somebody first asks for a digest.

use std::path::Path;

use serde::Deserialize;

use super::builds::{age, packages};
use super::texts;
use crate::sandbox::StartError;
use crate::sandbox::content::Recipe;
use crate::sandbox::world::catalog::{CatalogRepository, Definition};
use crate::sandbox::world::now;

#[derive(Deserialize)]
struct File {
    repositories: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    name: String,
    kind: String,
    display_name: String,
    short_description: String,
    featured: bool,
    fips_compliant: bool,
    stig_certified: bool,
    home_url: Option<String>,
    categories: Vec<String>,
    definitions: Vec<Built>,
}

#[derive(Deserialize)]
struct Built {
    id: String,
    variant: String,
    distribution: String,
    tags: Vec<String>,
    platforms: Vec<String>,
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    entrypoint: Vec<String>,
    #[serde(default)]
    cmd: Vec<String>,
}

/// The repositories of the file.
pub fn read(path: &Path) -> Result<Vec<CatalogRepository>, StartError> {
    let text = std::fs::read(path).map_err(|source| StartError::Catalog { path: path.to_owned(), source })?;
    let file: File = serde_json::from_slice(&text)?;
    Ok(file.repositories.into_iter().map(repository).collect())
}

fn repository(listed: Listed) -> CatalogRepository {
    // An image and the chart that installs it may share a name; a chart's repository ends in `-chart`.
    let is_chart = listed.kind == "HELM_CHART" && !listed.name.ends_with("-chart");
    let name = if is_chart { format!("{}-chart", listed.name) } else { listed.name };
    let mut seen: Vec<String> = Vec::new();
    let mut definitions = Vec::new();
    for mut built in listed.definitions {
        // A tag points to one digest: the first definition that names it keeps it.
        built.tags.retain(|tag| !seen.contains(tag));
        seen.extend(built.tags.clone());
        if !built.tags.is_empty() {
            definitions.push(definition(&name, built));
        }
    }
    let home = listed.home_url.clone().unwrap_or_else(|| "https://hub.docker.com/hardened-images/catalog".into());
    let tag = definitions.first().map_or("latest", |one: &Definition| one.exact_tag());
    CatalogRepository {
        overview: texts::overview(&listed.display_name, &listed.short_description, &home),
        guides: texts::guides(&name, &listed.display_name, tag),
        name,
        display_name: listed.display_name,
        short_description: listed.short_description,
        home_url: listed.home_url,
        featured: listed.featured,
        fips: listed.fips_compliant,
        stig: listed.stig_certified,
        categories: listed.categories,
        definitions,
    }
}

fn definition(name: &str, built: Built) -> Definition {
    let dev = built.variant == "dev";
    let fips = built.id.contains("fips");
    let version = built
        .tags
        .iter()
        .filter_map(|tag| tag.split('-').next())
        .max_by_key(|part| part.len())
        .unwrap_or("1")
        .to_owned();
    let built_at = now() - age(name, &built.id);
    let recipe = Recipe {
        name: name.to_owned(),
        definition: built.id.split_once('/').map_or(built.id.as_str(), |(_, rest)| rest).to_owned(),
        version,
        packages: packages(name, &built.distribution, dev, fips),
        distribution: built.distribution,
        dev,
        fips,
        stig: fips,
        platforms: built.platforms,
        user: built.user.unwrap_or_else(|| "nonroot".into()),
        entrypoint: built.entrypoint,
        cmd: built.cmd,
        weight: 24,
        signed_index: true,
        revision: 1,
    };
    Definition { tags: built.tags, recipe, vex: 0, built_at }
}
