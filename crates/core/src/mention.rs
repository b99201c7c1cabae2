//! People named in a text by `@` and their name, as in "@Elin Sørby rebooks the rest".

use std::collections::HashMap;

use crate::text::fold;
use crate::values::Id;

/// Words that a name may have.
const WORDS: usize = 5;

/// Every name that may be meant in a text, in the form of [`fold`]: for "@Elin Sørby rebooks" it is "elin", "elin sørby" and
/// so on, since only a list of people tells where a name ends.
#[must_use]
pub fn candidates(text: &str) -> Vec<String> {
    let mut all: Vec<String> =
        marks(text).flat_map(|at| prefixes(text.get(at + 1..).unwrap_or_default())).map(fold).collect();
    all.sort();
    all.dedup();
    all.retain(|name| !name.is_empty());
    all
}

/// The text with every known name, longest first, replaced by what `write` makes of it: the name with its `@`, and the person.
#[must_use]
pub fn replace(text: &str, people: &HashMap<String, Id>, write: impl Fn(&str, Id) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for at in marks(text) {
        if at < done {
            continue;
        }
        let rest = text.get(at + 1..).unwrap_or_default();
        let found = prefixes(rest).rev().find_map(|name| people.get(&fold(name)).map(|id| (name.len(), *id)));
        if let Some((length, id)) = found {
            let end = at + 1 + length;
            out.push_str(text.get(done..at).unwrap_or_default());
            out.push_str(&write(text.get(at..end).unwrap_or_default(), id));
            done = end;
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// Where an `@` begins a name: not inside a word, as in a mail address.
fn marks(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.match_indices('@').map(|(at, _)| at).filter(|at| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| !c.is_alphanumeric())
    })
}

/// The first word, the first two words, and so on, without the punctuation behind them.
fn prefixes(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    let mut ends = Vec::new();
    let mut inside = false;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c == '\n' || ends.len() == WORDS || (at == 0 && c.is_whitespace()) {
            if inside {
                ends.push(at);
            }
            break;
        }
        if c.is_whitespace() && inside {
            ends.push(at);
        }
        inside = !c.is_whitespace();
    }
    ends.into_iter().filter_map(move |end| {
        let name = text.get(..end)?.trim_end_matches(|c: char| !c.is_alphanumeric());
        (!name.is_empty()).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> HashMap<String, Id> {
        let id = "019503d5-7c00-7000-8000-000000000001".parse().unwrap();
        HashMap::from([(fold("Elin Sørby"), id), (fold("Elin"), id), (fold("Zoë"), id)])
    }

    fn marked(text: &str) -> String {
        replace(text, &people(), |name, _| format!("<{name}>"))
    }

    #[test]
    fn the_longest_known_name_is_meant() {
        assert_eq!(marked("Next: @Elin Sørby rebooks."), "Next: <@Elin Sørby> rebooks.");
        assert_eq!(marked("@elin, @ZOE! @Nobody"), "<@elin>, <@ZOE>! @Nobody");
        assert_eq!(marked("(@Zoë) @Elin\nSørby"), "(<@Zoë>) <@Elin>\nSørby");
    }

    #[test]
    fn an_address_names_nobody() {
        assert_eq!(marked("mail zoe@zoe.test or @"), "mail zoe@zoe.test or @");
        assert!(candidates("a@b c").is_empty());
    }

    #[test]
    fn candidates_grow_word_by_word() {
        assert_eq!(candidates("@Elin Sørby, next"), ["elin", "elin sørby", "elin sørby, next"]);
    }
}
