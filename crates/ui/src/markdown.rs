//! Markdown of notes, comments and descriptions. The only file that writes HTML which maud did not escape.

use std::collections::HashMap;
use std::ops::Range;

use maud::{Markup, PreEscaped};
use northing_core::mention;
use northing_core::values::Id;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// Renders Markdown as HTML that holds no script, style, frame, form, heading or class of its own.
/// Raw HTML in the text is shown as text; links get `rel="noopener noreferrer nofollow"`; @mentions stay plain text.
#[must_use]
pub fn render(text: &str) -> Markup {
    let events = Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH).map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        // Notes live inside a page that has its own outline: a heading in them is a bold paragraph.
        Event::Start(Tag::Heading { .. }) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Paragraph),
        Event::SoftBreak => Event::HardBreak,
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    let clean = ammonia::Builder::default()
        .tags(
            [
                "p",
                "br",
                "b",
                "strong",
                "i",
                "em",
                "del",
                "code",
                "pre",
                "blockquote",
                "ul",
                "ol",
                "li",
                "a",
                "hr",
            ]
            .into(),
        )
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(ammonia::UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer nofollow"))
        .clean(&out)
        .to_string();
    PreEscaped(clean)
}

/// The same text with people who are named by `@` as links to their pages; what stands in code or in a link stays.
/// `people`: their folded names.
#[must_use]
pub fn with_mentions(text: &str, people: &HashMap<String, Id>) -> String {
    if people.is_empty() || !text.contains('@') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let (mut done, mut kept) = (0, 0);
    for (event, range) in plain_runs(text) {
        match event {
            Run::Opens => kept += 1,
            Run::Closes => kept -= 1,
            Run::Words if kept == 0 && range.start >= done => {
                out.push_str(text.get(done..range.start).unwrap_or_default());
                let words = text.get(range.clone()).unwrap_or_default();
                out.push_str(&mention::replace(words, people, |name, id| format!("[{name}](/people/{id})")));
                done = range.end;
            }
            Run::Words => {}
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// A piece of a text as far as mentions go.
enum Run {
    /// A link or code begins: nothing in it is a mention.
    Opens,
    /// It ends.
    Closes,
    /// Words of one line.
    Words,
}

fn plain_runs(text: &str) -> impl Iterator<Item = (Run, Range<usize>)> {
    let mut joined: Vec<(Run, Range<usize>)> = Vec::new();
    for (event, range) in Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH).into_offset_iter() {
        let run = match event {
            Event::Start(Tag::Link { .. } | Tag::CodeBlock(_)) => Run::Opens,
            Event::End(TagEnd::Link | TagEnd::CodeBlock) => Run::Closes,
            Event::Text(_) => Run::Words,
            _ => continue,
        };
        // A name with an apostrophe or a dash comes in several pieces.
        match (&run, joined.last_mut()) {
            (Run::Words, Some((Run::Words, before))) if before.end == range.start => before.end = range.end,
            _ => joined.push((run, range)),
        }
    }
    joined.into_iter()
}

/// The text of a note on one line without its marks, for lists and descriptions, at most `limit` characters.
#[must_use]
pub fn plain(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for event in Parser::new(text) {
        match event {
            Event::Text(words) | Event::Code(words) => out.push_str(&words),
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Item) => {
                out.push(' ')
            }
            _ => {}
        }
    }
    let line = out.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= limit {
        return line;
    }
    let mut short: String = line.chars().take(limit.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_never_passes() {
        for attack in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "<a href='javascript:alert(1)'>x</a>",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "<style>*{display:none}</style>",
            "<p style='position:fixed' class='dlg' id='main'>x</p>",
            "<iframe src='//evil'></iframe>",
        ] {
            let out = render(attack).into_string();
            for bad in [
                "<script",
                "<img",
                "<style",
                "<iframe",
                "href=\"javascript",
                "href=\"data",
                " style=\"",
                " id=\"",
            ] {
                assert!(!out.contains(bad), "{attack} gave {out}");
            }
        }
    }

    #[test]
    fn markdown_becomes_plain_structure() {
        assert_eq!(
            render("Two *crews*\n\n- one\n- two").into_string(),
            "<p>Two <em>crews</em></p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
        );
        assert_eq!(render("# Loud\n@Elin next").into_string(), "<p>Loud</p>\n<p>@Elin next</p>\n");
        assert!(
            render("[x](https://example.org)").into_string().contains("rel=\"noopener noreferrer nofollow\"")
        );
    }

    #[test]
    fn people_become_links_but_not_in_code() {
        let id: Id = "019503d5-7c00-7000-8000-000000000001".parse().unwrap();
        let people = HashMap::from([(String::from("sean o'neil"), id)]);
        let linked = |text: &str| with_mentions(text, &people);
        assert_eq!(linked("**@Sean O'Neil** next"), format!("**[@Sean O'Neil](/people/{id})** next"));
        for same in ["`@Sean O'Neil`", "[x @Sean O'Neil](https://example.org)", "    @Sean O'Neil", "@Sean"] {
            assert_eq!(linked(same), same);
        }
    }

    #[test]
    fn the_plain_text_is_one_short_line() {
        assert_eq!(plain("Two **crews**\nmoved.\n\nNext", 50), "Two crews moved. Next");
        assert_eq!(plain("abcdef", 4), "abc…");
    }
}
