//! What a person pastes to find an image: a tag, a digest or its beginning, or a reference.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::image::{Digest, Host, RepoName, Tag};
use super::text::Refused;

/// Fewer digits are too many digests.
const FEWEST_DIGITS: usize = 8;

/// A digest, or what it begins with: `sha256:` and at least eight digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestStart(String);

impl DigestStart {
    /// With its algorithm.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn new(algorithm: &str, digits: &str) -> Result<Self, Refused> {
        let digits = digits.to_ascii_lowercase();
        let most = if algorithm == "sha512" { 128 } else { 64 };
        if digits.len() < FEWEST_DIGITS || digits.len() > most || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(Refused::because(format!(
                "A digest is {algorithm}: and {most} hexadecimal digits, of which the first {FEWEST_DIGITS} are enough."
            )));
        }
        Ok(Self(format!("{algorithm}:{digits}")))
    }
}

impl FromStr for DigestStart {
    type Err = Refused;
    fn from_str(text: &str) -> Result<Self, Refused> {
        match text.split_once(':') {
            Some((algorithm @ ("sha256" | "sha512"), digits)) => Self::new(algorithm, digits),
            _ => Err(Refused::because("A digest begins with sha256: or sha512:.")),
        }
    }
}

/// What is looked for; at least one of tag and digest is there, and where both are, either will do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sought {
    /// Only at this registry.
    pub host: Option<Host>,
    /// Only in this repository; where no host is named, also in one whose last parts it is.
    pub repository: Option<RepoName>,
    pub tag: Option<Tag>,
    pub digest: Option<DigestStart>,
}

impl FromStr for Sought {
    type Err = Refused;
    fn from_str(text: &str) -> Result<Self, Refused> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Refused::because(
                "Paste a tag, a digest or a reference, for example 1.29 or acme/dhi-nginx:1.29.",
            ));
        }
        if let Some((named, digest)) = text.split_once('@') {
            let (host, repository, _) = reference(named)?;
            return Ok(Self { host, repository: Some(repository), tag: None, digest: Some(digest.parse()?) });
        }
        if text.starts_with("sha256:") || text.starts_with("sha512:") {
            return Ok(Self { digest: Some(text.parse()?), ..Self::default() });
        }
        if text.contains(['/', ':']) {
            let (host, repository, tag) = reference(text)?;
            let tag = tag.ok_or_else(|| {
                Refused::because(format!("Say which tag or digest of {repository}, for example {repository}:1.29."))
            })?;
            return Ok(Self { host, repository: Some(repository), tag: Some(tag), digest: None });
        }
        // A date such as 20260423 is a tag, and as good as a digest's beginning.
        Ok(Self { tag: Some(text.parse()?), digest: DigestStart::new("sha256", text).ok(), ..Self::default() })
    }
}

impl Sought {
    /// Whether this digest is one that was looked for.
    pub fn has(&self, digest: &Digest) -> bool {
        self.digest.as_ref().is_some_and(|start| digest.as_str().starts_with(start.as_str()))
    }
}

/// `host/repository:tag` in its parts. The first part is a host where it could be no part of a repository's name, or
/// has a dot and more behind it.
fn reference(text: &str) -> Result<(Option<Host>, RepoName, Option<Tag>), Refused> {
    let name_ends = text.rfind('/').unwrap_or(0);
    let (name, tag) = match text[name_ends..].find(':') {
        Some(at) => (&text[..name_ends + at], Some(text[name_ends + at + 1..].parse()?)),
        None => (text, None),
    };
    let host = name.split_once('/').filter(|(first, _)| first.contains(['.', ':']) || *first == "localhost");
    match host {
        Some((host, repository)) => Ok((Some(host.parse()?), repository.parse()?, tag)),
        None => Ok((None, name.parse()?, tag)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> [String; 4] {
        let sought: Sought = text.parse().unwrap_or_else(|refused| panic!("{text}: {refused}"));
        [
            sought.host.map(String::from).unwrap_or_default(),
            sought.repository.map(String::from).unwrap_or_default(),
            sought.tag.map(String::from).unwrap_or_default(),
            sought.digest.map(|digest| digest.as_str().to_owned()).unwrap_or_default(),
        ]
    }

    #[test]
    fn every_way_to_name_an_image_is_understood() {
        let digest = format!("sha256:{}", "ab".repeat(32));
        assert_eq!(parts(" 1.29 "), ["", "", "1.29", ""]);
        assert_eq!(parts(&digest), ["", "", "", &digest]);
        assert_eq!(parts("sha256:ABCDEF01"), ["", "", "", "sha256:abcdef01"]);
        assert_eq!(parts("abcdef01"), ["", "", "abcdef01", "sha256:abcdef01"]);
        assert_eq!(parts("abcdef0"), ["", "", "abcdef0", ""]);
        assert_eq!(parts("dhi-nginx:1.29"), ["", "dhi-nginx", "1.29", ""]);
        assert_eq!(parts("acme/dhi-nginx:1"), ["", "acme/dhi-nginx", "1", ""]);
        assert_eq!(parts("r.example.com:5000/a/b:1"), ["r.example.com:5000", "a/b", "1", ""]);
        assert_eq!(parts("localhost/a:1"), ["localhost", "a", "1", ""]);
        assert_eq!(parts(&format!("r.example.com/a:1@{digest}")), ["r.example.com", "a", "", &digest]);
        assert_eq!(parts("a@sha256:abcdef01"), ["", "a", "", "sha256:abcdef01"]);
    }

    #[test]
    fn what_names_nothing_is_refused_with_what_to_do() {
        let refused = |text: &str| text.parse::<Sought>().expect_err("refused").0;
        assert!(refused(" ").contains("Paste a tag"));
        assert!(refused("acme/dhi-nginx").contains("acme/dhi-nginx:1.29"));
        assert!(refused("sha256:abc").contains("first 8"));
        assert!(refused("sha256:ghijklmn").contains("hexadecimal"));
        for bad in ["two words", "a/b@md5:00", "UPPER/x:1", "/x:1", "a:b:c", "ä", &"x".repeat(200)] {
            refused(bad);
        }
    }
}
