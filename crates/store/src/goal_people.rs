//! Who has rights on a goal by what they are to it (goals §10.2).

use northing_core::named_values;
use northing_core::values::Id;

use crate::choices::Named;
use crate::{Failure, Rx, sql};

named_values! {
    /// What somebody is to a goal, where that gives rights on it.
    Capacity {
        /// One of its owners.
        Owner = "owner",
        /// Stands in for its owner.
        Delegate = "delegate",
        /// Is to check in on it.
        CheckInOwner = "check_in_owner",
        /// Made it.
        Creator = "creator",
        /// Owns one of its teams.
        TeamOwner = "team_owner",
        /// Is the manager of one of its owners.
        Manager = "manager",
        /// Owns one of its parents.
        ParentOwner = "parent_owner",
    }
}

/// The people with a capacity on a goal, at most `limit`, by capacity and name; one of several capacities stands with each.
///
/// # Errors
/// What the database says.
pub async fn with_capacity(
    rx: &mut Rx,
    org: Id,
    goal: Id,
    limit: i64,
) -> Result<Vec<(Named, Capacity)>, Failure> {
    let rows = sql("SELECT m.user_id AS id, m.name, u.title AS detail, c.capacity FROM ( \
           SELECT o.user_id, 'owner' AS capacity, 1 AS place FROM goal_owners o WHERE o.goal_id = $2 \
           UNION SELECT g.delegate_id, 'delegate', 2 FROM goals g WHERE g.id = $2 \
           UNION SELECT g.check_in_owner_id, 'check_in_owner', 3 FROM goals g WHERE g.id = $2 \
           UNION SELECT g.created_by, 'creator', 4 FROM goals g WHERE g.id = $2 \
           UNION SELECT p.user_id, 'team_owner', 5 FROM goal_teams t JOIN team_people p ON p.team_id = t.team_id \
             WHERE t.goal_id = $2 AND p.is_owner = 1 \
           UNION SELECT x.manager_id, 'manager', 6 FROM goal_owners o JOIN members x ON x.org_id = $1 AND x.user_id = o.user_id \
             WHERE o.goal_id = $2 \
           UNION SELECT o.user_id, 'parent_owner', 7 FROM alignments a JOIN goal_owners o ON o.goal_id = a.parent_id \
             WHERE a.child_id = $2 \
         ) c JOIN members m ON m.org_id = $1 AND m.user_id = c.user_id JOIN users u ON u.id = m.user_id \
         WHERE m.status <> 'deactivated' ORDER BY c.place, m.name_key, m.user_id LIMIT $3")
    .bind(org)
    .bind(goal)
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter()
        .map(|row| {
            let named = Named { id: row.id("id")?, name: row.text("name")?, detail: row.opt_text("detail")? };
            Ok((named, row.parsed("capacity")?))
        })
        .collect()
}
