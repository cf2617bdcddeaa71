//! What refers to a manifest: the referrers API with its pages, else the tag that stands in for it; and lists of tags.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use oci_client::manifest::OCI_IMAGE_INDEX_MEDIA_TYPE;
use reqwest::header::{ACCEPT, HeaderValue, LINK};
use reqwest::{Method, Url};
use serde::Deserialize;

use super::error::{RegistryError, Unfit, Unsafe};
use super::graph::{Descriptor, Parts, is_index};
use super::manifest::LARGEST_MANIFEST;
use super::registry::Repository;
use super::send::Reply;
use crate::model::{Digest, DiscoveredBy, Reference, RepoName, Tag};

/// More referrers of one image than this is no honest list.
pub(super) const MOST_REFERRERS: usize = 10_000;
const MOST_PAGES: usize = 1_000;
/// A registry that does not page lists them all in one answer, annotations included.
const LARGEST_LIST: usize = 4 * LARGEST_MANIFEST;
/// Amazon's registry refuses more.
const TAGS_PER_PAGE: u16 = 1_000;

/// What a registry lists for one subject.
#[derive(Clone, Debug)]
pub struct Listing {
    pub entries: Vec<Descriptor>,
    pub by: DiscoveredBy,
}

/// Which repositories have the referrers API, for a day.
#[derive(Default)]
pub(super) struct Capabilities {
    known: Mutex<HashMap<RepoName, (DiscoveredBy, DateTime<Utc>)>>,
    /// One asks, the others wait for what it learns.
    asking: tokio::sync::Mutex<()>,
}

impl Capabilities {
    fn get(&self, name: &RepoName, now: DateTime<Utc>) -> Option<DiscoveredBy> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(name).filter(|(_, until)| *until > now).map(|(by, _)| *by)
    }

    fn set(&self, name: &RepoName, by: DiscoveredBy, now: DateTime<Utc>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(name.clone(), (by, now + TimeDelta::days(1)));
    }
}

#[derive(Deserialize)]
struct TagList {
    /// Nexus writes an empty list as `null`.
    tags: Option<Vec<String>>,
}

impl Repository {
    /// Everything that refers to this digest. An empty list is an answer; every failure is an error, never "none" (rule 6).
    pub async fn referrers(&self, subject: &Digest) -> Result<Listing, RegistryError> {
        let by = self.discovered_by().await?;
        let entries = match by {
            DiscoveredBy::ReferrersApi => self.referrers_by_api(subject).await?,
            DiscoveredBy::FallbackTag => self.referrers_by_tag(subject).await?,
        };
        if entries.len() > MOST_REFERRERS {
            return Err(RegistryError::Unfit { digest: subject.clone(), why: Unfit::TooManyReferrers });
        }
        Ok(Listing { entries, by })
    }

    /// How referrers are found here: asked once a day (`contracts/registries.md` section 2.3).
    pub async fn discovered_by(&self) -> Result<DiscoveredBy, RegistryError> {
        let now = self.registry.endpoint.clock.now();
        if let Some(by) = self.registry.capabilities.get(&self.name, now) {
            return Ok(by);
        }
        let _one = self.registry.capabilities.asking.lock().await;
        if let Some(by) = self.registry.capabilities.get(&self.name, now) {
            return Ok(by);
        }
        let nothing = "0".repeat(64);
        let call =
            self.call(Method::GET, &format!("referrers/sha256:{nothing}"))?.header(ACCEPT, index_type()).staying();
        let by = match self.registry.send(call).await {
            Ok(reply) if reply.content_type() == OCI_IMAGE_INDEX_MEDIA_TYPE => DiscoveredBy::ReferrersApi,
            // Another content type, a redirect, a page for people.
            Ok(_) | Err(RegistryError::NotARegistry { .. }) => DiscoveredBy::FallbackTag,
            Err(RegistryError::Refused(answer)) if matches!(answer.status.as_u16(), 400 | 404 | 405 | 406 | 501) => {
                if answer.code.as_deref() == Some("NAME_UNKNOWN") {
                    // Before the first push some know neither the repository nor, so it seems, the API: ask again.
                    return Ok(DiscoveredBy::FallbackTag);
                }
                DiscoveredBy::FallbackTag
            }
            Err(error) => return Err(error),
        };
        self.registry.capabilities.set(&self.name, by, now);
        Ok(by)
    }

    async fn referrers_by_api(&self, subject: &Digest) -> Result<Vec<Descriptor>, RegistryError> {
        let mut entries = Vec::new();
        let mut next = Some(self.at(&format!("referrers/{subject}"))?);
        let mut read = HashSet::new();
        for _ in 0..MOST_PAGES {
            let Some(url) = next.take() else { return Ok(entries) };
            // Pages that lead in a circle would be read a thousand times before the list counts as too long.
            if !read.insert(url.clone()) {
                break;
            }
            let mut call = self.call(Method::GET, "")?.header(ACCEPT, index_type()).staying();
            call.url = url;
            let reply = self.registry.send(call).await?;
            if reply.content_type() != OCI_IMAGE_INDEX_MEDIA_TYPE {
                return Err(reply.not_a_registry());
            }
            next = self.next_page(&reply)?;
            let page: Parts = read_json(reply).await?;
            entries.extend(page.manifests);
            if entries.len() > MOST_REFERRERS {
                break;
            }
        }
        Err(RegistryError::Unfit { digest: subject.clone(), why: Unfit::TooManyReferrers })
    }

    /// The list under the fallback tag, empty where the tag is not there.
    async fn referrers_by_tag(&self, subject: &Digest) -> Result<Vec<Descriptor>, RegistryError> {
        let Some(tag) = fallback_tag(subject) else { return Ok(Vec::new()) };
        let Some(manifest) = self.get_manifest(&Reference::Tag(tag)).await? else { return Ok(Vec::new()) };
        if !is_index(&manifest.media_type) {
            return Err(RegistryError::Unfit { digest: manifest.digest, why: Unfit::MediaType });
        }
        let digest = manifest.digest;
        let parts: Parts =
            serde_json::from_slice(&manifest.bytes).map_err(|source| RegistryError::BadManifest { digest, source })?;
        Ok(parts.manifests)
    }

    /// All tags; names that are none, which some registries list too, are left out.
    pub async fn tags(&self) -> Result<Vec<Tag>, RegistryError> {
        let mut tags = Vec::new();
        let mut next = Some(self.at(&format!("tags/list?n={TAGS_PER_PAGE}"))?);
        for _ in 0..MOST_PAGES {
            let Some(url) = next.take() else { break };
            let mut call = self.call(Method::GET, "")?.staying();
            call.url = url;
            let reply = self.registry.send(call).await?;
            if reply.content_type() == "text/html" {
                return Err(reply.not_a_registry());
            }
            next = self.next_page(&reply)?;
            let page: TagList = read_json(reply).await?;
            tags.extend(page.tags.unwrap_or_default().iter().filter_map(|text| text.parse::<Tag>().ok()));
        }
        Ok(tags)
    }

    /// `Link: <…>; rel="next"`, on this registry only (rule 7).
    fn next_page(&self, reply: &Reply) -> Result<Option<Url>, RegistryError> {
        let links = reply.headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
        let Some(target) = links.flat_map(|text| text.split(", ")).find_map(next_target) else { return Ok(None) };
        let refused = |to: &Url, why| RegistryError::Unsafe { from: (&reply.url).into(), to: to.into(), why };
        let url = reply.url.join(target).map_err(|_| refused(&reply.url, Unsafe::NotAnAddress))?;
        // The page that names itself as the next would never end.
        if self.registry.is_own(&url) && url != reply.url {
            Ok(Some(url))
        } else {
            Err(refused(&url, Unsafe::NotAnAddress))
        }
    }
}

/// The tag that lists referrers where there is no API: at most 32 characters of algorithm and 64 of hash.
pub(super) fn fallback_tag(subject: &Digest) -> Option<Tag> {
    let hex = subject.hex();
    format!("{}-{}", subject.algorithm(), hex.get(..64).unwrap_or(hex)).parse().ok()
}

/// The address of one link, where it is the next page.
fn next_target(link: &str) -> Option<&str> {
    let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
    let is_next = parameters.split(';').any(|parameter| {
        let parameter = parameter.trim().to_ascii_lowercase();
        parameter == "rel=\"next\"" || parameter == "rel=next"
    });
    is_next.then_some(target)
}

fn index_type() -> HeaderValue {
    HeaderValue::from_static(OCI_IMAGE_INDEX_MEDIA_TYPE)
}

async fn read_json<T: serde::de::DeserializeOwned>(reply: Reply) -> Result<T, RegistryError> {
    let place = (&reply.url).into();
    let too_long = reply.not_a_registry();
    let bytes = reply.bytes(LARGEST_LIST).await?.ok_or(too_long)?;
    serde_json::from_slice(&bytes).map_err(|source| RegistryError::Malformed { place, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_links() {
        assert_eq!(next_target(r#"</v2/a/tags/list?last=x&n=1>; rel="next""#), Some("/v2/a/tags/list?last=x&n=1"));
        assert_eq!(next_target("<https://r.example/x>;rel=next"), Some("https://r.example/x"));
        assert_eq!(next_target(r#"<x>; rel="prev""#), None);
        assert_eq!(next_target("nonsense"), None);
    }

    #[test]
    fn a_long_digest_makes_a_short_tag() {
        let tag = |text: String| text.parse::<Digest>().ok().as_ref().and_then(fallback_tag).map(|t| t.to_string());
        assert_eq!(tag(format!("sha256:{}", "a".repeat(64))), Some(format!("sha256-{}", "a".repeat(64))));
        assert_eq!(tag(format!("sha512:{}", "b".repeat(128))), Some(format!("sha512-{}", "b".repeat(64))));
    }
}
