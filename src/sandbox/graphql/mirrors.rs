//! Mirrors (`contracts/hub.md` section 6.3): listing them, setting one up, removing one.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};

use super::context::{Asking, refusal};
use super::given;
use crate::sandbox::world::people::Identity;
use crate::sandbox::world::state::Mirror;
use crate::sandbox::world::{Refused, World};

/// What `hostname` says of a mirror and its source.
pub const HOSTNAME: &str = "docker.io";

/// The queries.
#[derive(Default)]
pub struct Mirrors;

/// The mutations.
#[derive(Default)]
pub struct Changes;

#[derive(InputObject)]
struct DhiGetMirroredRepositoryQuery {
    mirrored_repository_id: String,
}

#[derive(InputObject)]
struct DhiGetMirroredRepositoriesBySourceRepositoryQuery {
    dhi_source_repository: DhiSourceRepositoryInput,
}

#[derive(InputObject)]
struct DhiSourceRepositoryInput {
    name: String,
    namespace: String,
}

#[derive(InputObject)]
struct DhiDestinationRepositoryInput {
    name: String,
    namespace: String,
}

#[derive(InputObject)]
struct DhiSetMirroredRepositoryInput {
    dhi_source_repository: DhiSourceRepositoryInput,
    destination_repository: DhiDestinationRepositoryInput,
}

#[derive(InputObject)]
struct DhiRemoveMirroredRepositoryInput {
    mirrored_repository_id: String,
}

#[derive(SimpleObject)]
struct DhiListMirroredRepositoriesResponse {
    mirrored_repositories: Vec<DhiMirroredRepository>,
    total_count: i32,
    can_mirror_more_repositories: bool,
}

#[derive(SimpleObject)]
struct DhiGetMirroredRepositoryResponse {
    mirrored_repository: Option<DhiMirroredRepository>,
}

#[derive(SimpleObject)]
struct DhiGetMirroredRepositoriesBySourceRepositoryResponse {
    mirrored_repositories: Vec<DhiMirroredRepository>,
}

#[derive(SimpleObject)]
struct DhiSetMirroredRepositoryResponse {
    mirrored_repository: Option<DhiMirroredRepository>,
}

#[derive(SimpleObject)]
struct DhiMirroredRepository {
    id: String,
    destination_repository: DhiDestinationRepository,
    dhi_source_repository: DhiSourceRepository,
}

#[derive(SimpleObject)]
struct DhiDestinationRepository {
    name: String,
    namespace: String,
    hostname: String,
}

/// The source of a mirror.
#[derive(SimpleObject)]
pub struct DhiSourceRepository {
    name: String,
    namespace: String,
    hostname: String,
    display_name: String,
}

#[derive(SimpleObject)]
struct MutationResponse {
    status: MutationResponseStatus,
    message: Option<String>,
}

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(rename_items = "SCREAMING_SNAKE_CASE")]
enum MutationResponseStatus {
    Accepted,
    BadRequest,
    Error,
    NotFound,
}

#[Object]
impl Mirrors {
    async fn dhi_list_mirrored_repositories(
        &self,
        given_context: &Context<'_>,
        context: Asking,
    ) -> Result<DhiListMirroredRepositoriesResponse> {
        let (world, identity) = given(given_context)?;
        let organization = context.organization(world, identity)?;
        let held = of(world, &organization);
        Ok(DhiListMirroredRepositoriesResponse {
            total_count: i32::try_from(held.len()).unwrap_or(i32::MAX),
            can_mirror_more_repositories: room(world, &organization) > 0,
            mirrored_repositories: held.iter().map(|mirror| show(world, mirror)).collect(),
        })
    }

    async fn dhi_get_mirrored_repository(
        &self,
        given_context: &Context<'_>,
        context: Asking,
        query: DhiGetMirroredRepositoryQuery,
    ) -> Result<DhiGetMirroredRepositoryResponse> {
        let (world, identity) = given(given_context)?;
        let organization = context.organization(world, identity)?;
        let found = of(world, &organization).into_iter().find(|mirror| mirror.id == query.mirrored_repository_id);
        Ok(DhiGetMirroredRepositoryResponse { mirrored_repository: found.map(|mirror| show(world, &mirror)) })
    }

    async fn dhi_get_mirrored_repositories_by_source_repository(
        &self,
        given_context: &Context<'_>,
        context: Asking,
        query: DhiGetMirroredRepositoriesBySourceRepositoryQuery,
    ) -> Result<DhiGetMirroredRepositoriesBySourceRepositoryResponse> {
        let (world, identity) = given(given_context)?;
        let organization = context.organization(world, identity)?;
        let source = query.dhi_source_repository;
        let fits = |mirror: &&Mirror| source.namespace == "dhi" && mirror.source == source.name;
        let mirrored_repositories =
            of(world, &organization).iter().filter(fits).map(|mirror| show(world, mirror)).collect();
        Ok(DhiGetMirroredRepositoriesBySourceRepositoryResponse { mirrored_repositories })
    }
}

#[Object]
impl Changes {
    async fn dhi_set_mirrored_repository(
        &self,
        given_context: &Context<'_>,
        context: Asking,
        input: DhiSetMirroredRepositoryInput,
    ) -> Result<Option<DhiSetMirroredRepositoryResponse>> {
        let (world, identity) = given(given_context)?;
        let organization = context.organization(world, identity)?;
        allowed(world, identity, &organization)?;
        let (source, destination) = (input.dhi_source_repository, input.destination_repository);
        if destination.namespace != organization {
            return Err(refusal(
                "BAD_REQUEST",
                400,
                "destination repository namespace must match the organization in the context",
            ));
        }
        if source.namespace != "dhi" {
            return Err(refusal("NOT_FOUND", 404, "source repository does not exist"));
        }
        let silent = world.state().silent_sets.pop_front();
        if silent == Some(false) {
            return Ok(None);
        }
        let mirror = world.mirror(&organization, &source.name, &destination.name).map_err(|refused| match refused {
            Refused::Name => refusal("BAD_REQUEST", 400, "destination repository name must start with dhi-"),
            Refused::Entitlement => refusal("DOWNSTREAM_SERVICE_ERROR", 402, "entitlement exceeded"),
            _ => refusal("NOT_FOUND", 404, "source repository does not exist"),
        })?;
        let shown = silent.is_none().then(|| show(world, &mirror));
        Ok(Some(DhiSetMirroredRepositoryResponse { mirrored_repository: shown }))
    }

    async fn dhi_remove_mirrored_repository(
        &self,
        given_context: &Context<'_>,
        context: Asking,
        input: DhiRemoveMirroredRepositoryInput,
    ) -> Result<MutationResponse> {
        let (world, identity) = given(given_context)?;
        let organization = context.organization(world, identity)?;
        allowed(world, identity, &organization)?;
        let answer = |status, message: &str| Ok(MutationResponse { status, message: Some(message.to_owned()) });
        let id = input.mirrored_repository_id;
        if id.is_empty() {
            return answer(MutationResponseStatus::BadRequest, "mirroredRepositoryId is required");
        }
        if !of(world, &organization).iter().any(|mirror| mirror.id == id) {
            return answer(MutationResponseStatus::NotFound, "mirrored repository not found");
        }
        if let Some(reason) = world.state().refused_removal.take() {
            return answer(MutationResponseStatus::Error, &reason);
        }
        match world.stop_mirroring(&id) {
            Ok(_) => Ok(MutationResponse { status: MutationResponseStatus::Accepted, message: None }),
            Err(refused) => answer(MutationResponseStatus::Error, &refused.to_string()),
        }
    }
}

fn allowed(world: &World, identity: &Identity, organization: &str) -> Result<()> {
    let lowest = world.options().mirror_role;
    if world.state().people.may_mirror(identity, organization, lowest) {
        return Ok(());
    }
    Err(refusal("DOWNSTREAM_SERVICE_ERROR", 403, "you do not have permission to manage mirrored repositories"))
}

/// The mirrors of an organization, oldest first.
pub fn of(world: &World, organization: &str) -> Vec<Mirror> {
    world.state().mirrors.iter().filter(|mirror| mirror.namespace == organization).cloned().collect()
}

/// How many more mirrors an organization may have.
pub fn room(world: &World, organization: &str) -> i32 {
    let held = i32::try_from(of(world, organization).len()).unwrap_or(i32::MAX);
    let state = world.state();
    state.people.organization(organization).filter(|one| one.entitled).map_or(0, |one| (one.mirror_limit - held).max(0))
}

/// The source of a mirror as answers show it.
pub fn source(world: &World, name: &str) -> DhiSourceRepository {
    let display_name =
        world.state().catalog.get(name).map_or_else(|| name.to_owned(), |found| found.display_name.clone());
    DhiSourceRepository { name: name.to_owned(), namespace: "dhi".into(), hostname: HOSTNAME.into(), display_name }
}

fn show(world: &World, mirror: &Mirror) -> DhiMirroredRepository {
    DhiMirroredRepository {
        id: mirror.id.clone(),
        destination_repository: DhiDestinationRepository {
            name: mirror.name.clone(),
            namespace: mirror.namespace.clone(),
            hostname: HOSTNAME.into(),
        },
        dhi_source_repository: source(world, &mirror.source),
    }
}
