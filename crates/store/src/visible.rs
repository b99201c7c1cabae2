//! Which goals a person may know of (goals §10.3), as a condition of a query. Says the same as
//! `northing_core::permission::may_see`.

/// A condition for goals under the alias `$goal` that the person bound at `$user` may see: a literal for `concat!`.
#[macro_export]
macro_rules! visible_goal {
    ($goal:literal, $user:literal) => {
        concat!(
            "(",
            $goal,
            ".visibility = 'everyone' OR ",
            $goal,
            ".delegate_id = ",
            $user,
            " OR ",
            $goal,
            ".check_in_owner_id = ",
            $user,
            " OR EXISTS (SELECT 1 FROM goal_owners seen WHERE seen.goal_id = ",
            $goal,
            ".id AND seen.user_id = ",
            $user,
            ") OR EXISTS (SELECT 1 FROM goal_access seen WHERE seen.goal_id = ",
            $goal,
            ".id AND seen.user_id = ",
            $user,
            " AND (seen.may_view = 1 OR seen.may_edit = 1)))"
        )
    };
}
