//! Numbers, dates and ages as the reader sees them: whole per cents, real minus signs, short dates, ages in days.

use jiff::tz::TimeZone;
use maud::{Markup, html};
use northing_core::metric::{Metric, MetricKind};
use northing_core::values::{Day, Moment};

use crate::Ctx;

/// Days without a check-in after which an open goal is stale.
pub const STALE_DAYS: i32 = 14;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// The months by name, January first.
pub const LONG_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A whole per cent: `54%`. Values beyond the scale are shown as they are.
#[must_use]
pub fn percent(value: f64) -> String {
    format!("{}%", decimals(value, 0))
}

/// A per cent with one decimal, for previews and arithmetic: `54.7%`.
#[must_use]
pub fn percent_exact(value: f64) -> String {
    format!("{}%", signed(&format!("{value:.1}")))
}

/// A weight: whole where it is whole, one decimal otherwise: `30%`, `33.3%`.
#[must_use]
pub fn share(value: f64) -> String {
    format!("{}%", decimals(value, 1))
}

/// A number with at most one decimal, grouped: `2,312`, `86.4`.
#[must_use]
pub fn number(value: f64) -> String {
    decimals(value, 1)
}

/// A number with the symbol of its unit, if the unit is a symbol: `£3,872`, `86.4%`. Words as units are left out.
#[must_use]
pub fn value(value: f64, unit: Option<&str>) -> String {
    let figure = number(value);
    match unit {
        Some("%") => format!("{figure}%"),
        Some(symbol @ ("$" | "€" | "£" | "¥")) => figure
            .strip_prefix('−')
            .map_or_else(|| format!("{symbol}{figure}"), |positive| format!("−{symbol}{positive}")),
        _ => figure,
    }
}

/// A number with its unit, words too: `34.2 days`.
#[must_use]
pub fn value_with_unit(amount: f64, unit: Option<&str>) -> String {
    match word_unit(unit) {
        Some(word) => format!("{} {word}", number(amount)),
        None => value(amount, unit),
    }
}

/// The unit, if it is a word that stands behind the number rather than a symbol.
#[must_use]
pub fn word_unit(unit: Option<&str>) -> Option<&str> {
    unit.filter(|unit| !unit.trim().is_empty() && !matches!(*unit, "%" | "$" | "€" | "£" | "¥"))
}

/// A change: `+16`, `−4`, `0`.
#[must_use]
pub fn change(value: f64) -> String {
    let text = number(value);
    if value > 0.0 && text != "0" { format!("+{text}") } else { text }
}

/// A difference of per cents: `9 points`, `1 point`.
#[must_use]
pub fn points(value: f64) -> String {
    let text = decimals(value, 0);
    let word = if matches!(text.as_str(), "1" | "−1") { "point" } else { "points" };
    format!("{text} {word}")
}

/// A score between 0 and 1: `0.75`, `1.0`.
#[must_use]
pub fn score(value: f64) -> String {
    let text = format!("{value:.2}");
    signed(text.strip_suffix('0').unwrap_or(&text))
}

/// A count, grouped: `12,400`.
#[must_use]
pub fn count(value: usize) -> String {
    grouped(&value.to_string())
}

/// What a goal measures now and where it goes: `2,312 → 4,000`; nothing for plain percentages.
#[must_use]
pub fn metric(metric: &Metric) -> Option<(String, Option<String>)> {
    let unit = metric.unit.as_deref();
    let shown = |amount: f64| value(amount, unit);
    match metric.kind {
        MetricKind::Percent => None,
        MetricKind::Baseline => metric.current.map(|now| (shown(now), None)),
        MetricKind::StayAbove => Some((
            metric.current.map_or_else(|| "–".into(), shown),
            metric.target.map(|t| format!("> {}", shown(t))),
        )),
        MetricKind::StayBelow => Some((
            metric.current.map_or_else(|| "–".into(), shown),
            metric.target.map(|t| format!("< {}", shown(t))),
        )),
        MetricKind::Reach | MetricKind::Increase | MetricKind::Decrease => {
            Some((shown(metric.current.unwrap_or(metric.start)), metric.target.map(shown)))
        }
    }
}

/// A day: `20 Nov`, with the year where it is not this year's: `20 Nov 2025`.
#[must_use]
pub fn day(day: Day, today: Day) -> String {
    let date = day.date();
    let short = format!("{} {}", date.day(), month_short(day));
    if date.year() == today.date().year() { short } else { format!("{short} {}", date.year()) }
}

/// A day in full: `20 November 2026`.
#[must_use]
pub fn day_long(day: Day) -> String {
    let date = day.date();
    format!("{} {} {}", date.day(), month_name(&LONG_MONTHS, date.month()), date.year())
}

/// A month: `Nov`.
#[must_use]
pub fn month_short(day: Day) -> &'static str {
    month_name(&MONTHS, day.date().month())
}

fn month_name(names: &'static [&'static str; 12], month: i8) -> &'static str {
    usize::try_from(month)
        .ok()
        .and_then(|m| m.checked_sub(1))
        .and_then(|m| names.get(m))
        .copied()
        .unwrap_or("")
}

/// How long ago a day was: `Today`, `3d`, then a date after 30 days.
#[must_use]
pub fn age(then: Day, today: Day) -> String {
    match today.days_since(then) {
        ..=0 => "Today".to_owned(),
        days @ 1..=30 => format!("{days}d"),
        _ => day(then, today),
    }
}

/// How long ago a day was, in words: `Today`, `1 day ago`, `28 days ago`, then a date.
#[must_use]
pub fn age_words(then: Day, today: Day) -> String {
    match today.days_since(then) {
        ..=0 => "Today".to_owned(),
        1 => "1 day ago".to_owned(),
        days @ 2..=30 => format!("{days} days ago"),
        _ => day(then, today),
    }
}

/// The time of day, 24 hours: `13:05`.
#[must_use]
pub fn clock(at: Moment, zone: &TimeZone) -> String {
    let zoned = at.timestamp().to_zoned(zone.clone());
    format!("{:02}:{:02}", zoned.hour(), zoned.minute())
}

/// A moment in full: `20 November 2026, 13:05`.
#[must_use]
pub fn moment_long(at: Moment, zone: &TimeZone) -> String {
    format!("{}, {}", day_long(at.day_in(zone)), clock(at, zone))
}

/// How long ago a moment is, for a sentence: "just now", "2 minutes ago"; the date where it is longer than a day.
#[must_use]
pub fn ago(at: Moment, ctx: &Ctx) -> String {
    let minutes = (ctx.now.millis() - at.millis()) / 60_000;
    match minutes {
        ..1 => String::from("just now"),
        1 => String::from("a minute ago"),
        2..60 => format!("{minutes} minutes ago"),
        60..120 => String::from("an hour ago"),
        120..1440 => format!("{} hours ago", minutes / 60),
        _ => format!("on {}", moment_long(at, &ctx.zone)),
    }
}

/// When something happened: the time if today, else the day; the exact moment in `title` and `datetime`.
#[must_use]
pub fn when(at: Moment, ctx: &Ctx) -> Markup {
    let then = at.day_in(&ctx.zone);
    let shown = if then == ctx.now.day_in(&ctx.zone) { clock(at, &ctx.zone) } else { day(then, ctx.today) };
    time(at, &shown, ctx)
}

/// A `time` element with a text of one's own.
#[must_use]
pub fn time(at: Moment, shown: &str, ctx: &Ctx) -> Markup {
    html! { time datetime=(at.to_string()) title=(moment_long(at, &ctx.zone)) { (shown) } }
}

/// A coordinate for SVG: at most one decimal, never `-0`.
#[must_use]
pub fn coordinate(value: f64) -> String {
    let text = format!("{:.1}", if value.is_finite() { value } else { 0.0 });
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A length in SVG as a share of the whole, kept between 0 and 100: `57.3%`.
#[must_use]
pub fn length(percent: f64) -> String {
    format!("{}%", coordinate(percent.clamp(0.0, 100.0)))
}

/// Names as a choice within a sentence: "Ruth, Tom or Ada".
#[must_use]
pub fn either(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// The initials of a name: of the first and the last word.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let letter = |word: &str| {
        word.chars()
            .find(|c| c.is_alphanumeric())
            .into_iter()
            .flat_map(char::to_uppercase)
            .collect::<String>()
    };
    let first = words.next().map(letter).unwrap_or_default();
    let last = words.next_back().map(letter).unwrap_or_default();
    format!("{first}{last}")
}

fn decimals(value: f64, places: u8) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let scale = if places == 0 { 1.0 } else { 10.0 };
    let rounded = (value * scale).round() / scale;
    let text = if places == 0 { format!("{rounded:.0}") } else { format!("{rounded:.1}") };
    signed(&grouped(text.strip_suffix(".0").unwrap_or(&text)))
}

fn signed(text: &str) -> String {
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_owned(),
        Some(rest) => format!("−{rest}"),
        None => text.to_owned(),
    }
}

fn grouped(text: &str) -> String {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) =
        rest.split_once('.').map_or((rest, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_are_grouped_and_rounded_for_display_only() {
        assert_eq!(percent(54.4), "54%");
        assert_eq!(percent(120.0), "120%");
        assert_eq!(percent(-25.0), "−25%");
        assert_eq!(percent(-0.2), "0%");
        assert_eq!(percent_exact(54.0), "54.0%");
        assert_eq!(share(100.0 / 3.0), "33.3%");
        assert_eq!(number(2312.0), "2,312");
        assert_eq!(number(1_234_567.89), "1,234,567.9");
        assert_eq!(number(86.4), "86.4");
        assert_eq!(number(999.96), "1,000");
        assert_eq!(value(3872.0, Some("£")), "£3,872");
        assert_eq!(value(-5.0, Some("$")), "−$5");
        assert_eq!(value_with_unit(34.2, Some("days")), "34.2 days");
        assert_eq!(value_with_unit(86.4, Some("%")), "86.4%");
        assert_eq!(change(16.0), "+16");
        assert_eq!(change(-4.0), "−4");
        assert_eq!(change(0.04), "0");
        assert_eq!(points(1.0), "1 point");
        assert_eq!(points(9.2), "9 points");
        assert_eq!(score(0.75), "0.75");
        assert_eq!(score(1.0), "1.0");
        assert_eq!(count(12_400), "12,400");
        assert_eq!(number(f64::NAN), "–");
    }

    #[test]
    fn days_and_ages_are_short() {
        let today = on("2026-11-20");
        assert_eq!(day(on("2026-11-20"), today), "20 Nov");
        assert_eq!(day(on("2025-01-02"), today), "2 Jan 2025");
        assert_eq!(day_long(on("2026-11-20")), "20 November 2026");
        assert_eq!(age(today, today), "Today");
        assert_eq!(age(on("2026-11-17"), today), "3d");
        assert_eq!(age(on("2026-10-21"), today), "30d");
        assert_eq!(age(on("2026-10-20"), today), "20 Oct");
        assert_eq!(age_words(on("2026-11-19"), today), "1 day ago");
        assert_eq!(age_words(on("2026-11-13"), today), "7 days ago");
    }

    #[test]
    fn a_measure_is_current_to_target() {
        let mut measure = Metric {
            kind: MetricKind::Decrease,
            name: None,
            unit: Some("%".into()),
            start: 20.0,
            target: Some(5.0),
            risk_threshold: None,
            current: None,
        };
        assert_eq!(metric(&measure), Some(("20%".into(), Some("5%".into()))));
        measure.current = Some(12.5);
        assert_eq!(metric(&measure), Some(("12.5%".into(), Some("5%".into()))));
        measure.kind = MetricKind::StayBelow;
        assert_eq!(metric(&measure), Some(("12.5%".into(), Some("< 5%".into()))));
        measure.kind = MetricKind::Percent;
        assert_eq!(metric(&measure), None);
    }

    #[test]
    fn initials_survive_any_name() {
        assert_eq!(initials("Priya Raman"), "PR");
        assert_eq!(initials("Luís de Prata"), "LP");
        assert_eq!(initials("Ångström"), "Å");
        assert_eq!(initials(""), "");
    }

    #[test]
    fn coordinates_are_plain() {
        assert_eq!(coordinate(-0.01), "0");
        assert_eq!(coordinate(57.25), "57.2");
        assert_eq!(length(130.0), "100%");
        assert_eq!(length(54.44), "54.4%");
    }
}
