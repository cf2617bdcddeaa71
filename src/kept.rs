//! Answers that are kept in the process for a while, so that paging and searching do not ask for the same again.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Some answers by what was asked; clones share them.
pub struct Kept<K, V> {
    life: TimeDelta,
    most: usize,
    answers: Arc<Mutex<Answers<K, V>>>,
}

/// Each until its time.
type Answers<K, V> = HashMap<K, (DateTime<Utc>, Arc<V>)>;

impl<K: Clone + Eq + Hash, V> Kept<K, V> {
    /// Nothing yet; each answer stays so long, and so many at most.
    pub fn new(life: TimeDelta, most: usize) -> Self {
        Self { life, most, answers: Arc::default() }
    }

    /// The answer, while its time is not over.
    pub fn get(&self, key: &K, now: DateTime<Utc>) -> Option<Arc<V>> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.get(key).filter(|(until, _)| now < *until).map(|(_, answer)| Arc::clone(answer))
    }

    /// Keeps an answer; where there is no room, the one that would end first goes.
    pub fn keep(&self, key: K, answer: V, now: DateTime<Utc>) -> Arc<V> {
        let answer = Arc::new(answer);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|_, (until, _)| now < *until);
        while answers.len() >= self.most && !answers.contains_key(&key) {
            let oldest = answers.iter().min_by_key(|(_, (until, _))| *until).map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { break };
            answers.remove(&oldest);
        }
        answers.insert(key, (now + self.life, Arc::clone(&answer)));
        answer
    }
}

impl<K, V> Clone for Kept<K, V> {
    fn clone(&self) -> Self {
        Self { life: self.life, most: self.most, answers: Arc::clone(&self.answers) }
    }
}

impl<K, V> fmt::Debug for Kept<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("life", &self.life).field("most", &self.most).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_stays_for_its_time_and_the_oldest_makes_room() {
        let start = DateTime::from_timestamp(1_800_000_000, 0).expect("a moment");
        let at = |seconds| start + TimeDelta::seconds(seconds);
        let kept = Kept::new(TimeDelta::seconds(60), 2);
        kept.keep("a", 1, at(0));
        kept.keep("b", 2, at(10));
        assert_eq!((kept.get(&"a", at(59)).as_deref(), kept.get(&"a", at(60)).as_deref()), (Some(&1), None));
        kept.keep("c", 3, at(20));
        assert!(kept.get(&"a", at(20)).is_none() && kept.get(&"b", at(20)).is_some());
        kept.keep("c", 4, at(30));
        assert_eq!(
            (kept.get(&"b", at(30)).as_deref(), kept.clone().get(&"c", at(89)).as_deref()),
            (Some(&2), Some(&4))
        );
    }
}
