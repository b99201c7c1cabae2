//! What SQLite's planner is to know of the tables: those of an organisation of 20,000 goals, always.
//!
//! Left to itself it would count the tables when it has time, once while there is one person and no goal, and then read all
//! people for a page of goals because there is only one. With the same numbers everywhere, a query runs the same way in every
//! installation, and as for a large one. PostgreSQL counts by itself while it runs.

use sqlx::{AnyConnection, AssertSqlSafe, Executor, Row};

use crate::failure::Failure;

/// Index, rows of its table, and how many of them share its first column, its first two, ….
const STATISTICS: &[(&str, &str, &str)] = &[
    ("activity", "activity_actor", "150000 40 10 1 1"),
    ("activity", "activity_goal", "150000 7 1 1"),
    ("activity", "activity_kind", "150000 50000 5000 1 1"),
    ("activity", "activity_org", "150000 50000 1 1"),
    ("activity", "sqlite_autoindex_activity_1", "150000 1"),
    ("alignments", "alignments_child", "21000 1 1"),
    ("alignments", "alignments_order", "21000 5 1 1"),
    ("alignments", "sqlite_autoindex_alignments_1", "21000 5 1"),
    ("api_tokens", "api_tokens_hash", "500 1"),
    ("api_tokens", "api_tokens_org", "500 170"),
    ("api_tokens", "api_tokens_user", "500 2"),
    ("api_tokens", "sqlite_autoindex_api_tokens_1", "500 1"),
    ("check_ins", "check_ins_author", "130000 30"),
    ("check_ins", "check_ins_external", "130000 6 6"),
    ("check_ins", "check_ins_goal", "130000 6 1 1"),
    ("check_ins", "sqlite_autoindex_check_ins_1", "130000 1"),
    ("comments", "comments_author", "20000 20"),
    ("comments", "comments_check_in", "20000 2"),
    ("comments", "comments_external", "20000 3 3"),
    ("comments", "comments_goal", "20000 3 1 1"),
    ("comments", "sqlite_autoindex_comments_1", "20000 1"),
    ("connections", "connections_container", "30 10 1"),
    ("connections", "connections_name", "30 10 10 1"),
    ("connections", "connections_owner", "30 3"),
    ("connections", "sqlite_autoindex_connections_1", "30 1"),
    ("embed_people", "embed_people_user", "300 1"),
    ("embed_people", "sqlite_autoindex_embed_people_1", "300 100 100 1"),
    ("embed_secrets", "embed_secrets_expiry", "100 1"),
    ("embed_secrets", "embed_secrets_org", "100 34"),
    ("embed_secrets", "embed_secrets_user", "100 2"),
    ("embed_secrets", "sqlite_autoindex_embed_secrets_1", "100 1"),
    ("embeddings", "sqlite_autoindex_embeddings_1", "3 1 1"),
    ("forbidden_integrations", "sqlite_autoindex_forbidden_integrations_1", "1 1"),
    ("goal_access", "goal_access_user", "2000 5 1"),
    ("goal_access", "sqlite_autoindex_goal_access_1", "2000 3 1"),
    ("goal_documents", "sqlite_autoindex_goal_documents_1", "22000 1"),
    ("goal_links", "goal_links_connection", "3000 100 5"),
    ("goal_links", "goal_links_creator", "3000 10"),
    ("goal_links", "goal_links_due", "3000 2 1"),
    ("goal_links", "goal_links_org", "3000 1000 1000"),
    ("goal_links", "sqlite_autoindex_goal_links_1", "3000 1"),
    ("goal_owners", "goal_owners_user", "23000 6 1"),
    ("goal_owners", "sqlite_autoindex_goal_owners_1", "23000 1 1"),
    ("goal_tags", "goal_tags_tag", "4000 490 1"),
    ("goal_tags", "sqlite_autoindex_goal_tags_1", "4000 1 1"),
    ("goal_teams", "goal_teams_team", "20600 38 1"),
    ("goal_teams", "sqlite_autoindex_goal_teams_1", "20600 1 1"),
    ("goals", "goals_check_in_owner", "22000 6 3"),
    ("goals", "goals_closed_by", "22000 9"),
    ("goals", "goals_count", "22000 7300 3000 1500 1500 260"),
    ("goals", "goals_created_by", "22000 6"),
    ("goals", "goals_delegate", "22000 9"),
    ("goals", "goals_deleted_by", "22000 9"),
    ("goals", "goals_external", "22000 7300 1"),
    ("goals", "goals_org_deleted", "22000 7300 7000 1"),
    ("goals", "goals_org_id", "22000 7300 1"),
    ("goals", "goals_org_updated", "22000 7300 370 1"),
    ("goals", "goals_period", "22000 3000"),
    ("goals", "sqlite_autoindex_goals_1", "22000 1"),
    ("history", "history_check_in", "130000 1"),
    ("history", "sqlite_autoindex_history_1", "140000 7 1 1"),
    ("idempotency", "idempotency_age", "2000 1"),
    ("idempotency", "sqlite_autoindex_idempotency_1", "2000 10 1"),
    ("import_files", "sqlite_autoindex_import_files_1", "60 20 10 1"),
    ("import_lines", "import_lines_entity", "100000 10000 2000 1"),
    ("import_lines", "import_lines_outcome", "100000 10000 2500 1"),
    ("import_lines", "import_lines_subject", "100000 3 1"),
    ("import_lines", "sqlite_autoindex_import_lines_1", "100000 10000 1"),
    ("imports", "imports_creator", "10 3"),
    ("imports", "imports_org", "10 4 1 1"),
    ("imports", "sqlite_autoindex_imports_1", "10 1"),
    ("installation", "sqlite_autoindex_installation_1", "1 1"),
    ("integrations", "integrations_hook", "6 1"),
    ("integrations", "sqlite_autoindex_integrations_1", "6 2 1"),
    ("jobs", "jobs_dedup", "1000 200 2 2"),
    ("jobs", "jobs_due", "1000 20 2 1"),
    ("jobs", "jobs_org", "1000 300"),
    ("jobs", "sqlite_autoindex_jobs_1", "1000 1"),
    ("join_requests", "join_requests_open", "200 70 35 1"),
    ("join_requests", "join_requests_person", "200 70 1"),
    ("join_requests", "join_requests_user", "200 2"),
    ("join_requests", "sqlite_autoindex_join_requests_1", "200 1"),
    ("link_fills", "sqlite_autoindex_link_fills_1", "3000 1"),
    ("link_items", "sqlite_autoindex_link_items_1", "20000 40 1"),
    ("link_results", "sqlite_autoindex_link_results_1", "3000 1"),
    ("link_seen", "sqlite_autoindex_link_seen_1", "3000 1"),
    ("links", "links_creator", "500 10"),
    ("links", "links_org", "500 170"),
    ("links", "links_user", "500 2"),
    ("links", "sqlite_autoindex_links_1", "500 1"),
    ("members", "members_external", "4400 1500 1"),
    ("members", "members_manager", "4400 8"),
    ("members", "members_name", "4400 1500 3 1"),
    ("members", "members_user", "4400 1"),
    ("members", "sqlite_autoindex_members_1", "4400 1500 1"),
    ("name_documents", "sqlite_autoindex_name_documents_1", "5000 1700 830 1"),
    ("notices", "notices_connection", "1000 30"),
    ("notices", "notices_goal", "1000 3"),
    ("notices", "notices_person", "1000 340 10 1"),
    ("notices", "notices_topic", "1000 340 4"),
    ("notices", "notices_user", "1000 10"),
    ("notices", "sqlite_autoindex_notices_1", "1000 1"),
    ("organizations", "organizations_slug", "3 1"),
    ("organizations", "sqlite_autoindex_organizations_1", "3 1"),
    ("periods", "periods_external", "30 10 1"),
    ("periods", "periods_name", "30 10 1"),
    ("periods", "periods_start", "30 10 2 1"),
    ("periods", "sqlite_autoindex_periods_1", "30 1"),
    ("placements", "placements_flat", "67000 16700 14 7 1 1"),
    ("placements", "placements_goal", "67000 4"),
    ("placements", "placements_list", "67000 16700 14 7 5 1 1"),
    ("placements", "placements_period", "67000 9500"),
    ("placements", "sqlite_autoindex_placements_1", "67000 16700 14 1"),
    ("schema_version", "sqlite_autoindex_schema_version_1", "8 1"),
    ("sessions", "sessions_expiry", "8000 1"),
    ("sessions", "sessions_user", "8000 2"),
    ("sessions", "sqlite_autoindex_sessions_1", "8000 1"),
    ("sync_runs", "sqlite_autoindex_sync_runs_1", "3000 1"),
    ("sync_runs", "sync_runs_asker", "3000 100"),
    ("sync_runs", "sync_runs_connection", "3000 100 1"),
    ("sync_runs", "sync_runs_org", "3000 1000 1"),
    ("tags", "sqlite_autoindex_tags_1", "200 1"),
    ("tags", "tags_external", "200 70 1"),
    ("tags", "tags_name", "200 70 1"),
    ("tasks", "sqlite_autoindex_tasks_1", "8000 1"),
    ("tasks", "tasks_goal", "8000 4 1 1"),
    ("tasks", "tasks_owner", "8000 4"),
    ("team_creators", "sqlite_autoindex_team_creators_1", "200 4 1"),
    ("team_creators", "team_creators_user", "200 2"),
    ("team_people", "sqlite_autoindex_team_people_1", "4400 8 1"),
    ("team_people", "team_people_user", "4400 1"),
    ("teams", "sqlite_autoindex_teams_1", "550 1"),
    ("teams", "teams_below", "550 180 7 1 1"),
    ("teams", "teams_external", "550 180 1"),
    ("teams", "teams_name", "550 180 1"),
    ("teams", "teams_parent", "550 7"),
    ("users", "sqlite_autoindex_users_1", "4400 1"),
    ("users", "users_email_key", "4400 1"),
    ("written_links", "sqlite_autoindex_written_links_1", "20000 700 40 1"),
    ("written_links", "written_links_goal", "20000 40"),
    ("written_links", "written_links_state", "20000 700 300"),
];

/// Tells SQLite, unless it knows already. Connections that are opened later know it from their beginning.
pub(crate) async fn tell(connection: &mut AnyConnection) -> Result<(), Failure> {
    if known(connection).await? {
        return Ok(());
    }
    let all: Vec<String> = STATISTICS
        .iter()
        .map(|(table, index, numbers)| format!("('{table}', '{index}', '{numbers}')"))
        .collect();
    // Counting one table makes the tables of the numbers; then they are ours. Samples of values are of no use with them.
    let text = format!(
        "BEGIN IMMEDIATE; ANALYZE installation; DELETE FROM sqlite_stat1; DELETE FROM sqlite_stat4; \
         INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES {}; COMMIT; ANALYZE sqlite_schema",
        all.join(", ")
    );
    connection.execute(sqlx::raw_sql(AssertSqlSafe(text))).await?;
    Ok(())
}

async fn known(connection: &mut AnyConnection) -> Result<bool, Failure> {
    let there = "SELECT 1 AS one FROM sqlite_master WHERE name = 'sqlite_stat1'";
    if connection.fetch_optional(sqlx::query(there)).await?.is_none() {
        return Ok(false);
    }
    let rows = connection
        .fetch_all(sqlx::query("SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY tbl, idx"))
        .await?;
    let mut all = rows.len() == STATISTICS.len();
    for (row, (table, index, numbers)) in rows.iter().zip(STATISTICS) {
        let text = |column| row.try_get::<Option<String>, _>(column);
        all &= text("tbl")?.as_deref() == Some(table)
            && text("idx")?.as_deref() == Some(index)
            && text("stat")?.as_deref() == Some(numbers);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_stand_in_the_order_in_which_they_are_compared() {
        assert!(STATISTICS.is_sorted_by_key(|(table, index, _)| (*table, *index)));
    }
}
