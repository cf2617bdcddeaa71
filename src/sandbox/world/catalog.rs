//! The catalogue: what Docker publishes, as definitions that are rebuilt from time to time.

use chrono::{DateTime, Utc};

use crate::sandbox::content::{self, Recipe};

/// A catalogue repository.
#[derive(Clone, Debug, Default)]
pub struct CatalogRepository {
    /// The catalogue's name, `nginx`; a chart's ends in `-chart`.
    pub name: String,
    /// The name shown.
    pub display_name: String,
    /// One sentence.
    pub short_description: String,
    /// Markdown.
    pub overview: String,
    /// Markdown.
    pub guides: String,
    /// The upstream project.
    pub home_url: Option<String>,
    /// Whether it is on the front page.
    pub featured: bool,
    /// Whether it has FIPS variants.
    pub fips: bool,
    /// Whether it has STIG variants.
    pub stig: bool,
    /// Ids of its categories.
    pub categories: Vec<String>,
    /// What it is built from; each has a digest of its own.
    pub definitions: Vec<Definition>,
}

impl CatalogRepository {
    /// The definition that a tag belongs to.
    pub fn definition_of(&self, tag: &str) -> Option<&Definition> {
        self.definitions.iter().find(|definition| definition.tags.iter().any(|one| one == tag))
    }

    /// The distributions, each once.
    pub fn distributions(&self) -> Vec<String> {
        distinct(self.definitions.iter().map(|definition| definition.recipe.distribution.clone()))
    }

    /// The platforms, each once.
    pub fn platforms(&self) -> Vec<String> {
        distinct(self.definitions.iter().flat_map(|definition| definition.recipe.platforms.clone()))
    }
}

/// One definition: a recipe, the tags that point to its newest build, and its history.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The tags, all pointing to the same digest.
    pub tags: Vec<String>,
    /// What the newest build is made from.
    pub recipe: Recipe,
    /// How many VEX documents were added since the build.
    pub vex: u32,
    /// When it was built.
    pub built_at: DateTime<Utc>,
}

impl Definition {
    /// The newest build.
    pub fn image(&self) -> std::sync::Arc<content::Image> {
        content::build(&self.recipe)
    }

    /// The build before the newest.
    pub fn previous(&self) -> Option<std::sync::Arc<content::Image>> {
        let revision = self.recipe.revision.checked_sub(1).filter(|revision| *revision > 0)?;
        Some(content::build(&Recipe { revision, ..self.recipe.clone() }))
    }

    /// The most exact tag: the longest.
    pub fn exact_tag(&self) -> &str {
        self.tags.iter().max_by_key(|tag| tag.len()).map_or("latest", String::as_str)
    }
}

/// A category's name from its id.
pub fn category_name(id: &str) -> String {
    let mut words: Vec<String> = id.split('-').map(str::to_owned).collect();
    for word in &mut words {
        match word.as_str() {
            "and" | "of" => {}
            "ai" => *word = "AI".into(),
            _ => {
                if let Some(first) = word.get(..1).map(str::to_uppercase) {
                    word.replace_range(..1, &first);
                }
            }
        }
    }
    words.join(" ")
}

fn distinct(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    for value in values {
        if !seen.contains(&value) {
            seen.push(value);
        }
    }
    seen
}
