//! A page inside the shell: navigation, period strip, and the page itself.

use std::collections::HashMap;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use northing_app::explorer::PeriodLine;
use northing_app::shell::{ShellView, Standing, TeamLine};
use northing_core::values::{Day, Id};
use northing_ui::components::dialog::Dialog;
use northing_ui::components::period::{Choice, Strip, Time};
use northing_ui::components::person::Person;
use northing_ui::components::progress::Progress;
use northing_ui::components::status::Shown;
use northing_ui::layout::{NavTeam, Page, Section, Shell, page};

use crate::extract::Signed;
use crate::failure::Failure;
use crate::state::AppState;

/// The whole document.
pub(crate) async fn document(state: &AppState, signed: &Signed, content: &Page) -> Result<Response, Failure> {
    // On a team's page its branch of the navigation stands open.
    let open = if let Section::Team(team) = content.section { Some(team) } else { None };
    let view = state.app.shell(&signed.actor, open).await?;
    Ok(document_in(state, signed, view, content))
}

/// The whole document, where what surrounds it was read with it.
pub(crate) fn document_in(state: &AppState, signed: &Signed, view: ShellView, content: &Page) -> Response {
    let open = if let Section::Team(team) = content.section { Some(team) } else { None };
    let around = shell(state, signed, view, open);
    Html(page(&signed.ctx(state), &around, content).into_string()).into_response()
}

/// A form: a dialog under htmx, a page of its own without scripts.
pub(crate) async fn dialog(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    dialog: Dialog,
) -> Result<Response, Failure> {
    if signed.htmx {
        return Ok((status, Html(dialog.modal().into_string())).into_response());
    }
    let mut answer = document(state, signed, &dialog.page()).await?;
    *answer.status_mut() = status;
    Ok(answer)
}

/// A question or a small form that is no [`Dialog`]: a dialog under htmx, standing open on a page of its own without scripts.
pub(crate) async fn framed(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    section: Section,
    title: &str,
    dialog: &Markup,
) -> Result<Response, Failure> {
    if signed.htmx {
        return Ok((status, Html(dialog.clone().into_string())).into_response());
    }
    let page =
        Page { section, ..Page::plain(title.to_owned(), html! { h1.sr { (title) } div.pad { (dialog) } }) };
    let mut answer = document(state, signed, &page).await?;
    *answer.status_mut() = status;
    Ok(answer)
}

fn shell(state: &AppState, signed: &Signed, view: ShellView, open: Option<Id>) -> Shell {
    Shell {
        assets: state.assets().clone(),
        organisation: signed.membership.organization.clone(),
        me: Person { id: signed.actor.user_id, name: signed.actor.name.clone() },
        due: usize::try_from(view.due).unwrap_or(0),
        teams: branches(view.teams, view.below, &HashMap::new(), open),
        more_teams: view.more_teams,
        admin: view.may_admin,
        requests: usize::try_from(signed.membership.join_requests).unwrap_or(0),
        may_create_teams: view.may_create_teams,
        may_create_goals: view.may_create_goals,
        several_organisations: signed.session.memberships.len() > 1,
        preferences: signed.session.preferences.clone(),
    }
}

/// The teams of the navigation with their open branches.
pub(crate) fn branches(
    top: Vec<TeamLine>,
    all_below: Vec<TeamLine>,
    standings: &HashMap<Id, Standing>,
    current: Option<Id>,
) -> Vec<NavTeam> {
    let mut below: HashMap<Id, Vec<TeamLine>> = HashMap::new();
    for team in all_below {
        if let Some(parent) = team.parent_id {
            below.entry(parent).or_default().push(team);
        }
    }
    let branch = Branch { standings, current };
    top.into_iter().map(|team| branch.team(team, &mut below)).collect()
}

/// What teams of the navigation need to know.
struct Branch<'a> {
    standings: &'a HashMap<Id, Standing>,
    current: Option<Id>,
}

impl Branch<'_> {
    fn team(&self, team: TeamLine, below: &mut HashMap<Id, Vec<TeamLine>>) -> NavTeam {
        let children = below.remove(&team.id).unwrap_or_default();
        let (id, open) = (team.id, !children.is_empty());
        NavTeam {
            status: self.standings.get(&id).map(|it| Shown::from(it.status)),
            current: self.current == Some(id),
            open,
            children: children.into_iter().map(|child| self.team(child, below)).collect(),
            ..nav_team(team)
        }
    }
}

/// How goals stand together, as bars show it.
pub(crate) fn progress_of(standing: &Standing) -> Progress {
    Progress {
        actual: Some(standing.progress),
        expected: Some(standing.expected).filter(|_| !standing.status.is_locked()),
        status: Shown::from(standing.status),
    }
}

/// A team of the navigation, closed.
pub(crate) fn nav_team(team: TeamLine) -> NavTeam {
    NavTeam {
        id: team.id,
        name: team.name,
        status: None,
        has_children: team.has_children,
        open: false,
        children: Vec::new(),
        current: false,
    }
}

/// The strip of the periods that are shown, with those one can change to or show too; `to` makes the address of the page in
/// these periods.
pub(crate) fn strip_of(
    shown: &[PeriodLine],
    periods: &[PeriodLine],
    today: Day,
    to: impl Fn(&[Id]) -> String,
) -> Strip {
    let (Some(start), Some(end)) =
        (shown.iter().map(|it| it.start).min(), shown.iter().map(|it| it.end).max())
    else {
        return Strip { name: String::from("No period"), start: today, end: today, choices: Vec::new() };
    };
    let ids: Vec<Id> = shown.iter().map(|it| it.id).collect();
    let choice = |it: &PeriodLine| {
        let chosen = ids.contains(&it.id);
        let with: Vec<Id> = if chosen {
            ids.iter().copied().filter(|id| *id != it.id).collect()
        } else {
            ids.iter().copied().chain([it.id]).collect()
        };
        Choice {
            id: it.id,
            name: it.name.clone(),
            href: to(&[it.id]),
            chosen,
            also: (!with.is_empty()).then(|| to(&with)),
            time: if it.start > today {
                Time::Upcoming
            } else if it.end < today {
                Time::Previous
            } else {
                Time::Active
            },
            note: it.is_current.then(|| String::from("Current")),
        }
    };
    let name = match shown {
        [one] => one.name.clone(),
        [one, two] => format!("{} and {}", one.name, two.name),
        many => format!("{} periods", many.len()),
    };
    Strip { name, start, end, choices: periods.iter().map(choice).collect() }
}
