//! What Docker's mirroring log says of a mirror. Pure.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::hub::{LogReason, LogStatus, MirroringLog};
use crate::model::{LogState, MirrorLogEntry, MirrorState, RepoName};

/// How far a mirror is: by the newest line of each tag.
pub(super) fn state(repository: &RepoName, log: &[MirroringLog]) -> MirrorState {
    let mut newest: HashMap<&str, &MirroringLog> = HashMap::new();
    for line in log.iter().filter(|line| concerns(line, repository)) {
        let known = newest.entry(&line.tag).or_insert(line);
        if line.triggered_at > known.triggered_at {
            *known = line;
        }
    }
    let any = |status: &LogStatus| newest.values().any(|line| &line.status == status);
    if newest.is_empty() {
        MirrorState::Requested
    } else if any(&LogStatus::Started) {
        MirrorState::Mirroring
    } else if any(&LogStatus::Requested) {
        if any(&LogStatus::Succeeded) { MirrorState::Mirroring } else { MirrorState::Requested }
    } else if any(&LogStatus::Failed) {
        MirrorState::Failed
    } else {
        MirrorState::UpToDate
    }
}

/// The log for people, newest first.
pub(super) fn entries(log: Vec<MirroringLog>) -> Vec<MirrorLogEntry> {
    let mut entries: Vec<MirrorLogEntry> = log
        .into_iter()
        .map(|line| MirrorLogEntry {
            tag: line.tag,
            digest: line.digest.map(|digest| digest.to_string()).unwrap_or_default(),
            state: match line.status {
                LogStatus::Requested => LogState::Requested,
                LogStatus::Started => LogState::Started,
                LogStatus::Failed => LogState::Failed,
                LogStatus::Succeeded => LogState::Succeeded,
                LogStatus::Other(_) => LogState::Other,
            },
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
    use chrono::DateTime;

    fn line(tag: &str, status: LogStatus, second: i64) -> MirroringLog {
        MirroringLog {
            tag: tag.into(),
            status,
            destination_repository: "docker.io/acme/dhi-node".into(),
            triggered_at: DateTime::from_timestamp(second, 0),
            ..MirroringLog::default()
        }
    }

    #[test]
    fn the_newest_line_of_each_tag_counts() {
        use LogStatus::{Failed, Requested, Started, Succeeded};
        let node: RepoName = "acme/dhi-node".parse().expect("a name");
        let state = |lines: &[MirroringLog]| state(&node, lines);
        assert_eq!(state(&[]), MirrorState::Requested);
        assert_eq!(state(&[line("1", Requested, 1)]), MirrorState::Requested);
        assert_eq!(state(&[line("1", Succeeded, 1), line("2", Requested, 1)]), MirrorState::Mirroring);
        assert_eq!(state(&[line("1", Failed, 1), line("1", Succeeded, 2)]), MirrorState::UpToDate);
        assert_eq!(state(&[line("1", Succeeded, 1), line("1", Failed, 2)]), MirrorState::Failed);
        assert_eq!(state(&[line("1", Started, 1)]), MirrorState::Mirroring);
    }

    #[test]
    fn other_mirrors_lines_do_not_count() {
        let other: RepoName = "acme/dhi-nod".parse().expect("a name");
        assert_eq!(state(&other, &[line("1", LogStatus::Succeeded, 1)]), MirrorState::Requested);
    }
}
