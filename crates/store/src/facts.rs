//! How a person stands to a goal: the facts by which `northing_core::permission` decides.

use northing_core::permission::GoalFacts;
use northing_core::values::Id;

use crate::failure::Failure;
use crate::query::sql;
use crate::row::Row;
use crate::transaction::Rx;

/// How somebody stands to a goal, in one statement; none where the organisation has no such goal (or it is deleted).
/// `is_author` is false: it belongs to a check-in or a comment.
///
/// # Errors
/// What the database says.
pub async fn goal(rx: &mut Rx, org: Id, goal: Id, person: Id) -> Result<Option<GoalFacts>, Failure> {
    let found = sql(GOAL).bind(org).bind(goal).bind(person).fetch_optional(rx).await?;
    found.map(|row| read(&row)).transpose()
}

const GOAL: &str = "SELECT g.visibility, g.align_restricted, \
     CASE WHEN g.created_by = $3 THEN 1 ELSE 0 END AS is_creator, \
     CASE WHEN g.check_in_owner_id = $3 THEN 1 ELSE 0 END AS is_check_in_owner, \
     CASE WHEN g.delegate_id = $3 THEN 1 ELSE 0 END AS is_delegate, \
     CASE WHEN EXISTS (SELECT 1 FROM goal_owners o WHERE o.goal_id = g.id AND o.user_id = $3) THEN 1 ELSE 0 END AS is_owner, \
     CASE WHEN EXISTS (SELECT 1 FROM goal_teams t JOIN team_people p ON p.team_id = t.team_id \
       WHERE t.goal_id = g.id AND p.user_id = $3 AND p.is_owner = 1) THEN 1 ELSE 0 END AS is_team_owner, \
     CASE WHEN EXISTS (SELECT 1 FROM goal_owners o JOIN members m ON m.user_id = o.user_id \
       WHERE o.goal_id = g.id AND m.org_id = g.org_id AND m.manager_id = $3) THEN 1 ELSE 0 END AS is_manager, \
     CASE WHEN EXISTS (SELECT 1 FROM alignments a JOIN goals p ON p.id = a.parent_id JOIN goal_owners o ON o.goal_id = p.id \
       WHERE a.child_id = g.id AND p.deleted_at IS NULL AND o.user_id = $3) THEN 1 ELSE 0 END AS is_parent_owner, \
     COALESCE(x.may_view, 0) AS may_view, COALESCE(x.may_edit, 0) AS may_edit, COALESCE(x.may_align, 0) AS may_align \
     FROM goals g LEFT JOIN goal_access x ON x.goal_id = g.id AND x.user_id = $3 \
     WHERE g.org_id = $1 AND g.id = $2 AND g.deleted_at IS NULL";

fn read(row: &Row) -> Result<GoalFacts, Failure> {
    Ok(GoalFacts {
        visibility: row.parsed("visibility")?,
        is_owner: row.flag("is_owner")?,
        is_creator: row.flag("is_creator")?,
        is_check_in_owner: row.flag("is_check_in_owner")?,
        is_delegate: row.flag("is_delegate")?,
        is_team_owner: row.flag("is_team_owner")?,
        is_manager_of_owner: row.flag("is_manager")?,
        is_owner_of_parent: row.flag("is_parent_owner")?,
        is_named_editor: row.flag("may_edit")?,
        is_named_viewer: row.flag("may_view")?,
        align_restricted: row.flag("align_restricted")?,
        is_named_aligner: row.flag("may_align")?,
        is_author: false,
    })
}
