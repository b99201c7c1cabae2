//! Numbers and days as people type them and as fields show them.

use northing_core::errors::FieldError;
use northing_core::values::Day;

/// A typed number; none where nothing was typed. Spaces and a currency or per cent sign are let be; a comma groups thousands
/// where three digits follow it throughout ("3,872"), else it stands for the point ("2,5").
pub(crate) fn number(field: &str, text: &str) -> Result<Option<f64>, FieldError> {
    let text: String = text.trim().chars().filter(|c| !c.is_whitespace() && *c != '\u{2009}').collect();
    let bare = text.trim_start_matches(['$', '€', '£']).trim_end_matches(['%', '$', '€', '£']);
    if bare.is_empty() && text.is_empty() {
        return Ok(None);
    }
    let plain = bare.replace('\u{2212}', "-");
    let plain = if grouped(&plain) { plain.replace(',', "") } else { plain.replacen(',', ".", 1) };
    let number = plain.parse::<f64>().ok().filter(|number| number.is_finite());
    let error = || FieldError::new(field.to_owned(), "wrong_type", "must be a number, for example 42.5");
    number.map(Some).ok_or_else(error)
}

fn grouped(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or("").trim_start_matches('-');
    let mut parts = whole.split(',');
    let first = parts.next().unwrap_or("");
    let mut any = false;
    let threes = parts.all(|part| {
        any = true;
        part.len() == 3 && part.chars().all(|c| c.is_ascii_digit())
    });
    any && threes && (1..=3).contains(&first.len()) && !first.starts_with('0')
}

/// A number as one types it.
pub(crate) fn plain(value: f64) -> String {
    value.to_string()
}

/// A typed day; none where nothing was typed.
pub(crate) fn day(field: &str, text: &str) -> Result<Option<Day>, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let error = || FieldError::new(field.to_owned(), "wrong_type", "must be a day such as 2026-12-31");
    text.parse().map(Some).map_err(|_| error())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let read = |text: &str| number("n", text).map_err(|error| error.code);
        for (text, value) in [
            ("42", 42.0),
            ("2.5", 2.5),
            ("2,5", 2.5),
            ("3,872", 3872.0),
            ("1,234,567.5", 1_234_567.5),
            ("0,123", 0.123),
            ("-4", -4.0),
            ("\u{2212}4", -4.0),
            ("£3,872", 3872.0),
            ("86.4 %", 86.4),
            ("1 234", 1234.0),
        ] {
            assert_eq!(read(text), Ok(Some(value)), "{text}");
        }
        assert_eq!(read("  "), Ok(None));
        for text in ["ninety", "1.2.3", "NaN", "inf", "1,2,3", "%", "1e999"] {
            assert_eq!(read(text), Err("wrong_type"), "{text}");
        }
    }
}
