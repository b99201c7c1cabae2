//! The addresses that pages link to. The router answers every one of them.

use northing_core::values::Id;

/// My OKRs, the start page.
pub const HOME: &str = "/";
/// The whole tree of a period.
pub const EXPLORER: &str = "/explorer";
/// The organisation with its purpose.
pub const ORGANISATION: &str = "/organisation";
/// Every team.
pub const TEAMS: &str = "/teams";
/// Every person.
pub const PEOPLE: &str = "/people";
/// The settings.
pub const ADMIN: &str = "/admin";
/// Where the palette and the pickers search; plain: a page of results.
pub const SEARCH: &str = "/search";
/// The form for a new goal (`?parent=`, `?kind=`, `?team=`, `?period=`).
pub const NEW_GOAL: &str = "/goals/new";
/// Ends the session (POST).
pub const SIGN_OUT: &str = "/sign-out";
/// Stores the theme of the person (POST).
pub const THEME: &str = "/preferences/theme";
/// The person's own profile.
pub const PROFILE: &str = "/profile";

/// A goal's page.
#[must_use]
pub fn goal(id: Id) -> String {
    format!("/goals/{id}")
}

/// Something below a goal: `panel`, `main`, `row`, `children`, `menu`, `edit`, `check-ins`, `check-ins/new`, `comments`, `contributions`,
/// `alignments`, `closure`, `deletion`, `move`.
#[must_use]
pub fn goal_part(id: Id, part: &str) -> String {
    format!("/goals/{id}/{part}")
}

/// The form for a new goal under this one.
#[must_use]
pub fn new_child(parent: Id) -> String {
    format!("{NEW_GOAL}?parent={parent}")
}

/// A check-in, or something below it: `edit`, `deletion`, `comments`.
#[must_use]
pub fn check_in(goal: Id, check_in: Id, part: &str) -> String {
    format!("/goals/{goal}/check-ins/{check_in}/{part}")
}

/// A team's page.
#[must_use]
pub fn team(id: Id) -> String {
    format!("/teams/{id}")
}

/// The branch of a team in the navigation, as a fragment.
#[must_use]
pub fn nav_team(id: Id) -> String {
    format!("/nav/teams/{id}")
}

/// A person's page.
#[must_use]
pub fn person(id: Id) -> String {
    format!("/people/{id}")
}
