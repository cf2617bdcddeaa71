//! Cosign's tags from before there was a referrers API: `sha256-<hex>.sig`, `.att` and `.sbom` beside the image
//! (`contracts/attestations.md` section 1). DHI has none; other people's images do.

use futures::stream::{self, StreamExt, TryStreamExt};

use super::copy::{CopiedImage, CopyContext, copy_image};
use super::failure::{CopyError, Side, Step};
use super::publish::publish_tag;
use super::registry::Repository;
use crate::model::{Digest, Tag};

const ENDINGS: [&str; 3] = ["sig", "att", "sbom"];

/// Copies what the source keeps under such tags for any manifest of the image, each whole before its tag moves. Says
/// how many there are.
pub async fn copy_digest_tags(
    image: &CopiedImage,
    source: &Repository,
    target: &Repository,
    ctx: &CopyContext,
) -> Result<usize, CopyError> {
    let tags = image.manifests.iter().flat_map(|manifest| ENDINGS.map(|ending| tag(&manifest.digest, ending)));
    let copies = stream::iter(tags.flatten()).map(|tag| async move {
        let at = CopyError::at(Side::Source, Step::ReadManifest, format!("{source}:{tag}"));
        let Some(digest) = source.resolve(&tag).await.map_err(at)? else { return Ok(0) };
        let copied = copy_image(source, target, &digest, ctx).await?;
        publish_tag(target, &copied.digest, &tag, ctx).await?;
        Ok::<_, CopyError>(1)
    });
    let counts: Vec<usize> = copies.buffer_unordered(ctx.limits.manifests).boxed().try_collect().await?;
    Ok(counts.into_iter().sum())
}

/// None for a digest that is too long for a tag, which no such tag was ever made for.
fn tag(digest: &Digest, ending: &str) -> Option<Tag> {
    format!("{}.{ending}", digest.as_str().replace(':', "-")).parse().ok()
}
