//! Planning a run: which tags the rule takes now, what each points at, and one job for each digest.

use futures::stream::{self, StreamExt as _};

use super::ForwardError;
use super::source::Source;
use crate::app::App;
use crate::model::{Digest, Failure, Host, RepoName, RepoRef, Rule, RunId, Tag};
use crate::queue::CopyDigest;
use crate::rules::{self, matching::Matcher};
use crate::store::items::NewItem;
use crate::store::runs::Work;
use crate::store::{self, changes, destinations, items, runs};

/// Tags resolved at once; a HEAD costs no pull.
const AT_ONCE: usize = 8;

/// Lists what the rule takes and queues its copies. Does nothing the second time. `last`: it will not be tried again,
/// so a failure goes into the history.
pub async fn plan(app: &App, run: RunId, last: bool) -> Result<(), ForwardError> {
    let work = runs::work(&app.db, run).await?.ok_or(ForwardError::NoRun(run))?;
    if work.planned {
        return Ok(());
    }
    match list(app, &work).await {
        Ok((items, missing)) => write(app, run, &items, missing.as_ref()).await,
        Err(error) if error.retryable() && !last => Err(error),
        Err(error) => {
            tracing::warn!(run.id = %run, error = &error as &dyn std::error::Error, "run {run} could not be planned");
            runs::set_plan_failure(&app.db, run, &error.failure()).await?;
            changes::announce(&app.db, run).await?;
            Ok(())
        }
    }
}

/// Every tag the rule takes, and why some mirror could not be listed at all.
async fn list(app: &App, work: &Work) -> Result<(Vec<NewItem>, Option<Failure>), ForwardError> {
    let id = work.rule.ok_or(ForwardError::RuleGone)?;
    let rule = store::rules::find(&app.db, &work.organization, id).await?.ok_or(ForwardError::RuleGone)?;
    let destination = work.destination.ok_or(ForwardError::DestinationGone)?;
    let kept = destinations::find(&app.db, &work.organization, destination).await?;
    let destination = kept.ok_or(ForwardError::DestinationGone)?.destination;
    let matcher = Matcher::new(&rule.filter).map_err(ForwardError::Filter)?;
    let source = Source::open(app, work).await?;
    let (mut items, mut missing) = (Vec::new(), None);
    for mirror in &rule.mirrors {
        let target = target(&rule, mirror, &destination.host, destination.prefix.as_ref())?;
        match tags(&source, mirror, &matcher).await {
            Ok(tags) => items.extend(planned(mirror, &target, tags)),
            Err(error) if error.retryable() => return Err(error),
            // One mirror that is gone must not stop the others.
            Err(error) => {
                let Failure { sentence, detail } = error.failure();
                missing.get_or_insert(Failure { sentence: format!("{mirror}: {sentence}"), detail });
            }
        }
    }
    Ok((items, missing))
}

fn target(rule: &Rule, mirror: &RepoName, host: &Host, prefix: Option<&RepoName>) -> Result<RepoRef, ForwardError> {
    let repository = rule.template.render(mirror, prefix).map_err(ForwardError::Target)?;
    Ok(RepoRef { host: host.clone(), repository })
}

/// The tags the filter takes, each resolved once at the registry: Hub's list may lag behind it.
async fn tags(source: &Source, mirror: &RepoName, matcher: &Matcher) -> Result<Vec<(Tag, Digest)>, ForwardError> {
    let listed = rules::tags(&source.hub, mirror).await?;
    let images = source.images(mirror);
    let resolved: Vec<_> = stream::iter(listed.into_iter().filter(|(tag, _)| matcher.verdict(tag).matches()))
        .map(|(tag, _)| {
            let images = &images;
            async move { images.resolve(&tag).await.map(|digest| digest.map(|digest| (tag, digest))) }
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    // A tag that went away between the list and here is none.
    resolved.into_iter().filter_map(Result::transpose).collect::<Result<_, _>>().map_err(ForwardError::from)
}

fn planned(mirror: &RepoName, target: &RepoRef, tags: Vec<(Tag, Digest)>) -> impl Iterator<Item = NewItem> {
    let (mirror, target) = (mirror.clone(), target.clone());
    tags.into_iter().map(move |(tag, digest)| NewItem { mirror: mirror.clone(), tag, target: target.clone(), digest })
}

/// Items, jobs and the end of planning become true together.
async fn write(app: &App, run: RunId, items: &[NewItem], missing: Option<&Failure>) -> Result<(), ForwardError> {
    let now = app.clock.now();
    let mut tx = store::begin(&app.db).await?;
    items::insert_all(&mut tx, run, items, now).await?;
    runs::set_planned(&mut tx, run, now).await?;
    if let Some(failure) = missing {
        runs::set_plan_failure(&mut *tx, run, failure).await?;
    }
    for (mirror, digest) in units(items) {
        app.queue.copy_digest(&mut tx, &CopyDigest::new(run, mirror, digest)).await?;
    }
    changes::announce(&mut *tx, run).await?;
    store::commit(tx).await?;
    tracing::info!(run.id = %run, tags = items.len(), "run {run} forwards {} tags", items.len());
    Ok(())
}

/// The digests to copy: about six tags share one.
fn units(items: &[NewItem]) -> Vec<(RepoName, Digest)> {
    let mut units: Vec<_> = items.iter().map(|item| (item.mirror.clone(), item.digest.clone())).collect();
    units.sort();
    units.dedup();
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_one_digest_are_one_job() {
        let mirror: RepoName = "acme/dhi-node".parse().expect("a name");
        let target = RepoRef { host: "r.example".parse().expect("a host"), repository: mirror.clone() };
        let digest = |c: char| format!("sha256:{}", c.to_string().repeat(64)).parse::<Digest>().expect("a digest");
        let tag = |t: &str| t.parse::<Tag>().expect("a tag");
        let tags = vec![(tag("22"), digest('b')), (tag("22.1"), digest('b')), (tag("20"), digest('a'))];
        let items: Vec<NewItem> = planned(&mirror, &target, tags).collect();
        assert_eq!(items.len(), 3);
        assert_eq!(units(&items), [(mirror.clone(), digest('a')), (mirror, digest('b'))]);
    }
}
