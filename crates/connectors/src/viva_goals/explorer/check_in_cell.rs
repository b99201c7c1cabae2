//! The cell of one check-in (integrations §4.2 A): keys are matched from both ends, so that a note may hold anything.

use northing_core::values::{Day, Moment};

use super::super::values;
use crate::import_model::Amount;

/// What a check-in cell says, each part as it stood.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct CheckInCell {
    pub(super) date: Option<Day>,
    pub(super) user: Option<String>,
    pub(super) note: Option<String>,
    pub(super) metric_name: Option<String>,
    pub(super) status: Option<String>,
    pub(super) value: Option<String>,
    pub(super) entered: Option<Moment>,
}

/// Reads a cell; none where it is no check-in.
pub(super) fn parse(cell: &str) -> Option<CheckInCell> {
    let rest = cell.trim().strip_prefix("Checkin Date:")?;
    let (date, rest) = rest.split_once(';').unwrap_or((rest, ""));
    let date = values::day_and_moment(date)?;
    let (rest, activity) = last(rest, "Activity Date:");
    let (rest, value) = last(rest, "Current Value:");
    let (rest, status) = last(rest, "Status:");
    let (rest, metric_name) = last(rest, "Metric Name:");
    let (before_note, note) = match first(rest, "Note:") {
        Some((before, note)) => (before, Some(note)),
        None => (rest, None),
    };
    let user = before_note.trim().strip_prefix("User:").map(|user| user.trim().trim_end_matches(';').trim());
    let entered = activity
        .and_then(values::day_and_moment)
        .map(|(day, moment)| moment.unwrap_or_else(|| day.start_in(&jiff::tz::TimeZone::UTC)));
    let filled = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    Some(CheckInCell {
        date: Some(date.0),
        user: filled(user),
        note: filled(note),
        metric_name: filled(metric_name),
        status: filled(status),
        value: filled(value),
        entered: entered.or(date.1),
    })
}

/// What stands before the last occurrence of a key and what its value is; the key must begin the text or follow `;`.
fn last<'a>(text: &'a str, key: &str) -> (&'a str, Option<&'a str>) {
    for (at, _) in text.rmatch_indices(key) {
        let before = text.get(..at).unwrap_or_default();
        if let Some(before) = ends_a_part(before) {
            let value = text.get(at.saturating_add(key.len())..).unwrap_or_default().trim();
            return (before, Some(value.strip_suffix(';').unwrap_or(value)));
        }
    }
    (text, None)
}

/// As [`last`], from the front; the value is all that follows.
fn first<'a>(text: &'a str, key: &str) -> Option<(&'a str, &'a str)> {
    text.match_indices(key).find_map(|(at, _)| {
        let before = ends_a_part(text.get(..at)?)?;
        Some((before, text.get(at.saturating_add(key.len())..)?))
    })
}

/// A text without the `;` that ends it; none where no part ends here.
fn ends_a_part(before: &str) -> Option<&str> {
    let trimmed = before.trim_end_matches(' ');
    if trimmed.is_empty() { Some(trimmed) } else { trimmed.strip_suffix(';') }
}

/// The value of a check-in with how far it may be off: it was rounded for display to the last digit shown.
pub(super) fn value(text: &str) -> Option<(Amount, f64)> {
    let amount = values::amount(text)?;
    let digits = text.trim().trim_end_matches(|c: char| !c.is_ascii_digit());
    let decimals = digits.rsplit_once('.').map_or(0, |(_, decimals)| decimals.len());
    let factor = if amount.approximate {
        let shown = values::number(digits.trim_start_matches(['$', '€', '£']).trim())?;
        if shown == 0.0 { 1.0 } else { amount.value / shown }
    } else {
        1.0
    };
    let approximate = amount.approximate || text.contains('%');
    let step = 10_f64.powi(i32::try_from(decimals).ok()?.saturating_neg());
    Some((Amount { approximate, ..amount }, step * factor / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_found_from_both_ends() {
        let cell = "Checkin Date: 2025-03-29; User: Marsh, Eleanor; Note: Reviewed; see Status: red; and\n\
                    Current Value: none yet;; Metric Name: ARR; Status: On Track; Current Value: 5.2 M; \
                    Activity Date: 2025-03-29 14:05:56 UTC;";
        let found = parse(cell).unwrap_or_default();
        assert_eq!(found.date, Day::new(2025, 3, 29));
        assert_eq!(found.user.as_deref(), Some("Marsh, Eleanor"));
        assert_eq!(found.note.as_deref(), Some("Reviewed; see Status: red; and\nCurrent Value: none yet;"));
        assert_eq!(found.metric_name.as_deref(), Some("ARR"));
        assert_eq!((found.status.as_deref(), found.value.as_deref()), (Some("On Track"), Some("5.2 M")));
        assert_eq!(found.entered, "2025-03-29T14:05:56Z".parse().ok());
    }

    #[test]
    fn parts_may_be_missing() {
        let found = parse("Checkin Date: 2025-03-10; User: A; Note: ; Status: Behind; Current Value: 25%;");
        assert_eq!(found.as_ref().and_then(|it| it.note.clone()), None);
        assert_eq!(found.and_then(|it| it.value).as_deref(), Some("25%"));
        assert_eq!(parse("a remark"), None);
        assert_eq!(parse("Checkin Date: soon; User: A;"), None);
    }

    #[test]
    fn values_know_how_far_they_are_rounded() {
        let of = |text: &str| value(text).map(|(amount, off)| (amount.value, amount.approximate, off));
        assert_eq!(of("25%"), Some((25.0, true, 0.5)));
        assert_eq!(of("8"), Some((8.0, false, 0.5)));
        let (value, approximate, off) = of("7.1 M").unwrap_or_default();
        assert!(approximate && (value - 7.1e6).abs() < 1.0 && (off - 50_000.0).abs() < 1.0);
        assert_eq!(of("NaN"), None);
    }
}
