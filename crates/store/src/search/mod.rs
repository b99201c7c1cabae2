//! Search as you type: the one thing written twice. Every word of the query must begin a word of the goal; case, accents and
//! order do not matter; the newest goals come first. Triggers keep the index, so writing `goals.search_text` is all it takes.

use std::collections::BTreeSet;

use northing_core::named_values;
use northing_core::text::fold;
use northing_core::values::Id;

use crate::choices::Named;
use crate::dialect::Engine;
use crate::failure::Failure;
use crate::query::sql;
use crate::row::Row;
use crate::transaction::Rx;
use crate::visible_goal;

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
    let words = asked(query);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let found = match rx.engine() {
        Engine::Sqlite => sql(
            "SELECT goals.id AS id FROM goal_words CROSS JOIN goal_documents ON goal_documents.seq = goal_words.rowid \
                 CROSS JOIN goals ON goals.id = goal_documents.goal_id \
                 WHERE goal_words MATCH $1 AND goals.org_id = $2 AND goals.deleted_at IS NULL \
                 ORDER BY goal_words.rowid DESC LIMIT $3",
        ),
        Engine::Postgres => {
            sql("SELECT goals.id AS id FROM goal_documents JOIN goals ON goals.id = goal_documents.goal_id \
                 WHERE goal_documents.words @@ CAST($1 AS tsquery) AND goals.org_id = $2 AND goals.deleted_at IS NULL \
                 ORDER BY goal_documents.seq DESC LIMIT $3")
        }
    };
    let found = found.bind(beginnings(rx.engine(), &words)).bind(org_id).bind(limit);
    found.fetch_all(rx).await?.iter().map(|row| row.id("id")).collect()
}

/// Of the newest `look` goals with all these words those that the viewer sees, newest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub async fn goals_seen(
    rx: &mut Rx,
    org_id: Id,
    viewer: Id,
    query: &str,
    (look, limit): (u32, u32),
) -> Result<Vec<Id>, Failure> {
    macro_rules! seen {
        ($from:literal, $seq:literal) => {
            concat!(
                "SELECT g.id FROM (SELECT goals.id, goals.visibility, goals.delegate_id, goals.check_in_owner_id, ",
                $seq,
                " AS seq FROM ",
                $from,
                " AND goals.org_id = $2 AND goals.deleted_at IS NULL ORDER BY ",
                $seq,
                " DESC LIMIT $4) g WHERE ",
                visible_goal!("g", "$3"),
                " ORDER BY g.seq DESC LIMIT $5"
            )
        };
    }
    let words = asked(query);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let found = match rx.engine() {
        Engine::Sqlite => sql(seen!(
            "goal_words CROSS JOIN goal_documents ON goal_documents.seq = goal_words.rowid \
             CROSS JOIN goals ON goals.id = goal_documents.goal_id WHERE goal_words MATCH $1",
            "goal_words.rowid"
        )),
        Engine::Postgres => sql(seen!(
            "goal_documents JOIN goals ON goals.id = goal_documents.goal_id \
             WHERE goal_documents.words @@ CAST($1 AS tsquery)",
            "goal_documents.seq"
        )),
    };
    let found = found.bind(beginnings(rx.engine(), &words)).bind(org_id).bind(viewer).bind(look).bind(limit);
    found.fetch_all(rx).await?.iter().map(|row| row.id("id")).collect()
}

named_values! {
    /// What besides goals is found by its name.
    Kind {
        /// A member of the organisation.
        Person = "person",
        /// A team, in use or not.
        Team = "team",
    }
}

/// The people or teams of an organisation in whose name every word of the query begins a word: of the newest `look` at most
/// `limit`, by name; of people with their title, of teams only those in use. One statement.
///
/// # Errors
/// What the database says.
pub async fn names(
    rx: &mut Rx,
    org_id: Id,
    kind: Kind,
    query: &str,
    (look, limit): (u32, u32),
) -> Result<Vec<Named>, Failure> {
    macro_rules! named {
        ($found:literal, $what:literal) => {
            concat!(
                "SELECT ",
                $what,
                " FROM (SELECT d.subject_id AS id FROM ",
                $found,
                " AND d.org_id = $2 AND d.kind = $3 ORDER BY d.seq DESC LIMIT $4) f "
            )
        };
        ($found:literal) => {
            (
                concat!(
                    named!($found, "m.user_id AS id, m.name, u.title AS detail"),
                    "JOIN members m ON m.org_id = $2 AND m.user_id = f.id JOIN users u ON u.id = m.user_id ",
                    "ORDER BY m.name_key, m.user_id LIMIT $5"
                ),
                concat!(
                    named!($found, "t.id, t.name, CAST(NULL AS TEXT) AS detail"),
                    "JOIN teams t ON t.id = f.id AND t.org_id = $2 AND t.status = 'active' ORDER BY t.name_key, t.id LIMIT $5"
                ),
            )
        };
    }
    let words = asked(query);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let (people, teams) = match rx.engine() {
        Engine::Sqlite => {
            named!(
                "name_words CROSS JOIN name_documents d ON d.seq = name_words.rowid WHERE name_words MATCH $1"
            )
        }
        Engine::Postgres => named!("name_documents d WHERE d.words @@ CAST($1 AS tsquery)"),
    };
    let statement = sql(match kind {
        Kind::Person => people,
        Kind::Team => teams,
    });
    let found =
        statement.bind(beginnings(rx.engine(), &words)).bind(org_id).bind(kind.name()).bind(look).bind(limit);
    let read =
        |row: &Row| Ok(Named { id: row.id("id")?, name: row.text("name")?, detail: row.opt_text("detail")? });
    found.fetch_all(rx).await?.iter().map(read).collect()
}

/// The words of a query that count.
fn asked(query: &str) -> Vec<String> {
    let mut words = words(query);
    words.truncate(MOST_WORDS);
    words
}

/// What the engine is asked: all of these words, as beginnings. They are letters and digits only, so the quotes hold.
fn beginnings(engine: Engine, words: &[String]) -> String {
    let (quote, end, between) = match engine {
        Engine::Sqlite => ("\"", "\"*", " "),
        Engine::Postgres => ("'", "':*", " & "),
    };
    words.iter().map(|word| format!("{quote}{word}{end}")).collect::<Vec<_>>().join(between)
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
