//! HTML of foreign origin as Markdown: what a note says, without what a page could do.

use htmd::HtmlToMarkdown;

/// The text of some HTML as Markdown. Scripts, styles and whatever else is not read go; the Markdown is sanitised once more
/// wherever it is shown. None where nothing is left.
#[must_use]
pub fn to_markdown(html: &str) -> Option<String> {
    let skipped = vec!["script", "style", "iframe", "object", "head", "template", "svg", "img", "form"];
    let converter = HtmlToMarkdown::builder().skip_tags(skipped).build();
    let text = converter.convert(html).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Whether a text is HTML rather than words: it begins with a tag and closes one.
#[must_use]
pub fn is_html(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('<') && text.contains("</") && text.contains('>')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_keeps_its_form_and_loses_its_scripts() {
        let html = "<p>Two <b>blockers</b>:</p><ul><li>hiring</li><li>the <a href=\"https://x.example\">lab</a></li></ul><script>alert(1)</script>";
        let text = to_markdown(html).unwrap();
        assert!(text.starts_with("Two **blockers**:"), "{text}");
        assert!(text.contains("hiring") && text.contains("[lab](https://x.example)"), "{text}");
        assert!(!text.contains("alert"), "{text}");
    }

    #[test]
    fn nothing_is_no_note() {
        assert_eq!(to_markdown("<p> </p><script>1</script>"), None);
        assert!(is_html("<p>a</p>") && !is_html("a < b and c > d"));
    }
}
