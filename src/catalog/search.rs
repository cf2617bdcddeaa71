//! Which entries are meant by what somebody typed, and how well each fits. Pure.

use crate::model::CatalogEntry;

/// From how many letters on a word may be mistyped, and from how many on twice.
const MISTYPED: usize = 4;
const MISTYPED_TWICE: usize = 8;
/// A shorter word is not looked for in the middle of a description's words.
const WITHIN_TEXT: usize = 3;

/// What an entry is searched by: letters and digits in lower case, one space between words.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    /// The name of the repository, and the one that is shown.
    names: [String; 2],
    description: String,
}

/// How a word is found in an entry, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Name,
    NameBegins,
    Word,
    WordBegins,
    WithinName,
    Description,
    WithinDescription,
    /// With so many letters wrong.
    Close(usize),
}

/// How well an entry fits, best first: by the word that fits it worst, then by all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank(Vec<Fit>);

/// What somebody typed.
#[derive(Debug)]
pub(super) struct Query {
    is_empty: bool,
    whole: String,
    /// Each with whether it may be mistyped, because nothing has it as it is.
    words: Vec<(String, bool)>,
}

impl Text {
    /// Of this entry.
    pub(super) fn of(entry: &CatalogEntry) -> Self {
        Self {
            names: [plain(entry.name.as_str()), plain(&entry.display_name)],
            description: plain(&entry.short_description),
        }
    }

    /// How the word is found; none where it is not there as it was typed.
    fn fit(&self, word: &str) -> Option<Fit> {
        let names = || self.names.iter();
        let words = || names().flat_map(|name| name.split(' '));
        let long = word.chars().count() >= WITHIN_TEXT;
        if names().any(|name| name == word) {
            Some(Fit::Name)
        } else if names().any(|name| name.starts_with(word)) {
            Some(Fit::NameBegins)
        } else if words().any(|part| part == word) {
            Some(Fit::Word)
        } else if words().any(|part| part.starts_with(word)) {
            Some(Fit::WordBegins)
        } else if names().any(|name| name.contains(word)) {
            Some(Fit::WithinName)
        } else if self.description.split(' ').any(|part| part.starts_with(word)) {
            Some(Fit::Description)
        } else {
            (long && self.description.contains(word)).then_some(Fit::WithinDescription)
        }
    }

    /// How the word is found in the names with some letters wrong, missing, too many or in another order. It may be the
    /// beginning of a longer one: who is still typing errs as well.
    fn close(&self, word: &str) -> Option<Fit> {
        let letters = word.chars().count();
        let most = match letters {
            MISTYPED_TWICE.. => 2,
            MISTYPED.. => 1,
            _ => return None,
        };
        let distance = |part: &str| {
            let length = part.chars().count();
            let lengths = letters.saturating_sub(most)..=(letters + most).min(length);
            lengths.map(|length| strsim::osa_distance(word, beginning(part, length))).min()
        };
        let nearest = self.names.iter().flat_map(|name| name.split(' ')).filter_map(distance).min();
        nearest.filter(|wrong| *wrong <= most).map(Fit::Close)
    }
}

impl Query {
    /// Of what was typed, among all these texts.
    pub(super) fn new<'a>(typed: &str, texts: &(impl Iterator<Item = &'a Text> + Clone)) -> Self {
        let whole = plain(typed);
        let word = |word: &str| (word.to_owned(), !texts.clone().any(|text| text.fit(word).is_some()));
        let words = whole.split(' ').filter(|part| !part.is_empty()).map(word).collect();
        Self { is_empty: typed.trim().is_empty(), whole, words }
    }

    /// True where nothing was typed.
    pub(super) fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// True where some word stands nowhere, so that what is written almost so is taken.
    pub(super) fn is_mistyped(&self) -> bool {
        self.words.iter().any(|(_, mistyped)| *mistyped)
    }

    /// How well the entry fits; none where one of the words is not in it.
    pub(super) fn rank(&self, text: &Text) -> Option<Rank> {
        if self.is_empty {
            return Some(Rank::default());
        }
        if let Some(fit @ (Fit::Name | Fit::NameBegins)) = text.fit(&self.whole).filter(|_| !self.whole.is_empty()) {
            return Some(Rank(vec![fit]));
        }
        let fit = |(word, mistyped): &(String, bool)| if *mistyped { text.close(word) } else { text.fit(word) };
        let mut fits: Vec<Fit> = self.words.iter().map(fit).collect::<Option<_>>()?;
        fits.sort_by(|a, b| b.cmp(a));
        // Nothing but signs was typed.
        (!fits.is_empty()).then_some(Rank(fits))
    }
}

/// Letters and digits in lower case, with one space for whatever stands between them.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// The first letters of a word.
fn beginning(word: &str, letters: usize) -> &str {
    word.char_indices().nth(letters).map_or(word, |(end, _)| word.get(..end).unwrap_or(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Vec<(&'static str, Text)> {
        let text = |name: &'static str, display: &str, description: &str| {
            let text = Text { names: [plain(name), plain(display)], description: plain(description) };
            (name, text)
        };
        vec![
            text("harbor-redis", "Harbor Redis", "Storage of Harbor."),
            text("redis-exporter", "Redis Exporter", "Metrics."),
            text("redis", "Redis", "An in-memory data store."),
            text("postgres", "PostgreSQL", "A relational database."),
            text("node", "Node.js", "A JavaScript runtime."),
            text("node-exporter", "Prometheus Node Exporter", "Metrics of machines."),
            text("keydb", "KeyDB", "A fork of Redis."),
            text("golang", "Go", "A toolchain."),
        ]
    }

    /// The names that fit, best first, and whether the words were taken as mistyped.
    fn found(typed: &str) -> (Vec<&'static str>, bool) {
        let texts = texts();
        let query = Query::new(typed, &texts.iter().map(|(_, text)| text));
        let mut found: Vec<_> =
            texts.iter().filter_map(|(name, text)| query.rank(text).map(|rank| (rank, *name))).collect();
        found.sort();
        (found.into_iter().map(|(_, name)| name).collect(), query.is_mistyped())
    }

    #[test]
    fn the_name_comes_before_its_beginning_a_word_and_the_description() {
        assert_eq!(found("redis").0, ["redis", "redis-exporter", "harbor-redis", "keydb"]);
        assert_eq!(found("REDIS-exporter").0, ["redis-exporter"]);
        assert_eq!(found("exporter").0, ["node-exporter", "redis-exporter"]);
        assert_eq!(found("node.js").0, ["node"]);
        assert_eq!(found("sql").0, ["postgres"]);
        assert_eq!(found("node metrics").0, ["node-exporter"]);
        assert_eq!(found("go").0, ["golang"]);
        assert_eq!(found("").0.len(), 8);
        assert_eq!(found("node nothing").0, [""; 0]);
        assert_eq!(found("+/").0, [""; 0], "signs are in no name");
    }

    #[test]
    fn a_word_that_is_nowhere_may_be_mistyped_once_or_if_long_twice() {
        for (typed, name) in [
            ("reids", "redis"),
            ("rediss", "redis"),
            ("rdis", "redis"),
            ("postrgesq", "postgres"),
            ("prometehus", "node-exporter"),
            ("gloang", "golang"),
        ] {
            let (names, mistyped) = found(typed);
            assert!(mistyped && names.contains(&name), "{typed}: {names:?}");
        }
        assert_eq!(found("reids exporter").0, ["redis-exporter"], "only that word");
        assert_eq!(found("ndo").0, [""; 0], "three letters are too few");
        assert_eq!(found("raddes").0, [""; 0], "two of six are too many");
        assert!(!found("redis").1 && !found("").1);
    }

    #[test]
    fn letters_of_any_script_are_counted_not_bytes() {
        assert_eq!(beginning("größe", 3), "grö");
        assert_eq!(beginning("ab", 5), "ab");
        assert_eq!(plain("  C++ / Größe "), "c größe");
    }
}
