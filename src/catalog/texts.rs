//! Docker's Markdown as HTML that can do nothing: no script, no style, no frame, links marked as foreign.

use pulldown_cmark::{Options, Parser, html};

/// Sanitised HTML of a Markdown text; headings begin below the page's own.
pub(super) fn html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let events = Parser::new_ext(markdown, options).map(lower_headings);
    let mut raw = String::new();
    html::push_html(&mut raw, events);
    ammonia::Builder::default()
        // A text of Docker's has no business loading anything: pictures would tell its host who reads it.
        .rm_tags(["img"])
        .link_rel(Some("noopener noreferrer nofollow"))
        .url_relative(ammonia::UrlRelative::Deny)
        .clean(&raw)
        .to_string()
}

fn lower_headings(event: pulldown_cmark::Event<'_>) -> pulldown_cmark::Event<'_> {
    use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};
    let lower = |level: HeadingLevel| match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    };
    match event {
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: lower(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn a_hostile_text_does_nothing() {
        let hostile = "# Hi\n<script>alert(1)</script><img src=x onerror=alert(1)><iframe src=//evil></iframe>\n\n\
                       [x](javascript:alert(1)) <a href='/sign-out' onclick=x>y</a>";
        let clean = html(hostile);
        for bad in ["<script", "onerror", "<img", "<iframe", "javascript:", "onclick", "/sign-out"] {
            assert!(!clean.contains(bad), "{bad} in {clean}");
        }
        assert!(clean.contains("<h3>Hi</h3>"), "{clean}");
    }

    #[test]
    fn what_people_write_stays() {
        let clean =
            html("Use `node` and **npm**:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[docs](https://docs.docker.com)");
        for good in ["<code>node</code>", "<strong>npm</strong>", "<table>", "https://docs.docker.com", "noopener"] {
            assert!(clean.contains(good), "{good} in {clean}");
        }
    }
}
