//! What pulls an image, and the words it is told. Pure.

use crate::model::{RepositoryKind, Tag};

/// A program that pulls, or a text that names an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Docker,
    Podman,
    Crane,
    Skopeo,
    Kubernetes,
    Dockerfile,
    Helm,
}

impl Tool {
    /// Those that can do something with it; the first is shown by itself.
    pub fn of(kind: RepositoryKind) -> &'static [Self] {
        match kind {
            RepositoryKind::Image => {
                &[Self::Docker, Self::Podman, Self::Crane, Self::Skopeo, Self::Kubernetes, Self::Dockerfile]
            }
            RepositoryKind::HelmChart => &[Self::Helm, Self::Crane, Self::Skopeo],
        }
    }

    /// The one spelling: address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
            Self::Crane => "crane",
            Self::Skopeo => "skopeo",
            Self::Kubernetes => "kubernetes",
            Self::Dockerfile => "dockerfile",
            Self::Helm => "helm",
        }
    }

    /// The words the interface shows.
    pub fn label(self) -> &'static str {
        match self {
            Self::Docker => "Docker",
            Self::Podman => "Podman",
            Self::Crane => "crane",
            Self::Skopeo => "skopeo",
            Self::Kubernetes => "Kubernetes",
            Self::Dockerfile => "Dockerfile",
            Self::Helm => "Helm",
        }
    }

    /// What pulls the tag of `repository`, which is `host/name`.
    pub fn command(self, repository: &str, tag: &Tag) -> String {
        let name = repository.rsplit('/').next().unwrap_or(repository);
        match self {
            Self::Docker => format!("docker pull {repository}:{tag}"),
            Self::Podman => format!("podman pull {repository}:{tag}"),
            Self::Crane => format!("crane pull {repository}:{tag} {name}.tar"),
            Self::Skopeo => format!("skopeo copy --all docker://{repository}:{tag} oci:{name}:{tag}"),
            Self::Kubernetes => format!("image: {repository}:{tag}"),
            Self::Dockerfile => format!("FROM {repository}:{tag}"),
            Self::Helm => {
                // Helm speaks to the registry by its own name, and writes `+` where a tag must have `_`.
                let registry = repository.strip_prefix("docker.io/").map(|rest| format!("registry-1.docker.io/{rest}"));
                let (registry, version) = (registry.as_deref().unwrap_or(repository), tag.as_str().replace('_', "+"));
                format!("helm pull oci://{registry} --version {version}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tool_is_told_in_its_own_words() {
        let told = |tool: Tool, repository, tag: &str| tool.command(repository, &tag.parse().expect("a tag"));
        let node = "docker.io/acme/dhi-node";
        let cases = [
            (Tool::Docker, "docker pull docker.io/acme/dhi-node:22"),
            (Tool::Podman, "podman pull docker.io/acme/dhi-node:22"),
            (Tool::Crane, "crane pull docker.io/acme/dhi-node:22 dhi-node.tar"),
            (Tool::Skopeo, "skopeo copy --all docker://docker.io/acme/dhi-node:22 oci:dhi-node:22"),
            (Tool::Kubernetes, "image: docker.io/acme/dhi-node:22"),
            (Tool::Dockerfile, "FROM docker.io/acme/dhi-node:22"),
        ];
        for (tool, words) in cases {
            assert_eq!(told(tool, node, "22"), words);
        }
        assert_eq!(
            told(Tool::Helm, "docker.io/acme/dhi-redis-chart", "1.2.0_dhi.1"),
            "helm pull oci://registry-1.docker.io/acme/dhi-redis-chart --version 1.2.0+dhi.1"
        );
        assert_eq!(told(Tool::Helm, "dhi.io/redis-chart", "1"), "helm pull oci://dhi.io/redis-chart --version 1");
    }
}
