//! Who may do what in a registry, decided when a token is asked for (`contracts/hub.md` section 7.2).

use crate::sandbox::world::World;
use crate::sandbox::world::people::{Credential, Identity, Wish};
use crate::sandbox::{Facade, seed};

/// The secrets a registry knows: the destination knows nobody of Hub.
pub fn credentials(world: &World, facade: Facade) -> Vec<Credential> {
    if facade == Facade::Destination { vec![seed::robot()] } else { world.state().people.credentials.clone() }
}

/// Who a pair of the token service's Basic authentication proves.
pub fn prove(world: &World, facade: Facade, user: &str, secret: &str) -> Option<Identity> {
    let all = credentials(world, facade);
    let found = all.into_iter().find(|one| one.holder == user && one.secret == secret)?;
    let identity = Identity(Some(found));
    // That Scout takes a password is unconfirmed, so here it does not.
    (facade != Facade::Scout || !identity.is_password()).then_some(identity)
}

/// The actions somebody has on a repository.
pub fn granted(world: &World, facade: Facade, identity: &Identity, repository: &str) -> Vec<&'static str> {
    match facade {
        Facade::Destination if identity.name().is_some() => vec!["pull", "push", "delete"],
        Facade::Destination => {
            if world.options().destination.public || world.state().open.contains(repository) {
                vec!["pull"]
            } else {
                Vec::new()
            }
        }
        Facade::Scout => scout(world, identity, repository),
        _ => docker(world, identity, repository),
    }
}

fn scout(world: &World, identity: &Identity, repository: &str) -> Vec<&'static str> {
    let Some((namespace, _)) = repository.split_once('/') else { return Vec::new() };
    let catalogue = namespace == "dhi" && identity.name().is_some();
    if catalogue || world.state().people.may(identity, Wish::Pull, namespace) { vec!["pull"] } else { Vec::new() }
}

fn docker(world: &World, identity: &Identity, repository: &str) -> Vec<&'static str> {
    let Some((namespace, name)) = repository.split_once('/') else { return Vec::new() };
    let state = world.state();
    let public = state.repository(namespace, name).is_some_and(|one| !one.is_private);
    let pull = public || state.people.may(identity, Wish::Pull, namespace);
    let push = state.people.may(identity, Wish::Push, namespace);
    [(pull, "pull"), (push, "push")].into_iter().filter(|(may, _)| *may).map(|(_, action)| action).collect()
}
