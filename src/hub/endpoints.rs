//! Where Docker Hub is. Configured, because tests and the demo point at a pretend one.

use url::Url;

use super::HubError;
use crate::model::{Host, Refused};

/// Base addresses of the two interfaces; the registries' hosts are configured elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    hub: Url,
    graphql: Url,
}

impl Endpoints {
    /// Checks both addresses: `https`, or `http` on this machine, since passwords and tokens travel there.
    pub fn new(hub: Url, graphql: Url) -> Result<Self, Refused> {
        for url in [&hub, &graphql] {
            let loopback =
                url.host_str().and_then(|host| host.parse::<Host>().ok()).is_some_and(|host| host.is_loopback());
            if !(url.scheme() == "https" || (url.scheme() == "http" && loopback)) {
                return Err(Refused::because(format!(
                    "Give Docker Hub's address with https://, or with http:// on this machine; {url} is neither."
                )));
            }
        }
        Ok(Self { hub, graphql })
    }

    /// Base of the REST API, `https://hub.docker.com` by default.
    pub fn hub(&self) -> &Url {
        &self.hub
    }

    /// The GraphQL endpoint itself, `https://api.dso.docker.com/v1/graphql` by default (two hosts serve it, trap 13).
    pub fn graphql(&self) -> &Url {
        &self.graphql
    }

    /// Address under the REST base, each segment encoded; an empty last one ends it with a slash.
    pub(super) fn rest(&self, segments: &[&str]) -> Result<Url, HubError> {
        let mut url = self.hub.clone();
        let (last, all_but_last) = segments.split_last().unwrap_or((&"", &[]));
        // `Url` leaves out `.` and `..`, which would turn the request into another one.
        let odd = |segment: &&&str| matches!(**segment, "." | "..");
        if all_but_last.iter().any(|s| s.is_empty()) || segments.iter().find(odd).is_some() {
            return Err(HubError::refused("Docker Hub knows no such name."));
        }
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(all_but_last).push(last);
        }
        Ok(url)
    }

    /// Whether an address that Docker Hub handed out is on the configured host, so that our token may go there (4.1).
    pub(super) fn is_ours(&self, url: &Url) -> bool {
        same_origin(url, &self.hub)
    }
}

impl Default for Endpoints {
    fn default() -> Self {
        let constant = |text: &str| Url::parse(text).expect("a constant address parses");
        Self { hub: constant("https://hub.docker.com"), graphql: constant("https://api.dso.docker.com/v1/graphql") }
    }
}

/// Same scheme, host and port.
pub(super) fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && a.host() == b.host() && a.port_or_known_default() == b.port_or_known_default()
}
