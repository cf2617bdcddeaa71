//! Who looks: a Docker Hub user, the organizations they belong to, and what their role allows.

use serde::{Deserialize, Serialize};

use super::image::is_path_component;
use super::text::{Refused, checked_text};

checked_text! {
    /// A Docker Hub organization: the namespace every page but sign-in lives under.
    OrgName, |text| {
        if text.len() <= 255 && is_path_component(text) {
            Ok(())
        } else {
            Err(Refused::because("An organization's name has lower-case letters and digits, as in its address on Docker Hub."))
        }
    }
}

/// What a person may do in an organization, least first. Docker Hub is where it is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Looks at everything but secrets, and asks for mirrors.
    Member,
    /// One that Ferry does not know, such as a role the organization made: least privilege here, and Docker decides
    /// whether it may mirror.
    Custom,
    /// Configures destinations and rules, starts runs and mirrors: Docker Hub's editor.
    Admin,
    /// Decides besides what others ask for.
    Owner,
}

impl Role {
    /// The word the interface shows.
    pub fn label(self) -> &'static str {
        match self {
            Self::Member => "Member",
            Self::Custom => "Custom role",
            Self::Admin => "Admin",
            Self::Owner => "Owner",
        }
    }

    /// Destinations, rules and runs.
    pub fn may_configure(self) -> bool {
        self >= Self::Admin
    }

    /// Starting and stopping mirrors; of a custom role only Docker knows, so it may try.
    pub fn may_mirror(self) -> bool {
        self >= Self::Custom
    }

    /// Approving and declining what others ask for.
    pub fn may_decide(self) -> bool {
        self == Self::Owner
    }
}

/// A person's place in one organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub organization: OrgName,
    pub role: Role,
}

/// The person who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Docker Hub username.
    pub username: String,
    /// By name.
    pub memberships: Vec<Membership>,
}

impl Viewer {
    /// The role in this organization; none for a stranger.
    pub fn role_in(&self, organization: &OrgName) -> Option<Role> {
        self.memberships.iter().find(|m| &m.organization == organization).map(|m| m.role)
    }
}

/// The colours a person chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the machine is set.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// The one spelling: cookie, form value and attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads that spelling; anything else is the machine's setting.
    pub fn parse(text: &str) -> Self {
        match text {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}
