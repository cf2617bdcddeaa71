//! Which tags a filter lets through, and why. Pure: no `async`, no `App`.

use globset::{GlobBuilder, GlobMatcher};
use regex::{Regex, RegexBuilder};

use crate::model::{FieldErrors, Tag, TagFilter, TagPattern, Verdict};

/// Largest compiled size of one pattern, in bytes: a person's pattern needs a hundredth of it.
const MOST_COMPILED: usize = 1 << 20;

/// A filter whose patterns compiled.
pub struct Matcher {
    include: Vec<(TagPattern, Test)>,
    exclude: Vec<(TagPattern, Test)>,
}

enum Test {
    Glob(GlobMatcher),
    Regex(Regex),
}

impl Matcher {
    /// Compiles every pattern; each that does not is named at its field, `include` or `exclude`.
    pub fn new(filter: &TagFilter) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let include = compile_all(&filter.include, "include", &mut errors);
        let exclude = compile_all(&filter.exclude, "exclude", &mut errors);
        if errors.is_empty() { Ok(Self { include, exclude }) } else { Err(errors) }
    }

    /// Whether this tag goes along: an exclude wins over every include.
    pub fn verdict(&self, tag: &Tag) -> Verdict {
        let first = |tests: &[(TagPattern, Test)]| {
            tests.iter().find(|(_, test)| test.matches(tag.as_str())).map(|(pattern, _)| pattern.clone())
        };
        if let Some(pattern) = first(&self.exclude) {
            Verdict::Excluded(pattern)
        } else if self.include.is_empty() {
            Verdict::Everything
        } else {
            first(&self.include).map_or(Verdict::NotIncluded, Verdict::Included)
        }
    }
}

impl Test {
    fn matches(&self, tag: &str) -> bool {
        match self {
            Self::Glob(glob) => glob.is_match(tag),
            Self::Regex(regex) => regex.is_match(tag),
        }
    }
}

fn compile_all(patterns: &[TagPattern], field: &str, errors: &mut FieldErrors) -> Vec<(TagPattern, Test)> {
    let mut compiled = Vec::with_capacity(patterns.len());
    for pattern in patterns {
        match compile(pattern) {
            Ok(test) => compiled.push((pattern.clone(), test)),
            Err(reason) => errors.add(field, format!("{pattern} is no pattern Ferry can read: {reason}.")),
        }
    }
    compiled
}

fn compile(pattern: &TagPattern) -> Result<Test, String> {
    match pattern {
        TagPattern::Glob(glob) => {
            let glob = GlobBuilder::new(glob).build().map_err(|error| error.kind().to_string())?;
            Ok(Test::Glob(glob.compile_matcher()))
        }
        TagPattern::Regex(regex) => {
            let regex = RegexBuilder::new(regex).size_limit(MOST_COMPILED).build();
            regex.map(Test::Regex).map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => "it would match too many different texts at once".to_owned(),
                // The last line names the trouble; those before draw it, and a field has one line.
                error => error.to_string().lines().last().unwrap_or_default().replace("error: ", ""),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(include: &[&str], exclude: &[&str]) -> TagFilter {
        let all = |texts: &[&str]| texts.iter().map(|t| t.parse().expect("a pattern")).collect();
        TagFilter { include: all(include), exclude: all(exclude) }
    }

    #[test]
    fn excludes_win_over_includes() {
        let cases: [(&[&str], &[&str], &str, bool); 9] = [
            (&[], &[], "22", true),
            (&["22*"], &[], "22-debian13", true),
            (&["22*"], &[], "20", false),
            (&["22*"], &["*-dev"], "22-dev", false),
            (&["/^\\d+$/"], &[], "22", true),
            (&["/^\\d+$/"], &[], "22.1", false),
            (&["20", "2?"], &[], "22", true),
            (&[], &["*"], "22", false),
            (&["{20,22}"], &[], "22", true),
        ];
        for (include, exclude, tag, goes) in cases {
            let matcher = Matcher::new(&filter(include, exclude)).expect("it compiles");
            let verdict = matcher.verdict(&tag.parse().expect("a tag"));
            assert_eq!(verdict.matches(), goes, "{include:?} {exclude:?} {tag}: {}", verdict.sentence());
        }
    }

    #[test]
    fn a_broken_pattern_is_named_at_its_field() {
        let errors = Matcher::new(&filter(&["[a"], &["/(/", "/a{1000000}{1000000}/"])).err().expect("they are broken");
        assert!(errors.get("include").is_some_and(|s| s.contains("[a")), "{errors:?}");
        assert!(errors.get("exclude").is_some_and(|s| s.contains("/(/") && !s.contains('\n')), "{errors:?}");
    }
}
