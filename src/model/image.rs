//! Names of content in a registry, as the OCI distribution specification spells them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::text::{Refused, checked_text};

checked_text! {
    /// Repository path inside one registry, for example `acme/dhi-node` or `mirrors/acme/dhi-node`; 1 to 255 characters.
    RepoName, |text| {
        if text.is_empty() {
            return Err(Refused::because("Give the repository a name, for example acme/dhi-node."));
        }
        if text.len() > 255 {
            return Err(Refused::because("A repository name has at most 255 characters: shorten it."));
        }
        if text.split('/').all(is_path_component) {
            Ok(())
        } else {
            Err(Refused::because(
                "A repository name has lower-case letters, digits and single . _ or - between them, in parts divided by /.",
            ))
        }
    }
}

impl RepoName {
    /// All but the last part; empty where there is only one.
    pub fn namespace(&self) -> &str {
        self.as_str().rsplit_once('/').map_or("", |(namespace, _)| namespace)
    }

    /// The last part.
    pub fn name(&self) -> &str {
        self.as_str().rsplit_once('/').map_or(self.as_str(), |(_, name)| name)
    }
}

/// `[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*` of the distribution specification.
pub(super) fn is_path_component(part: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let mut separator = String::new();
    let mut previous_is_word = false;
    for c in part.chars() {
        if word(c) {
            let allowed = matches!(separator.as_str(), "" | "." | "_" | "__") || separator.chars().all(|s| s == '-');
            if !allowed {
                return false;
            }
            separator.clear();
            previous_is_word = true;
        } else if matches!(c, '.' | '_' | '-') && previous_is_word {
            separator.push(c);
        } else {
            return false;
        }
    }
    previous_is_word && separator.is_empty()
}

checked_text! {
    /// Tag of an image: a word of at most 128 characters.
    Tag, |text| {
        let mut chars = text.chars();
        let first = chars.next().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        let rest = chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
        if first && rest && text.len() <= 128 {
            Ok(())
        } else {
            Err(Refused::because(
                "A tag has at most 128 letters, digits, _ . or -, and starts with a letter, a digit or _.",
            ))
        }
    }
}

checked_text! {
    /// Content digest, `sha256:` with 64 or `sha512:` with 128 lower-case hexadecimal digits.
    Digest, |text| {
        let hex = |value: &str| value.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
        match text.split_once(':') {
            Some(("sha256", value)) if value.len() == 64 && hex(value) => Ok(()),
            Some(("sha512", value)) if value.len() == 128 && hex(value) => Ok(()),
            _ => Err(Refused::because("A digest is sha256: and 64 hexadecimal digits.")),
        }
    }
}

impl Digest {
    /// `sha256` or `sha512`.
    pub fn algorithm(&self) -> &str {
        self.as_str().split_once(':').map_or("", |(algorithm, _)| algorithm)
    }

    /// The digits alone.
    pub fn hex(&self) -> &str {
        self.as_str().split_once(':').map_or("", |(_, hex)| hex)
    }

    /// The first twelve digits, as people compare them.
    pub fn short(&self) -> &str {
        &self.hex()[..12]
    }
}

checked_text! {
    /// Host of a registry with an optional port, for example `registry.example.com:5000` or `127.0.0.1:5000`.
    Host, |text| {
        let (name, port) = match text.strip_prefix('[') {
            Some(rest) => rest.split_once(']').unwrap_or(("", "")),
            None => text.find(':').map_or((text, ""), |at| text.split_at(at)),
        };
        let name_ok = if text.starts_with('[') {
            name.parse::<std::net::Ipv6Addr>().is_ok()
        } else {
            !name.is_empty()
                && name.len() <= 253
                && name.split('.').all(|label| {
                    !label.is_empty()
                        && label.len() <= 63
                        && !label.starts_with('-')
                        && !label.ends_with('-')
                        && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
                })
        };
        let port_ok = port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.parse::<u16>().is_ok_and(|n| n > 0));
        if name_ok && port_ok {
            Ok(())
        } else {
            Err(Refused::because(
                "Write the registry's host alone, without https:// or a path, for example registry.example.com or 127.0.0.1:5000.",
            ))
        }
    }
}

impl Host {
    /// True for the names that Docker Hub's registry goes by.
    pub fn is_docker_hub(&self) -> bool {
        matches!(self.as_str(), "docker.io" | "index.docker.io" | "registry-1.docker.io" | "hub.docker.com")
    }

    /// The name that tools know it by. Docker Hub is signed in to as `docker.io`: asked by the name of its registry, they send
    /// no credential, and a private repository is not found.
    #[must_use]
    pub fn for_tools(self) -> Self {
        if self.is_docker_hub() { Self("docker.io".to_owned()) } else { self }
    }

    /// True for a host that can only be this machine: plain HTTP is allowed to nothing else.
    pub fn is_loopback(&self) -> bool {
        let name = match self.as_str().strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or(""),
            None => self.as_str().split(':').next().unwrap_or(""),
        };
        name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

/// Operating system and processor of a platform manifest, for example `linux/arm64/v8`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Platform {
    pub os: String,
    pub architecture: String,
    pub variant: Option<String>,
}

impl Platform {
    /// The short name people use in a list: `amd64`, `arm64`, `arm/v7`; with the system where it is not Linux.
    pub fn short(&self) -> String {
        let cpu = match self.variant.as_deref() {
            Some(variant) if self.architecture == "arm" => format!("arm/{variant}"),
            _ => self.architecture.clone(),
        };
        if self.os == "linux" { cpu } else { format!("{}/{cpu}", self.os) }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        self.variant.as_ref().map_or(Ok(()), |variant| write!(f, "/{variant}"))
    }
}

impl FromStr for Platform {
    type Err = Refused;
    fn from_str(text: &str) -> Result<Self, Refused> {
        let refused = || Refused::because("A platform is written os/architecture, for example linux/amd64.");
        let mut parts = text.split('/');
        let mut part = || parts.next().filter(|p| !p.is_empty()).map(str::to_owned);
        let (os, architecture) = (part().ok_or_else(refused)?, part().ok_or_else(refused)?);
        let variant = part();
        if parts.next().is_some() { Err(refused()) } else { Ok(Self { os, architecture, variant }) }
    }
}

/// One repository of one registry: where content is read or written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RepoRef {
    pub host: Host,
    pub repository: RepoName,
}

impl fmt::Display for RepoRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.repository)
    }
}

/// What a manifest is asked for by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reference {
    Tag(Tag),
    Digest(Digest),
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => tag.fmt(f),
            Self::Digest(digest) => digest.fmt(f),
        }
    }
}

/// `host/repository:tag` or `host/repository@digest`, as a person pastes it into a pull command.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ImageRef {
    pub repo: RepoRef,
    pub reference: Reference,
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if matches!(self.reference, Reference::Tag(_)) { ':' } else { '@' };
        write!(f, "{}{mark}{}", self.repo, self.reference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repository_names_follow_the_distribution_specification() {
        for good in ["node", "acme/dhi-node", "a/b/c", "a__b", "a---b", "a.b_c-d", "0/9"] {
            assert!(good.parse::<RepoName>().is_ok(), "{good}");
        }
        for bad in ["", "/", "a/", "/a", "A", "a..b", "a___b", "-a", "a-", "a._b", "a b", "ä"] {
            assert!(bad.parse::<RepoName>().is_err(), "{bad}");
        }
        assert!("a".repeat(10_000).parse::<RepoName>().is_err());
    }

    #[test]
    fn a_host_is_a_host_and_nothing_else() {
        for good in ["ghcr.io", "127.0.0.1:5000", "localhost:1", "[::1]:5000", "a-b.example.com"] {
            assert!(good.parse::<Host>().is_ok(), "{good}");
        }
        for bad in ["", "https://ghcr.io", "ghcr.io/acme", "a:b", "a:0", "a:70000", "a b", "-a", "user@host", "[::1"] {
            assert!(bad.parse::<Host>().is_err(), "{bad}");
        }
        assert!("localhost:5000".parse::<Host>().is_ok_and(|h| h.is_loopback()));
        assert!("[::1]:5000".parse::<Host>().is_ok_and(|h| h.is_loopback()));
        assert!("10.0.0.1".parse::<Host>().is_ok_and(|h| !h.is_loopback()));
        assert!("127.0.0.1.example.com".parse::<Host>().is_ok_and(|h| !h.is_loopback()));
        for (asked, told) in [("registry-1.docker.io", "docker.io"), ("ghcr.io", "ghcr.io")] {
            assert_eq!(asked.parse::<Host>().map(|host| host.for_tools().to_string()), Ok(told.to_owned()));
        }
    }

    #[test]
    fn digests_and_tags_refuse_what_registries_refuse() {
        let digest = format!("sha256:{}", "a".repeat(64));
        assert_eq!(digest.parse::<Digest>().map(|d| d.short().to_owned()), Ok("a".repeat(12)));
        for bad in ["sha256:abc", "md5:00", &digest.to_uppercase(), ""] {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
        assert!("22-debian13_dev.1".parse::<Tag>().is_ok());
        for bad in ["", ".x", "-x", "a b", &"x".repeat(129)] {
            assert!(bad.parse::<Tag>().is_err(), "{bad}");
        }
    }

    #[test]
    fn platforms_read_as_people_say_them() {
        let short = |text: &str| text.parse::<Platform>().map(|p| p.short());
        assert_eq!(short("linux/amd64"), Ok("amd64".into()));
        assert_eq!(short("linux/arm/v7"), Ok("arm/v7".into()));
        assert_eq!(short("windows/amd64"), Ok("windows/amd64".into()));
        assert!(short("linux").is_err() && short("a/b/c/d").is_err());
    }
}
