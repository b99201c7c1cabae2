//! Time periods (goals §3.4): the cycles that goals belong to.

use crate::errors::FieldError;
use crate::named_values;
use crate::values::{Day, Id};

named_values! {
    /// What kind of cycle a period is.
    PeriodKind {
        /// A planning year.
        Annual = "annual",
        /// A quarter of a planning year.
        Quarterly = "quarterly",
        /// Any other span; once one is in use, the current period no longer switches by itself.
        Custom = "custom",
    }
}

/// A period to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPeriod {
    /// For example "Annual 2026" or "Q1 2026".
    pub name: String,
    /// Annual or quarterly.
    pub kind: PeriodKind,
    /// First day.
    pub start: Day,
    /// Last day.
    pub end: Day,
}

/// What of an existing period decides which one is current.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodFacts {
    /// The period.
    pub id: Id,
    /// Its kind.
    pub kind: PeriodKind,
    /// First day.
    pub start: Day,
    /// Last day.
    pub end: Day,
    /// Whether it is the current one.
    pub is_current: bool,
}

/// The year in which the planning year that holds a day began; planning years are named after it. `start_month` is 1–12.
#[must_use]
pub fn planning_year_of(day: Day, start_month: i8) -> i16 {
    let date = day.date();
    if date.month() < start_month { date.year().saturating_sub(1) } else { date.year() }
}

/// The annual period and the four quarters of the planning year that begins in `year` (goals §3.4), the annual one
/// first. None if the month is not 1–12 or the year is beyond the calendar.
#[must_use]
pub fn planning_year(year: i16, start_month: i8) -> Option<Vec<NewPeriod>> {
    let first = |quarter: i8| {
        let months = start_month.checked_sub(1)?.checked_add(quarter.checked_mul(3)?)?;
        Day::new(year.checked_add(i16::from(months / 12))?, months % 12 + 1, 1)
    };
    if !(1..=12).contains(&start_month) {
        return None;
    }
    let end = first(4)?.plus_days(-1);
    let mut periods =
        vec![NewPeriod { name: format!("Annual {year}"), kind: PeriodKind::Annual, start: first(0)?, end }];
    for quarter in 0..4 {
        periods.push(NewPeriod {
            name: format!("Q{} {year}", quarter + 1),
            kind: PeriodKind::Quarterly,
            start: first(quarter)?,
            end: first(quarter + 1)?.plus_days(-1),
        });
    }
    Some(periods)
}

/// The periods that an organisation should have on a day: those of the planning year, and from the first day of its
/// last quarter on those of the next (goals §3.4). The caller makes the ones that are missing.
#[must_use]
pub fn periods_due(day: Day, start_month: i8) -> Vec<NewPeriod> {
    let year = planning_year_of(day, start_month);
    let mut periods = planning_year(year, start_month).unwrap_or_default();
    if periods.last().is_some_and(|last_quarter| day >= last_quarter.start) {
        periods.extend(
            year.checked_add(1).and_then(|next| planning_year(next, start_month)).unwrap_or_default(),
        );
    }
    periods
}

/// The quarter that becomes current on a day. None if it is so already, if there is no quarter for the day, or if a
/// custom period exists: then people set the current period by hand (goals §3.4).
#[must_use]
pub fn next_current(day: Day, periods: &[PeriodFacts]) -> Option<Id> {
    if periods.iter().any(|period| period.kind == PeriodKind::Custom) {
        return None;
    }
    let quarter = |period: &&PeriodFacts| {
        period.kind == PeriodKind::Quarterly && period.start <= day && day <= period.end
    };
    periods.iter().find(quarter).filter(|period| !period.is_current).map(|period| period.id)
}

/// The days that a period's name means where nothing else tells: `Annual 2025`, `Q3 2025` or `2025 Q3` of planning years that
/// begin in `start_month`.
#[must_use]
pub fn days_of_name(name: &str, start_month: i8) -> Option<(Day, Day)> {
    let name = name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let (one, two) = (words.next()?, words.next()?);
    if words.next().is_some() {
        return None;
    }
    let (word, year) = if one.parse::<i16>().is_ok() { (two, one) } else { (one, two) };
    let year = year.parse::<i16>().ok().filter(|year| (1990..2200).contains(year))?;
    let at = ["annual", "q1", "q2", "q3", "q4"].iter().position(|known| *known == word)?;
    planning_year(year, start_month)?.into_iter().nth(at).map(|period| (period.start, period.end))
}

/// Checks the days of a period or a goal: the last is not before the first.
///
/// # Errors
/// At `last_field`.
pub fn validate_days(start: Day, end: Day, last_field: &'static str) -> Result<(), FieldError> {
    validate_day("start_date", start)?;
    validate_day(last_field, end)?;
    if end < start {
        return Err(FieldError::new(last_field, "before_start", format!("must not be before {start}")));
    }
    Ok(())
}

/// Whether a day can be meant: no plan is of another time, and what is, is a slip of the keyboard.
///
/// # Errors
/// `out_of_range` at `field` for years before 1900 and after 2199.
pub fn validate_day(field: &'static str, day: Day) -> Result<(), FieldError> {
    if (1900..2200).contains(&day.date().year()) {
        return Ok(());
    }
    Err(FieldError::new(field, "out_of_range", "must be between 1900-01-01 and 2199-12-31"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_periods_mean_days() {
        let of = |name: &str, month| days_of_name(name, month).map(|(a, b)| (a.to_string(), b.to_string()));
        let span = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(of("Q3 2025", 1), span("2025-07-01", "2025-09-30"));
        assert_eq!(of("2025 q1", 7), span("2025-07-01", "2025-09-30"));
        assert_eq!(of("Annual 2025", 1), span("2025-01-01", "2025-12-31"));
        for other in ["Spring", "Quarter 1 FY25", "Q5 2025", "2025", "Q1 99"] {
            assert_eq!(of(other, 1), None, "{other}");
        }
    }
}
