//! Rules: which tags of which mirrors go to which destination.

pub mod matching;
pub mod timing;

use chrono::{DateTime, Utc};
use futures::stream::{self, StreamExt as _};

use crate::app::Visitor;
use crate::hub::HubError;
use crate::model::{
    ApiError, Digest, FieldErrors, NameTemplate, OrgName, Preview, PreviewId, PreviewMirror, PreviewTag, RepoName,
    Rule, RuleDraft, RuleForm, RuleId, Schedule, Tag, TagFilter,
};
use crate::store::{self, StoreError, destinations, previews, rules, runs};
use matching::Matcher;
use timing::Timing;

/// Most tags of a mirror that are looked at.
const MOST_TAGS: usize = 10_000;
/// Starts of a schedule that are shown.
const UPCOMING: usize = 3;
/// Mirrors listed at once.
const AT_ONCE: usize = 4;

/// Why a rule cannot be shown, changed or previewed.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the form has errors")]
    Form(FieldErrors),
    #[error("there is no rule {0}")]
    NotFound(RuleId),
}

impl From<RuleError> for ApiError {
    fn from(error: RuleError) -> Self {
        match error {
            RuleError::Store(StoreError::NameTaken) => Self::Invalid(FieldErrors::one(
                "name",
                "Another rule has this name already: choose one that tells them apart.",
            )),
            RuleError::Store(error) => error.into(),
            RuleError::Form(fields) => Self::Invalid(fields),
            RuleError::NotFound(_) => {
                Self::NotFound("There is no such rule; it may have been deleted meanwhile.".to_owned())
            }
        }
    }
}

/// All rules, by name, each with its last run.
pub async fn list(visitor: &Visitor) -> Result<Vec<Rule>, RuleError> {
    let (db, organization) = (&visitor.app.db, &visitor.organization);
    let mut rules = rules::list(db, organization).await?;
    let mut latest = runs::latest(db, organization).await?;
    for rule in &mut rules {
        rule.last_run = latest.remove(&rule.id);
    }
    Ok(rules)
}

/// One rule with its last run.
pub async fn get(visitor: &Visitor, id: RuleId) -> Result<Rule, RuleError> {
    let (db, organization) = (&visitor.app.db, &visitor.organization);
    let mut rule = rules::find(db, organization, id).await?.ok_or(RuleError::NotFound(id))?;
    rule.last_run = runs::page(db, organization, Some(id), None, 1).await?.pop();
    // One that was saved can be read, unless another release calls a zone otherwise.
    if let Ok(timing) = Timing::new(&rule.schedule) {
        let (words, upcoming) = (timing.words(), timing.upcoming(visitor.app.clock.now(), UPCOMING));
        (rule.schedule_words, rule.upcoming) = (words, upcoming);
    }
    Ok(rule)
}

/// Keeps a new rule (`id` none) or a change of one.
pub async fn save(visitor: &Visitor, id: Option<RuleId>, form: &RuleForm) -> Result<RuleId, RuleError> {
    let (db, organization) = (&visitor.app.db, &visitor.organization);
    let draft = checked(visitor, form).await?;
    let kept_as = id.unwrap_or_else(|| RuleId(uuid::Uuid::now_v7()));
    let now = visitor.app.clock.now();
    let next = next_start(&draft.schedule, draft.enabled, now);
    let mut tx = store::begin(db).await?;
    let action = if let Some(id) = id {
        if !rules::update(&mut tx, organization, id, (&draft, next), now).await? {
            return Err(RuleError::NotFound(id));
        }
        "rule.change"
    } else {
        rules::insert(&mut tx, organization, kept_as, (&draft, next), &visitor.username, now).await?;
        "rule.create"
    };
    visitor.did(&mut tx, action, draft.name.as_str()).await?;
    store::commit(tx).await?;
    Ok(kept_as)
}

/// Switches a rule on or off.
pub async fn enable(visitor: &Visitor, id: RuleId, enabled: bool) -> Result<(), RuleError> {
    let (organization, now) = (&visitor.organization, visitor.app.clock.now());
    let mut tx = store::begin(&visitor.app.db).await?;
    let rule = rules::find(&mut *tx, organization, id).await?.ok_or(RuleError::NotFound(id))?;
    // What was due while it was off is not made up for.
    let next = next_start(&rule.schedule, enabled, now);
    rules::enable(&mut *tx, organization, id, enabled, next).await?;
    visitor.did(&mut tx, if enabled { "rule.enable" } else { "rule.disable" }, rule.name.as_str()).await?;
    Ok(store::commit(tx).await?)
}

fn next_start(schedule: &Schedule, enabled: bool, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    Timing::new(schedule).ok().filter(|_| enabled)?.next_start(now)
}

/// Removes a rule; its runs stay.
pub async fn delete(visitor: &Visitor, id: RuleId) -> Result<(), RuleError> {
    let mut tx = store::begin(&visitor.app.db).await?;
    let rule = rules::find(&mut *tx, &visitor.organization, id).await?.ok_or(RuleError::NotFound(id))?;
    if !rules::delete(&mut *tx, &visitor.organization, id).await? {
        return Err(RuleError::NotFound(id));
    }
    visitor.did(&mut tx, "rule.delete", rule.name.as_str()).await?;
    Ok(store::commit(tx).await?)
}

/// What the rule in the form would forward now.
pub async fn preview(visitor: &Visitor, form: &RuleForm) -> Result<Preview, RuleError> {
    let draft = checked(visitor, form).await?;
    let destination = destinations::find(&visitor.app.db, &visitor.organization, draft.destination).await?;
    let Some(destination) = destination.map(|kept| kept.destination) else {
        return Err(RuleError::Form(FieldErrors::one("destination", GONE)));
    };
    let (host, prefix) = (destination.host.as_str(), destination.prefix.as_ref());
    let mirrors = shown(visitor, &draft.mirrors, &draft.filter, &draft.template, host, prefix).await?;
    Ok(Preview { warning: draft.extent.warning(), mirrors, kept_as: None })
}

/// What a rule that is kept would forward now.
pub async fn preview_kept(visitor: &Visitor, id: RuleId) -> Result<Preview, RuleError> {
    let rule = get(visitor, id).await?;
    let made_at = visitor.app.clock.now();
    let mut shown = preview(visitor, &RuleForm::of(&rule)).await?;
    let planned = shown.planned().filter(|tags| visitor.role.may_configure() && !tags.is_empty());
    if let Some(tags) = planned {
        let kept_as = PreviewId(uuid::Uuid::now_v7());
        let kept = previews::Kept { rule: id, made_at, tags };
        previews::insert(&visitor.app.db, &visitor.organization, kept_as, &kept).await?;
        shown.kept_as = Some(kept_as);
    }
    Ok(shown)
}

/// All tags of a mirror that Docker Hub lists, with the digest where it says one.
pub async fn tags(hub: &crate::hub::Session, mirror: &RepoName) -> Result<Vec<(Tag, Option<Digest>)>, HubError> {
    let listing = hub.all_tags(mirror, MOST_TAGS).await?;
    if !listing.complete {
        tracing::warn!(mirror = mirror.as_str(), "{mirror} has more than {MOST_TAGS} tags; the rest is left out");
    }
    Ok(listing.items.into_iter().filter_map(|tag| Some((tag.name.parse().ok()?, tag.digest))).collect())
}

const GONE: &str = "This destination is gone: choose another one.";

async fn shown(
    visitor: &Visitor,
    mirrors: &[RepoName],
    filter: &TagFilter,
    template: &NameTemplate,
    host: &str,
    prefix: Option<&RepoName>,
) -> Result<Vec<PreviewMirror>, RuleError> {
    let matcher = Matcher::new(filter).map_err(RuleError::Form)?;
    let mirrors = stream::iter(mirrors.to_vec())
        .map(|mirror| {
            let matcher = &matcher;
            async move {
                let target = template.render(&mirror, prefix).map(|name| format!("{host}/{name}")).map_err(|e| e.0);
                let tags = match tags(&visitor.hub, &mirror).await {
                    Ok(tags) => Ok(tags
                        .into_iter()
                        .map(|(tag, digest)| PreviewTag { verdict: matcher.verdict(&tag), tag, digest })
                        .collect()),
                    Err(error) => Err(error.sentence()),
                };
                PreviewMirror { mirror, target, tags }
            }
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    Ok(mirrors)
}

/// The form, checked, with patterns that compile, mirrors of this organization and a destination that is there.
async fn checked(visitor: &Visitor, form: &RuleForm) -> Result<RuleDraft, RuleError> {
    let organization = &visitor.organization;
    let draft = form.check().map_err(RuleError::Form)?;
    let mut errors = Matcher::new(&draft.filter).err().unwrap_or_default();
    errors.append(Timing::new(&draft.schedule).err().unwrap_or_default());
    if let Some(foreign) = draft.mirrors.iter().find(|mirror| !belongs(mirror, organization)) {
        errors.add("mirrors", format!("{foreign} is no mirror of {organization}: choose one from the list."));
    }
    let destination = destinations::find(&visitor.app.db, organization, draft.destination).await?;
    match destination {
        None => errors.add("destination", GONE),
        Some(kept) => {
            let prefix = kept.destination.prefix.as_ref();
            if let Some(refused) = draft.mirrors.iter().find_map(|mirror| draft.template.render(mirror, prefix).err()) {
                errors.add("template", refused.0);
            }
            let mut names: Vec<_> =
                draft.mirrors.iter().filter_map(|mirror| draft.template.render(mirror, prefix).ok()).collect();
            names.sort();
            if let Some((double, _)) = names.iter().zip(names.iter().skip(1)).find(|(one, next)| one == next) {
                errors.add("template", format!("Two mirrors would end in {double}: use {{mirror}}."));
            }
        }
    }
    if errors.is_empty() { Ok(draft) } else { Err(RuleError::Form(errors)) }
}

fn belongs(mirror: &RepoName, organization: &OrgName) -> bool {
    mirror.namespace() == organization.as_str() && mirror.name().starts_with("dhi-")
}
