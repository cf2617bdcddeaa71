//! The tokens the sandbox hands out: Hub's ten-minute JWT and the registries' bearers, all ended at once on demand.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::now;
use super::people::{Credential, Identity, Kind};

const SECRET: &[u8] = b"the sandbox signs its tokens with this";

/// What a registry token grants, as the registry token specification writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Always `repository`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The repository.
    pub name: String,
    /// `pull`, `push`.
    pub actions: Vec<String>,
}

/// Issues and checks tokens.
#[derive(Debug, Default)]
pub struct Tokens {
    epoch: AtomicU64,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    exp: i64,
    iat: i64,
    iss: String,
    jti: String,
    #[serde(default)]
    aud: String,
    epoch: u64,
    /// Which secret stands behind it; `null` for an anonymous registry token.
    source: Option<Source>,
    #[serde(default, rename = "https://hub.docker.com", skip_serializing_if = "Option::is_none")]
    hub: Option<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    access: Vec<Access>,
}

#[derive(Serialize, Deserialize)]
struct Source {
    #[serde(rename = "type")]
    kind: String,
    holder: String,
    /// The last characters of a digest of the secret, so that the token does not carry the secret itself.
    id: String,
}

impl Tokens {
    /// A token for Hub's REST and GraphQL interfaces.
    pub fn for_hub(&self, credential: &Credential, life: Duration) -> String {
        let hub =
            json!({"username": credential.holder, "email": format!("{}@example.com", credential.holder), "roles": []});
        self.write("hub", Some(credential), Some(hub), Vec::new(), life)
    }

    /// A token for one registry.
    pub fn for_registry(&self, service: &str, identity: &Identity, access: Vec<Access>, life: Duration) -> String {
        self.write(service, identity.0.as_ref(), None, access, life)
    }

    /// Who a Hub token was issued to, among the credentials that exist.
    pub fn read_hub(&self, token: &str, credentials: &[Credential]) -> Option<Identity> {
        let claims = self.read(token, "hub")?;
        let credential = find(credentials, &claims.source?)?;
        Some(Identity(Some(credential.clone())))
    }

    /// Who a registry token was issued to and what it grants.
    pub fn read_registry(
        &self,
        token: &str,
        service: &str,
        credentials: &[Credential],
    ) -> Option<(Identity, Vec<Access>)> {
        let claims = self.read(token, service)?;
        let identity = match &claims.source {
            Some(source) => Identity(Some(find(credentials, source)?.clone())),
            None => Identity::default(),
        };
        Some((identity, claims.access))
    }

    /// Ends every token issued so far.
    pub fn expire(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
    }

    fn write(
        &self,
        audience: &str,
        credential: Option<&Credential>,
        hub: Option<Value>,
        access: Vec<Access>,
        life: Duration,
    ) -> String {
        let issued = now();
        let expires = issued + chrono::TimeDelta::from_std(life).unwrap_or_default();
        let claims = Claims {
            exp: expires.timestamp(),
            iat: issued.timestamp(),
            iss: "https://login.docker.com/".into(),
            jti: Uuid::new_v4().to_string(),
            aud: audience.to_owned(),
            epoch: self.epoch.load(Ordering::SeqCst),
            source: credential.map(source),
            hub,
            access,
        };
        encode(&Header::default(), &claims, &EncodingKey::from_secret(SECRET)).expect("claims are plain JSON")
    }

    fn read(&self, token: &str, audience: &str) -> Option<Claims> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.leeway = 0;
        rules.set_audience(&[audience]);
        let claims = decode::<Claims>(token, &DecodingKey::from_secret(SECRET), &rules).ok()?.claims;
        (claims.epoch == self.epoch.load(Ordering::SeqCst)).then_some(claims)
    }
}

fn source(credential: &Credential) -> Source {
    let kind = match credential.kind {
        Kind::Password => "password",
        Kind::Pat(_) => "pat",
        Kind::Oat(_) => "oat",
    };
    Source { kind: kind.into(), holder: credential.holder.clone(), id: fingerprint(&credential.secret) }
}

fn find<'a>(credentials: &'a [Credential], source: &Source) -> Option<&'a Credential> {
    credentials.iter().find(|one| one.holder == source.holder && fingerprint(&one.secret) == source.id)
}

fn fingerprint(secret: &str) -> String {
    crate::sandbox::content::sha256(secret.as_bytes()).split_off(51)
}
