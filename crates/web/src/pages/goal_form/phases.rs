//! The phased targets of the form. Rows that lie on the straight line follow it when dates or targets change; the last one is
//! the goal's own end and is not typed.

use northing_core::errors::FieldError;
use northing_core::phases::{Line, Phase, PhaseInterval, respread, spread};
use northing_core::values::Day;

use super::super::numbers;
use super::units::{Pairs, all, value};

/// Without phases.
pub(crate) const NONE: &str = "none";
/// With rows of one's own.
pub(crate) const CUSTOM: &str = "custom";

/// A value as the table shows it: no more digits than its line needs.
pub(crate) fn shown(line: &Line, value: f64) -> String {
    let span = (line.to - line.from).abs();
    let scale = if span >= 10.0 { 100.0 } else { 10_000.0 };
    ((value * scale).round() / scale).to_string()
}

/// The line for which the form's rows were made, as the form carries it.
pub(crate) fn line_text(line: &Line) -> String {
    format!("{} {} {} {}", line.start, line.due, line.from, line.to)
}

fn line_of(text: &str) -> Option<Line> {
    let mut parts = text.split(' ');
    Some(Line {
        start: parts.next()?.parse().ok()?,
        due: parts.next()?.parse().ok()?,
        from: parts.next()?.parse().ok()?,
        to: parts.next()?.parse().ok()?,
    })
}

/// The rows as they were typed, by day; rows without anything in them are none.
pub(crate) fn typed(pairs: &Pairs) -> Vec<(String, String)> {
    let dates = all(pairs, "phase_date").map(|text| text.trim().to_owned());
    let targets = all(pairs, "phase_target").map(|text| text.trim().to_owned());
    let mut rows: Vec<(String, String)> =
        dates.zip(targets).filter(|(date, target)| !(date.is_empty() && target.is_empty())).collect();
    // Days as text sort as days do; rows without one come last.
    rows.sort_by(|(one, _), (other, _)| (one.is_empty(), one).cmp(&(other.is_empty(), other)));
    rows
}

/// The phases that the form means on the goal's line; none: the metric has no line yet or at all, and what was typed is
/// returned as it is.
///
/// # Errors
/// At `phases[i].date` and `phases[i].target`.
pub(crate) fn read(pairs: &Pairs, line: Option<&Line>) -> Result<Vec<Phase>, Vec<FieldError>> {
    let interval = value(pairs, "phase_interval");
    if interval.is_empty() || interval == NONE {
        return Ok(Vec::new());
    }
    let rows = typed(pairs);
    let old = line_of(value(pairs, "phase_line"));
    if let (Some(line), Ok(preset)) = (line, interval.parse::<PhaseInterval>())
        && (rows.is_empty() || value(pairs, "phase_spread") != interval)
    {
        return Ok(spread(line, preset));
    }
    let (mut phases, mut errors) = (Vec::new(), Vec::new());
    for (i, (date, target)) in rows.iter().enumerate() {
        match (filled(i, "date", date, numbers::day), filled(i, "target", target, numbers::number)) {
            (Ok(date), Ok(number)) => phases.push(exact(date, number, target, old.as_ref())),
            (date, target) => errors.extend(date.err().into_iter().chain(target.err())),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let Some(line) = line else { return Ok(phases) };
    match old {
        Some(old) if old != *line && line.start <= line.due => {
            phases.push(Phase { date: old.due, target: old.to });
            Ok(respread(&phases, &old, line))
        }
        _ => {
            if phases.last().is_none_or(|last| last.date != line.due) {
                phases.push(Phase { date: line.due, target: line.to });
            }
            Ok(phases)
        }
    }
}

fn filled<T>(
    row: usize,
    field: &str,
    text: &str,
    read: impl Fn(&str, &str) -> Result<Option<T>, FieldError>,
) -> Result<T, FieldError> {
    let path = format!("phases[{row}].{field}");
    read(&path, text)?
        .ok_or_else(|| FieldError::new(path, "required", "is missing: fill it in, or remove the row"))
}

/// What stands on the line as the table shows it, rounded, stands on it exactly.
fn exact(date: Day, number: f64, typed: &str, line: Option<&Line>) -> Phase {
    let on_line = line.filter(|line| shown(line, line.at(date)) == typed).map(|line| line.at(date));
    Phase { date, target: on_line.unwrap_or(number) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(due: &str, to: f64) -> Line {
        Line { start: "2026-01-01".parse().unwrap(), due: due.parse().unwrap(), from: 400.0, to }
    }

    fn form(line: &Line, rows: &[(&str, &str)], interval: &str) -> Vec<(String, String)> {
        let mut pairs = vec![
            (String::from("phase_interval"), interval.to_owned()),
            (String::from("phase_spread"), String::from("monthly")),
            (String::from("phase_line"), line_text(line)),
        ];
        for (date, target) in rows {
            pairs.push((String::from("phase_date"), (*date).to_owned()));
            pairs.push((String::from("phase_target"), (*target).to_owned()));
        }
        pairs
    }

    fn told(phases: &[Phase]) -> Vec<String> {
        phases.iter().map(|phase| format!("{} {:.2}", phase.date, phase.target)).collect()
    }

    #[test]
    fn rows_on_the_line_follow_it_and_edited_ones_stay() {
        let old = line("2026-03-31", 100.0);
        let rows = [("2026-02-01", "295.51"), ("2026-03-01", "250")];
        let same = read(&form(&old, &rows, "monthly"), Some(&old)).unwrap();
        assert_eq!(told(&same), ["2026-02-01 295.51", "2026-03-01 250.00", "2026-03-31 100.00"]);
        assert!((same[0].target - old.at(same[0].date)).abs() < 1e-12, "exactly on the line");
        let moved = read(&form(&old, &rows, "monthly"), Some(&line("2026-03-31", 200.0))).unwrap();
        assert_eq!(told(&moved), ["2026-02-01 330.34", "2026-03-01 250.00", "2026-03-31 200.00"]);
        // Another interval begins anew, as does one without rows.
        assert_eq!(read(&form(&old, &rows, "fortnightly"), Some(&old)).unwrap().len(), 7);
        assert_eq!(read(&form(&old, &[], "monthly"), Some(&old)).unwrap().len(), 3);
        assert!(read(&form(&old, &rows, NONE), Some(&old)).unwrap().is_empty());
    }

    #[test]
    fn what_is_missing_or_no_number_is_told_at_its_row() {
        let old = line("2026-03-31", 100.0);
        let rows = [("2026-02-01", "many"), ("", ""), ("", "250")];
        let errors = read(&form(&old, &rows, CUSTOM), Some(&old)).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| format!("{} {}", error.field, error.code)).collect();
        assert_eq!(fields, ["phases[0].target wrong_type", "phases[1].date required"]);
    }
}
