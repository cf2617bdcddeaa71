//! Mirroring logs: newest first, no total, so the last page is the one that is short.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, SecondsFormat, Utc};

use super::context::{Asking, refusal};
use super::given;
use super::mirrors::HOSTNAME;
use crate::sandbox::world::state::{MirroringLog, Progress, Reason};

/// The query.
#[derive(Default)]
pub struct Logs;

#[derive(InputObject, Default)]
struct DhiListMirroringLogsQuery {
    destination_repositories: Option<Vec<DhiMirroringLogRepositoryInput>>,
    included_statuses: Option<Vec<DhiMirroringLogStatus>>,
    excluded_statuses: Option<Vec<DhiMirroringLogStatus>>,
    triggered_since: Option<String>,
    paging: Option<DhiMirroringLogsPaging>,
}

#[derive(InputObject)]
struct DhiMirroringLogRepositoryInput {
    hostname: String,
    namespace: String,
    name: String,
}

#[derive(InputObject)]
struct DhiMirroringLogsPaging {
    #[graphql(default = 100)]
    page_size: Option<i32>,
    #[graphql(default = 1)]
    page: Option<i32>,
}

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(rename_items = "SCREAMING_SNAKE_CASE")]
enum DhiMirroringLogStatus {
    Requested,
    Started,
    Failed,
    Succeeded,
}

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(rename_items = "SCREAMING_SNAKE_CASE")]
enum DhiMirroringLogReason {
    Onboarding,
    Push,
}

#[derive(SimpleObject)]
struct DhiListMirroringLogsResult {
    items: Vec<DhiMirroringLog>,
}

#[derive(SimpleObject)]
struct DhiMirroringLog {
    id: String,
    reason: DhiMirroringLogReason,
    status: DhiMirroringLogStatus,
    source_repository: String,
    destination_repository: String,
    tag: String,
    digest: String,
    triggered_at: String,
    pushed_at: Option<String>,
    started_at: Option<String>,
    completed_at: Option<String>,
}

#[Object]
impl Logs {
    async fn dhi_list_mirroring_logs(
        &self,
        given_context: &Context<'_>,
        context: Asking,
        query: Option<DhiListMirroringLogsQuery>,
    ) -> Result<DhiListMirroringLogsResult> {
        let (world, identity) = given(given_context)?;
        let organization = context.organization(world, identity)?;
        let query = query.unwrap_or_default();
        let since = match &query.triggered_since {
            Some(text) => Some(moment(text)?),
            None => None,
        };
        let paging = query.paging.as_ref();
        let size = positive(paging.and_then(|one| one.page_size).unwrap_or(100), "pageSize")?;
        let page = positive(paging.and_then(|one| one.page).unwrap_or(1), "page")?;
        let state = world.state();
        let own = state.logs.iter().rev().filter(|log| log.namespace == organization);
        let fits = own.filter(|log| query.fits(log) && since.is_none_or(|since| log.triggered >= since));
        Ok(DhiListMirroringLogsResult { items: fits.skip((page - 1) * size).take(size).map(show).collect() })
    }
}

impl DhiListMirroringLogsQuery {
    fn fits(&self, log: &MirroringLog) -> bool {
        let status = status(log.progress);
        let places = self.destination_repositories.as_ref();
        let here = |one: &DhiMirroringLogRepositoryInput| {
            one.hostname == HOSTNAME && one.namespace == log.namespace && one.name == log.name
        };
        places.is_none_or(|all| all.iter().any(here))
            && self.included_statuses.as_ref().is_none_or(|all| all.contains(&status))
            && self.excluded_statuses.as_ref().is_none_or(|all| !all.contains(&status))
    }
}

fn moment(text: &str) -> Result<DateTime<Utc>> {
    text.parse().map_err(|_| refusal("BAD_REQUEST", 400, "triggeredSince is not an ISO 8601 date"))
}

fn positive(number: i32, name: &str) -> Result<usize> {
    let good = usize::try_from(number).ok().filter(|number| *number >= 1);
    good.ok_or_else(|| refusal("BAD_REQUEST", 400, &format!("{name} must be at least 1")))
}

fn status(progress: Progress) -> DhiMirroringLogStatus {
    match progress {
        Progress::Requested => DhiMirroringLogStatus::Requested,
        Progress::Started => DhiMirroringLogStatus::Started,
        Progress::Failed => DhiMirroringLogStatus::Failed,
        Progress::Succeeded => DhiMirroringLogStatus::Succeeded,
    }
}

fn show(log: &MirroringLog) -> DhiMirroringLog {
    let stamp = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
    DhiMirroringLog {
        id: log.id.clone(),
        reason: match log.reason {
            Reason::Onboarding => DhiMirroringLogReason::Onboarding,
            Reason::Push => DhiMirroringLogReason::Push,
        },
        status: status(log.progress),
        source_repository: format!("dhi/{}", log.source),
        destination_repository: format!("{}/{}", log.namespace, log.name),
        tag: log.tag.clone(),
        digest: log.digest.clone(),
        triggered_at: stamp(log.triggered),
        pushed_at: log.completed.filter(|_| log.progress == Progress::Succeeded).map(stamp),
        started_at: log.started.map(stamp),
        completed_at: log.completed.map(stamp),
    }
}
