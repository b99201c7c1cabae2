//! Owners as display names joined by commas, where a name may hold a comma itself (integrations §4.2 A).

use std::collections::HashSet;

use northing_core::text::fold;

/// Names that are known to be one person's.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    pub(super) fn add(&mut self, name: &str) {
        let name = fold(name);
        if !name.is_empty() {
            self.0.insert(name);
        }
    }

    /// The people of a cell, and whether every one of them is known. The longest known name comes first; what is
    /// unknown is split at every comma.
    pub(super) fn split(&self, cell: &str) -> (Vec<String>, bool) {
        let parts: Vec<&str> = cell.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        let (mut found, mut all_known, mut at) = (Vec::new(), true, 0_usize);
        while at < parts.len() {
            // A name of more than six parts is none.
            let most = parts.len().saturating_sub(at).min(6);
            let longest = (1..=most).rev().find_map(|length| {
                let name = parts.get(at..at.saturating_add(length))?.join(", ");
                self.0.contains(&fold(&name)).then_some((name, length))
            });
            let (name, length) = longest.unwrap_or_else(|| {
                all_known = false;
                (parts.get(at).copied().unwrap_or_default().to_owned(), 1)
            });
            found.push(name);
            at = at.saturating_add(length);
        }
        (found, all_known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_known_name_wins() {
        let mut names = Names::default();
        for name in ["Priya Venkataraman", "Marsh, Eleanor", "Marsh"] {
            names.add(name);
        }
        let split = |cell: &str| names.split(cell);
        assert_eq!(
            split("Priya Venkataraman, Marsh, Eleanor"),
            (vec!["Priya Venkataraman".to_owned(), "Marsh, Eleanor".to_owned()], true)
        );
        assert_eq!(split("Marsh,  eleanor").0.len(), 1);
        assert_eq!(split("Duarte, Joaquim"), (vec!["Duarte".to_owned(), "Joaquim".to_owned()], false));
        assert_eq!(split(" , "), (Vec::new(), true));
    }
}
