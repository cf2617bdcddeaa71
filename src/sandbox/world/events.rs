//! What can happen in the world: a build is pushed, a VEX document renewed, a mirror begun or stopped, a repository opened.

use super::catalog::CatalogRepository;
use super::people::Identity;
use super::state::{HubTag, Mirror, Reason, Repository};
use super::{World, now};
use crate::sandbox::content::{self, sha256};
use crate::sandbox::{Facade, webhooks};

/// Why an event could not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The catalogue has no such repository.
    #[error("the catalogue has no repository `{0}`")]
    NoSource(String),
    /// The repository has no such tag.
    #[error("`{0}` has no tag `{1}`")]
    NoTag(String, String),
    /// Hub has no such repository.
    #[error("Hub has no repository `{0}`")]
    NoRepository(String),
    /// A mirror's name begins otherwise.
    #[error("destination repository name must start with dhi-")]
    Name,
    /// The organization has no DHI plan, or its limit is reached.
    #[error("entitlement exceeded")]
    Entitlement,
    /// There is no such mirror.
    #[error("there is no mirror `{0}`")]
    NoMirror(String),
}

impl World {
    /// Docker rebuilds what a tag of the catalogue points to: new layers, digests, attestations and signatures for all tags
    /// of that definition. Mirrors follow in the background. Gives the new digest.
    pub async fn push(&self, repository: &str, tag: &str) -> Result<String, Refused> {
        let definition = self.change_definition(repository, tag, |definition| {
            definition.recipe.revision += 1;
            definition.vex = 0;
            definition.built_at = now();
        })?;
        let image = self.build(&definition.recipe).await;
        let source = catalog_name(repository);
        self.store(Facade::Scout).put_referrers(&format!("dhi/{source}"), &image).await;
        for mirror in self.mirrors_of(source) {
            self.follow(&mirror, Reason::Push, vec![definition.clone()]);
        }
        Ok(image.root.digest.clone())
    }

    /// Docker writes another sentence about a repository of the catalogue.
    pub fn describe(&self, repository: &str, sentence: &str) -> Result<(), Refused> {
        let source = catalog_name(repository);
        let mut state = self.state();
        let listed = state.catalog.get_mut(source).ok_or_else(|| Refused::NoSource(source.to_owned()))?;
        sentence.clone_into(&mut listed.short_description);
        Ok(())
    }

    /// Docker adds a VEX document to an image that stays as it is: every platform gets one more signed attestation, in the
    /// catalogue's repository and in every mirror's, and no tag moves. Gives the digests of the attestations.
    pub async fn renew_vex(&self, repository: &str, tag: &str) -> Result<Vec<String>, Refused> {
        let definition = self.change_definition(repository, tag, |definition| definition.vex += 1)?;
        let image = self.build(&definition.recipe).await;
        let renewed = content::renewed_vex(&definition.recipe, &image, definition.vex);
        let source = catalog_name(repository);
        let mut places = vec![format!("dhi/{source}")];
        places.extend(self.mirrors_of(source).iter().map(|mirror| format!("{}/{}", mirror.namespace, mirror.name)));
        let scout = self.store(Facade::Scout);
        for place in &places {
            for (_, attestation) in &renewed {
                scout.put_attestation(place, attestation).await;
            }
        }
        Ok(renewed.iter().map(|(_, attestation)| attestation.manifest.digest.clone()).collect())
    }

    /// Docker adds a repository to the catalogue, made as another one is.
    pub fn publish(&self, like: &str, name: &str) -> Result<(), Refused> {
        let mut state = self.state();
        let model = state.catalog.get(like).cloned().ok_or_else(|| Refused::NoSource(like.to_owned()))?;
        let new = CatalogRepository { name: name.to_owned(), display_name: name.to_owned(), ..model };
        state.catalog.insert(name.to_owned(), new);
        Ok(())
    }

    /// Begins a mirror of `source` as `namespace/name`, filled in the background. Asked again for the same pair, it answers
    /// the mirror there is.
    pub fn mirror(&self, namespace: &str, source: &str, name: &str) -> Result<Mirror, Refused> {
        let source = catalog_name(source);
        let (mirror, definitions) = {
            let mut state = self.state();
            let known =
                state.mirrors.iter().find(|one| one.namespace == namespace && one.name == name && one.source == source);
            if let Some(known) = known {
                return Ok(known.clone());
            }
            if !name.starts_with("dhi-") {
                return Err(Refused::Name);
            }
            let definitions = state.catalog.get(source).map(|found| found.definitions.clone());
            let definitions = definitions.ok_or_else(|| Refused::NoSource(source.to_owned()))?;
            let held = state.mirrors.iter().filter(|one| one.namespace == namespace).count();
            let organization = state.people.organization(namespace).filter(|one| one.entitled);
            if organization.is_none_or(|one| usize::try_from(one.mirror_limit).unwrap_or(0) <= held) {
                return Err(Refused::Entitlement);
            }
            let mirror = Mirror {
                id: mirror_id(namespace, name),
                namespace: namespace.into(),
                name: name.into(),
                source: source.into(),
            };
            state.mirrors.push(mirror.clone());
            let key = (namespace.to_owned(), name.to_owned());
            let about = format!("Mirror of dhi/{source}");
            state.repositories.entry(key).or_insert_with(|| Repository::new(namespace, name, &about, true, now()));
            (mirror, definitions)
        };
        self.follow(&mirror, Reason::Onboarding, definitions);
        Ok(mirror)
    }

    /// Stops a mirror; its repository and tags stay.
    pub fn stop_mirroring(&self, id: &str) -> Result<Mirror, Refused> {
        let mut state = self.state();
        let place =
            state.mirrors.iter().position(|one| one.id == id).ok_or_else(|| Refused::NoMirror(id.to_owned()))?;
        Ok(state.mirrors.remove(place))
    }

    /// Makes a repository private or public.
    pub fn set_private(&self, namespace: &str, name: &str, private: bool) -> Result<(), Refused> {
        let mut state = self.state();
        let found = state.repository_mut(namespace, name);
        found.ok_or_else(|| Refused::NoRepository(format!("{namespace}/{name}")))?.is_private = private;
        Ok(())
    }

    /// Lets everybody pull from a repository of the destination, or nobody without an account.
    pub fn expose(&self, repository: &str, public: bool) {
        let mut state = self.state();
        if public {
            state.open.insert(repository.to_owned());
        } else {
            state.open.remove(repository);
        }
    }

    /// From now on Hub's list of tags shows what it shows at this moment, whatever happens in the registry.
    pub fn let_tag_list_lag(&self, namespace: &str, name: &str) -> Result<(), Refused> {
        let mut state = self.state();
        let found = state.repository_mut(namespace, name);
        let found = found.ok_or_else(|| Refused::NoRepository(format!("{namespace}/{name}")))?;
        found.lagging = Some(found.tags.clone());
        Ok(())
    }

    /// Somebody pushed a tag to Hub's registry: Hub shows it and calls the webhooks.
    pub async fn pushed(&self, namespace: &str, name: &str, tag: &str, identity: &Identity) {
        let pusher = identity.name().unwrap_or("anonymous").to_owned();
        let id = self.state().number();
        let store = self.store(Facade::Docker);
        let Some(hub_tag) = HubTag::read(&store, &format!("{namespace}/{name}"), tag, id, &pusher, now()).await else {
            return;
        };
        self.show_tag(namespace, name, tag, hub_tag);
        webhooks::announce(self, namespace, name, tag, None).await;
    }

    /// The mirrors of a catalogue repository.
    pub fn mirrors_of(&self, source: &str) -> Vec<Mirror> {
        self.state().mirrors.iter().filter(|mirror| mirror.source == source).cloned().collect()
    }

    /// Builds an image away from the threads that serve requests.
    pub async fn build(&self, recipe: &content::Recipe) -> std::sync::Arc<content::Image> {
        let recipe = recipe.clone();
        tokio::task::spawn_blocking(move || content::build(&recipe)).await.expect("building content does not panic")
    }

    pub(super) fn show_tag(&self, namespace: &str, name: &str, tag: &str, hub_tag: HubTag) {
        let mut state = self.state();
        let key = (namespace.to_owned(), name.to_owned());
        let created = hub_tag.pushed_at;
        // Docker Hub creates a repository on its first push.
        let repository =
            state.repositories.entry(key).or_insert_with(|| Repository::new(namespace, name, "", false, created));
        repository.last_updated = Some(hub_tag.pushed_at);
        repository.tags.insert(tag.to_owned(), hub_tag);
    }

    fn change_definition(
        &self,
        repository: &str,
        tag: &str,
        change: impl FnOnce(&mut super::catalog::Definition),
    ) -> Result<super::catalog::Definition, Refused> {
        let name = catalog_name(repository);
        let mut state = self.state();
        let found = state.catalog.get_mut(name).ok_or_else(|| Refused::NoSource(name.to_owned()))?;
        let definition = found.definitions.iter_mut().find(|definition| definition.tags.iter().any(|one| one == tag));
        let definition = definition.ok_or_else(|| Refused::NoTag(name.to_owned(), tag.to_owned()))?;
        change(definition);
        Ok(definition.clone())
    }
}

/// The catalogue's name in `nginx`, `dhi/nginx`, `dhi-nginx` and `acme/dhi-nginx`.
pub(super) fn catalog_name(repository: &str) -> &str {
    let name = repository.rsplit('/').next().unwrap_or(repository);
    name.strip_prefix("dhi-").unwrap_or(name)
}

pub(in crate::sandbox) fn mirror_id(namespace: &str, name: &str) -> String {
    let hex = sha256(format!("mirror {namespace}/{name}").as_bytes());
    let hex = hex.trim_start_matches("sha256:");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32])
}
