//! How a mirror fills: per definition a log entry a tag, attestations into the Scout registry, the image into Hub's, then tags.

use chrono::{DateTime, TimeDelta, Utc};

use super::catalog::Definition;
use super::state::{HubTag, Mirror, MirroringLog, Progress, Reason};
use super::{World, now};
use crate::sandbox::content::{self, Image};
use crate::sandbox::{Facade, seed, webhooks};

/// Who Hub says pushed a mirrored tag.
const PUSHER: &str = "dockerhardenedimages";

impl World {
    /// Lets a mirror follow these definitions, slowly, in the background.
    pub(super) fn follow(&self, mirror: &Mirror, reason: Reason, definitions: Vec<Definition>) {
        let generation = self.generation();
        let (world, mirror) = (self.clone(), mirror.clone());
        self.spawn(async move {
            let mut planned = Vec::new();
            for definition in definitions {
                let image = world.build(&definition.recipe).await;
                let logs = world.log(generation, &mirror, reason, &definition, &image, now());
                planned.push((definition, image, logs));
            }
            for (definition, image, logs) in planned {
                if !world.advance(generation, &mirror, &logs).await {
                    continue;
                }
                if world.fails(&mirror, &definition) {
                    world.progress(generation, &logs, Progress::Failed, now());
                    continue;
                }
                world.deliver(&mirror, &definition, &image, now()).await;
                world.progress(generation, &logs, Progress::Succeeded, now());
                for tag in &definition.tags {
                    webhooks::announce(&world, &mirror.namespace, &mirror.name, tag, Some(&definition)).await;
                }
            }
        });
    }

    /// Lets time pass until the entries have started and the image may go; says no, and fails them, if the mirror is gone.
    async fn advance(&self, generation: u64, mirror: &Mirror, logs: &[String]) -> bool {
        for reached in [Some(Progress::Started), None] {
            if self.goes_on(generation, mirror) {
                tokio::time::sleep(self.options().mirror_pace).await;
            }
            if !self.goes_on(generation, mirror) {
                self.progress(generation, logs, Progress::Failed, now());
                return false;
            }
            if let Some(progress) = reached {
                self.progress(generation, logs, progress, now());
            }
        }
        true
    }

    /// Fills the world's first mirrors without any waiting: they were finished long before anybody looked.
    pub(super) async fn settle_in(&self) {
        let generation = self.generation();
        let mirrors = self.state().mirrors.clone();
        let mut number = 0;
        for mirror in mirrors {
            let definitions = self.state().catalog.get(&mirror.source).map(|found| found.definitions.clone());
            for definition in definitions.unwrap_or_default() {
                let image = self.build(&definition.recipe).await;
                let then = now() - TimeDelta::days(2) + TimeDelta::seconds(40 * number);
                number += 1;
                let logs = self.log(generation, &mirror, Reason::Onboarding, &definition, &image, then);
                self.progress(generation, &logs, Progress::Started, then + TimeDelta::seconds(9));
                self.deliver(&mirror, &definition, &image, then + TimeDelta::seconds(31)).await;
                self.progress(generation, &logs, Progress::Succeeded, then + TimeDelta::seconds(31));
            }
        }
        for (namespace, name, tag) in seed::PLAIN {
            let image = content::plain(name);
            let store = self.store(Facade::Docker);
            let place = format!("{namespace}/{name}");
            store.put_image(&place, &image).await;
            store.tag(&place, tag, &image.root).await;
            let id = self.state().number();
            if let Some(hub_tag) = HubTag::read(&store, &place, tag, id, "olivia", now() - TimeDelta::days(20)).await {
                self.show_tag(namespace, name, tag, hub_tag);
            }
        }
    }

    /// Attestations first, so that nobody who sees the tag looks for them in vain; then the image, then its tags.
    async fn deliver(&self, mirror: &Mirror, definition: &Definition, image: &Image, at: DateTime<Utc>) {
        let place = format!("{}/{}", mirror.namespace, mirror.name);
        self.attach(&place, definition, image).await;
        let docker = self.store(Facade::Docker);
        docker.put_image(&place, image).await;
        for tag in &definition.tags {
            docker.tag(&place, tag, &image.root).await;
            let id = self.state().number();
            if let Some(hub_tag) = HubTag::read(&docker, &place, tag, id, PUSHER, at).await {
                self.show_tag(&mirror.namespace, &mirror.name, tag, hub_tag);
            }
        }
    }

    /// Puts all that refers to a build into a repository of Scout, VEX documents added since included.
    pub(in crate::sandbox) async fn attach(&self, place: &str, definition: &Definition, image: &Image) {
        let scout = self.store(Facade::Scout);
        scout.put_referrers(place, image).await;
        for number in 1..=definition.vex {
            for (_, attestation) in content::renewed_vex(&definition.recipe, image, number) {
                scout.put_attestation(place, &attestation).await;
            }
        }
    }

    /// Whether it was to fail this time.
    fn fails(&self, mirror: &Mirror, definition: &Definition) -> bool {
        let mut state = self.state();
        let place =
            state.failing.iter().position(|(source, tag)| *source == mirror.source && definition.tags.contains(tag));
        place.map(|place| state.failing.remove(place)).is_some()
    }

    fn log(
        &self,
        generation: u64,
        mirror: &Mirror,
        reason: Reason,
        definition: &Definition,
        image: &Image,
        at: DateTime<Utc>,
    ) -> Vec<String> {
        let mut state = self.state();
        if state.generation != generation {
            return Vec::new();
        }
        let mut ids = Vec::new();
        for tag in &definition.tags {
            let id = format!("log-{:06}", state.number());
            ids.push(id.clone());
            state.logs.push(MirroringLog {
                id,
                reason,
                progress: Progress::Requested,
                source: mirror.source.clone(),
                namespace: mirror.namespace.clone(),
                name: mirror.name.clone(),
                tag: tag.clone(),
                digest: image.root.digest.clone(),
                triggered: at,
                started: None,
                completed: None,
            });
        }
        ids
    }

    fn progress(&self, generation: u64, ids: &[String], progress: Progress, at: DateTime<Utc>) {
        let mut state = self.state();
        if state.generation != generation {
            return;
        }
        for log in state.logs.iter_mut().filter(|log| ids.contains(&log.id)) {
            log.progress = progress;
            match progress {
                Progress::Requested => {}
                Progress::Started => log.started = Some(at),
                Progress::Failed | Progress::Succeeded => log.completed = Some(at),
            }
        }
    }

    /// Whether this is still the same world and the mirror is still wanted.
    fn goes_on(&self, generation: u64, mirror: &Mirror) -> bool {
        let state = self.state();
        state.generation == generation && state.mirrors.iter().any(|one| one.id == mirror.id)
    }
}
