//! How far Docker is with the tags of a mirror, by its mirroring log. Pure.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::log;
use crate::hub::{LogStatus, MirroringLog};
use crate::model::{LogState, MirrorState, MirrorTag, Progress, TagProgress};

/// The line of each tag that counts.
pub(super) type Newest<'a> = BTreeMap<&'a str, &'a MirroringLog>;

/// How many tags have arrived; none where the log says nothing.
pub(super) fn of(newest: &Newest<'_>) -> Option<Progress> {
    let mut progress = Progress { total: u32::try_from(newest.len()).unwrap_or(u32::MAX), ..Progress::default() };
    for line in newest.values() {
        match line.status {
            LogStatus::Succeeded => progress.arrived += 1,
            LogStatus::Failed => progress.failed += 1,
            LogStatus::Requested | LogStatus::Started => progress.pending += 1,
            LogStatus::Other(_) => {}
        }
    }
    (progress.total > 0).then_some(progress)
}

/// How far the mirror is. `is_quiet`: where the log says nothing of it, that is because it is old and not because it is
/// new.
pub(super) fn state(progress: Option<Progress>, newest: &Newest<'_>, is_quiet: bool) -> MirrorState {
    let Some(Progress { arrived, failed, pending, .. }) = progress else {
        return if is_quiet { MirrorState::Unknown } else { MirrorState::Requested };
    };
    let is_started = newest.values().any(|line| line.status == LogStatus::Started);
    match (pending > 0, failed > 0) {
        (true, _) if is_started || arrived > 0 => MirrorState::Mirroring,
        (true, _) => MirrorState::Requested,
        (false, true) => MirrorState::Failed,
        (false, false) => MirrorState::UpToDate,
    }
}

/// The tags that Docker Hub lists with what the log says of each, and those on their way: what failed first, then what is
/// under way, then as Docker Hub lists them.
pub(super) fn tags(mut tags: Vec<MirrorTag>, newest: &Newest<'_>) -> Vec<MirrorTag> {
    let said = |line: &MirroringLog| TagProgress {
        state: log::state_of(&line.status),
        triggered_at: line.triggered_at,
        completed_at: line.completed_at,
    };
    for tag in &mut tags {
        tag.progress = newest.get(tag.tag.as_str()).map(|line| said(line));
    }
    let missing = newest.iter().filter(|(name, line)| {
        line.status != LogStatus::Succeeded && !tags.iter().any(|tag| tag.tag.as_str() == **name)
    });
    let missing: Vec<MirrorTag> = missing
        .filter_map(|(name, line)| {
            Some(MirrorTag {
                tag: name.parse().ok()?,
                digest: None,
                size: 0,
                platforms: Vec::new(),
                last_pushed: None,
                progress: Some(said(line)),
            })
        })
        .collect();
    tags.extend(missing);
    tags.sort_by_key(|tag| Reverse(tag.progress.map_or(0, |progress| urgency(progress.state))));
    tags
}

/// What is to be seen first.
pub(super) fn urgency(state: LogState) -> u8 {
    match state {
        LogState::Failed => 3,
        LogState::Started => 2,
        LogState::Requested => 1,
        LogState::Succeeded | LogState::Other => 0,
    }
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

    fn look(lines: &[MirroringLog]) -> (MirrorState, Option<Progress>) {
        let node = "acme/dhi-node".parse().expect("a name");
        let newest = log::newest(&node, lines);
        let progress = of(&newest);
        (state(progress, &newest, false), progress)
    }

    #[test]
    fn the_newest_line_of_each_tag_counts() {
        use LogStatus::{Failed, Requested, Started, Succeeded};
        let state = |lines: &[MirroringLog]| look(lines).0;
        assert_eq!(state(&[]), MirrorState::Requested);
        assert_eq!(state(&[line("1", Requested, 1)]), MirrorState::Requested);
        assert_eq!(state(&[line("1", Succeeded, 1), line("2", Requested, 1)]), MirrorState::Mirroring);
        assert_eq!(state(&[line("1", Failed, 1), line("1", Succeeded, 2)]), MirrorState::UpToDate);
        assert_eq!(state(&[line("1", Succeeded, 1), line("1", Failed, 2)]), MirrorState::Failed);
        assert_eq!(state(&[line("1", Started, 1)]), MirrorState::Mirroring);
        assert_eq!(state(&[line("1", Succeeded, 1), line("1", Failed, 1)]), MirrorState::Failed, "a platform failed");
        assert_eq!(
            look(&[line("1", Succeeded, 1), line("2", Failed, 1), line("3", Requested, 2)]).1,
            Some(Progress { arrived: 1, failed: 1, pending: 1, total: 3 })
        );
    }

    #[test]
    fn a_log_that_was_cut_does_not_make_an_old_mirror_a_new_one() {
        let nothing = Newest::new();
        assert_eq!(state(None, &nothing, true), MirrorState::Unknown);
        assert_eq!(state(None, &nothing, false), MirrorState::Requested);
    }

    #[test]
    fn what_failed_comes_first_and_what_is_not_there_yet_is_listed() {
        use LogStatus::{Failed, Requested, Started, Succeeded};
        let shown = |name: &str| MirrorTag {
            tag: name.parse().expect("a tag"),
            digest: None,
            size: 1,
            platforms: Vec::new(),
            last_pushed: None,
            progress: None,
        };
        let lines = [line("a", Succeeded, 1), line("b", Failed, 1), line("c", Requested, 1), line("d", Started, 1)];
        let node = "acme/dhi-node".parse().expect("a name");
        let tags = tags(vec![shown("z"), shown("a"), shown("b")], &log::newest(&node, &lines));
        let names: Vec<_> = tags.iter().map(|tag| tag.tag.as_str()).collect();
        assert_eq!(names, ["b", "d", "c", "z", "a"]);
    }
}
