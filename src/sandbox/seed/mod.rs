//! The world as it begins: two organizations, their people and secrets, the catalogue, two mirrors and two other repositories.

mod builds;
mod catalog;
mod file;
mod texts;

use serde::Serialize;

use super::world::catalog::CatalogRepository;
use super::world::people::{Credential, Identity, Kind, Organization, PatLevel, People, Person, Role};
use super::world::state::{Mirror, Repository, State};
use super::world::{mirror_id, now};
use super::{Options, StartError};

/// The account that may push to the destination.
pub const DESTINATION_USER: &str = "robot";
/// Its password.
pub const DESTINATION_PASSWORD: &str = "robot-demo-password";

/// Repositories that have nothing to do with DHI: namespace, name, tag.
pub const PLAIN: [(&str, &str, &str); 2] = [("acme", "website", "1.4.2"), ("globex", "shop", "latest")];

/// The mirrors there are from the beginning: source, and whether it is private.
const MIRRORED: [(&str, bool); 2] = [("nginx", true), ("redis", false)];

/// All scopes an organization access token can have that Ferry could want.
const ALL_SCOPES: [&str; 12] = [
    "scope-image-pull",
    "scope-image-push",
    "scope-repository-read",
    "scope-repository-edit",
    "scope-repository-list",
    "scope-repository-create",
    "scope-tag-read",
    "scope-webhook-read",
    "scope-webhook-edit",
    "scope-webhook-admin",
    "scope-member-read",
    "scope-group-read",
];

/// Somebody who can sign in, for a reader of the demo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// What goes with the secret as identifier or user name.
    pub identifier: String,
    /// The secret.
    pub secret: String,
    /// `password`, `personal access token`, `organization access token`, or `registry robot`.
    pub kind: &'static str,
    /// The organization, if any.
    pub organization: Option<String>,
    /// The role in it, if a person.
    pub role: Option<Role>,
    /// What there is to know about it.
    pub note: &'static str,
}

/// The state of a new world.
pub fn state(options: &Options, generation: u64) -> Result<State, StartError> {
    let mut repositories: Vec<CatalogRepository> = catalog::repositories();
    if let Some(path) = &options.catalog {
        let known: Vec<String> = repositories.iter().map(|one| one.name.clone()).collect();
        repositories.extend(file::read(path)?.into_iter().filter(|one| !known.contains(&one.name)));
    }
    let mut state = State { generation, people: people(), ..State::default() };
    state.catalog = repositories.into_iter().map(|one| (one.name.clone(), one)).collect();
    for (source, private) in MIRRORED {
        let name = format!("dhi-{source}");
        let then = now() - chrono::TimeDelta::days(2);
        let repository = Repository::new("acme", &name, &format!("Mirror of dhi/{source}"), private, then);
        state.repositories.insert(("acme".into(), name.clone()), repository);
        state.mirrors.push(Mirror {
            id: mirror_id("acme", &name),
            namespace: "acme".into(),
            name,
            source: source.into(),
        });
    }
    for (namespace, name, _) in PLAIN {
        let then = now() - chrono::TimeDelta::days(400);
        let repository = Repository::new(namespace, name, "Built by ourselves", true, then);
        state.repositories.insert((namespace.into(), name.into()), repository);
    }
    Ok(state)
}

/// The destination's only account.
pub fn robot() -> Credential {
    Credential { holder: DESTINATION_USER.into(), secret: DESTINATION_PASSWORD.into(), kind: Kind::Password }
}

/// Everybody who can sign in somewhere.
pub fn accounts(people: &People) -> Vec<Account> {
    let one = |credential: &Credential| {
        let identity = Identity(Some(credential.clone()));
        let member = |name: &&Organization| people.belongs(&identity, &name.name);
        let organization = people.organizations.iter().find(member).map(|found| found.name.clone());
        let (kind, note) = match &credential.kind {
            Kind::Password => ("password", "for what tokens may not do, such as listing members"),
            Kind::Pat(PatLevel::Read) => ("personal access token", "may pull and list"),
            Kind::Pat(PatLevel::Write) => ("personal access token", "may push and mirror"),
            Kind::Pat(PatLevel::Admin) => ("personal access token", "may do all its user may"),
            Kind::Oat(scopes) if scopes.len() == ALL_SCOPES.len() => ("organization access token", "has every scope"),
            Kind::Oat(_) => ("organization access token", "may pull, and sees no private repository in lists"),
        };
        let role = organization.as_ref().and_then(|name| people.role(&identity, name));
        Account {
            identifier: credential.holder.clone(),
            secret: credential.secret.clone(),
            kind,
            organization,
            role,
            note,
        }
    };
    let robot = Account {
        identifier: DESTINATION_USER.into(),
        secret: DESTINATION_PASSWORD.into(),
        kind: "registry robot",
        organization: None,
        role: None,
        note: "may push to and pull from the destination",
    };
    people.credentials.iter().map(one).chain([robot]).collect()
}

fn people() -> People {
    let person = |username: &str, full_name: &str| Person { username: username.into(), full_name: full_name.into() };
    let members = |list: &[(&str, Role)]| list.iter().map(|(name, role)| ((*name).to_owned(), *role)).collect();
    let mut credentials = Vec::new();
    let mut add = |holder: &str, secret: &str, kind: Kind| {
        credentials.push(Credential { holder: holder.into(), secret: secret.into(), kind });
    };
    for name in ["olivia", "adam", "carl", "mia", "gus"] {
        add(name, &format!("dckr_pat_{name}_demo"), Kind::Pat(PatLevel::Admin));
        add(name, &format!("{name}-demo-password"), Kind::Password);
    }
    add("olivia", "dckr_pat_olivia_write", Kind::Pat(PatLevel::Write));
    add("olivia", "dckr_pat_olivia_read", Kind::Pat(PatLevel::Read));
    add("acme", "dckr_oat_acme_demo", Kind::Oat(ALL_SCOPES.to_vec()));
    add("acme", "dckr_oat_acme_pull", Kind::Oat(vec!["scope-image-pull", "scope-repository-read", "scope-tag-read"]));
    People {
        persons: vec![
            person("olivia", "Olivia Okafor"),
            person("adam", "Adam Brandt"),
            person("carl", "Carl Nowak"),
            person("mia", "Mia Lindqvist"),
            person("gus", "Gus Moreno"),
        ],
        organizations: vec![
            Organization {
                name: "acme".into(),
                full_name: "Acme Corporation".into(),
                plan: "Docker Business".into(),
                entitled: true,
                mirror_limit: 50,
                custom_may_mirror: false,
                trial: None,
                told: true,
                members: members(&[
                    ("olivia", Role::Owner),
                    ("adam", Role::Editor),
                    ("carl", Role::Custom),
                    ("mia", Role::Member),
                ]),
            },
            Organization {
                name: "globex".into(),
                full_name: "Globex".into(),
                plan: "Docker Team".into(),
                entitled: false,
                mirror_limit: 0,
                custom_may_mirror: false,
                trial: None,
                told: true,
                members: members(&[("gus", Role::Owner)]),
            },
        ],
        credentials,
    }
}
