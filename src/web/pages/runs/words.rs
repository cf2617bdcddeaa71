//! What started a run, what it counts and how long it took, in words.

use crate::model::{Failure, FoundTag, Item, ItemCounts, ItemState, RunState, RunSummary, Tag, Trigger};
use crate::web::format;

/// Who or what started it.
pub fn started_by(run: &RunSummary) -> String {
    match (run.trigger, &run.started_by) {
        (_, Some(person)) => person.clone(),
        (trigger, None) => self::trigger(trigger).to_owned(),
    }
}

/// What starts runs, by kind.
pub fn trigger(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::Webhook => "A push to Docker Hub",
        Trigger::Schedule => "The schedule",
        Trigger::Manual => "A person",
        Trigger::Reconcile => "The regular check",
    }
}

/// `dhi-nginx:1.29, dhi-nginx:1.29.3 and 4 more`.
pub fn found(tags: &[FoundTag], in_all: u32) -> String {
    let names: Vec<_> = tags.iter().map(|found| format!("{}:{}", found.mirror.name(), found.tag)).collect();
    let more = usize::try_from(in_all).unwrap_or_default().saturating_sub(names.len());
    if more == 0 { names.join(", ") } else { format!("{} and {more} more", names.join(", ")) }
}

/// `2 failed, 22 succeeded`.
pub fn counts(counts: &ItemCounts) -> String {
    let parts: Vec<_> = ItemState::ALL
        .into_iter()
        .map(|state| (state, counts.of(state)))
        .filter(|(_, number)| *number > 0)
        .map(|(state, number)| format!("{number} {}", state.label().to_lowercase()))
        .collect();
    if parts.is_empty() { "No tags".to_owned() } else { parts.join(", ") }
}

/// What stands below a tag.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    pub sentence: String,
    /// With its detail and what mends it; none where that stands elsewhere.
    pub failure: Option<Failure>,
}

/// What happened to a tag. `twin`: the tag of a row above with the same image and the same trouble.
pub fn trouble(item: &Item, twin: Option<&Tag>) -> Option<Trouble> {
    if let (Some(tag), Some(same)) = (twin, same(item.state)) {
        return Some(Trouble { sentence: format!("{same} for the same reason as {tag}."), failure: None });
    }
    let before = match (item.state, &item.decided_by, &item.cancelled_by) {
        (ItemState::Cancelled, _, Some(person)) => {
            let sentence = format!("Cancelled by {person}. The tag was not moved.");
            return Some(Trouble { sentence, failure: None });
        }
        (ItemState::Cancelled, Some(person), _) => format!("Discarded by {person}. "),
        (ItemState::Failed | ItemState::Held | ItemState::Cancelled, ..) => String::new(),
        (ItemState::Succeeded, Some(person), _) => format!("Released by {person}. "),
        (ItemState::Succeeded | ItemState::Unchanged, ..) => return None,
        (ItemState::Waiting, ..) => "Waits: ".to_owned(),
        _ => "Last try: ".to_owned(),
    };
    let failure = item.failure.clone()?;
    Some(Trouble { sentence: before + &failure.sentence, failure: Some(failure) })
}

fn same(state: ItemState) -> Option<&'static str> {
    match state {
        ItemState::Held => Some("Held"),
        ItemState::Failed => Some("Failed"),
        ItemState::Waiting => Some("Waits"),
        ItemState::Retrying => Some("Tried again"),
        _ => None,
    }
}

/// From its begin to its last item's end; none while it goes on.
pub fn took(run: &RunSummary) -> Option<String> {
    run.finished_at.map(|end| format::duration(end - run.created_at))
}

/// How far it is, as a screen reader says it.
pub fn progress(state: RunState, counts: &ItemCounts) -> String {
    let (done, total) = (counts.finished(), counts.total());
    match state {
        RunState::Queued if total == 0 => "The run looks up its tags.".to_owned(),
        RunState::Queued | RunState::Running => format!("{done} of {total} tags done."),
        RunState::Held => format!("The run waits for a person: {done} of {total} tags done."),
        RunState::Failed => format!("The run failed: {}.", self::counts(counts)),
        RunState::Cancelled => format!("The run was cancelled: {}.", self::counts(counts)),
        RunState::Succeeded => format!("The run succeeded: {}.", self::counts(counts)),
        RunState::Unchanged => "The run is over: nothing had to be copied.".to_owned(),
    }
}

/// How many of the tags are done, in tenths of all: what is said aloud must not change with every tag.
pub fn tenths(counts: &ItemCounts) -> u32 {
    (counts.finished() * 10).checked_div(counts.total()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_name_what_needs_attention_first() {
        let some = ItemCounts(vec![(ItemState::Succeeded, 22), (ItemState::Failed, 2)]);
        assert_eq!(counts(&some), "2 failed, 22 succeeded");
        assert_eq!(counts(&ItemCounts::default()), "No tags");
    }

    #[test]
    fn what_was_searched_for_is_named_and_the_rest_counted() {
        let digest = format!("sha256:{}", "a".repeat(64)).parse().expect("a digest");
        let tag =
            FoundTag { mirror: "acme/dhi-nginx".parse().expect("a name"), tag: "1.29".parse().expect("a tag"), digest };
        assert_eq!(found(std::slice::from_ref(&tag), 1), "dhi-nginx:1.29");
        assert_eq!(found(&[tag], 5), "dhi-nginx:1.29 and 4 more");
    }

    #[test]
    fn progress_is_said_in_tenths() {
        let at = |done| ItemCounts(vec![(ItemState::Succeeded, done), (ItemState::Queued, 24 - done)]);
        assert_eq!(tenths(&at(2)), 0);
        assert_eq!(tenths(&at(3)), 1);
        assert_eq!(tenths(&ItemCounts::default()), 0);
        assert_eq!(progress(RunState::Running, &at(12)), "12 of 24 tags done.");
    }
}
