//! The seeded catalogue: what is published, in which variants, under which tags.

use super::builds::{Build, chart, dev, fips, runtime};
use super::texts;
use crate::sandbox::world::catalog::CatalogRepository;

/// A repository of the seed.
pub struct Line {
    pub name: &'static str,
    pub display: &'static str,
    pub about: &'static str,
    pub home: &'static str,
    pub category: &'static str,
    pub featured: bool,
    /// Whether its indexes are signed, as those of newer repositories are.
    pub newer: bool,
    pub builds: &'static [Build],
}

const TRIXIE: &str = "debian-13";
const ALPINE: &str = "alpine-3.22";

const LINES: [Line; 17] = [
    Line {
        name: "node",
        display: "Node.js",
        about: "A JavaScript runtime built on the V8 engine, for servers and tools.",
        home: "https://nodejs.org",
        category: "languages-and-frameworks",
        featured: true,
        newer: true,
        builds: &[
            runtime("22 22.21 22.21.1 22-debian 22-debian13 22.21.1-debian13", "22.21.1", TRIXIE),
            dev("22-dev 22.21-dev 22.21.1-dev 22-debian-dev 22-debian13-dev", "22.21.1", TRIXIE),
            fips("22-fips 22.21-fips 22.21.1-fips 22-debian13-fips", "22.21.1", TRIXIE),
            runtime("22-alpine 22-alpine3.22 22.21.1-alpine3.22", "22.21.1", ALPINE),
        ],
    },
    Line {
        name: "python",
        display: "Python",
        about: "An interpreted, object-oriented language for services, science and scripts.",
        home: "https://www.python.org",
        category: "languages-and-frameworks",
        featured: true,
        newer: true,
        builds: &[
            runtime("3.13 3.13.9 3.13-debian13 3.13.9-debian13", "3.13.9", TRIXIE),
            dev("3.13-dev 3.13.9-dev 3.13-debian13-dev", "3.13.9", TRIXIE),
            runtime("3.12 3.12.12 3.12-debian13 3.12.12-debian13", "3.12.12", TRIXIE),
            fips("3.13-fips 3.13.9-fips 3.13-debian13-fips", "3.13.9", TRIXIE),
        ],
    },
    Line {
        name: "nginx",
        display: "Nginx",
        about: "An HTTP web server, reverse proxy, content cache and load balancer.",
        home: "https://nginx.org",
        category: "web-servers",
        featured: true,
        newer: true,
        builds: &[
            runtime("1 1.29 1.29.3 1-debian13 1.29-debian13 1.29.3-debian13", "1.29.3", TRIXIE),
            dev("1-dev 1.29-dev 1.29.3-dev 1.29-debian13-dev", "1.29.3", TRIXIE),
            runtime("1-alpine3.22 1.29-alpine3.22 1.29.3-alpine3.22", "1.29.3", ALPINE),
        ],
    },
    Line {
        name: "postgres",
        display: "PostgreSQL",
        about: "A relational database with a reputation for keeping what it is given.",
        home: "https://www.postgresql.org",
        category: "databases-and-storage",
        featured: true,
        newer: false,
        builds: &[
            runtime("18 18.1 18-debian13 18.1-debian13", "18.1", TRIXIE),
            runtime("17 17.7 17-debian13 17.7-debian13", "17.7", TRIXIE),
            dev("18-dev 18.1-dev 18-debian13-dev", "18.1", TRIXIE),
        ],
    },
    Line {
        name: "redis",
        display: "Redis",
        about: "An in-memory data store used as a database, cache and message broker.",
        home: "https://redis.io",
        category: "databases-and-storage",
        featured: true,
        newer: false,
        builds: &[
            runtime("8 8.2 8.2.3 8-debian13 8.2.3-debian13", "8.2.3", TRIXIE),
            dev("8-dev 8.2-dev 8.2.3-dev", "8.2.3", TRIXIE),
        ],
    },
    Line {
        name: "golang",
        display: "Go",
        about: "The Go toolchain, for building small static programs.",
        home: "https://go.dev",
        category: "languages-and-frameworks",
        featured: true,
        newer: true,
        builds: &[
            dev("1.25-dev 1.25.4-dev 1.25-debian13-dev", "1.25.4", TRIXIE),
            dev("1.25-alpine-dev 1.25-alpine3.22-dev 1.25.4-alpine3.22-dev", "1.25.4", ALPINE),
            fips("1.25-fips 1.25.4-fips 1.25-debian13-fips", "1.25.4", TRIXIE),
        ],
    },
    Line {
        name: "alpine-base",
        display: "Alpine Base",
        about: "A minimal Alpine Linux to build one's own images on.",
        home: "https://alpinelinux.org",
        category: "operating-systems",
        featured: false,
        newer: true,
        builds: &[
            runtime("3.22 3.22.2 3.22-alpine3.22", "3.22.2", ALPINE),
            dev("3.22-dev 3.22.2-dev 3.22-alpine3.22-dev", "3.22.2", ALPINE),
        ],
    },
    Line {
        name: "debian-base",
        display: "Debian Base",
        about: "A minimal Debian to build one's own images on.",
        home: "https://www.debian.org",
        category: "operating-systems",
        featured: true,
        newer: true,
        builds: &[
            runtime("13 trixie 13-debian13 trixie-debian13", "13.2", TRIXIE),
            dev("13-dev trixie-dev 13-debian13-dev", "13.2", TRIXIE),
        ],
    },
    Line {
        name: "traefik",
        display: "Traefik",
        about: "A reverse proxy and load balancer that configures itself from what runs behind it.",
        home: "https://traefik.io",
        category: "networking",
        featured: false,
        newer: true,
        builds: &[
            runtime("3 3.6 3.6.2 3-debian13 3.6.2-debian13", "3.6.2", TRIXIE),
            runtime("3-alpine3.22 3.6-alpine3.22 3.6.2-alpine3.22", "3.6.2", ALPINE),
        ],
    },
    Line {
        name: "prometheus",
        display: "Prometheus",
        about: "Collects metrics, keeps them as time series, and raises alerts.",
        home: "https://prometheus.io",
        category: "monitoring-and-observability",
        featured: true,
        newer: false,
        builds: &[
            runtime("3 3.7 3.7.3 3-debian13 3.7.3-debian13", "3.7.3", TRIXIE),
            dev("3-dev 3.7-dev 3.7.3-dev", "3.7.3", TRIXIE),
        ],
    },
    Line {
        name: "grafana",
        display: "Grafana",
        about: "Dashboards, queries and alerts over metrics, logs and traces.",
        home: "https://grafana.com",
        category: "monitoring-and-observability",
        featured: true,
        newer: true,
        builds: &[
            runtime("12 12.2 12.2.1 12-debian13 12.2.1-debian13", "12.2.1", TRIXIE),
            dev("12-dev 12.2-dev 12.2.1-dev", "12.2.1", TRIXIE),
        ],
    },
    Line {
        name: "keycloak",
        display: "Keycloak",
        about: "Single sign-on, identity brokering and user federation.",
        home: "https://www.keycloak.org",
        category: "security",
        featured: false,
        newer: false,
        builds: &[
            runtime("26 26.4 26.4.5 26-debian13 26.4.5-debian13", "26.4.5", TRIXIE),
            fips("26-fips 26.4-fips 26.4.5-fips 26-debian13-fips", "26.4.5", TRIXIE),
        ],
    },
    Line {
        name: "vault",
        display: "Vault",
        about: "Keeps secrets and hands them out for as long as they are needed.",
        home: "https://www.vaultproject.io",
        category: "security",
        featured: false,
        newer: true,
        builds: &[
            runtime("1 1.21 1.21.1 1.21-debian13", "1.21.1", TRIXIE),
            fips("1-fips 1.21-fips 1.21.1-fips 1.21-debian13-fips", "1.21.1", TRIXIE),
        ],
    },
    Line {
        name: "rabbitmq",
        display: "RabbitMQ",
        about: "A message broker for queues and streams.",
        home: "https://www.rabbitmq.com",
        category: "message-queues",
        featured: false,
        newer: false,
        builds: &[
            runtime("4 4.2 4.2.1 4-debian13 4.2.1-debian13", "4.2.1", TRIXIE),
            fips("4-fips 4.2-fips 4.2.1-fips", "4.2.1", TRIXIE),
        ],
    },
    Line {
        name: "kubectl",
        display: "kubectl",
        about: "The command line tool of Kubernetes.",
        home: "https://kubernetes.io",
        category: "developer-tools",
        featured: false,
        newer: true,
        builds: &[
            runtime("1.34 1.34.2 1.34-debian13 1.34.2-debian13", "1.34.2", TRIXIE),
            dev("1.34-dev 1.34.2-dev 1.34-debian13-dev", "1.34.2", TRIXIE),
        ],
    },
    Line {
        name: "redis-chart",
        display: "Redis Helm chart",
        about: "Installs Redis on Kubernetes from the hardened image.",
        home: "https://redis.io",
        category: "databases-and-storage",
        featured: false,
        newer: false,
        builds: &[chart("23.2.12"), chart("23.1.3")],
    },
    Line {
        name: "grafana-chart",
        display: "Grafana Helm chart",
        about: "Installs Grafana on Kubernetes from the hardened image.",
        home: "https://grafana.com",
        category: "monitoring-and-observability",
        featured: false,
        newer: false,
        builds: &[chart("10.1.4")],
    },
];

/// The seeded repositories.
pub fn repositories() -> Vec<CatalogRepository> {
    LINES.iter().map(repository).chain([hostile()]).collect()
}

/// One whose texts try what a text can try, and which has no build yet. What is shown of it must be harmless.
fn hostile() -> CatalogRepository {
    CatalogRepository {
        name: "hostile-guide".into(),
        display_name: "Hostile guide".into(),
        short_description: "Nothing to pull: its texts try to take over the page that shows them.".into(),
        overview: texts::HOSTILE.into(),
        guides: texts::HOSTILE.into(),
        home_url: Some("javascript:window.__hostile='home'".into()),
        categories: vec!["developer-tools".into()],
        ..CatalogRepository::default()
    }
}

fn repository(line: &Line) -> CatalogRepository {
    let has_fips = line.builds.iter().any(|build| build.fips);
    let tag = line.builds.first().and_then(|build| build.tags.split(' ').next()).unwrap_or("latest");
    CatalogRepository {
        name: line.name.into(),
        display_name: line.display.into(),
        short_description: line.about.into(),
        overview: texts::overview(line.display, line.about, line.home),
        guides: texts::guides(line.name, line.display, tag),
        home_url: Some(line.home.into()),
        featured: line.featured,
        fips: has_fips,
        stig: has_fips,
        categories: vec![line.category.into()],
        definitions: line.builds.iter().map(|build| build.define(line.name, line.newer, 320)).collect(),
    }
}
