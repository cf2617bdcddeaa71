//! The last step: a tag is moved only when everything behind it is there, and only when it must move.

use super::copy::CopyContext;
use super::error::{Meaning, RegistryError};
use super::failure::{CopyError, Side, Step};
use super::progress::Stage;
use super::registry::Repository;
use crate::model::{Digest, Reference, Tag};

/// What became of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// It pointed there already; nothing was written.
    Unchanged,
    /// It points there now; `from` is where it pointed before.
    Moved { from: Option<Digest> },
}

/// Points a tag at a digest the destination has. Asks first: immutable registries refuse even a PUT of what is there
/// (`contracts/registries.md` rule 3).
pub async fn publish_tag(
    target: &Repository,
    digest: &Digest,
    tag: &Tag,
    ctx: &CopyContext,
) -> Result<Published, CopyError> {
    let object = format!("{target}:{tag}");
    let failed = |error| CopyError::at(Side::Destination, Step::MoveTag, &object)(error);
    ctx.unless_cancelled(&object, async {
        ctx.progress.enter(Stage::Tagging);
        let before = target.resolve(tag).await.map_err(failed)?;
        if before.as_ref() == Some(digest) {
            return Ok(Published::Unchanged);
        }
        let manifest = if let Some(seen) = ctx.settled.root(target, digest) {
            seen
        } else {
            let read = target.get_manifest(&Reference::Digest(digest.clone())).await.map_err(failed)?;
            read.ok_or_else(|| failed(RegistryError::Missing { digest: digest.clone() }))?
        };
        if let Err(error) = target.put_manifest(&Reference::Tag(tag.clone()), &manifest).await {
            return refused(target, digest, tag, error).await.map_err(failed);
        }
        match target.resolve(tag).await.map_err(failed)? {
            Some(now) if &now == digest => Ok(Published::Moved { from: before }),
            // Somebody moved it in the same moment, or the registry took it and did nothing.
            _ => Err(failed(RegistryError::NotThere { digest: digest.clone() })),
        }
    })
    .await
}

/// A refused tag that points where it should is as good as written; one that points elsewhere is not touched again.
async fn refused(
    target: &Repository,
    digest: &Digest,
    tag: &Tag,
    error: RegistryError,
) -> Result<Published, RegistryError> {
    // GitLab and zot say 403, and the right to push here was just proven by everything that lies behind the tag.
    if !matches!(error.meaning(), Meaning::ImmutableTag | Meaning::Permission) {
        return Err(error);
    }
    match (target.resolve(tag).await?, error) {
        (Some(now), _) if &now == digest => Ok(Published::Unchanged),
        (Some(current), RegistryError::Refused(answer)) => {
            Err(RegistryError::TagIsImmutable { tag: tag.clone(), current, answer })
        }
        (_, error) => Err(error),
    }
}
