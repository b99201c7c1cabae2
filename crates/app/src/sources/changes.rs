//! What changed between two check-ins of a source, in words: which items were completed, came in, went out. Pure.

use std::collections::BTreeMap;

use northing_connectors::measure::{Measure, is_completed, is_of};
use northing_connectors::source::{Category, Harvest, WorkItem};

/// Items that each part of a note names.
const NAMED: usize = 10;
/// Characters of a title in a note.
const TITLE: usize = 120;

/// The items that counted at a check-in, each with whether it was completed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Seen(BTreeMap<u64, bool>);

impl Seen {
    /// What counts in what was fetched. Items that were taken out are not part of it.
    pub(super) fn of(harvest: &Harvest, how: &Measure) -> Self {
        let counting =
            harvest.items.iter().filter(|item| is_of(item, how) && item.category != Category::Removed);
        Self(counting.map(|item| (item.id, is_completed(item, how))).collect())
    }

    /// From the text in which it is kept.
    pub(super) fn read(text: &str) -> Self {
        let items = text.split_ascii_whitespace().filter_map(|word| {
            let number = word.strip_suffix('c');
            Some((number.unwrap_or(word).parse().ok()?, number.is_some()))
        });
        Self(items.collect())
    }

    /// The text: numbers between spaces, followed by `c` where completed.
    pub(super) fn text(&self) -> String {
        let mut text = String::from(" ");
        for (id, completed) in &self.0 {
            text.push_str(&id.to_string());
            text.push_str(if *completed { "c " } else { " " });
        }
        text
    }

    /// The numbers.
    pub(super) fn ids(&self) -> impl Iterator<Item = u64> + '_ {
        self.0.keys().copied()
    }
}

/// A note for a check-in, in Markdown; none where no item changed sides.
pub(super) fn note(
    before: &Seen,
    after: &Seen,
    harvest: &Harvest,
    url: impl Fn(u64) -> Option<String>,
) -> Option<String> {
    let items: BTreeMap<u64, &WorkItem> = harvest.items.iter().map(|item| (item.id, item)).collect();
    let (mut completed, mut added, mut reopened) = (Vec::new(), Vec::new(), Vec::new());
    for (id, is_completed) in &after.0 {
        match (before.0.get(id), is_completed) {
            (None, false) => added.push(*id),
            (None, true) | (Some(false), true) => completed.push(*id),
            (Some(true), false) => reopened.push(*id),
            (Some(false), false) | (Some(true), true) => {}
        }
    }
    let removed: Vec<u64> = before.ids().filter(|id| !after.0.contains_key(id)).collect();
    let name = |id: &u64| {
        let title = items
            .get(id)
            .map_or_else(|| format!("#{id}"), |item| format!("#{id} {}", shortened(&item.title)));
        let address =
            items.get(id).map(|item| item.url.clone()).filter(|it| !it.is_empty()).or_else(|| url(*id));
        match address {
            Some(address) => format!("[{}](<{}>)", escaped(&title), address.replace(['<', '>', '\n'], "")),
            None => escaped(&title),
        }
    };
    let parts = [("Completed", completed), ("Added", added), ("Removed", removed), ("Reopened", reopened)];
    let lines: Vec<String> = parts
        .into_iter()
        .filter(|(_, ids)| !ids.is_empty())
        .map(|(word, ids)| {
            let named: Vec<String> = ids.iter().take(NAMED).map(name).collect();
            let more = match ids.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("{word}: {}{more}", named.join(", "))
        })
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n\n"))
}

fn shortened(title: &str) -> String {
    if title.chars().count() <= TITLE {
        return title.to_owned();
    }
    let cut: String = title.chars().take(TITLE - 1).collect();
    format!("{}…", cut.trim_end())
}

/// A title as Markdown shows it, sign by sign.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        if sign.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(if sign.is_control() { ' ' } else { sign });
    }
    escaped
}

#[cfg(test)]
mod tests {
    use northing_connectors::measure::LinkMode;

    use super::*;

    fn how() -> Measure {
        Measure {
            mode: LinkMode::Percent,
            field: None,
            count_only_completed: true,
            resolved_counts: false,
            leave_out_removed: false,
            work_item_type: None,
        }
    }

    fn harvest(items: &[(u64, Category)]) -> Harvest {
        let item = |(id, category): &(u64, Category)| WorkItem {
            id: *id,
            kind: String::from("Bug"),
            title: format!("Valve [{id}] *sticks*"),
            state: String::new(),
            category: *category,
            assignee: None,
            url: format!("https://dev.example/{id}"),
            numbers: BTreeMap::new(),
        };
        Harvest { items: items.iter().map(item).collect(), warnings: Vec::new(), url: None }
    }

    #[test]
    fn what_was_completed_added_removed_and_reopened() {
        use Category::{Completed, InProgress, Proposed, Removed};
        let before =
            harvest(&[(1, Proposed), (2, Completed), (3, InProgress), (4, InProgress), (5, Completed)]);
        let after = harvest(&[
            (1, Completed),
            (2, Completed),
            (3, Removed),
            (5, InProgress),
            (6, Proposed),
            (7, Completed),
        ]);
        let (before, seen) = (Seen::of(&before, &how()), Seen::of(&after, &how()));
        let text = note(&before, &seen, &after, |id| Some(format!("https://dev.example/{id}"))).unwrap();
        let lines: Vec<&str> = text.split("\n\n").collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert_eq!(
            lines[0],
            "Completed: [\\#1 Valve \\[1\\] \\*sticks\\*](<https://dev.example/1>), [\\#7 Valve \\[7\\] \\*sticks\\*](<https://dev.example/7>)"
        );
        assert!(lines[1].starts_with("Added: [\\#6 ") && lines[3].starts_with("Reopened: [\\#5 "), "{text}");
        assert_eq!(
            lines[2],
            "Removed: [\\#3 Valve \\[3\\] \\*sticks\\*](<https://dev.example/3>), [\\#4](<https://dev.example/4>)"
        );
        assert_eq!(note(&seen, &seen, &after, |_| None), None);
    }

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let all: Vec<(u64, Category)> = (1..=25).map(|id| (id, Category::Completed)).collect();
        let after = harvest(&all);
        let text = note(&Seen::default(), &Seen::of(&after, &how()), &after, |_| None).unwrap();
        assert!(text.ends_with(" and 15 more") && text.matches("https://").count() == 10, "{text}");
    }

    #[test]
    fn what_is_kept_reads_back() {
        let seen = Seen::of(&harvest(&[(12, Category::Completed), (123, Category::Proposed)]), &how());
        assert_eq!(seen.text(), " 12c 123 ");
        assert_eq!(Seen::read(&seen.text()), seen);
        assert_eq!(Seen::default().text(), " ");
    }
}
