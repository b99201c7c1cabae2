//! The cell `Aligned To (weight, Objective ID)` (integrations §4.2 A): titles may hold anything, parentheses included.

use super::super::values;
use crate::import_model::ParentRef;

/// The parents of a cell, each `<title>(weight: 14.29%, Id: 1000001)`, and what follows the last of them.
pub(super) fn parse(cell: &str) -> (Vec<ParentRef>, Option<String>) {
    let (mut found, mut rest) = (Vec::new(), cell);
    while let Some((title, weight, id, tail)) = one(rest) {
        let title =
            if found.is_empty() { title } else { title.trim_start_matches([',', ';', ' ', '\n', '\r']) };
        found.push(ParentRef { id, title: Some(title.trim().to_owned()).filter(|t| !t.is_empty()), weight });
        rest = tail;
    }
    let left = rest.trim_matches([',', ';', ' ', '\n', '\r', '\t']);
    (found, Some(left.to_owned()).filter(|left| !left.is_empty()))
}

/// The first parent of a text: its title, weight, identifier, and the text behind it.
fn one(text: &str) -> Option<(&str, Option<f64>, Option<String>, &str)> {
    text.match_indices("(weight:").find_map(|(at, key)| {
        let title = text.get(..at)?;
        let inside = text.get(at.saturating_add(key.len())..)?;
        let (weight, behind) = inside.split_once(", Id:").or_else(|| inside.split_once(",Id:"))?;
        let (id, tail) = behind.split_once(')')?;
        let (weight, id) = (weight.trim(), id.trim());
        let short = weight.len() <= 24
            && id.len() <= 40
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let weight = if weight.is_empty() { None } else { Some(values::amount(weight)?.value) };
        short.then(|| (title, weight, Some(id.to_owned()).filter(|id| !id.is_empty()), tail))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_are_told_apart_by_what_follows_their_titles() {
        let (parents, left) = parse(
            "Ship (TP-1), at last(weight: 14.29%, Id: 7), Keep (the) promise, \"always\" (weight: soon)(weight: 0%, Id: 12)",
        );
        let titles: Vec<_> = parents.iter().map(|p| p.title.as_deref().unwrap_or_default()).collect();
        assert_eq!(titles, ["Ship (TP-1), at last", "Keep (the) promise, \"always\" (weight: soon)"]);
        assert_eq!(parents.iter().map(|p| p.weight).collect::<Vec<_>>(), [Some(14.29), Some(0.0)]);
        assert_eq!(parents.iter().map(|p| p.id.as_deref()).collect::<Vec<_>>(), [Some("7"), Some("12")]);
        assert_eq!(left, None);
    }

    #[test]
    fn what_names_no_identifier_is_left() {
        assert_eq!(parse("Only a title (2025)"), (Vec::new(), Some("Only a title (2025)".to_owned())));
        assert_eq!(parse(" "), (Vec::new(), None));
    }
}
