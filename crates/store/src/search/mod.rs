//! Search as you type: the one thing written twice. Every word of the query must begin a word of the goal; case, accents and
//! order do not matter; the newest goals come first. Triggers keep the index, so writing `goals.search_text` is all it takes.

use std::collections::BTreeSet;

use northing_core::text::fold;
use northing_core::values::Id;

use crate::dialect::Engine;
use crate::failure::Failure;
use crate::query::sql;
use crate::transaction::Rx;

/// Words of a query that count; people do not type more, and machines may not.
pub(crate) const MOST_WORDS: usize = 12;
/// Characters of a word that count.
const MOST_LETTERS: usize = 100;

/// What to store in `goals.search_text`: the words of these texts, folded, each once.
#[must_use]
pub fn text<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut seen = BTreeSet::new();
    let words: Vec<_> = parts.into_iter().flat_map(words).filter(|word| seen.insert(word.clone())).collect();
    words.join(" ")
}

/// The words of a text, folded, at most so many letters each.
pub(crate) fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word.chars().take(MOST_LETTERS).collect()).collect()
}

/// The goals of an organisation with all these words, newest first, at most `limit`; none where there is no word in the query.
/// Deleted goals are left out; who may see them is for the caller to decide.
///
/// # Errors
/// What the database says.
pub async fn goals(rx: &mut Rx, org_id: Id, query: &str, limit: u32) -> Result<Vec<Id>, Failure> {
    let mut words = words(query);
    words.truncate(MOST_WORDS);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    // The words are letters and digits only, so the quotes hold.
    let found = match rx.engine() {
        Engine::Sqlite => {
            let all: Vec<_> = words.iter().map(|word| format!("\"{word}\"*")).collect();
            sql("SELECT goals.id AS id FROM goal_words CROSS JOIN goal_documents ON goal_documents.seq = goal_words.rowid \
                 CROSS JOIN goals ON goals.id = goal_documents.goal_id \
                 WHERE goal_words MATCH $1 AND goals.org_id = $2 AND goals.deleted_at IS NULL \
                 ORDER BY goal_words.rowid DESC LIMIT $3")
            .bind(all.join(" "))
        }
        Engine::Postgres => {
            let all: Vec<_> = words.iter().map(|word| format!("'{word}':*")).collect();
            sql("SELECT goals.id AS id FROM goal_documents JOIN goals ON goals.id = goal_documents.goal_id \
                 WHERE goal_documents.words @@ CAST($1 AS tsquery) AND goals.org_id = $2 AND goals.deleted_at IS NULL \
                 ORDER BY goal_documents.seq DESC LIMIT $3")
            .bind(all.join(" & "))
        }
    };
    found.bind(org_id).bind(limit).fetch_all(rx).await?.iter().map(|row| row.id("id")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_to_store_is_the_folded_words_each_once() {
        assert_eq!(text(["Zoë's  ARR: grow (ARR)", "Q3-2026"]), "zoe s arr grow q3 2026");
        assert_eq!(text(["🚀 !!", ""]), "");
    }
}
