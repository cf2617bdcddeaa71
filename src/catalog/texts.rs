//! Docker's Markdown as HTML that can do nothing: no script, no style, no frame, no form, links marked as foreign.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::model::{RepositoryText, TextHeading};

/// Before every id of a text, so that none can pose as one of the page's own.
const PREFIX: &str = "text-";
/// The highest level of a text's headings: the page has the two above.
const HIGHEST: usize = 3;

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::default();
    cleaner
        // A text of Docker's has no business loading anything: pictures would tell its host who reads it. Headings above
        // its own and landmarks are the page's.
        .rm_tags(["img", "area", "map", "h1", "h2", "article", "aside", "footer", "header", "hgroup", "nav"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("external noopener noreferrer nofollow"))
        .id_prefix(Some(PREFIX))
        // What scrolls must be reached by the keyboard.
        .set_tag_attribute_value("pre", "tabindex", "0")
        .set_tag_attribute_value("table", "tabindex", "0");
    for heading in ["h3", "h4", "h5", "h6"] {
        cleaner.add_tag_attributes(heading, ["id"]);
    }
    cleaner
});

/// Sanitised HTML of a Markdown text, whose headings begin below the page's own.
pub(super) fn clean(markdown: &str) -> RepositoryText {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut events: Vec<Event<'_>> = Parser::new_ext(markdown, options).collect();
    let headings = lower_headings(&mut events);
    let mut raw = String::new();
    html::push_html(&mut raw, events.into_iter());
    RepositoryText { html: CLEANER.clean(&raw).to_string(), headings }
}

/// Gives every heading an id and its place below the page's headings; answers the two highest levels of them.
fn lower_headings(events: &mut [Event<'_>]) -> Vec<TextHeading> {
    let levels = events.iter().filter_map(|event| match event {
        Event::Start(Tag::Heading { level, .. }) => Some(*level as usize),
        _ => None,
    });
    let Some(top) = levels.min() else { return Vec::new() };
    let mut ids = HashSet::new();
    let mut headings = Vec::new();
    let mut begun = None;
    for at in 0..events.len() {
        match &events[at] {
            Event::Start(Tag::Heading { level, .. }) => begun = Some((at, *level as usize, String::new())),
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, _, words)) = &mut begun {
                    words.push_str(text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let Some((start, level, words)) = begun.take() else { continue };
                let words = words.trim().to_owned();
                let own = unique(&words, &mut ids);
                let lowered = HeadingLevel::try_from((level - top + HIGHEST).min(6)).unwrap_or(HeadingLevel::H6);
                if level <= top + 1 {
                    headings.push(TextHeading { id: own.clone(), words, is_below: level > top });
                }
                if let Event::Start(Tag::Heading { level, id, .. }) = &mut events[start] {
                    (*level, *id) = (lowered, Some(own.into()));
                }
                events[at] = Event::End(TagEnd::Heading(lowered));
            }
            _ => {}
        }
    }
    headings
}

/// An id out of words, which no other heading of the text has.
fn unique(words: &str, ids: &mut HashSet<String>) -> String {
    let letters: String = words.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let slug = letters.split_whitespace().collect::<Vec<_>>().join("-");
    let slug = if slug.is_empty() { format!("{PREFIX}part") } else { format!("{PREFIX}{slug}") };
    let numbered = (ids.len() + 1..).map(|number| format!("{slug}-{number}"));
    let id = std::iter::once(slug.clone()).chain(numbered).find(|id| !ids.contains(id)).unwrap_or(slug);
    ids.insert(id.clone());
    id
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn a_hostile_text_does_nothing() {
        let hostile = [
            "# Hi\n<script>window.__hostile = 1</script><img src=x onerror=alert(1)><iframe src=//evil></iframe>\n",
            "[x](javascript:alert(1)) <a href='/sign-out' onclick=x>y</a> [d](data:text/html;base64,PHNjcmlwdD4=)",
            "<a href=\"JaVaScRiPt&colon;alert(1)\">z</a> [v](vbscript:x) <a href=\"//evil.example\" target=_top>w</a>",
            "<style>main { display: none }</style><p style=\"position:fixed\" class=\"shell\">p</p>",
            "<form action=/api/session/sign-out method=post><input name=theme><button>b</button></form>",
            "<svg><script>alert(1)</script><use href=data:x /></svg><math><mtext></mtext></math>",
            "<object data=x></object><embed src=x><base href=//evil><meta http-equiv=refresh content=0><link rel=x href=//evil>",
            "<h1 id=main>Two</h1><div id=main name=body>c</div><nav>n</nav><details open ontoggle=alert(1)>t</details>",
            "<!-- <script>alert(1)</script> -->",
        ];
        let text = clean(&hostile.join("\n\n"));
        let bad = [
            "<script",
            "onerror",
            "<img",
            "<iframe",
            "javascript",
            "onclick",
            "/sign-out",
            "data:",
            "JaVa",
            "vbscript",
            "evil",
            "<style",
            "style=",
            "class=",
            "<form",
            "<input",
            "<button",
            "<svg",
            "<math",
            "<object",
            "<embed",
            "<base",
            "<meta",
            "<link",
            "<h1",
            "id=\"main",
            "name=",
            "<nav",
            "ontoggle",
            "target=",
            "<!--",
            "__hostile",
        ];
        for bad in bad {
            assert!(!text.html.contains(bad), "{bad} in {}", text.html);
        }
        assert!(text.html.contains("<h3 id=\"text-hi\">Hi</h3>"), "{}", text.html);
    }

    #[test]
    fn what_people_write_stays() {
        let text =
            clean("Use `node` and **npm**:\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n[docs](https://docs.docker.com)");
        for good in ["<code>node</code>", "<strong>npm</strong>", "<table tabindex=\"0\">", "rel=\"external noopener"] {
            assert!(text.html.contains(good), "{good} in {}", text.html);
        }
        assert!(text.html.contains("https://docs.docker.com") && text.headings.is_empty());
    }

    #[test]
    fn headings_begin_below_the_pages_own_and_can_be_gone_to() {
        let text = clean("## Run `it`\n\n### Docker\n\n#### Deep\n\n## Run it\n\n### ¿?");
        for good in [
            "<h3 id=\"text-run-it\">Run <code>it</code></h3>",
            "<h4 id=\"text-docker\">",
            "<h5 id=\"text-deep\">",
            "<h3 id=\"text-run-it-4\">",
            "<h4 id=\"text-part\">",
        ] {
            assert!(text.html.contains(good), "{good} in {}", text.html);
        }
        let listed: Vec<_> = text.headings.iter().map(|h| (h.id.as_str(), h.words.as_str(), h.is_below)).collect();
        let expected = [
            ("text-run-it", "Run it", false),
            ("text-docker", "Docker", true),
            ("text-run-it-4", "Run it", false),
            ("text-part", "¿?", true),
        ];
        assert_eq!(listed, expected);
    }

    #[test]
    fn a_heading_is_words_and_no_markup() {
        let text = clean("# <img src=x onerror=alert(1)> a <b>b</b>\n\n# c");
        assert_eq!(text.headings[0].words, "a b");
        assert!(!text.html.contains("onerror"));
    }
}
