//! An image as people write it in a shell: Docker Hub where no host is named.

use std::str::FromStr;

use crate::model::{Host, Reference, Refused, RepoRef};

/// A repository, and perhaps a tag or digest in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) repo: RepoRef,
    pub(super) reference: Option<Reference>,
}

impl FromStr for Address {
    type Err = Refused;

    fn from_str(text: &str) -> Result<Self, Refused> {
        let text = text.strip_prefix("docker://").unwrap_or(text);
        let (host, rest) = match text.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (first.parse::<Host>()?, rest),
            _ => ("docker.io".parse()?, text),
        };
        let (path, reference) = if let Some((path, digest)) = rest.split_once('@') {
            // A tag beside a digest says nothing more.
            let path = path.rsplit_once(':').map_or(path, |(path, _)| path);
            (path, Some(Reference::Digest(digest.parse()?)))
        } else if let Some((path, tag)) = rest.rsplit_once(':') {
            (path, Some(Reference::Tag(tag.parse()?)))
        } else {
            (rest, None)
        };
        let official = host.as_str() == "docker.io" && !path.contains('/');
        let repository = if official { format!("library/{path}").parse()? } else { path.parse()? };
        Ok(Self { repo: RepoRef { host, repository }, reference })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_docker_reads_it() {
        let read =
            |text: &str| text.parse::<Address>().map(|a| (a.repo.to_string(), a.reference.map(|r| r.to_string())));
        let digest = format!("sha256:{}", "a".repeat(64));
        for (text, repo, reference) in [
            ("acme/dhi-node", "docker.io/acme/dhi-node", None),
            ("node:22", "docker.io/library/node", Some("22")),
            ("localhost:5000/a/b:1", "localhost:5000/a/b", Some("1")),
            ("127.0.0.1:5000/a", "127.0.0.1:5000/a", None),
            ("dhi.io/node:22-debian13", "dhi.io/node", Some("22-debian13")),
            ("docker://ghcr.io/acme/x:1", "ghcr.io/acme/x", Some("1")),
        ] {
            assert_eq!(read(text), Ok((repo.to_owned(), reference.map(str::to_owned))), "{text}");
        }
        assert_eq!(read(&format!("ghcr.io/a/b:1@{digest}")), Ok(("ghcr.io/a/b".into(), Some(digest))));
        for bad in ["", "ghcr.io/", "ghcr.io/A", "ghcr.io/a:", "ghcr.io/a@sha256:1", "https://ghcr.io/a"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
