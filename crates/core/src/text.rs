//! Texts that people type: names and titles, and how they are compared.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::errors::FieldError;

/// The longest title or name, in characters.
pub const MAX_LINE: usize = 500;

/// The longest description or note, in characters.
pub const MAX_PROSE: usize = 100_000;

/// A text in the form in which it is searched and compared: compatibility forms resolved, marks taken off, lower
/// case, white space as single spaces. "Zoë  ﬁnds" becomes "zoe finds". Two names that fold alike are the same name.
#[must_use]
pub fn fold(text: &str) -> String {
    let plain: String = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    // Lower case can bring marks of its own (İ), so they are taken off again.
    let plain: String = plain.nfkd().filter(|c| !is_combining_mark(*c)).collect();
    let mut folded = String::with_capacity(plain.len());
    for word in plain.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// Checks a required title or name and trims it: not empty, at most [`MAX_LINE`] characters, one line.
///
/// # Errors
/// `required`, `too_long` or `control_character` at `field`.
pub fn title<'a>(field: &'static str, text: &'a str) -> Result<&'a str, FieldError> {
    let text = line(field, text, MAX_LINE)?;
    let visible = text.chars().any(|c| !c.is_whitespace() && !is_invisible(c));
    if visible { Ok(text) } else { Err(FieldError::new(field, "required", "must not be empty")) }
}

/// Checks an optional single line and trims it: at most `max` characters, no control characters and none that override the
/// direction of the text.
///
/// # Errors
/// `too_long` or `control_character` at `field`.
pub fn line<'a>(field: &'static str, text: &'a str, max: usize) -> Result<&'a str, FieldError> {
    let text = text.trim();
    check_length(field, text, max)?;
    // What turns the direction of everything behind it makes a name look like another one.
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202d}' | '\u{202e}'))
    {
        return Err(FieldError::new(
            field,
            "control_character",
            "must be one line without control characters",
        ));
    }
    Ok(text)
}

/// Checks a text of several lines, such as a description or a note in Markdown: at most [`MAX_PROSE`] characters, no
/// control characters but line ends and tabs.
///
/// # Errors
/// `too_long` or `control_character` at `field`.
pub fn prose<'a>(field: &'static str, text: &'a str) -> Result<&'a str, FieldError> {
    check_length(field, text, MAX_PROSE)?;
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(FieldError::new(field, "control_character", "must not have control characters"));
    }
    Ok(text)
}

fn check_length(field: &'static str, text: &str, max: usize) -> Result<(), FieldError> {
    // A character has at most four bytes: a text of megabytes is refused without counting it.
    if text.len() > max.saturating_mul(4) || text.chars().count() > max {
        let message = Cow::Owned(format!("must have at most {max} characters"));
        return Err(FieldError::new(field, "too_long", message));
    }
    Ok(())
}

/// Characters of no width, which alone make no name.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_takes_case_marks_and_compatibility_forms_away() {
        assert_eq!(fold("Zoë  ﬁnds\u{a0}ÅNGSTRÖM"), "zoe finds angstrom");
        assert_eq!(fold("İstanbul"), "istanbul");
        assert_eq!(fold("E\u{301}te\u{301}"), fold("Été"));
        assert_ne!(fold("Kern"), fold("Kenn"));
    }

    #[test]
    fn titles_are_trimmed_and_bounded() {
        assert_eq!(title("title", "  Grow  "), Ok("Grow"));
        assert_eq!(title("title", " \u{200b} ").map_err(|e| e.code), Err("required"));
        assert_eq!(title("title", "a\u{202e}b").map_err(|e| e.code), Err("control_character"));
        assert_eq!(title("title", "a\nb").map_err(|e| e.code), Err("control_character"));
        assert!(title("title", &"ü".repeat(500)).is_ok());
        assert_eq!(title("title", &"ü".repeat(501)).map_err(|e| e.code), Err("too_long"));
        assert_eq!(prose("note", "a\n\tb"), Ok("a\n\tb"));
        assert_eq!(prose("note", "a\0b").map_err(|e| e.code), Err("control_character"));
    }
}
