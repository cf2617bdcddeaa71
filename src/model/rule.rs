//! A rule: forward these tags of these mirrors to that destination.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::destination::Title;
use super::error::FieldErrors;
use super::extent::Extent;
use super::ids::{DestinationId, RuleId};
use super::image::{RepoName, is_path_component};
use super::proof::ProofPolicy;
use super::run::RunSummary;
use super::schedule::{Schedule, ScheduleForm};
use super::text::Refused;

/// One pattern of a tag filter: a glob such as `22*`, or a regular expression between slashes such as `/^22\./`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TagPattern {
    Glob(String),
    Regex(String),
}

impl FromStr for TagPattern {
    type Err = Refused;
    fn from_str(text: &str) -> Result<Self, Refused> {
        if text.is_empty() || text.len() > 500 {
            return Err(Refused::because("A pattern has 1 to 500 characters."));
        }
        match text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
            Some("") => {
                Err(Refused::because("Write the regular expression between the slashes, for example /^22\\./."))
            }
            Some(regex) => Ok(Self::Regex(regex.to_owned())),
            None => Ok(Self::Glob(text.to_owned())),
        }
    }
}

impl TryFrom<String> for TagPattern {
    type Error = Refused;
    fn try_from(text: String) -> Result<Self, Refused> {
        text.parse()
    }
}

impl From<TagPattern> for String {
    fn from(pattern: TagPattern) -> Self {
        pattern.to_string()
    }
}

impl fmt::Display for TagPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Glob(glob) => f.write_str(glob),
            Self::Regex(regex) => write!(f, "/{regex}/"),
        }
    }
}

/// Which tags a rule forwards: any that some include matches (or all, where there is none) and no exclude matches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagFilter {
    pub include: Vec<TagPattern>,
    pub exclude: Vec<TagPattern>,
}

/// How a mirror is called at the destination, below its prefix: text with `{organization}`, `{mirror}` and `{name}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NameTemplate(String);

impl NameTemplate {
    /// What a new rule starts with: the mirror's own name.
    pub const DEFAULT: &str = "{mirror}";

    /// The template as it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The repository at the destination for this mirror; refused where the result would be no valid name.
    pub fn render(&self, mirror: &RepoName, prefix: Option<&RepoName>) -> Result<RepoName, Refused> {
        let short = mirror.name().strip_prefix("dhi-").unwrap_or(mirror.name());
        let name = self
            .0
            .replace("{organization}", mirror.namespace())
            .replace("{mirror}", mirror.name())
            .replace("{name}", short);
        prefix.map_or_else(|| name.clone(), |prefix| format!("{prefix}/{name}")).parse()
    }
}

impl FromStr for NameTemplate {
    type Err = Refused;
    fn from_str(text: &str) -> Result<Self, Refused> {
        let plain = text.replace("{organization}", "o").replace("{mirror}", "m").replace("{name}", "n");
        if plain.contains(['{', '}']) {
            return Err(Refused::because("Use {organization}, {mirror} and {name}; there are no other placeholders."));
        }
        if text.len() > 200 || !plain.split('/').all(is_path_component) {
            return Err(Refused::because(
                "The name has lower-case letters, digits, placeholders and single . _ or - between them, in parts divided by /, for example mirrors/{name}.",
            ));
        }
        if !text.contains("{mirror}") && !text.contains("{name}") {
            return Err(Refused::because(
                "Put {mirror} or {name} into it, so that two mirrors do not end in one repository.",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for NameTemplate {
    type Error = Refused;
    fn try_from(text: String) -> Result<Self, Refused> {
        text.parse()
    }
}

impl From<NameTemplate> for String {
    fn from(template: NameTemplate) -> Self {
        template.0
    }
}

/// A rule as its page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub id: RuleId,
    pub name: Title,
    pub mirrors: Vec<RepoName>,
    pub destination: DestinationId,
    pub destination_name: Title,
    /// `host/prefix`.
    pub destination_address: String,
    pub filter: TagFilter,
    pub template: NameTemplate,
    /// Attestations and their signatures go along.
    pub attestations: bool,
    /// What a missing or invalid one does.
    pub proof: ProofPolicy,
    /// How much of each image goes along.
    pub extent: Extent,
    pub schedule: Schedule,
    /// The schedule in words; none without one.
    #[serde(default)]
    pub schedule_words: Option<String>,
    /// The next moments at which the schedule starts a run.
    #[serde(default)]
    pub upcoming: Vec<DateTime<Utc>>,
    /// When all it takes was last looked at.
    #[serde(default)]
    pub reconciled_at: Option<DateTime<Utc>>,
    pub enabled: bool,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    pub last_run: Option<RunSummary>,
}

/// The rule form as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleForm {
    pub name: String,
    /// Repositories, `acme/dhi-node`.
    pub mirrors: Vec<String>,
    pub destination: String,
    /// Patterns, one a line.
    pub include: String,
    /// Patterns, one a line.
    pub exclude: String,
    pub template: String,
    /// `on` or empty.
    pub attestations: String,
    /// A policy's spelling; empty is the one of a new rule.
    pub proof: String,
    /// Platforms, one a line.
    pub platforms: String,
    /// Kinds of attestations, one a line.
    pub kinds: String,
    /// `on` or empty.
    pub digest_tags: String,
    /// `on` or empty.
    pub enabled: String,
    pub schedule: ScheduleForm,
}

impl RuleForm {
    /// What the form of a new rule holds, with the mirror it is written for.
    pub fn fresh(mirror: Option<&RepoName>) -> Self {
        Self {
            mirrors: mirror.map(ToString::to_string).into_iter().collect(),
            template: NameTemplate::DEFAULT.to_owned(),
            attestations: "on".to_owned(),
            proof: ProofPolicy::default().as_str().to_owned(),
            enabled: "on".to_owned(),
            schedule: Schedule::default().form(),
            ..Self::default()
        }
    }

    /// What the form of this rule holds.
    pub fn of(rule: &Rule) -> Self {
        let lines = |patterns: &[TagPattern]| patterns.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        let check = |on: bool| if on { "on".to_owned() } else { String::new() };
        Self {
            name: rule.name.to_string(),
            mirrors: rule.mirrors.iter().map(ToString::to_string).collect(),
            destination: rule.destination.to_string(),
            include: lines(&rule.filter.include),
            exclude: lines(&rule.filter.exclude),
            template: rule.template.as_str().to_owned(),
            attestations: check(rule.attestations),
            proof: rule.proof.as_str().to_owned(),
            platforms: rule.extent.platform_lines(),
            kinds: rule.extent.kind_lines(),
            digest_tags: check(rule.extent.digest_tags),
            enabled: check(rule.enabled),
            schedule: rule.schedule.form(),
        }
    }

    /// Checks every field and names each trouble. Whether a pattern compiles is for `rules::matching` to say.
    pub fn check(&self) -> Result<RuleDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.parse::<Title>("name", &self.name);
        let destination = if self.destination.is_empty() {
            errors.add("destination", "Choose a destination.");
            None
        } else {
            errors.parse::<DestinationId>("destination", &self.destination)
        };
        let mut mirrors: Vec<RepoName> =
            self.mirrors.iter().filter_map(|text| errors.parse::<RepoName>("mirrors", text)).collect();
        mirrors.sort();
        mirrors.dedup();
        if mirrors.is_empty() {
            errors.add("mirrors", "Choose at least one mirror.");
        }
        let template = errors.parse::<NameTemplate>("template", &self.template);
        let filter = TagFilter {
            include: patterns(&mut errors, "include", &self.include),
            exclude: patterns(&mut errors, "exclude", &self.exclude),
        };
        let proof = match self.proof.as_str() {
            "" => Some(ProofPolicy::default()),
            chosen => ProofPolicy::parse(chosen),
        };
        if proof.is_none() {
            errors.add("proof", "Choose refuse, hold or mark.");
        }
        let extent = Extent::of_form(&mut errors, &self.platforms, &self.kinds, is_on(&self.digest_tags));
        let schedule = Schedule::of_form(&self.schedule, &mut errors);
        match (name, destination, template, proof) {
            (Some(name), Some(destination), Some(template), Some(proof)) if errors.is_empty() => Ok(RuleDraft {
                name,
                mirrors,
                destination,
                filter,
                template,
                attestations: is_on(&self.attestations),
                proof,
                extent,
                schedule,
                enabled: is_on(&self.enabled),
            }),
            _ => Err(errors),
        }
    }
}

fn is_on(value: &str) -> bool {
    matches!(value, "on" | "true")
}

/// The most patterns one list may hold.
const MOST_PATTERNS: usize = 100;

fn patterns(errors: &mut FieldErrors, field: &str, lines: &str) -> Vec<TagPattern> {
    let lines: Vec<_> = lines.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() > MOST_PATTERNS {
        errors.add(field, format!("At most {MOST_PATTERNS} patterns: join some, or write a second rule."));
    }
    lines.into_iter().take(MOST_PATTERNS).filter_map(|line| errors.parse(field, line)).collect()
}

/// A rule form that was checked.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleDraft {
    pub name: Title,
    pub mirrors: Vec<RepoName>,
    pub destination: DestinationId,
    pub filter: TagFilter,
    pub template: NameTemplate,
    pub attestations: bool,
    pub proof: ProofPolicy,
    pub extent: Extent,
    pub schedule: Schedule,
    pub enabled: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_names_the_repository_at_the_destination() {
        let render = |template: &str, prefix: Option<&str>| {
            let mirror = "acme/dhi-node".parse().map_err(|e: Refused| e.0)?;
            let prefix = prefix.map(|p| p.parse::<RepoName>().map_err(|e| e.0)).transpose()?;
            let template: NameTemplate = template.parse().map_err(|e: Refused| e.0)?;
            template.render(&mirror, prefix.as_ref()).map(|r| r.to_string()).map_err(|e| e.0)
        };
        assert_eq!(render("{mirror}", None).as_deref(), Ok("dhi-node"));
        assert_eq!(render("{organization}/{name}", Some("mirrors")).as_deref(), Ok("mirrors/acme/node"));
        for bad in ["", "{tag}", "plain", "{name", "UP/{name}", "/{name}", "{name}/"] {
            assert!(render(bad, None).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_form_names_each_trouble_at_its_field() {
        let Err(errors) = RuleForm { include: "//".into(), proof: "ignore".into(), ..RuleForm::default() }.check()
        else {
            panic!("it is empty")
        };
        for field in ["name", "mirrors", "destination", "template", "include", "proof"] {
            assert!(errors.get(field).is_some(), "{field}");
        }
    }

    #[test]
    fn slashes_make_a_regular_expression() {
        assert_eq!("22*".parse(), Ok(TagPattern::Glob("22*".into())));
        assert_eq!("/^22/".parse(), Ok(TagPattern::Regex("^22".into())));
        assert_eq!("/".parse(), Ok(TagPattern::Glob("/".into())));
    }
}
