//! From items to a value (integrations §2.5). Pure.

use northing_core::named_values;
use serde::{Deserialize, Serialize};

use crate::source::{Category, Harvest, WorkItem};

/// Items that are listed under a goal at most.
pub const LISTED: usize = 200;

/// The field of remaining work: what is left, so never a share and never only what is completed.
pub const REMAINING_WORK: &str = "Microsoft.VSTS.Scheduling.RemainingWork";

/// Told where nothing matches and nothing ever did.
pub const NOTHING_MATCHES: &str = "Nothing matches: the value is 0 until something does.";

named_values! {
    /// What a link feeds.
    LinkMode {
        /// The percentage completed.
        Percent = "percent",
        /// A number: the current value of the goal's metric.
        Metric = "metric",
    }
}

/// How a link counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Measure {
    /// Percentage or number.
    pub mode: LinkMode,
    /// The numeric field that is summed; none to count items.
    pub field: Option<String>,
    /// Numbers: only of what is completed.
    pub count_only_completed: bool,
    /// Whether resolved is as good as completed.
    pub resolved_counts: bool,
    /// Whether removed items are left out of the total.
    pub leave_out_removed: bool,
    /// Only items of this type.
    pub work_item_type: Option<String>,
}

/// What a link measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measurement {
    /// How many items match.
    pub matching: usize,
    /// How many of them are completed.
    pub completed: usize,
    /// How many of them are removed.
    pub removed: usize,
    /// The value: per cent, or in the metric's unit. Exact, never rounded.
    pub value: f64,
    /// Reservations for whoever reads the value.
    pub warnings: Vec<String>,
}

/// Measures what was fetched.
#[must_use]
pub fn measure(harvest: &Harvest, how: &Measure) -> Measurement {
    let matching: Vec<&WorkItem> = harvest.items.iter().filter(|item| is_of(item, how)).collect();
    let completed = |item: &WorkItem| is_completed(item, how);
    let amount = |item: &WorkItem| match &how.field {
        None => 1.0,
        Some(field) => item.numbers.get(field).copied().unwrap_or(0.0),
    };
    let counted = || {
        let all = matching.iter().copied();
        all.filter(|item| !(how.leave_out_removed && item.category == Category::Removed))
    };
    let whole: f64 = counted().map(amount).sum();
    let done: f64 = counted().filter(|item| completed(item)).map(amount).sum();
    let remaining = how.field.as_deref() == Some(REMAINING_WORK);
    let value = match how.mode {
        LinkMode::Percent if whole > 0.0 => (100.0 * done / whole).clamp(0.0, 100.0),
        LinkMode::Percent => 0.0,
        LinkMode::Metric if how.count_only_completed && !remaining => done,
        LinkMode::Metric => whole,
    };
    let mut warnings = harvest.warnings.clone();
    if matching.is_empty() {
        warnings.push(NOTHING_MATCHES.to_owned());
    } else if how.mode == LinkMode::Percent && whole <= 0.0 {
        warnings.push(match &how.field {
            Some(field) => {
                format!("The matching items have no {field} in all, so there is no share of it to complete.")
            }
            None => String::from("Every matching item is removed, so there is nothing to complete."),
        });
    }
    Measurement {
        matching: matching.len(),
        completed: matching.iter().filter(|item| completed(item)).count(),
        removed: matching.iter().filter(|item| item.category == Category::Removed).count(),
        value,
        warnings,
    }
}

/// Whether an item is of the type that counts.
#[must_use]
pub fn is_of(item: &WorkItem, how: &Measure) -> bool {
    how.work_item_type.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case(&item.kind))
}

/// Whether an item counts as completed.
#[must_use]
pub fn is_completed(item: &WorkItem, how: &Measure) -> bool {
    match item.category {
        Category::Completed => true,
        Category::Resolved => how.resolved_counts,
        Category::Proposed | Category::InProgress | Category::Removed => false,
    }
}

/// The items that are listed under a goal, at most [`LISTED`]: those that count, and those that were picked themselves.
#[must_use]
pub fn listed<'a>(harvest: &'a Harvest, how: &Measure, picked: &[u64]) -> Vec<&'a WorkItem> {
    let shown = harvest.items.iter().filter(|item| is_of(item, how) || picked.contains(&item.id));
    shown.take(LISTED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Harvest;

    const POINTS: &str = "Microsoft.VSTS.Scheduling.StoryPoints";

    fn item(id: u64, category: Category, points: Option<f64>) -> WorkItem {
        WorkItem {
            id,
            kind: String::from(if id.is_multiple_of(2) { "Bug" } else { "User Story" }),
            title: format!("Item {id}"),
            state: category.to_string(),
            category,
            assignee: None,
            url: String::new(),
            numbers: points.map(|points| (POINTS.to_owned(), points)).into_iter().collect(),
        }
    }

    fn thirty() -> Harvest {
        let category = |id| match id {
            1..=12 => Category::Completed,
            13..=14 => Category::Removed,
            15..=18 => Category::Resolved,
            _ => Category::InProgress,
        };
        let items = (1..=30).map(|id| item(id, category(id), (id % 3 != 0).then_some(2.0))).collect();
        Harvest { items, warnings: Vec::new(), url: None }
    }

    fn how(mode: LinkMode) -> Measure {
        Measure {
            mode,
            field: None,
            count_only_completed: true,
            resolved_counts: false,
            leave_out_removed: false,
            work_item_type: None,
        }
    }

    #[test]
    fn removed_items_stay_in_the_total_and_resolved_is_not_completed() {
        let measured = measure(&thirty(), &how(LinkMode::Percent));
        assert_eq!((measured.matching, measured.completed, measured.removed), (30, 12, 2));
        assert_eq!(measured.value, 40.0);
        assert!(measured.warnings.is_empty());
    }

    #[test]
    fn the_options_for_resolved_and_removed() {
        let resolved = Measure { resolved_counts: true, ..how(LinkMode::Percent) };
        let measured = measure(&thirty(), &resolved);
        assert_eq!((measured.completed, measured.value), (16, 100.0 * 16.0 / 30.0));
        let without = Measure { leave_out_removed: true, ..how(LinkMode::Percent) };
        let measured = measure(&thirty(), &without);
        assert_eq!((measured.matching, measured.removed), (30, 2), "the split is told whatever counts");
        assert_eq!(measured.value, 100.0 * 12.0 / 28.0);
    }

    #[test]
    fn numbers_count_what_is_completed_unless_told_otherwise() {
        assert_eq!(measure(&thirty(), &how(LinkMode::Metric)).value, 12.0);
        let all = Measure { count_only_completed: false, ..how(LinkMode::Metric) };
        assert_eq!(measure(&thirty(), &all).value, 30.0);
        let points = Measure { field: Some(POINTS.to_owned()), ..how(LinkMode::Metric) };
        assert_eq!(measure(&thirty(), &points).value, 16.0, "a field that is absent is 0");
    }

    #[test]
    fn remaining_work_is_never_only_what_is_completed() {
        let mut harvest = thirty();
        for item in &mut harvest.items {
            item.numbers.insert(REMAINING_WORK.to_owned(), 1.5);
        }
        let remaining = Measure { field: Some(REMAINING_WORK.to_owned()), ..how(LinkMode::Metric) };
        assert_eq!(measure(&harvest, &remaining).value, 45.0);
    }

    #[test]
    fn one_type_alone() {
        let bugs = Measure { work_item_type: Some(String::from("bug")), ..how(LinkMode::Percent) };
        let measured = measure(&thirty(), &bugs);
        assert_eq!((measured.matching, measured.completed, measured.value), (15, 6, 40.0));
    }

    #[test]
    fn nothing_matching_is_zero_with_a_warning() {
        let empty = Harvest { items: Vec::new(), warnings: Vec::new(), url: None };
        let measured = measure(&empty, &how(LinkMode::Percent));
        assert_eq!((measured.matching, measured.value, measured.warnings.len()), (0, 0.0, 1));
    }

    #[test]
    fn negative_and_decimal_numbers_are_summed_as_they_are() {
        let items = vec![item(1, Category::Completed, Some(-2.5)), item(2, Category::Completed, Some(4.25))];
        let harvest = Harvest { items, warnings: Vec::new(), url: None };
        let points = Measure { field: Some(POINTS.to_owned()), ..how(LinkMode::Metric) };
        assert_eq!(measure(&harvest, &points).value, 1.75);
        let share = Measure { field: Some(POINTS.to_owned()), ..how(LinkMode::Percent) };
        assert_eq!(measure(&harvest, &share).value, 100.0);
    }

    #[test]
    fn at_most_two_hundred_items_are_listed() {
        let items = (1..=450).map(|id| item(id, Category::Completed, None)).collect();
        let harvest = Harvest { items, warnings: Vec::new(), url: None };
        assert_eq!(measure(&harvest, &how(LinkMode::Percent)).matching, 450);
        assert_eq!(listed(&harvest, &how(LinkMode::Percent), &[]).len(), LISTED);
        // Items of the type that counts, and what was picked itself whatever its type.
        let bugs = Measure { work_item_type: Some(String::from("Bug")), ..how(LinkMode::Percent) };
        let shown = listed(&harvest, &bugs, &[1]);
        assert_eq!((shown.len(), shown[0].id, shown[1].id), (LISTED, 1, 2));
    }
}
