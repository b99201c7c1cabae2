//! The small values of an export as text: numbers, days, moments, words for status, kind and role.

use northing_core::goal::GoalKind;
use northing_core::metric::MetricKind;
use northing_core::people::Role;
use northing_core::status::Status;
use northing_core::values::{Day, Moment};

use crate::import_model::Amount;

/// Only the letters and digits, in lower case: how headers, keys and fixed words are compared.
pub(crate) fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A number as an export writes it: `7141200.5`, `1,234.5`, `25%`, `$ 4.2 M`, `1.2 K`. Values with a magnitude letter were rounded.
pub(crate) fn amount(text: &str) -> Option<Amount> {
    let text = text.trim().trim_start_matches(['$', '€', '£']).trim();
    let text = text.trim_end_matches(['%', '$', '€', '£']).trim();
    let (digits, factor) = match text.char_indices().next_back() {
        Some((at, letter)) if letter.is_ascii_alphabetic() => {
            let factor = match letter.to_ascii_uppercase() {
                'K' => 1e3,
                'M' => 1e6,
                'B' => 1e9,
                'T' => 1e12,
                _ => return None,
            };
            (text.get(..at)?.trim(), Some(factor))
        }
        _ => (text, None),
    };
    let number = number(digits)?;
    let value = number * factor.unwrap_or(1.0);
    value.is_finite().then_some(Amount { value, approximate: factor.is_some() })
}

/// A number with or without separators of thousands.
pub(crate) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let valid =
        !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || "+-.,eE \u{a0}\u{202f}'".contains(c));
    let plain: String = text.chars().filter(|c| !" \u{a0}\u{202f}'".contains(*c)).collect();
    let plain = if thousands(&plain) { plain.replace(',', "") } else { plain };
    plain.parse::<f64>().ok().filter(|value| valid && value.is_finite())
}

/// Whether every comma of a number stands before exactly three digits of its whole part.
fn thousands(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or(text).trim_start_matches(['+', '-']);
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    whole.contains(',')
        && (1..=3).contains(&first.len())
        && groups.all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()))
}

/// A day and, if the text has one, the moment within it (UTC): `2025-03-10`, `2025-03-10 20:57:08`, with or without ` UTC`, RFC 3339.
pub(crate) fn day_and_moment(text: &str) -> Option<(Day, Option<Moment>)> {
    let text = text.trim().trim_end_matches("UTC").trim();
    let day: Day = text.get(..10)?.parse().ok()?;
    let rest = text.get(10..)?.trim_start_matches(['T', ' ']);
    if rest.is_empty() {
        return Some((day, None));
    }
    let rest = rest.strip_suffix('Z').unwrap_or(rest);
    let zone = if rest.contains(['+', '-']) { "" } else { "Z" };
    let moment = format!("{day}T{rest}{zone}").parse().ok()?;
    Some((day, Some(moment)))
}

/// Whether a moment's time of day is other than midnight UTC: a bare date is often written with zeros.
pub(crate) const fn has_time(moment: Moment) -> bool {
    moment.millis() % 86_400_000 != 0
}

/// The words for a status.
pub(crate) fn status(text: &str) -> Option<Status> {
    Some(match plain(text).as_str() {
        "notstarted" => Status::NotStarted,
        "ontrack" => Status::OnTrack,
        "behind" => Status::Behind,
        "atrisk" => Status::AtRisk,
        "closed" => Status::Closed,
        "postponed" => Status::Postponed,
        "reopened" => Status::Reopened,
        "inprogress" => Status::InProgress,
        _ => return None,
    })
}

/// The kind that an organisation's word stands for, where the old product's own terminology settles it (goals §2.3).
pub(crate) fn kind(text: &str) -> Option<GoalKind> {
    Some(match plain(text).as_str() {
        "objective" | "goal" | "theme" | "bigrock" => GoalKind::Objective,
        "keyresult" | "metric" | "result" | "kpi" => GoalKind::KeyResult,
        "initiative" | "project" | "deliverable" | "action" | "todo" | "milestone" => GoalKind::Initiative,
        _ => return None,
    })
}

/// The kind of target that a word stands for.
pub(crate) fn target(word: &str) -> Option<MetricKind> {
    let word = plain(word);
    let says = |parts: &[&str]| parts.iter().any(|part| word.starts_with(part));
    Some(if says(&["reach"]) {
        MetricKind::Reach
    } else if says(&["increase"]) {
        MetricKind::Increase
    } else if says(&["decrease", "reduce"]) {
        MetricKind::Decrease
    } else if says(&["stayabove", "keepabove"]) {
        MetricKind::StayAbove
    } else if says(&["staybelow", "keepbelow"]) {
        MetricKind::StayBelow
    } else if says(&["find", "baseline", "establish"]) {
        MetricKind::Baseline
    } else {
        return None;
    })
}

/// The kind of target that start and target allow where no word says it.
pub(crate) fn by_numbers(start: Option<f64>, target: Option<f64>) -> MetricKind {
    match (start, target) {
        (_, None) => MetricKind::Baseline,
        (Some(start), Some(target)) if target < start => MetricKind::Decrease,
        (Some(start), Some(_)) if start != 0.0 => MetricKind::Increase,
        _ => MetricKind::Reach,
    }
}

/// The role that a word stands for.
pub(crate) fn role(text: &str) -> Option<Role> {
    Some(match plain(text).as_str() {
        "owner" | "orgowner" | "organizationowner" => Role::Owner,
        "admin" | "orgadmin" | "organizationadmin" => Role::Admin,
        "member" | "user" | "regular" => Role::Member,
        "observer" => Role::Observer,
        _ => return None,
    })
}
