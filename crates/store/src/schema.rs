//! The tables of the schema as the engines know them: for copies, and for the test that both have the same.

use crate::dialect::Engine;
use crate::failure::Failure;
use crate::query::sql;
use crate::transaction::Rx;

/// The three kinds of column that we use, and flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Int,
    Real,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// Every table with its key, in an order in which each refers only to itself and those before it.
pub(crate) const TABLES: &[(&str, &str)] = &[
    ("installation", "id"),
    ("organizations", "id"),
    ("users", "id"),
    ("members", "org_id, user_id"),
    ("sessions", "token_hash"),
    ("api_tokens", "id"),
    ("links", "token_hash"),
    ("join_requests", "id"),
    ("teams", "id"),
    ("team_people", "team_id, user_id"),
    ("team_creators", "team_id, user_id"),
    ("periods", "id"),
    ("tags", "id"),
    ("goals", "id"),
    ("alignments", "parent_id, child_id"),
    ("goal_owners", "goal_id, user_id"),
    ("goal_teams", "goal_id, team_id"),
    ("goal_tags", "goal_id, tag_id"),
    ("goal_access", "goal_id, user_id"),
    ("placements", "page, entity_id, goal_id"),
    ("tasks", "id"),
    ("check_ins", "id"),
    ("history", "goal_id, at, id"),
    ("comments", "id"),
    ("forbidden_integrations", "kind"),
    ("integrations", "org_id, kind"),
    ("connections", "id"),
    ("goal_links", "goal_id"),
    ("link_items", "goal_id, item_id"),
    ("link_fills", "goal_id"),
    ("link_seen", "goal_id"),
    ("link_results", "goal_id"),
    ("sync_runs", "id"),
    ("written_links", "connection_id, goal_id, item_id"),
    ("notices", "id"),
    ("embeddings", "org_id, kind"),
    ("embed_people", "org_id, kind, identity"),
    ("embed_secrets", "secret_hash"),
    ("activity", "id"),
    ("imports", "id"),
    ("import_files", "import_id, name, part"),
    ("import_lines", "import_id, line"),
    ("idempotency", "user_id, idempotency_key"),
    ("jobs", "id"),
];

/// The columns of a table, in their order.
pub(crate) async fn columns(rx: &mut Rx, table: &str) -> Result<Vec<Column>, Failure> {
    let query = match rx.engine() {
        Engine::Sqlite => sql("SELECT name, lower(type) AS kind FROM pragma_table_info($1) ORDER BY cid"),
        Engine::Postgres => sql("SELECT CAST(column_name AS TEXT) AS name, CAST(data_type AS TEXT) AS kind \
             FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"),
    };
    let mut columns = Vec::new();
    for row in query.bind(table).fetch_all(rx).await? {
        let kind = match row.text("kind")?.as_str() {
            "text" => Kind::Text,
            "bigint" | "integer" => Kind::Int,
            "double precision" => Kind::Real,
            other => {
                let reason = format!("of the type {other}, which is none of ours");
                return Err(Failure::Corrupt { column: format!("{table}.{}", row.text("name")?), reason });
            }
        };
        columns.push(Column { name: row.text("name")?, kind });
    }
    Ok(columns)
}
