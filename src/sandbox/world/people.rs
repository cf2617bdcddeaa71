//! Who there is: people, organizations, their secrets, and what each secret may do (`contracts/hub.md` sections 1 and 3).

use chrono::{DateTime, Utc};
use serde::Serialize;

/// A role in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May look and pull.
    Member,
    /// One that the organization made: may do what a member may, and mirror where it was given that permission.
    Custom,
    /// May also create and change repositories.
    Editor,
    /// May do everything.
    Owner,
}

/// How much a personal access token may do; higher includes lower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PatLevel {
    /// `repo:read`.
    Read,
    /// `repo:write`.
    Write,
    /// `repo:admin`.
    Admin,
}

/// What kind of secret it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person's password.
    Password,
    /// A personal access token.
    Pat(PatLevel),
    /// An organization access token with its scopes.
    Oat(Vec<&'static str>),
}

/// A secret that somebody can sign in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The user, or the organization of an OAT: what goes with the secret as identifier.
    pub holder: String,
    /// The secret.
    pub secret: String,
    /// What it is.
    pub kind: Kind,
}

/// A person.
#[derive(Clone, Debug)]
pub struct Person {
    /// The name they sign in with.
    pub username: String,
    /// The name they go by.
    pub full_name: String,
}

/// An organization.
#[derive(Clone, Debug)]
pub struct Organization {
    /// The namespace.
    pub name: String,
    /// The name it goes by.
    pub full_name: String,
    /// The plan's display name.
    pub plan: String,
    /// Whether its plan includes DHI.
    pub entitled: bool,
    /// How many mirrors it may have.
    pub mirror_limit: i32,
    /// Whether its custom role has the permission to create DHI mirrors.
    pub custom_may_mirror: bool,
    /// Whether it has DHI by a trial, and until when.
    pub trial: Option<DateTime<Utc>>,
    /// Whether Docker tells what its plan includes.
    pub told: bool,
    /// Its people.
    pub members: Vec<(String, Role)>,
}

/// Who a request comes from: the credential that was proved, or nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity(pub Option<Credential>);

impl Identity {
    /// The user or organization, if somebody.
    pub fn name(&self) -> Option<&str> {
        self.0.as_ref().map(|credential| credential.holder.as_str())
    }

    /// Whether it is a personal access token.
    pub fn is_pat(&self) -> bool {
        matches!(self.0, Some(Credential { kind: Kind::Pat(_), .. }))
    }

    /// Whether it is an organization access token.
    pub fn is_oat(&self) -> bool {
        matches!(self.0, Some(Credential { kind: Kind::Oat(_), .. }))
    }

    /// Whether it is a password.
    pub fn is_password(&self) -> bool {
        matches!(self.0, Some(Credential { kind: Kind::Password, .. }))
    }

    fn scope(&self, wanted: &str) -> bool {
        matches!(&self.0, Some(Credential { kind: Kind::Oat(scopes), .. }) if scopes.contains(&wanted))
    }

    /// A password, or a PAT of at least this level.
    fn reaches(&self, level: PatLevel) -> bool {
        match &self.0 {
            Some(Credential { kind: Kind::Password, .. }) => true,
            Some(Credential { kind: Kind::Pat(held), .. }) => *held >= level,
            _ => false,
        }
    }
}

/// What somebody wants to do in a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Read a private repository over REST.
    Read,
    /// See private repositories in a list.
    List,
    /// Pull from a private repository.
    Pull,
    /// Push.
    Push,
    /// Create a repository.
    Create,
    /// Change privacy, description or webhooks.
    Administer,
}

impl Wish {
    /// Lowest PAT level, lowest role, and OAT scope that grant it.
    fn needs(self) -> (PatLevel, Role, &'static str) {
        match self {
            Self::Read => (PatLevel::Read, Role::Member, "scope-repository-read"),
            Self::List => (PatLevel::Read, Role::Member, "scope-repository-list"),
            Self::Pull => (PatLevel::Read, Role::Member, "scope-image-pull"),
            Self::Push => (PatLevel::Write, Role::Editor, "scope-image-push"),
            Self::Create => (PatLevel::Write, Role::Editor, "scope-repository-create"),
            Self::Administer => (PatLevel::Admin, Role::Editor, "scope-repository-edit"),
        }
    }
}

/// Everybody.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// The people.
    pub persons: Vec<Person>,
    /// The organizations.
    pub organizations: Vec<Organization>,
    /// All secrets.
    pub credentials: Vec<Credential>,
}

impl People {
    /// Who this pair proves: a PAT goes with its user's name, an OAT with its organization's and never with a user's.
    pub fn prove(&self, identifier: &str, secret: &str) -> Option<Identity> {
        let found = self.credentials.iter().find(|one| one.holder == identifier && one.secret == secret);
        found.map(|credential| Identity(Some(credential.clone())))
    }

    /// The organization of that name.
    pub fn organization(&self, name: &str) -> Option<&Organization> {
        self.organizations.iter().find(|one| one.name == name)
    }

    /// Whether a user or an organization has this namespace.
    pub fn has_namespace(&self, name: &str) -> bool {
        self.organization(name).is_some() || self.persons.iter().any(|one| one.username == name)
    }

    /// The person's role in an organization; an OAT has none.
    pub fn role(&self, identity: &Identity, organization: &str) -> Option<Role> {
        if identity.is_oat() {
            return None;
        }
        let organization = self.organization(organization)?;
        organization.members.iter().find(|(name, _)| Some(name.as_str()) == identity.name()).map(|(_, role)| *role)
    }

    /// Whether somebody belongs to a namespace at all: a member, its OAT, or its own user.
    pub fn belongs(&self, identity: &Identity, namespace: &str) -> bool {
        identity.name() == Some(namespace) || self.role(identity, namespace).is_some()
    }

    /// Whether somebody may do this in a namespace.
    pub fn may(&self, identity: &Identity, wish: Wish, namespace: &str) -> bool {
        let (level, role, scope) = wish.needs();
        if identity.is_oat() {
            return identity.name() == Some(namespace) && identity.scope(scope);
        }
        let own = identity.name() == Some(namespace);
        identity.reaches(level) && (own || self.role(identity, namespace).is_some_and(|held| held >= role))
    }

    /// Whether somebody's role and token suffice to set up or remove a mirror, if `lowest` is the role it takes.
    pub fn may_mirror(&self, identity: &Identity, organization: &str, lowest: Role) -> bool {
        if identity.is_oat() {
            return self.may(identity, Wish::Push, organization);
        }
        let custom = self.organization(organization).is_some_and(|found| found.custom_may_mirror);
        identity.reaches(PatLevel::Write)
            && self.role(identity, organization).is_some_and(|held| held >= lowest || (held == Role::Custom && custom))
    }
}
