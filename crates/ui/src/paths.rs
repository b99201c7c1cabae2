//! The addresses that pages link to. The router answers every one of them.

use northing_core::values::Id;

/// My OKRs, the start page.
pub const HOME: &str = "/";
/// The whole tree of a period.
pub const EXPLORER: &str = "/explorer";
/// The list of keys.
pub const SHORTCUTS: &str = "/help/shortcuts";
/// The organisation with its purpose.
pub const ORGANISATION: &str = "/organisation";
/// Every team.
pub const TEAMS: &str = "/teams";
/// More rows of a list of teams (`?below=`, `?cursor=`).
pub const TEAM_ROWS: &str = "/teams/rows";
/// Every tag.
pub const TAGS: &str = "/tags";
/// The form for a new team (`?parent_id=`).
pub const NEW_TEAM: &str = "/teams/new";
/// Every person.
pub const PEOPLE: &str = "/people";
/// The settings.
pub const ADMIN: &str = "/admin";
/// Where the palette and the pickers search; plain: a page of results.
pub const SEARCH: &str = "/search";
/// The form for a new goal (`?parent=`, `?kind=`, `?team=`, `?period=`).
pub const NEW_GOAL: &str = "/goals/new";
/// The check-ins that one owes, one after the other.
pub const CHECK_INS: &str = "/check-ins";
/// The check-ins due in a list, one after the other; lists as in [`closing`].
#[must_use]
pub fn due_in(list: &str, period: Option<Id>) -> String {
    let period = period.map_or_else(String::new, |id| format!("&of_period={id}"));
    format!("{CHECK_INS}?due={list}{period}")
}

/// Closing what remains of a list, one goal after the other: `organization`, `team:{id}` or `person:{id}`, and its period.
#[must_use]
pub fn closing(list: &str, period: Option<Id>) -> String {
    let period = period.map_or_else(String::new, |id| format!("&of_period={id}"));
    format!("/closing?list={list}{period}")
}

/// Deleted goals that can be restored.
pub const TRASH: &str = "/trash";
/// Changing several goals at once; what stands behind it is the address of a list.
pub const SEVERAL: &str = "/goals/several";
/// Signing in.
pub const SIGN_IN: &str = "/sign-in";
/// The set-up of a new installation.
pub const SET_UP: &str = "/setup";
/// What one can begin with, after the set-up.
pub const WELCOME: &str = "/welcome";
/// Sample OKRs to start from.
pub const SAMPLES: &str = "/samples";
/// The choice among a person's organisations.
pub const ORGANISATIONS: &str = "/organisations";
/// Ends the session (POST).
pub const SIGN_OUT: &str = "/sign-out";
/// Stores the theme of the person (POST).
pub const THEME: &str = "/preferences/theme";
/// The person's own account: profile, password, preferences, sessions, tokens.
pub const ACCOUNT: &str = "/account";

/// The OKR model.
pub const ADMIN_MODEL: &str = "/admin/model";
/// Rules for goals and their status.
pub const ADMIN_GOALS: &str = "/admin/goals";
/// Everyone in the organisation, for those who manage them.
pub const MEMBERS: &str = "/admin/members";
/// The tree of teams with archived ones.
pub const ADMIN_TEAMS: &str = "/admin/teams";
/// The time periods.
pub const PERIODS: &str = "/admin/periods";
/// The log of changes.
pub const AUDIT: &str = "/admin/audit";
/// The sources that goals can follow.
pub const INTEGRATIONS: &str = "/admin/integrations";
/// Who I am in Azure DevOps: the code for the tab there.
pub const EMBED_CODE: &str = "/account/azure-devops";
/// The connections that one may use.
pub const CONNECTIONS: &str = "/connections";
/// The form for a new connection (`?goal=` where a link waits for it).
pub const NEW_CONNECTION: &str = "/connections/new";
/// Where the whole organisation is downloaded.
pub const EXPORT: &str = "/admin/export";
/// The workbook that goals are entered into for an import.
pub const TEMPLATE: &str = "/import/template.xlsx";
/// Where imports begin, and the list of those there were.
pub const IMPORT: &str = "/import";

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

/// Leads to the list of check-ins where this one stands.
#[must_use]
pub fn check_in_page(goal: Id, check_in: Id) -> String {
    format!("/goals/{goal}/check-ins/{check_in}")
}

/// A comment on a goal or its check-ins: leads to where it stands; below it `edit` and `deletion`.
#[must_use]
pub fn comment(goal: Id, comment: Id) -> String {
    format!("/goals/{goal}/comments/{comment}")
}

/// A check-in, or something below it: `edit`, `preview`, `deletion`, `comments`.
#[must_use]
pub fn check_in(goal: Id, check_in: Id, part: &str) -> String {
    format!("/goals/{goal}/check-ins/{check_in}/{part}")
}

/// Everyone in a team, as a list.
#[must_use]
pub fn people_of_team(team: Id) -> String {
    format!("{PEOPLE}?of=team:{team}")
}

/// Everyone who reports to a person, as a list.
#[must_use]
pub fn reports_of(person: Id) -> String {
    format!("{PEOPLE}?of=reports:{person}")
}

/// A team's page.
#[must_use]
pub fn team(id: Id) -> String {
    format!("/teams/{id}")
}

/// The teams of the navigation with how they stand, as a fragment.
pub const NAV_TEAMS: &str = "/nav/teams";

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

/// Something below a team: `settings`, `members`, `archive`, `restoration`, `deletion`.
#[must_use]
pub fn team_part(id: Id, part: &str) -> String {
    format!("/teams/{id}/{part}")
}

/// A member as admins manage them, or something below: `deactivation`, `activation`, `deletion`, `link`, `link/cancellation`.
#[must_use]
pub fn member(id: Id, part: &str) -> String {
    if part.is_empty() { format!("{MEMBERS}/{id}") } else { format!("{MEMBERS}/{id}/{part}") }
}

/// A period as admins manage it, or something below: `current`, `deletion`.
#[must_use]
pub fn period(id: Id, part: &str) -> String {
    if part.is_empty() { format!("{PERIODS}/{id}") } else { format!("{PERIODS}/{id}/{part}") }
}

/// An integration, or something below it: `activation`, `deactivation`, `hook`, `write-back`.
#[must_use]
pub fn integration(kind: &str, part: &str) -> String {
    if part.is_empty() { format!("{INTEGRATIONS}/{kind}") } else { format!("{INTEGRATIONS}/{kind}/{part}") }
}

/// A connection, or something below it: `deletion`.
#[must_use]
pub fn connection(id: Id, part: &str) -> String {
    if part.is_empty() { format!("{CONNECTIONS}/{id}") } else { format!("{CONNECTIONS}/{id}/{part}") }
}

/// The page that an invitation opens, by its secret.
#[must_use]
pub fn invitation(secret: &str) -> String {
    way_in("invitation", secret)
}

/// The page that a link of this kind (`invitation`, `reset`) opens, by its secret.
#[must_use]
pub fn way_in(kind: &str, secret: &str) -> String {
    format!("/{kind}/{secret}")
}

/// An import, or something below: `mapping`, `check`, `run`, `progress`, `undo`, `discard`, `report.csv`, `report.json`.
#[must_use]
pub fn import(id: Id, part: &str) -> String {
    match part {
        "" => format!("{IMPORT}/{id}"),
        query if query.starts_with('?') => format!("{IMPORT}/{id}{query}"),
        part => format!("{IMPORT}/{id}/{part}"),
    }
}

/// Where a person takes a request to join back.
#[must_use]
pub fn join_request(id: Id) -> String {
    format!("{ORGANISATIONS}/requests/{id}/withdrawal")
}

/// The address below which a request to join is decided.
#[must_use]
pub fn request(id: Id) -> String {
    format!("{ADMIN}/requests/{id}")
}
