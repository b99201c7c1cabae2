//! What a link said lately: a line for each result, equal ones in a row as one. Pure.

use northing_core::values::Moment;
use northing_store::goal_links::LastSync;
use serde::{Deserialize, Serialize};

use super::Failed;
use crate::error::Result;

/// Results that are kept of each link.
const KEPT: usize = 24;

/// What a link said, once or several times in a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SyncResult {
    /// When it first said so.
    pub first_at: Moment,
    /// When it last said so.
    pub last_at: Moment,
    /// How many times in a row.
    pub times: u32,
    /// The source's value; none where it could not be read.
    pub value: Option<f64>,
    /// How many items matched, were completed, were removed.
    pub matching: Option<i64>,
    /// See `matching`.
    pub completed: Option<i64>,
    /// See `matching`.
    pub removed: Option<i64>,
    /// Reservations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Why it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Failed>,
}

impl SyncResult {
    /// How a sync went that has just been taken up into a link.
    fn of(last: &LastSync, now: Moment) -> Self {
        let error = last.error.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let (value, counts) = if last.error.is_some() { (None, None) } else { (last.value, last.counts) };
        Self {
            first_at: now,
            last_at: now,
            times: 1,
            value,
            matching: counts.map(|(matching, ..)| matching),
            completed: counts.map(|(_, completed, _)| completed),
            removed: counts.map(|(.., removed)| removed),
            warnings: serde_json::from_str(&last.warnings).unwrap_or_default(),
            error,
        }
    }

    fn says_the_same(&self, other: &Self) -> bool {
        let bits = |value: Option<f64>| value.map(f64::to_bits);
        let trouble = |it: &Self| it.error.as_ref().map(|error| (error.kind, error.message.clone()));
        bits(self.value) == bits(other.value)
            && (self.matching, self.completed, self.removed)
                == (other.matching, other.completed, other.removed)
            && self.warnings == other.warnings
            && trouble(self) == trouble(other)
    }
}

/// The results that are kept as text, the newest last. What cannot be read is begun anew.
pub(super) fn read(text: &str) -> Vec<SyncResult> {
    serde_json::from_str(text).unwrap_or_default()
}

/// The text with one more result.
pub(super) fn with(before: Option<&str>, last: &LastSync, now: Moment) -> Result<String> {
    let mut all = before.map(read).unwrap_or_default();
    let fresh = SyncResult::of(last, now);
    match all.last_mut() {
        Some(newest) if newest.says_the_same(&fresh) => {
            newest.last_at = now;
            newest.times = newest.times.saturating_add(1);
        }
        _ => all.push(fresh),
    }
    let over = all.len().saturating_sub(KEPT);
    all.drain(..over);
    super::connections::text(&all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(value: f64, matching: i64) -> LastSync {
        LastSync {
            value: Some(value),
            counts: Some((matching, 1, 0)),
            state: String::from("ok"),
            error: None,
            warnings: String::from("[]"),
            told: None,
            failures: 0,
            synced_at: None,
            next_at: None,
        }
    }

    fn hour(number: i64) -> Moment {
        "2026-02-15T09:00:00Z".parse::<Moment>().unwrap().plus_millis(number * 3_600_000)
    }

    #[test]
    fn equal_results_in_a_row_are_one() {
        let mut text = None;
        for (at, value) in (0..).zip([40.0, 40.0, 40.0, 50.0, 40.0]) {
            text = Some(with(text.as_deref(), &last(value, 30), hour(at)).unwrap());
        }
        let all = read(&text.unwrap());
        let told: Vec<_> =
            all.iter().map(|it| (it.value.unwrap(), it.times, it.first_at, it.last_at)).collect();
        assert_eq!(
            told,
            [(40.0, 3, hour(0), hour(2)), (50.0, 1, hour(3), hour(3)), (40.0, 1, hour(4), hour(4))]
        );
    }

    #[test]
    fn trouble_is_a_result_of_its_own_and_has_no_value() {
        let good = with(None, &last(40.0, 30), hour(0)).unwrap();
        let error = r#"{"kind":"forbidden","message":"No","remedy":"Ask","at":"2026-02-15T10:00:00Z"}"#;
        let bad = LastSync { error: Some(error.to_owned()), ..last(40.0, 30) };
        let later = LastSync { error: Some(error.replace("T10", "T11")), ..last(40.0, 30) };
        let text = with(Some(&good), &bad, hour(1)).unwrap();
        let all = read(&with(Some(&text), &later, hour(2)).unwrap());
        assert_eq!((all.len(), all[1].value, all[1].times), (2, None, 2));
        assert_eq!(all[1].error.as_ref().unwrap().message, "No");
    }

    #[test]
    fn so_many_are_kept_and_no_more() {
        let mut text = None;
        for number in 0..100_i32 {
            text =
                Some(with(text.as_deref(), &last(f64::from(number), 30), hour(i64::from(number))).unwrap());
        }
        let all = read(&text.unwrap());
        assert_eq!((all.len(), all[0].value, all[23].value), (24, Some(76.0), Some(99.0)));
        assert_eq!(read("not ours"), []);
    }
}
