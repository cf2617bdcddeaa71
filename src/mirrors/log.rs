//! What Docker's mirroring log says of a mirror. Pure.

use std::cmp::Reverse;

use super::progress::{Newest, urgency};
use crate::hub::{LogReason, LogStatus, MirroringLog};
use crate::model::{LogState, MirrorLogEntry, RepoName};

/// The newest line of each tag of a mirror; of several of one moment, such as one for each platform, the one to see first.
pub(super) fn newest<'a>(repository: &RepoName, log: &'a [MirroringLog]) -> Newest<'a> {
    let mut newest = Newest::new();
    let rank = |line: &MirroringLog| (line.triggered_at, urgency(state_of(&line.status)));
    for line in log.iter().filter(|line| concerns(line, repository)) {
        let known = newest.entry(&line.tag).or_insert(line);
        if rank(line) > rank(known) {
            *known = line;
        }
    }
    newest
}

/// How far one line is.
pub(super) fn state_of(status: &LogStatus) -> LogState {
    match status {
        LogStatus::Requested => LogState::Requested,
        LogStatus::Started => LogState::Started,
        LogStatus::Failed => LogState::Failed,
        LogStatus::Succeeded => LogState::Succeeded,
        LogStatus::Other(_) => LogState::Other,
    }
}

/// The log for people, newest first.
pub(super) fn entries(log: Vec<MirroringLog>) -> Vec<MirrorLogEntry> {
    let mut entries: Vec<MirrorLogEntry> = log
        .into_iter()
        .map(|line| MirrorLogEntry {
            tag: line.tag,
            digest: line.digest.map(|digest| digest.to_string()).unwrap_or_default(),
            state: state_of(&line.status),
            reason: match line.reason {
                LogReason::Onboarding => "the mirror was started".to_owned(),
                LogReason::Push => "Docker published a new build".to_owned(),
                LogReason::Other(word) => word,
            },
            triggered_at: line.triggered_at,
            completed_at: line.completed_at,
        })
        .collect();
    entries.sort_by_key(|entry| Reverse(entry.triggered_at));
    entries
}

/// The contract does not say how a log line spells the repository: with or without its host.
fn concerns(line: &MirroringLog, repository: &RepoName) -> bool {
    let name = line.destination_repository.as_str();
    name == repository.as_str()
        || name == repository.name()
        || name.strip_suffix(repository.as_str()).is_some_and(|host| host.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_of_the_mirror_it_names_however_it_spells_it() {
        let line = |name: &str| MirroringLog {
            tag: "1".into(),
            destination_repository: name.into(),
            ..MirroringLog::default()
        };
        let node: RepoName = "acme/dhi-node".parse().expect("a name");
        for spelled in ["acme/dhi-node", "docker.io/acme/dhi-node", "dhi-node"] {
            assert_eq!(newest(&node, &[line(spelled)]).len(), 1, "{spelled}");
        }
        let other: RepoName = "acme/dhi-nod".parse().expect("a name");
        assert!(newest(&other, &[line("docker.io/acme/dhi-node")]).is_empty());
    }
}
