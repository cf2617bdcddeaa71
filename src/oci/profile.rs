//! What differs between registries, as data (`contracts/registries.md` section 5). No code asks which registry it is.

use crate::model::Host;

/// What to do when one PUT of a blob is refused as too large (413).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunking {
    /// PATCH requests of this many bytes.
    Pieces(usize),
    /// One PATCH with everything, then an empty PUT.
    OnePatch,
    /// The registry takes one write only.
    Never,
}

/// How one kind of registry wants to be treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Short name for logs.
    pub name: &'static str,
    pub on_too_large: Chunking,
    /// Whether asking for a mount is worth the request.
    pub mounts: bool,
}

const MIB: usize = 1024 * 1024;
const GENERIC: Profile = Profile { name: "generic", on_too_large: Chunking::Pieces(4 * MIB), mounts: true };
const ECR: Profile = Profile { name: "ecr", on_too_large: Chunking::Pieces(8 * MIB), mounts: false };
const GAR: Profile = Profile { name: "gar", on_too_large: Chunking::Never, mounts: true };
const GHCR: Profile = Profile { name: "ghcr", on_too_large: Chunking::Pieces(4 * MIB - 1), mounts: true };
const ACR: Profile = Profile { name: "acr", on_too_large: Chunking::Pieces(16 * MIB), mounts: true };
const QUAY: Profile = Profile { name: "quay", on_too_large: Chunking::Pieces(16 * MIB), mounts: true };
const GITLAB: Profile = Profile { name: "gitlab", on_too_large: Chunking::Pieces(16 * MIB), mounts: true };
const HARBOR: Profile = Profile { name: "harbor", on_too_large: Chunking::Pieces(16 * MIB), mounts: true };
const JFROG: Profile = Profile { name: "jfrog", on_too_large: Chunking::OnePatch, mounts: true };

impl Profile {
    /// The profile a host's name gives away.
    pub fn of_host(host: &Host) -> Self {
        let name = host.as_str().split(':').next().unwrap_or_default().to_ascii_lowercase();
        let ecr = name.contains(".dkr.ecr") || name.contains(".dkr-ecr.");
        if ecr && (name.contains(".amazonaws.com") || name.ends_with(".on.aws")) {
            ECR
        } else if name.ends_with("-docker.pkg.dev") || name == "gcr.io" || name.ends_with(".gcr.io") {
            GAR
        } else if name == "ghcr.io" {
            GHCR
        } else if name.ends_with(".azurecr.io") {
            ACR
        } else if name == "quay.io" {
            QUAY
        } else if name == "registry.gitlab.com" {
            GITLAB
        } else if name.ends_with(".jfrog.io") {
            JFROG
        } else {
            GENERIC
        }
    }

    /// The profile that shows only in how a self-hosted registry asks for sign-in.
    pub(super) fn of_challenge(realm_path: &str, service: Option<&str>) -> Option<Self> {
        match service {
            Some("harbor-registry") => Some(HARBOR),
            _ if realm_path.ends_with("/jwt/auth") => Some(GITLAB),
            _ => None,
        }
    }

    /// The profile that shows only in the names of an answer's headers.
    pub(super) fn of_headers(headers: &reqwest::header::HeaderMap) -> Option<Self> {
        let jfrog = headers.contains_key("x-jfrog-version") || headers.contains_key("x-artifactory-id");
        jfrog.then_some(JFROG)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_gives_its_profile_away() {
        for (host, name) in [
            ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "ecr"),
            ("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", "ecr"),
            ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "ecr"),
            ("europe-docker.pkg.dev", "gar"),
            ("eu.gcr.io", "gar"),
            ("ghcr.io", "ghcr"),
            ("acme.azurecr.io", "acr"),
            ("quay.io", "quay"),
            ("registry.gitlab.com", "gitlab"),
            ("acme.jfrog.io", "jfrog"),
            ("127.0.0.1:5000", "generic"),
            ("notgcr.io", "generic"),
        ] {
            assert_eq!(host.parse::<Host>().map(|h| Profile::of_host(&h).name), Ok(name), "{host}");
        }
        assert_eq!(Profile::of_challenge("/service/token", Some("harbor-registry")).map(|p| p.name), Some("harbor"));
        assert_eq!(Profile::of_challenge("/jwt/auth", Some("container_registry")).map(|p| p.name), Some("gitlab"));
    }
}
