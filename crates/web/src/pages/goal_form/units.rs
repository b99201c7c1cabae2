//! The form's fields in the units in which they are decided: what an editor touched, what somebody else changed meanwhile, and
//! what both did. The form carries a mark of each unit as it was when it was opened, so that only what was touched is saved.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Fields that belong together: a level and its teams, everything about the metric.
#[derive(Debug)]
pub(crate) struct Unit {
    /// Its name in the marks.
    pub(crate) name: &'static str,
    /// What people call it.
    pub(crate) label: &'static str,
    /// Its fields in the form.
    pub(crate) fields: &'static [&'static str],
    /// The field that is sent whenever the unit is shown: without it nothing is said about the unit.
    marker: &'static str,
}

macro_rules! units {
    ($($name:literal $label:literal [$($field:literal),+] by $marker:literal;)+) => {
        &[$( Unit { name: $name, label: $label, fields: &[$($field),+], marker: $marker } ),+]
    };
}

/// Every unit, in the order of the form.
pub(crate) const UNITS: &[Unit] = units! {
    "kind" "Kind" ["kind"] by "kind";
    "title" "Title" ["title"] by "title";
    "description" "Description" ["description"] by "description";
    "parents" "Aligned to" ["parents"] by "parents_query";
    "metric" "Measure" ["metric_kind", "metric_name", "metric_unit", "metric_start", "metric_target", "risk_threshold"] by "metric_kind";
    "phases" "Phased targets" ["phase_interval", "phase_date", "phase_target"] by "phase_line";
    "place" "Belongs to" ["level", "team_ids"] by "level";
    "owner_ids" "Owners" ["owner_ids"] by "owner_ids_query";
    "check_in_owner_id" "Checks in" ["check_in_owner_id"] by "check_in_owner_id_query";
    "delegate_id" "Delegate" ["delegate_id"] by "delegate_id_query";
    "period_id" "Period" ["period_id"] by "period_id";
    "start_date" "Start" ["start_date"] by "start_date";
    "due_date" "Due" ["due_date"] by "due_date";
    "progress_mode" "Progress" ["progress_mode"] by "progress_mode";
    "committed" "Ambition" ["committed"] by "committed";
    "tags" "Tags" ["tags"] by "tags_query";
    "scoring_guidance" "Scoring guidance" ["scoring_guidance"] by "scoring_guidance";
    "new_children_contribute" "New goals below count" ["new_children_contribute"] by "children_shown";
};

/// The fields of a form as they came.
pub(crate) type Pairs = [(String, String)];

/// The first value of a field; empty where there is none.
pub(crate) fn value<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    all(pairs, name).next().unwrap_or("")
}

/// Every value of a field.
pub(crate) fn all<'a>(pairs: &'a Pairs, name: &str) -> impl Iterator<Item = &'a str> {
    pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
}

impl Unit {
    /// Whether the form says anything about it.
    pub(crate) fn is_said(&self, pairs: &Pairs) -> bool {
        pairs.iter().any(|(name, _)| name == self.marker)
    }

    /// What the form says, in a form that can be compared: blank fields and surrounding space say nothing.
    fn text(&self, pairs: &Pairs) -> String {
        let mut text = String::new();
        for field in self.fields {
            for value in all(pairs, field) {
                // Browsers send line ends their own way.
                let value = value.trim().replace("\r\n", "\n");
                if !value.is_empty() {
                    text.push_str(field);
                    text.push('\0');
                    text.push_str(&value);
                    text.push('\0');
                }
            }
        }
        text
    }

    fn mark(&self, pairs: &Pairs) -> String {
        let digest = Sha256::digest(self.text(pairs).as_bytes());
        URL_SAFE_NO_PAD.encode(digest.get(..9).unwrap_or_default())
    }

    /// Whether two forms say the same about it.
    pub(crate) fn same(&self, one: &Pairs, other: &Pairs) -> bool {
        self.text(one) == self.text(other)
    }

    /// Whether the form says something else about it than when `base` was taken. A form without marks touched everything.
    pub(crate) fn is_touched(&self, pairs: &Pairs, base: &str) -> bool {
        let before = base.split(' ').find_map(|part| part.strip_prefix(self.name)?.strip_prefix('='));
        self.is_said(pairs) && before.is_none_or(|before| before != self.mark(pairs))
    }
}

/// The form with what `current` says about the units that it says nothing about.
pub(crate) fn completed(pairs: &Pairs, current: &Pairs) -> Vec<(String, String)> {
    let unsaid: Vec<&Unit> = UNITS.iter().filter(|unit| !unit.is_said(pairs)).collect();
    let of_unsaid = |name: &str| unsaid.iter().any(|unit| unit.fields.contains(&name) || unit.marker == name);
    let rest = ["dates_of", "phase_spread"];
    let missing = |name: &str| rest.contains(&name) && !pairs.iter().any(|(other, _)| other == name);
    let mut all = pairs.to_vec();
    all.extend(current.iter().filter(|(name, _)| of_unsaid(name) || missing(name)).cloned());
    all
}

/// The marks of all units, for the form to carry.
pub(crate) fn base(pairs: &Pairs) -> String {
    let marks = UNITS.iter().map(|unit| format!("{}={}", unit.name, unit.mark(pairs)));
    marks.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        form_urlencoded::parse(text.as_bytes()).into_owned().collect()
    }

    fn touched(before: &str, after: &str) -> Vec<&'static str> {
        let base = base(&pairs(before));
        UNITS.iter().filter(|unit| unit.is_touched(&pairs(after), &base)).map(|unit| unit.name).collect()
    }

    #[test]
    fn only_what_was_changed_counts_as_touched() {
        let before = "title=Grow&description=a%0Ab&kind=objective&level=team&team_ids=1&parents_query=&parents=7&metric_kind=reach&metric_target=5";
        assert!(touched(before, before).is_empty());
        // Line ends, space around and fields that are empty say nothing new.
        assert!(
            touched(before, &before.replace("a%0Ab", "a%0D%0Ab+").replace("=5", "=5&metric_unit="))
                .is_empty()
        );
        assert_eq!(touched(before, &before.replace("Grow", "Shrink")), ["title"]);
        assert_eq!(touched(before, &before.replace("&team_ids=1", "")), ["place"]);
        assert_eq!(touched(before, &before.replace("&parents=7", "")), ["parents"]);
        assert_eq!(touched(before, &before.replace("=5", "=6")), ["metric"]);
        // What the form does not show, it says nothing about.
        assert!(touched(before, "title=Grow").is_empty());
        assert_eq!(touched("", "title=Grow"), ["title"]);
    }
}
