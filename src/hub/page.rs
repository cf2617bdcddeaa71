//! Lists that come in pages (4.1).

use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::send::Call;
use super::{HubError, Session, lenient};

/// Entries a page is asked for: Docker's maximum.
pub(super) const PAGE_SIZE: &str = "100";
/// Pages of one list that are ever read.
const MOST_PAGES: u32 = 200;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Entries of the whole list, where Docker counts them.
    pub total: Option<u64>,
    /// Whether another page follows.
    pub more: bool,
}

/// A list read page by page up to a bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<T> {
    pub items: Vec<T>,
    /// False where the bound was reached before the end.
    pub complete: bool,
}

/// A page as it comes: the documented wrapper, `total` in place of `count`, or a bare list (trap 6).
#[derive(Deserialize)]
#[serde(untagged)]
enum Wire {
    Bare(Vec<serde_json::Value>),
    Wrapped(Wrapped),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wrapped {
    #[serde(deserialize_with = "lenient::optional_count")]
    count: Option<u64>,
    #[serde(deserialize_with = "lenient::optional_count")]
    total: Option<u64>,
    next: Option<String>,
    results: Vec<serde_json::Value>,
}

impl Session {
    /// The page of this number, from 1; one past the end is empty, not missing (trap 8).
    pub(super) async fn page<T: DeserializeOwned>(&self, mut url: Url, number: u32) -> Result<Page<T>, HubError> {
        url.query_pairs_mut().append_pair("page", &number.to_string()).append_pair("page_size", PAGE_SIZE);
        match self.fetch(url).await {
            Ok((items, total, next)) => Ok(Page { items, total, more: next.is_some() }),
            Err(HubError::NotFound) if number > 1 => Ok(Page { items: Vec::new(), total: None, more: false }),
            Err(error) => Err(error),
        }
    }

    /// All pages, until the end or until there are `at_most` entries.
    pub(super) async fn pages<T: DeserializeOwned>(
        &self,
        mut url: Url,
        at_most: usize,
    ) -> Result<Listing<T>, HubError> {
        url.query_pairs_mut().append_pair("page_size", PAGE_SIZE);
        let mut items = Vec::new();
        for number in 1..=MOST_PAGES {
            let next = match self.fetch::<T>(url.clone()).await {
                Ok((page, _, next)) => {
                    items.extend(page);
                    next
                }
                Err(HubError::NotFound) if number > 1 => None,
                Err(error) => return Err(error),
            };
            match next {
                None => return Ok(cut(items, at_most, true)),
                Some(next) if next == url => return Err(HubError::unexpected("a page names itself as the next one")),
                Some(_) if items.len() >= at_most => break,
                Some(next) => url = next,
            }
        }
        Ok(cut(items, at_most, false))
    }

    async fn fetch<T: DeserializeOwned>(&self, url: Url) -> Result<(Vec<T>, Option<u64>, Option<Url>), HubError> {
        let (entries, total, next) = match self.rest(&Call::rest(Method::GET, url.clone())).await? {
            Wire::Bare(entries) => (entries, None, None),
            Wire::Wrapped(page) => (page.results, page.count.or(page.total), page.next),
        };
        let next = next.filter(|next| !next.is_empty()).map(|next| self.next(&url, &next)).transpose()?;
        let items = entries.into_iter().map(lenient::decode).collect::<Result<_, _>>();
        let items = items.map_err(|error| HubError::unexpected(format!("an entry does not decode: {error}")))?;
        Ok((items, total, next))
    }

    /// The next page's address, which must be where the token may go (4.1).
    fn next(&self, from: &Url, next: &str) -> Result<Url, HubError> {
        let next = from.join(next).map_err(|_| HubError::unexpected("the next page has no valid address"))?;
        if self.hub.endpoints.is_ours(&next) {
            Ok(next)
        } else {
            let host = next.host_str().unwrap_or("nowhere");
            Err(HubError::unexpected(format!("the next page is on another host, {host}")))
        }
    }
}

fn cut<T>(mut items: Vec<T>, at_most: usize, ended: bool) -> Listing<T> {
    let complete = ended && items.len() <= at_most;
    items.truncate(at_most);
    Listing { items, complete }
}
